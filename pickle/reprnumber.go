package pickle

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

const maxStrDigits = 4300 // of an int in text, since Python 3.11 and its security releases

// bitsForSure is the size from which an int has more than 4300 digits.
const bitsForSure = 14_288

func (p *printer) bigInt(n *big.Int) error {
	if n.BitLen() < bitsForSure {
		text := n.Text(10)
		if len(strings.TrimPrefix(text, "-")) <= maxStrDigits {
			p.write(text)
			return nil
		}
	}
	return ValueError.New("Exceeds the limit (4300 digits) for integer string conversion; " +
		"use sys.set_int_max_str_digits() to increase the limit")
}

// appendFloat appends the shortest text that reads back as f. Python writes
// exponents below -4 and from 16 on; point tells whether a whole number gets
// ".0".
func appendFloat(buf []byte, f float64, point bool) []byte {
	switch {
	case math.IsNaN(f):
		return append(buf, "nan"...)
	case math.IsInf(f, 0):
		if f < 0 {
			buf = append(buf, '-')
		}
		return append(buf, "inf"...)
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(buf, f, 'e', -1, 64)
	}
	buf = strconv.AppendFloat(buf, f, 'f', -1, 64)
	if point && f == math.Trunc(f) {
		buf = append(buf, ".0"...)
	}
	return buf
}

func appendComplex(buf []byte, c complex128) []byte {
	re, im := real(c), imag(c)
	if re == 0 && !math.Signbit(re) {
		return append(appendFloat(buf, im, false), 'j')
	}
	buf = appendFloat(append(buf, '('), re, false)
	if math.IsNaN(im) || !math.Signbit(im) {
		buf = append(buf, '+')
	}
	return append(appendFloat(buf, im, false), "j)"...)
}
