package pickle

import (
	"bytes"
	"encoding/binary"
)

// An effect is what an opcode does to the stack, and what follows it.
type effect struct {
	kind  effectKind
	arg   argKind
	width uint8 // of the argument, or of its length
	pops  uint8 // values that become one
	proto byte  // the oldest protocol that has it
	text  bool  // pushes a str, of either Python, whose bytes are the argument
	utf8  bool
}

type effectKind uint8

const (
	effectNone effectKind = iota // not an opcode
	effectPush
	effectPop
	effectMark
	effectToMark
	effectPut
	effectGet
	effectFrame
	effectProto
	effectStop
	effectSpecial
)

type argKind uint8

const (
	argFixed   argKind = iota
	argCounted         // a length, then so many bytes
	argLine            // up to a newline
	argLines           // two lines
)

var effects = [256]effect{
	opMark: {kind: effectMark}, opStop: {kind: effectStop},
	opPop: {kind: effectSpecial}, opDup: {kind: effectSpecial}, opPopMark: {kind: effectToMark},

	opNone: {kind: effectPush}, opNewTrue: {kind: effectPush, proto: 2}, opNewFalse: {kind: effectPush, proto: 2},
	opInt: {kind: effectPush, arg: argLine}, opLong: {kind: effectPush, arg: argLine},
	opFloat:   {kind: effectPush, arg: argLine},
	opBinInt:  {kind: effectPush, width: 4, proto: 1},
	opBinInt1: {kind: effectPush, width: 1, proto: 1}, opBinInt2: {kind: effectPush, width: 2, proto: 1},
	opLong1:    {kind: effectPush, arg: argCounted, width: 1, proto: 2},
	opLong4:    {kind: effectPush, arg: argCounted, width: 4, proto: 2},
	opBinFloat: {kind: effectPush, width: 8, proto: 1},

	opString:         {kind: effectPush, arg: argLine},
	opBinString:      {kind: effectPush, arg: argCounted, width: 4, proto: 1, text: true},
	opShortBinString: {kind: effectPush, arg: argCounted, width: 1, proto: 1, text: true},
	opUnicode:        {kind: effectPush, arg: argLine},
	opBinUnicode:     {kind: effectPush, arg: argCounted, width: 4, proto: 1, text: true, utf8: true},

	opShortBinUnicode: {kind: effectPush, arg: argCounted, width: 1, proto: 4, text: true, utf8: true},
	opBinUnicode8:     {kind: effectPush, arg: argCounted, width: 8, proto: 4, text: true, utf8: true},
	opBinBytes:        {kind: effectPush, arg: argCounted, width: 4, proto: 3},
	opShortBinBytes:   {kind: effectPush, arg: argCounted, width: 1, proto: 3},
	opBinBytes8:       {kind: effectPush, arg: argCounted, width: 8, proto: 4},
	opByteArray8:      {kind: effectPush, arg: argCounted, width: 8, proto: 5},

	opEmptyTuple: {kind: effectPush, proto: 1}, opEmptyList: {kind: effectPush, proto: 1},
	opEmptyDict: {kind: effectPush, proto: 1}, opEmptySet: {kind: effectPush, proto: 4},
	opGlobal: {kind: effectPush, arg: argLines},

	opTuple1: {kind: effectPop, pops: 1, proto: 2}, opTuple2: {kind: effectPop, pops: 2, proto: 2},
	opTuple3: {kind: effectPop, pops: 3, proto: 2},
	opAppend: {kind: effectPop, pops: 2}, opSetItem: {kind: effectPop, pops: 3},
	opBuild: {kind: effectPop, pops: 2}, opReduce: {kind: effectPop, pops: 2},
	opNewObj: {kind: effectPop, pops: 2, proto: 2}, opNewObjEx: {kind: effectPop, pops: 3, proto: 4},
	opStackGlobal: {kind: effectPop, pops: 2, proto: 4},

	opTuple: {kind: effectToMark}, opList: {kind: effectToMark}, opDict: {kind: effectToMark},
	opFrozenSet: {kind: effectToMark, proto: 4}, opObj: {kind: effectToMark, proto: 1},
	opInst:    {kind: effectToMark, arg: argLines},
	opAppends: {kind: effectToMark, proto: 1}, opSetItems: {kind: effectToMark, proto: 1},
	opAddItems: {kind: effectToMark, proto: 4},

	opPut: {kind: effectPut, arg: argLine}, opBinPut: {kind: effectPut, width: 1, proto: 1},
	opLongBinPut: {kind: effectPut, width: 4, proto: 1}, opMemoize: {kind: effectPut, proto: 4},
	opGet: {kind: effectGet, arg: argLine}, opBinGet: {kind: effectGet, width: 1, proto: 1},
	opLongBinGet: {kind: effectGet, width: 4, proto: 1},

	opFrame: {kind: effectFrame, width: 8}, opProto: {kind: effectProto, width: 1},
	opPersID: {kind: effectSpecial, arg: argLine}, opBinPersID: {kind: effectSpecial},
	opExt1: {kind: effectSpecial, width: 1}, opExt2: {kind: effectSpecial, width: 2},
	opExt4:       {kind: effectSpecial, width: 4},
	opNextBuffer: {kind: effectSpecial}, opReadOnlyBuffer: {kind: effectSpecial},
}

// argument finds what follows the opcode at pos: n bytes at offset a. Newlines
// that end lines are not counted, but the first of two.
func argument(data []byte, pos int) (a, n int, err error) {
	e := &effects[data[pos]]
	a = pos + 1
	rest := data[a:]
	switch e.arg {
	case argFixed:
		n = int(e.width)
	case argCounted:
		if len(rest) < int(e.width) {
			return 0, 0, ErrTruncated
		}
		a += int(e.width)
		var length uint64
		switch e.width {
		case 1:
			length = uint64(rest[0])
		case 4:
			length = uint64(binary.LittleEndian.Uint32(rest))
		default:
			length = binary.LittleEndian.Uint64(rest)
		}
		if length > uint64(len(data)-a) {
			return 0, 0, ErrTruncated
		}
		return a, int(length), nil
	default:
		n = bytes.IndexByte(rest, '\n')
		if n >= 0 && e.arg == argLines {
			second := bytes.IndexByte(rest[n+1:], '\n')
			if second < 0 {
				return 0, 0, ErrTruncated
			}
			n += 1 + second
		}
		if n < 0 {
			return 0, 0, ErrTruncated
		}
		return a, n, nil
	}
	if n > len(rest) {
		return 0, 0, ErrTruncated
	}
	return a, n, nil
}

// smallInt reads an int written by one opcode.
func smallInt(ops []byte) (int64, bool) {
	switch ops[0] {
	case opBinInt1:
		return int64(ops[1]), true
	case opBinInt2:
		return int64(binary.LittleEndian.Uint16(ops[1:])), true
	case opBinInt:
		return int64(int32(binary.LittleEndian.Uint32(ops[1:]))), true
	}
	return 0, false
}
