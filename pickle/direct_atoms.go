package pickle

import (
	"encoding/binary"
	"math"
)

func directBool(r *reader, p pointer, pos int) int {
	switch r.opAt(pos) {
	case opNewTrue:
		*(*bool)(p) = true
	case opNewFalse:
		*(*bool)(p) = false
	case opFrame:
		return directBool(r, p, r.unframe(pos))
	default:
		return gaveUp
	}
	return pos + 1
}

// smallInt returns the integer that begins b and how many bytes it takes, 0 if none
// does.
func smallInt(b []byte) (n int64, size int) {
	if len(b) < 5 { // the last ones
		if len(b) >= 2 && b[0] == opBinInt1 {
			return int64(b[1]), 2
		}
		if len(b) >= 3 && b[0] == opBinInt2 {
			return int64(binary.LittleEndian.Uint16(b[1:])), 3
		}
		return 0, 0
	}
	switch b[0] {
	case opBinInt1:
		return int64(b[1]), 2
	case opBinInt2:
		return int64(binary.LittleEndian.Uint16(b[1:])), 3
	case opBinInt:
		return int64(int32(binary.LittleEndian.Uint32(b[1:]))), 5
	case opLong1:
		if size = int(b[1]) + 2; size <= len(b) {
			if n, ok := shortLong(b[2:size]); ok {
				return n, size
			}
		}
	}
	return 0, 0
}

func directInt[T anyInt](r *reader, p pointer, pos int) int {
	if uint(pos) >= uint(len(r.data)) {
		return gaveUp
	}
	n, size := smallInt(r.data[pos:])
	if t := T(n); size > 0 && int64(t) == n && (t < 0) == (n < 0) {
		*(*T)(p) = t
		return pos + size
	}
	if r.data[pos] == opFrame {
		return directInt[T](r, p, r.unframe(pos))
	}
	return gaveUp
}

func directFloat64(r *reader, p pointer, pos int) int {
	if b := r.data; uint(pos) < uint(len(b)) && len(b)-pos > 8 && b[pos] == opBinFloat {
		*(*float64)(p) = math.Float64frombits(binary.BigEndian.Uint64(r.data[pos+1:]))
		return pos + 9
	}
	if r.opAt(pos) == opFrame {
		return directFloat64(r, p, r.unframe(pos))
	}
	return gaveUp
}

func directFloat32(r *reader, p pointer, pos int) int {
	var f float64
	if pos = directFloat64(r, pointer(&f), pos); pos < 0 || beyondFloat32(f) {
		return gaveUp
	}
	*(*float32)(p) = float32(f)
	return pos
}

// textAt returns the text that an opcode at an offset pushes, and what follows it.
func (r *reader) textAt(pos int) (text []byte, next int) {
	data := r.data
	from := pos + 2
	if uint(pos) >= uint(len(data)) || from > len(data) || data[pos] != opShortBinUnicode {
		return r.longTextAt(pos)
	}
	next = from + int(data[pos+1])
	if next > len(data) {
		return nil, gaveUp
	}
	if text = data[from:next]; !plain(text) && !validText(text) {
		return nil, gaveUp
	}
	return text, next
}

func (r *reader) longTextAt(pos int) (text []byte, next int) {
	switch r.opAt(pos) {
	case opBinUnicode, opBinUnicode8:
		k, next, ok := atomAfter(r.data, pos, 0)
		if ok && k == kindText {
			text, _ = textAfter(r.data, pos)
			return text, next
		}
	}
	return nil, gaveUp
}

func directString(r *reader, p pointer, pos int) int {
	switch r.opAt(pos) {
	case opBinGet, opLongBinGet: // which no pickler memoizes again
		i, next := r.entryAt(pos)
		if uint(i) < uint(len(r.texts)) && r.texts[i] != "" {
			*(*string)(p) = r.texts[i]
			return next
		}
		return r.firstGet(p, i, next)
	case opFrame:
		return directString(r, p, r.unframe(pos))
	}
	b, next := r.textAt(pos)
	if next < 0 {
		return gaveUp
	}
	s, err := r.newText(b)
	if err != nil {
		return gaveUp
	}
	*(*string)(p) = s
	return r.put(next, uint32(pos))
}

// firstGet reads the string of a memo entry and keeps it, so that it is the same one
// each time.
func (r *reader) firstGet(p pointer, i, next int) int {
	if uint(i) >= uint(len(r.known)) {
		return gaveUp
	}
	at := r.known[i]
	if at == directOther || at >= directClass {
		return gaveUp
	}
	if i >= len(r.texts) {
		r.texts = append(r.texts, make([]string, len(r.known)-len(r.texts))...)
	}
	b, _ := textAfter(r.data, int(at))
	s, err := r.newText(b)
	if err != nil {
		return gaveUp
	}
	r.texts[i] = s
	*(*string)(p) = s
	return next
}

func directBytes(r *reader, p pointer, pos int) int {
	op := r.opAt(pos)
	switch op {
	case opNone:
		*(*[]byte)(p) = nil
		return pos + 1
	case opFrame:
		return directBytes(r, p, r.unframe(pos))
	case opShortBinBytes, opBinBytes, opBinBytes8:
	default:
		return gaveUp
	}
	_, next, ok := atomAfter(r.data, pos, 0)
	if !ok {
		return gaveUp
	}
	b, _ := textAfter(r.data, pos)
	if r.bytes((*[]byte)(p), b) != nil {
		return gaveUp
	}
	return r.put(next, directOther)
}

// directAny reads an atom. What else there may be has to be decoded.
func directAny(r *reader, p pointer, pos int) int {
	to := (*any)(p)
	switch r.opAt(pos) {
	case opNone:
		*to = nil
		return pos + 1
	case opNewTrue, opNewFalse:
		*to = r.data[pos] == opNewTrue
		return pos + 1
	case opBinInt1, opBinInt2, opBinInt, opLong1:
		n, size := smallInt(r.data[pos:])
		if size == 0 {
			return gaveUp
		}
		*to = n
		return pos + size
	case opBinFloat:
		var f float64
		pos = directFloat64(r, pointer(&f), pos)
		*to = f
		return pos
	case opShortBinUnicode, opBinUnicode, opBinGet, opLongBinGet:
		var s string
		pos = directString(r, pointer(&s), pos)
		*to = s
		return pos
	case opFrame:
		return directAny(r, p, r.unframe(pos))
	}
	return gaveUp
}
