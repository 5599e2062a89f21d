package pickle

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// A Decimal is Python's decimal.Decimal, exactly: 1.0 and 1.00 differ, and so
// do 0 and -0. NaNs, also signalling ones and those with a payload, and
// infinities are Decimals as well. The zero Decimal is 0.
type Decimal struct{ text string } // as Python's str; "" is "0"

// ParseDecimal reads a number as Python's Decimal does, such as "1.20",
// "-1E+1000", "NaN" or "Infinity", with ASCII digits and without underscores
// or space.
func ParseDecimal(s string) (Decimal, error) {
	d, ok := decimalOf(s)
	if !ok {
		return Decimal{}, fmt.Errorf("pickle: %q is no Decimal", clip([]byte(s)))
	}
	return d, nil
}

// DecimalOf returns a number as the shortest Decimal that is read as it again.
func DecimalOf(f *big.Float) Decimal {
	if f.IsInf() {
		if f.Signbit() {
			return Decimal{"-Infinity"}
		}
		return Decimal{"Infinity"}
	}
	d, _ := decimalOf(f.Text('e', -1))
	return d
}

// String returns the number as Python's str does.
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// IsNaN tells whether the decimal is not a number, quiet or signalling.
func (d Decimal) IsNaN() bool { return strings.Contains(d.text, "N") }

// IsInf tells whether the decimal is infinite.
func (d Decimal) IsInf() bool { return strings.HasSuffix(d.text, "y") }

// Parts returns the decimal as coefficient * 10**exponent; negative tells -0
// from 0. There are none of a NaN or an infinity.
func (d Decimal) Parts() (negative bool, coefficient *big.Int, exponent int64, ok bool) {
	p, ok := splitDecimal(d.String())
	if !ok || p.special != "" {
		return false, nil, 0, false
	}
	coefficient, ok = new(big.Int).SetString(p.digits(), 10)
	if p.negative {
		coefficient.Neg(coefficient)
	}
	return p.negative, coefficient, p.exponent, ok
}

// Float64 returns the nearest float64, and what strconv.ParseFloat says where
// there is none.
func (d Decimal) Float64() (float64, error) {
	if d.IsNaN() {
		return strconv.ParseFloat("NaN", 64)
	}
	return strconv.ParseFloat(d.String(), 64)
}

// maxPower bounds the exponents that become numbers with so many digits, and the digits
// that become a number in a time that grows with their square.
const maxPower = 100_000

var errNotFinite = errors.New("pickle: a Decimal that is not finite")

// Rat returns the exact value. The error tells a NaN, an infinity, an exponent
// beyond 100,000, or more digits than that.
func (d Decimal) Rat() (*big.Rat, error) {
	if n := len(d.text); n > maxPower && !d.IsNaN() {
		return nil, fmt.Errorf("pickle: a Decimal of %d bytes", n)
	}
	_, coefficient, exponent, ok := d.Parts()
	if !ok {
		return nil, errNotFinite
	}
	if exponent < -maxPower || exponent > maxPower {
		return nil, fmt.Errorf("pickle: a Decimal with the exponent %d", exponent)
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(max(exponent, -exponent)), nil)
	if exponent < 0 {
		return new(big.Rat).SetFrac(coefficient, power), nil
	}
	return new(big.Rat).SetInt(coefficient.Mul(coefficient, power)), nil
}

// Float returns the value rounded to a precision of so many bits. The error
// tells a NaN, or what Rat does not take either.
func (d Decimal) Float(precision uint) (*big.Float, error) {
	f := new(big.Float).SetPrec(precision)
	if d.IsInf() {
		return f.SetInf(d.text[0] == '-'), nil
	}
	r, err := d.Rat()
	if err != nil {
		return nil, err
	}
	f.SetRat(r)
	if f.Sign() == 0 && strings.HasPrefix(d.text, "-") {
		f.Neg(f)
	}
	return f, nil
}

// expanded is how many digits the exact value may have that Rat computes with.
func (d Decimal) expanded() int {
	p, ok := splitDecimal(d.text)
	exponent := max(p.exponent, -p.exponent)
	if !ok || p.special != "" || exponent > maxPower {
		return 0
	}
	return len(d.text) + int(exponent)
}

