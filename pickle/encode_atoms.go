package pickle

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var errSize = errors.New("too long for this protocol")

func putBool(dst []byte, b bool, version int) []byte {
	switch {
	case version >= 2 && b:
		return append(dst, opNewTrue)
	case version >= 2:
		return append(dst, opNewFalse)
	case b:
		return append(dst, "I01\n"...)
	}
	return append(dst, "I00\n"...)
}

func putInt(dst []byte, n int64, version int) []byte {
	if version >= 1 {
		switch {
		case uint64(n) < 1<<8:
			return append(dst, opBinInt1, byte(n))
		case uint64(n) < 1<<16:
			return append(dst, opBinInt2, byte(n), byte(n>>8))
		case int64(int32(n)) == n:
			return append(dst, opBinInt, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		case version >= 2:
			return putLong1(dst, n)
		}
	}
	if int64(int32(n)) == n {
		return append(strconv.AppendInt(append(dst, opInt), n, 10), '\n')
	}
	return append(strconv.AppendInt(append(dst, opLong), n, 10), 'L', '\n')
}

// putLong1 writes the fewest bytes of two's complement.
func putLong1(dst []byte, n int64) []byte {
	size := bits.Len64(uint64(n^n>>63))/8 + 1
	dst = append(dst, opLong1, byte(size))
	for range size {
		dst = append(dst, byte(n))
		n >>= 8
	}
	return dst
}

func putBig(dst []byte, n *big.Int, version int) ([]byte, error) {
	if version < 2 {
		base := 10
		if n.BitLen() > bitsForSure { // Python reads no more than 4300 digits, but any number of these
			base = 16
		}
		return append(appendBig(append(dst, opLong), n, base), 'L', '\n'), nil
	}
	b := longBytes(n)
	switch {
	case len(b) < 256:
		dst = append(dst, opLong1, byte(len(b)))
	case len(b) <= math.MaxInt32:
		dst = binary.LittleEndian.AppendUint32(append(dst, opLong4), uint32(len(b)))
	default:
		return dst, errSize
	}
	return append(dst, b...), nil
}

// appendBig appends an integer as Python writes it to a base of 10 or 16.
func appendBig(dst []byte, n *big.Int, base int) []byte {
	if base == 10 {
		return n.Append(dst, 10)
	}
	if n.Sign() < 0 {
		dst = append(dst, '-')
	}
	return new(big.Int).Abs(n).Append(append(dst, "0x"...), 16)
}

// longBytes is two's complement, least byte first.
func longBytes(n *big.Int) []byte {
	if n.Sign() == 0 {
		return nil
	}
	b := new(big.Int).Set(n)
	if n.Sign() < 0 {
		b.Not(b)
	}
	digits := b.FillBytes(make([]byte, b.BitLen()/8+1))
	if n.Sign() < 0 {
		for i := range digits {
			digits[i] = ^digits[i]
		}
	}
	slices.Reverse(digits)
	return digits
}

func putFloat(dst []byte, f float64, version int) []byte {
	if version >= 1 {
		return binary.BigEndian.AppendUint64(append(dst, opBinFloat), math.Float64bits(f))
	}
	return append(appendFloat(append(dst, opFloat), f, true), '\n')
}

func putText(dst []byte, s string, version int) []byte {
	if version == 0 {
		return putUnicodeLine(dst, s)
	}
	return append(putTextHead(dst, len(s), version), s...)
}

// putTextHead writes what stands in front of a str of n bytes.
func putTextHead(dst []byte, n int, version int) []byte {
	switch {
	case version >= 4 && n < 256:
		return append(dst, opShortBinUnicode, byte(n))
	case uint64(n) > math.MaxUint32:
		return binary.LittleEndian.AppendUint64(append(dst, opBinUnicode8), uint64(n))
	}
	return binary.LittleEndian.AppendUint32(append(dst, opBinUnicode), uint32(n))
}

// putUnicodeLine writes UNICODE: Latin-1 with escapes, all on one line.
func putUnicodeLine(dst []byte, s string) []byte {
	dst = append(dst, opUnicode)
	for i := 0; i < len(s); {
		r, n := decodeWTF8(s[i:])
		i += n
		switch {
		case r == '\\' || r == 0 || r == '\n' || r == '\r' || r == 0x1a || r > 0xff && r <= 0xffff:
			dst = putHex(append(dst, `\u`...), uint32(r), 4)
		case r > 0xffff:
			dst = putHex(append(dst, `\U`...), uint32(r), 8)
		default:
			dst = append(dst, byte(r))
		}
	}
	return append(dst, '\n')
}

func putHex(dst []byte, n uint32, digits int) []byte {
	for i := digits - 1; i >= 0; i-- {
		dst = append(dst, "0123456789abcdef"[n>>(4*i)&15])
	}
	return dst
}

// decodeWTF8 returns the first code point, which may be a surrogate.
func decodeWTF8(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && len(s) >= 3 {
		return rune(s[0]&0x0f)<<12 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return r, n
}

// validString tells whether s can be Python's str.
func validString(s string) bool { return utf8.ValidString(s) || validText([]byte(s)) }

// putBytesHead writes what stands in front of n bytes at a protocol that has an
// opcode for them.
func putBytesHead(dst []byte, n int) []byte {
	switch {
	case n < 256:
		return append(dst, opShortBinBytes, byte(n))
	case uint64(n) <= math.MaxUint32:
		return binary.LittleEndian.AppendUint32(append(dst, opBinBytes), uint32(n))
	}
	return binary.LittleEndian.AppendUint64(append(dst, opBinBytes8), uint64(n))
}

// putString2 writes Python 2's str.
func putString2(dst []byte, s string, version int) ([]byte, error) {
	switch {
	case version == 0:
		return putStringLine(dst, s), nil
	case len(s) < 256:
		dst = append(dst, opShortBinString, byte(len(s)))
	case len(s) <= math.MaxInt32:
		dst = binary.LittleEndian.AppendUint32(append(dst, opBinString), uint32(len(s)))
	default:
		return dst, errSize
	}
	return append(dst, s...), nil
}

// putStringLine writes STRING: a quoted line.
func putStringLine(dst []byte, s string) []byte {
	dst = append(dst, opString, '\'')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\\' || c == '\'':
			dst = append(dst, '\\', c)
		case c < ' ' || c > '~':
			dst = putHex(append(dst, `\x`...), uint32(c), 2)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '\'', '\n')
}

// latin1Text is the text whose Latin-1 form is b.
func latin1Text(b []byte) string {
	var s strings.Builder
	s.Grow(len(b))
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}
