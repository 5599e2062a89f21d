package pickle

import (
	"context"
	"encoding/binary"
	"math"
	"sync"
)

// A decoder is the machine that a pickle is a program for: a stack, marks in
// it, and a memo.
type decoder struct {
	ctx      context.Context
	codec    Codec
	limits   Limits
	data     []byte
	pos      int // of the next opcode, or of the argument being read
	proto    byte
	frameEnd uint64 // of the last frame that began
	framed   bool   // a value larger than frames should be lies in one

	seen    map[any]bool // containers that were met again, for Recode
	history history

	longs bool // integers that came as long stay *big.Int

	stack []any
	marks []int // heights of the stack
	fence int   // the last of marks: only what looks for the mark reaches below
	high  int   // how high the stack has been
	nests []nest
	memo  []memoEntry
	far   map[uint64]memoEntry // entries far beyond the others
	count int                  // of memo entries

	memory int64  // that may still be taken
	clock  uint32 // counts constructions and changes of objects
	buffer int    // the next of codec.Buffers
	walk   *walk  // of all costly keys

	lastName  Global // asked for last in the registry
	lastClass *class

	boxes
}

// A nest is a container on the stack and how deep it nests.
type nest struct{ at, depth int32 }

type memoEntry struct {
	v     any
	depth int32 // of a container
	set   bool
	met   bool // the pickle has come back to the container
}

// maxPooled is the capacity of stacks and memos that are kept for the next
// pickle. The pool itself forgets them when memory is collected.
const maxPooled = 128 << 10

var decoders = sync.Pool{New: func() any {
	return &decoder{stack: make([]any, 0, 64), memo: make([]memoEntry, 0, 32)}
}}

// Decode returns the value of the pickle in data. Its error is a *SyntaxError,
// or of the context.
func (c Codec) Decode(ctx context.Context, data []byte) (any, error) {
	d := decoders.Get().(*decoder)
	d.ctx, d.codec, d.data = ctx, c, data
	v, err := d.decode(false)
	d.release()
	return v, err
}

// release returns the decoder to the pool without the values it held.
func (d *decoder) release() {
	if cap(d.stack) > maxPooled || cap(d.memo) > maxPooled || cap(d.nests) > maxPooled {
		return
	}
	clear(d.stack[:max(d.high, len(d.stack))])
	clear(d.memo)
	d.stack, d.marks, d.nests, d.memo = d.stack[:0], d.marks[:0], d.nests[:0], d.memo[:0]
	d.ctx, d.codec, d.data, d.far, d.walk = nil, Codec{}, nil, nil, nil
	d.lastName, d.lastClass = Global{}, nil
	d.frameEnd, d.framed, d.seen, d.history = 0, false, nil, nil
	d.proto, d.fence, d.high, d.count, d.clock, d.buffer = 0, 0, 0, 0, 0, 0
	d.boxes.reset()
	decoders.Put(d)
}

// decode returns the value of the pickle, which something may follow.
func (d *decoder) decode(follows bool) (any, error) {
	d.limits = d.codec.Limits.orDefault(len(d.data))
	d.memory = d.limits.Memory
	d.longs = d.codec.passage.withinOld()
	d.most = min(max(len(d.data)>>9, 32), 512)
	if int64(len(d.data)) > d.limits.Bytes {
		return nil, &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", d.limits.Bytes}}
	}
	at, err := d.run()
	if err != nil {
		return nil, d.fail(at, err)
	}
	v, err := d.pop()
	if err != nil {
		return nil, d.fail(at, err)
	}
	if d.pos < len(d.data) && !follows {
		return nil, d.fail(at, ErrTrailing)
	}
	return v, nil
}

func (d *decoder) fail(at int, err error) error {
	op := byte(opStop)
	if at < len(d.data) {
		op = d.data[at]
	}
	return &SyntaxError{Op: op, Offset: at, Err: err}
}