// decimalParts are the parts of the text of a decimal.
type decimalParts struct {
	negative        bool
	whole, fraction string // digits
	exponent        int64  // of the last digit
	special         string // of what is no number: "NaN", "sNaN" or "Infinity"; whole is the payload
}

func (p *decimalParts) digits() string {
	if p.fraction == "" {
		return p.whole
	}
	return p.whole + p.fraction
}

// maxExponent is that of the first digit, minExponent that of the last one in Python's
// decimal.
const (
	maxExponent = 999_999_999_999_999_999
	minExponent = -2*maxExponent + 1
)

func splitDecimal(s string) (p decimalParts, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		p.negative, s = s[0] == '-', s[1:]
	}
	if s != "" && s[0] > '9' {
		return p, p.setSpecial(s)
	}
	s, power, scaled := cutExponent(s)
	if scaled {
		n, err := strconv.ParseInt(power, 10, 64)
		if p.exponent = n; err != nil || n > 2*maxExponent || n < 2*minExponent {
			return p, false
		}
	}
	p.whole, p.fraction, _ = strings.Cut(s, ".")
	p.exponent -= int64(len(p.fraction))
	digits := len(p.whole) + len(p.fraction)
	if digits == 0 || !allDigits(p.whole) || !allDigits(p.fraction) {
		return p, false
	}
	if p.exponent > 0 { // zeros in front may make a difference
		digits = max(1, len(strings.TrimLeft(p.digits(), "0")))
	}
	return p, p.exponent >= minExponent && p.exponent+int64(digits)-1 <= maxExponent
}

// setSpecial reads what is no number, in any case.
func (p *decimalParts) setSpecial(s string) bool {
	if strings.EqualFold(s, "inf") {
		s = "Infinity"
	}
	for _, special := range []string{"Infinity", "sNaN", "NaN"} {
		n := len(special)
		if len(s) < n || !strings.EqualFold(s[:n], special) {
			continue
		}
		p.special, p.whole = special, strings.TrimLeft(s[n:], "0")
		return allDigits(s[n:]) && (special != "Infinity" || len(s) == n)
	}
	return false
}

func cutExponent(s string) (number, power string, ok bool) {
	i := strings.LastIndexAny(s, "Ee")
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// decimalOf reads a decimal. Its text is s itself where that is canonical.
func decimalOf(s string) (Decimal, bool) {
	p, ok := splitDecimal(s)
	if !ok {
		return Decimal{}, false
	}
	var buf [64]byte
	canonical := p.append(buf[:0])
	if string(canonical) == s {
		return Decimal{s}, true
	}
	return Decimal{string(canonical)}, true
}

// append writes the decimal as Python's str does: the to-scientific-string of
// the decimal arithmetic specification.
func (p *decimalParts) append(b []byte) []byte {
	if p.negative {
		b = append(b, '-')
	}
	if p.special != "" {
		return append(append(b, p.special...), p.whole...)
	}
	digits := strings.TrimLeft(p.digits(), "0")
	if digits == "" {
		digits = "0"
	}
	point := int64(len(digits)) + p.exponent // where the decimal point belongs
	switch {
	case p.exponent == 0:
		return append(b, digits...)
	case p.exponent > 0 || point <= -6:
		b = append(b, digits[0])
		if len(digits) > 1 {
			b = append(append(b, '.'), digits[1:]...)
		}
		b = append(b, 'E')
		if point > 0 {
			b = append(b, '+')
		}
		return strconv.AppendInt(b, point-1, 10)
	case point <= 0:
		b = append(b, "0."...)
		for range -point {
			b = append(b, '0')
		}
		return append(b, digits...)
	}
	return append(append(append(b, digits[:point]...), '.'), digits[point:]...)
}

var decimalClass = Global{"decimal", "Decimal"}

func makeDecimal(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 1 {
		return nil, false, nil
	}
	s, ok := textOfValue(args[0])
	if !ok {
		return nil, false, nil
	}
	d, ok := decimalOf(s)
	return d, ok, nil
}

func (d Decimal) write(e *encoder) error { return e.call("decimal", "Decimal", d.String()) }

func (d Decimal) native() any { return recipe(decimalClass, d.String()) }

// A bigFloat is a number of Go that leaves as a Decimal.
type bigFloat struct{ *big.Float }

func (f bigFloat) write(e *encoder) error { return DecimalOf(f.Float).write(e) }
func (f bigFloat) native() any            { return DecimalOf(f.Float).native() }
