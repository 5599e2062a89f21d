package pickle

import (
	"encoding/binary"
	"math"
	"reflect"
	"slices"
)

// What is not read here goes through convert: the value is built and assigned.

func (pl *plan) readBool(r *reader, p pointer, v ref) error {
	if v.made == 0 {
		switch r.data[r.nodes[v.start].pos] {
		case opNewTrue:
			*(*bool)(p) = true
			return nil
		case opNewFalse:
			*(*bool)(p) = false
			return nil
		}
	}
	return pl.convert(r, p, v)
}

// int returns a small integer.
func (r *reader) int(v ref) (n int64, ok bool) {
	if v.made != 0 {
		return 0, false
	}
	return intAt(r.data[r.nodes[v.start].pos:])
}

// intAt returns the integer that an opcode with its argument pushes.
func intAt(b []byte) (n int64, ok bool) {
	switch b[0] {
	case opBinInt1:
		return int64(b[1]), true
	case opBinInt2:
		return int64(binary.LittleEndian.Uint16(b[1:])), true
	case opBinInt:
		return int64(int32(binary.LittleEndian.Uint32(b[1:]))), true
	case opLong1:
		return shortLong(b[2 : 2+b[1]])
	}
	return 0, false
}

// intReader returns the function that reads integers of the plan's kind.
func (pl *plan) intReader() func(*reader, pointer, ref) error {
	switch pl.typ.Kind() {
	case reflect.Int:
		return readInt[int](pl)
	case reflect.Int8:
		return readInt[int8](pl)
	case reflect.Int16:
		return readInt[int16](pl)
	case reflect.Int32:
		return readInt[int32](pl)
	case reflect.Int64:
		return readInt[int64](pl)
	case reflect.Uint:
		return readInt[uint](pl)
	case reflect.Uint8:
		return readInt[uint8](pl)
	case reflect.Uint16:
		return readInt[uint16](pl)
	case reflect.Uint32:
		return readInt[uint32](pl)
	case reflect.Uint64:
		return readInt[uint64](pl)
	}
	return readInt[uintptr](pl)
}

type anyInt interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

func readInt[T anyInt](pl *plan) func(*reader, pointer, ref) error {
	return func(r *reader, p pointer, v ref) error {
		n, ok := r.int(v)
		if t := T(n); ok && int64(t) == n && (t < 0) == (n < 0) {
			*(*T)(p) = t
			return nil
		}
		return pl.convert(r, p, v)
	}
}

func (pl *plan) readFloat64(r *reader, p pointer, v ref) error {
	f, ok := r.binFloat(v)
	if !ok {
		return pl.convert(r, p, v)
	}
	*(*float64)(p) = f
	return nil
}

// binFloat returns the float that a BINFLOAT pushed.
func (r *reader) binFloat(v ref) (f float64, ok bool) {
	if v.made != 0 {
		return 0, false
	}
	b := r.data[r.nodes[v.start].pos:]
	if b[0] != opBinFloat {
		return 0, false
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b[1:])), true
}

// beyondFloat32 tells whether a number would become infinite.
func beyondFloat32(f float64) bool { return math.Abs(f) > math.MaxFloat32 && !math.IsInf(f, 0) }

func (pl *plan) readFloat32(r *reader, p pointer, v ref) error {
	f, ok := r.binFloat(v)
	if !ok || beyondFloat32(f) {
		return pl.convert(r, p, v)
	}
	*(*float32)(p) = float32(f)
	return nil
}

func (pl *plan) readString(r *reader, p pointer, v ref) (err error) {
	if v.made == 0 {
		n := r.nodes[v.start]
		switch r.data[n.pos] {
		case opShortBinUnicode, opBinUnicode, opBinUnicode8:
			*(*string)(p), err = r.text(n)
			return err
		}
	}
	return pl.convert(r, p, v)
}

// text returns the text of an atom as a string.
func (r *reader) text(n tapeNode) (s string, err error) {
	if n.n != 0 {
		if r.texts == nil || int(n.n) >= len(r.texts) {
			r.texts = append(r.texts, make([]string, int(r.slots)-len(r.texts))...)
		}
		if s := r.texts[n.n]; s != "" {
			return s, nil
		}
	}
	b, _ := textAfter(r.data, int(n.pos))
	if s, err = r.newText(b); err != nil {
		return "", err
	}
	if n.n != 0 {
		r.texts[n.n] = s
	}
	return s, nil
}

// letterChunk is how many bytes of short strings share an allocation, those of pickles
// that follow each other too.
const letterChunk = 1024

// newText returns a part of the pickle as a string.
func (r *reader) newText(b []byte) (string, error) {
	if r.codec.Alias {
		return textOf(b), nil
	}
	if err := r.charge(len(b)); err != nil {
		return "", err
	}
	if len(b) > shortText {
		return string(b), nil
	}
	n := len(r.letters)
	if cap(r.letters)-n < len(b) {
		n = 0
		r.letters = make([]byte, 0, letterChunk)
	}
	r.letters = append(r.letters, b...)
	return textOf(r.letters[n:]), nil
}

func (pl *plan) readBytes(r *reader, p pointer, v ref) error {
	if v.made == 0 {
		at := int(r.nodes[v.start].pos)
		switch r.data[at] {
		case opShortBinBytes, opBinBytes, opBinBytes8, opShortBinString, opBinString:
			b, _ := textAfter(r.data, at)
			return r.bytes((*[]byte)(p), b)
		}
	}
	return pl.readParts(r, p, v)
}

// bytes makes a part of the pickle the bytes of a variable, in the memory that the
// variable has if that is enough.
func (r *reader) bytes(to *[]byte, b []byte) error {
	switch {
	case r.codec.Alias:
		*to = slices.Clip(b)
		return nil
	case len(b) > 0 && len(b) <= cap(*to) && r.reuse(bytesAt(*to), uintptr(cap(*to))):
		*to = appendLarge((*to)[:0], b)
		return nil
	}
	if err := r.charge(len(b)); err != nil {
		return err
	}
	*to = cloneLarge(b)
	return nil
}
