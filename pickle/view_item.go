package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
)

// memoOnly tells whether there is nothing between two offsets but opcodes that
// push nothing: what an atom may have behind it.
func (v *View) memoOnly(from, to int32) bool {
	for from < to {
		switch v.data[from] {
		case opMemoize, opBinPut, opLongBinPut, opPut, opFrame:
			from = v.afterMemo(from)
		default:
			return false
		}
	}
	return true
}

// afterMemo returns where a memo opcode or FRAME ends.
func (v *View) afterMemo(at int32) int32 {
	switch v.data[at] {
	case opMemoize:
		return at + 1
	case opBinPut, opBinGet:
		return at + 2
	case opLongBinPut, opLongBinGet:
		return at + 5
	case opFrame:
		return at + 9
	case opPut, opGet:
		return v.endOfLine(at)
	}
	return at
}

func (v *View) endOfLine(at int32) int32 {
	return at + int32(bytes.IndexByte(v.data[at:], '\n')) + 1
}

// lineAt returns the line that begins at an offset.
func (v *View) lineAt(at int) []byte {
	line, _, _ := v.line(at)
	return line
}

// atom returns the only opcode of the item and its argument, without length or
// newline. A reference stands for what it refers to.
func (v *View) atom(it Item) (op byte, arg []byte) {
	op, arg, end := v.atomAt(it.start)
	if !v.memoOnly(end, it.end) {
		return opStop, nil
	}
	return op, arg
}

// atomAt returns the opcode at an offset, its argument and where it ends. It is
// STOP if it does not push an atom.
func (v *View) atomAt(at int32) (op byte, arg []byte, end int32) {
	op = v.data[at]
	arg = v.data[at+1:]
	n := 0
	switch op {
	case opShortBinUnicode, opShortBinString, opShortBinBytes, opLong1:
		n = 1 + int(arg[0])
		return op, arg[1:n], at + 1 + int32(n)
	case opNone, opNewTrue, opNewFalse:
	case opBinInt1:
		n = 1
	case opBinInt2:
		n = 2
	case opBinInt:
		n = 4
	case opBinFloat:
		n = 8
	case opInt, opLong, opFloat, opString, opUnicode:
		n = bytes.IndexByte(arg, '\n')
		return op, arg[:n], at + 2 + int32(n)
	case opBinGet, opLongBinGet, opGet:
		p := v.source(at)
		if !p.kind.atomic() || p.kind == kindGlobal { // which begins with its module's name
			return opStop, nil, at
		}
		_, end, _ := v.memoIndex(op, int(at))
		op, arg, _ = v.atomAt(p.start)
		return op, arg, int32(end)
	default:
		width, k := layout(op)
		if k == kindAny {
			return opStop, nil, at
		}
		n = width + int(length(arg[:width]))
		return op, arg[width:n], at + 1 + int32(n)
	}
	return op, arg[:n], at + 1 + int32(n)
}

// textAt returns the text that the opcode at an offset pushes.
func (v *View) textAt(at int32) ([]byte, bool) {
	op, arg, _ := v.atomAt(at)
	return textArg(op, arg)
}

func textArg(op byte, arg []byte) ([]byte, bool) {
	switch op {
	case opShortBinUnicode, opBinUnicode, opBinUnicode8, opShortBinString, opBinString:
		return arg, true
	case opUnicode:
		s, _ := parseUnicode(arg)
		text, ok := s.(string)
		return []byte(text), ok
	case opString:
		s, _ := parseString(arg)
		text, ok := s.(ByteString)
		return []byte(text), ok
	}
	return nil, false
}

// IsNone tells whether the item is None.
func (v *View) IsNone(it Item) bool {
	op, _ := v.atom(it)
	return op == opNone
}

// Text returns a str as UTF-8, or the bytes of Python 2's str. They are mostly
// those of the pickle itself.
func (v *View) Text(it Item) (text []byte, ok bool) { return textArg(v.atom(it)) }

// Int returns an int that fits in an int64.
func (v *View) Int(it Item) (n int64, ok bool) { return intArg(v.atom(it)) }

func intArg(op byte, arg []byte) (int64, bool) {
	switch op {
	case opBinInt1:
		return int64(arg[0]), true
	case opBinInt2:
		return int64(binary.LittleEndian.Uint16(arg)), true
	case opBinInt:
		return int64(int32(binary.LittleEndian.Uint32(arg))), true
	case opLong1, opLong4:
		return shortLong(arg)
	case opInt:
		n, _ := parseInt(arg)
		i, ok := n.(int64)
		return i, ok
	case opLong:
		n, _ := parseLong(arg)
		i, ok := n.(int64)
		return i, ok
	}
	return 0, false
}

// shortLong reads two's complement of up to eight bytes that count, least byte first.
func shortLong(arg []byte) (int64, bool) {
	for n := len(arg) - 1; n >= 8 && int8(arg[n]) == int8(arg[n-1])>>7; n-- {
		arg = arg[:n]
	}
	if len(arg) == 0 || len(arg) > 8 {
		return 0, len(arg) == 0
	}
	var n uint64
	for i, c := range arg {
		n |= uint64(c) << (8 * i)
	}
	unused := 64 - 8*len(arg)
	return int64(n<<unused) >> unused, true
}

// Float returns a float.
func (v *View) Float(it Item) (f float64, ok bool) { return floatArg(v.atom(it)) }

func floatArg(op byte, arg []byte) (float64, bool) {
	switch op {
	case opBinFloat:
		return math.Float64frombits(binary.BigEndian.Uint64(arg)), true
	case opFloat:
		v, _ := parseFloat(arg)
		f, ok := v.(float64)
		return f, ok
	}
	return 0, false
}

// Bool returns a bool.
func (v *View) Bool(it Item) (b, ok bool) { return boolArg(v.atom(it)) }

func boolArg(op byte, arg []byte) (b, ok bool) {
	switch {
	case op == opNewTrue || op == opInt && string(arg) == "01":
		return true, true
	case op == opNewFalse || op == opInt && string(arg) == "00":
		return false, true
	}
	return false, false
}
