package pickle

import "encoding/binary"

// sized executes the opcodes whose argument begins with its length.
func (v *View) sized(op byte, at int) (pos int, err error) {
	width, k := layout(op)
	start := at + 1 + width
	if start > len(v.data) {
		return at, ErrTruncated
	}
	n := length(v.data[at+1 : start])
	if n > uint64(len(v.data)-start) {
		return at, ErrTruncated
	}
	end := start + int(n)
	switch op {
	case opBinUnicode, opBinUnicode8:
		if !validText(v.data[start:end]) {
			return at, ErrUTF8
		}
	case opLong1, opLong4:
		if n > uint64(v.limits.Long) {
			return at, &LimitError{"Long", int64(v.limits.Long)}
		}
	case opShortBinString, opBinString, opByteArray8:
		v.marked = append(v.marked, int32(at))
	}
	switch op {
	case opShortBinBytes, opBinBytes:
		v.highest |= needs3
	case opBinUnicode8, opBinBytes8:
		v.highest |= needs4
	}
	v.stack = append(v.stack, cell{start: int32(at), kind: k})
	return end, nil
}

// layout returns how many bytes the length has, and what it is the length of.
func layout(op byte) (width int, k kind) {
	switch op {
	case opShortBinUnicode:
		return 1, kindText
	case opBinUnicode:
		return 4, kindText
	case opBinUnicode8:
		return 8, kindText
	case opShortBinBytes:
		return 1, kindBytes
	case opBinBytes:
		return 4, kindBytes
	case opBinBytes8:
		return 8, kindBytes
	case opByteArray8:
		return 8, kindBytearray
	case opShortBinString:
		return 1, kindByteString
	case opBinString:
		return 4, kindByteString
	case opLong1:
		return 1, kindInt
	case opLong4:
		return 4, kindInt
	}
	return 0, kindAny
}

// length reads the length that an argument begins with.
func length(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// textValue executes the opcodes of protocol 0 whose argument is a line.
func (v *View) textValue(op byte, at int) (pos int, err error) {
	line, pos, err := v.line(at + 1)
	if err != nil {
		return at, err
	}
	k := kindInt
	switch op {
	case opInt:
		var n any
		if n, err = parseInt(line); n == true || n == false {
			k = kindBool
		}
	case opLong:
		_, err = parseLong(line)
	case opFloat:
		k = kindFloat
		_, err = parseFloat(line)
	case opString:
		k = kindByteString
		v.marked = append(v.marked, int32(at))
		_, err = parseString(line)
	case opUnicode:
		k = kindText
		_, err = parseUnicode(line)
	}
	if err != nil {
		return at, err
	}
	v.stack = append(v.stack, cell{start: int32(at), kind: k})
	return pos, nil
}