// run executes the opcodes up to STOP. It returns the offset of the last one,
// which is the one that failed if there is an error. The most frequent are
// here, the others in step.
func (d *decoder) run() (at int, err error) {
	data, pos := d.data, 0
	for {
		at = pos
		if pos >= len(data) {
			return at, ErrTruncated
		}
		op := data[pos]
		pos++
		rest := data[pos:]
		switch op {
		case opStop:
			d.pos = pos
			return at, nil
		case opMark:
			if len(d.marks) >= d.limits.Depth {
				return at, &LimitError{"Depth", int64(d.limits.Depth)}
			}
			d.fence = len(d.stack)
			d.marks = append(d.marks, d.fence)
		case opNone:
			d.stack = append(d.stack, nil)
		case opNewTrue:
			d.stack = append(d.stack, true)
		case opNewFalse:
			d.stack = append(d.stack, false)
		case opBinInt1:
			if len(rest) < 1 {
				return at, ErrTruncated
			}
			d.stack = append(d.stack, int64(rest[0])) // Go has these boxed
			pos++
		case opBinInt2:
			if len(rest) < 2 {
				return at, ErrTruncated
			}
			d.stack = append(d.stack, d.boxInt(int64(binary.LittleEndian.Uint16(rest))))
			pos += 2
		case opBinInt:
			if len(rest) < 4 {
				return at, ErrTruncated
			}
			d.stack = append(d.stack, d.boxInt(int64(int32(binary.LittleEndian.Uint32(rest)))))
			pos += 4
		case opBinFloat:
			if len(rest) < 8 {
				return at, ErrTruncated
			}
			d.stack = append(d.stack, d.boxFloat(math.Float64frombits(binary.BigEndian.Uint64(rest))))
			pos += 8
		case opShortBinUnicode:
			if len(rest) < 1 || len(rest) < 1+int(rest[0]) {
				return at, ErrTruncated
			}
			n := 1 + int(rest[0])
			if err := d.pushText(pos+1, rest[1:n]); err != nil {
				return at, err
			}
			pos += n
		case opMemoize:
			if err := d.put(uint64(d.count)); err != nil {
				return at, err
			}
		case opBinPut:
			if len(rest) < 1 {
				return at, ErrTruncated
			}
			if err := d.put(uint64(rest[0])); err != nil {
				return at, err
			}
			pos++
		case opBinGet:
			if len(rest) < 1 {
				return at, ErrTruncated
			}
			if err := d.get(uint64(rest[0])); err != nil {
				return at, err
			}
			pos++
		default:
			d.pos = pos
			if err := d.step(op); err != nil {
				return at, err
			}
			pos = d.pos
		}
	}
}

// step executes one opcode.
func (d *decoder) step(op byte) error {
	switch op {
	case opTuple, opTuple1, opTuple2, opTuple3, opEmptyTuple:
		return d.tuple(op)
	case opEmptyList:
		return d.pushNew(&List{}, 40)
	case opList:
		return d.list()
	case opAppend, opAppends:
		return d.append(op)
	case opEmptyDict:
		return d.pushNew(d.newDict(), dictSize)
	case opDict:
		return d.dict()
	case opSetItem, opSetItems:
		return d.setItems(op)
	case opEmptySet:
		return d.pushNew(new(Set), dictSize)
	case opAddItems:
		return d.addItems()
	case opFrozenSet:
		return d.frozenSet()

	case opInt, opLong, opFloat, opString, opUnicode:
		return d.textValue(op)
	case opLong1, opLong4:
		return d.long(op)
	case opBinUnicode, opBinUnicode8:
		return d.unicode(op)
	case opShortBinString, opBinString, opShortBinBytes, opBinBytes, opBinBytes8, opByteArray8:
		return d.bytes(op)

	case opGlobal, opStackGlobal:
		return d.global(op)
	case opReduce, opNewObj, opNewObjEx:
		return d.reduce(op)
	case opInst, opObj:
		return d.instance(op)
	case opBuild:
		return d.build()
	case opPersID, opBinPersID, opExt1, opExt2, opExt4, opNextBuffer, opReadOnlyBuffer:
		return d.outside(op)

	case opPut, opLongBinPut, opGet, opLongBinGet:
		return d.memoAt(op)
	case opPop, opPopMark, opDup:
		return d.shuffle(op)
	case opProto, opFrame:
		return d.header(op)
	}
	return ErrOpcode
}

// header reads PROTO and FRAME. A frame only tells a reader of streams how
// much to read.
func (d *decoder) header(op byte) error {
	if op == opFrame {
		b, err := d.take(8)
		if err == nil {
			d.frameEnd = uint64(d.pos) + binary.LittleEndian.Uint64(b)
		}
		return err
	}
	b, err := d.take(1)
	if err != nil {
		return err
	}
	if b[0] > 5 {
		return protocolError(b[0])
	}
	d.proto = b[0]
	return nil
}
