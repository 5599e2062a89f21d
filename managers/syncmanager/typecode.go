package syncmanager

import (
	"context"
	"math"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A typecode is the letter by which array.array names the machine type of its
// items.
type typecode string

// A limit is the range of one of C's integer types and what Python says of an
// int outside.
type limit struct {
	min          int64
	max          uint64
	below, above string
}

var (
	toLong     = limit{math.MinInt64, math.MaxInt64, "Python int too large to convert to C long", "Python int too large to convert to C long"}
	toInt      = limit{math.MinInt32, math.MaxInt32, "signed integer is less than minimum", "signed integer is greater than maximum"}
	toShort    = limit{math.MinInt16, math.MaxInt16, "signed short integer is less than minimum", "signed short integer is greater than maximum"}
	toChar     = limit{math.MinInt8, math.MaxInt8, "signed char is less than minimum", "signed char is greater than maximum"}
	toByte     = limit{0, math.MaxUint8, "unsigned byte integer is less than minimum", "unsigned byte integer is greater than maximum"}
	toUshort   = limit{0, math.MaxUint16, "unsigned short is less than minimum", "unsigned short is greater than maximum"}
	toUlong    = limit{0, math.MaxUint64, "can't convert negative value to unsigned int", "Python int too large to convert to C unsigned long"}
	toUint     = limit{0, math.MaxUint32, "", "unsigned int is greater than maximum"}
	toLonglong = limit{math.MinInt64, math.MaxInt64, "int too big to convert", "int too big to convert"}
	toUint64   = limit{0, math.MaxUint64, "can't convert negative int to unsigned", "int too big to convert"}
)

// A machineType is how an item lies in memory, on a 64-bit Linux, and for an
// integer the limits that Python holds it to, in turn.
type machineType struct {
	layout
	limits []limit
}

var machineTypes = map[typecode]machineType{
	"b": {layout{signed, 1, false}, []limit{toLong, toShort, toChar}},
	"B": {layout{unsigned, 1, false}, []limit{toLong, toByte}},
	"c": {layout{char, 1, false}, nil},
	"u": {layout{utf, 4, false}, nil},
	"w": {layout{utf, 4, false}, nil},
	"h": {layout{signed, 2, false}, []limit{toLong, toShort}},
	"H": {layout{unsigned, 2, false}, []limit{toLong, toInt, toUshort}},
	"i": {layout{signed, 4, false}, []limit{toLong, toInt}},
	"I": {layout{unsigned, 4, false}, []limit{toUlong, toUint}},
	"l": {layout{signed, 8, false}, []limit{toLong}},
	"L": {layout{unsigned, 8, false}, []limit{toUlong}},
	"q": {layout{signed, 8, false}, []limit{toLonglong}},
	"Q": {layout{unsigned, 8, false}, []limit{toUint64}},
	"f": {layout{float, 4, false}, nil},
	"d": {layout{float, 8, false}, nil},
}

func parseTypecode(v any) (typecode, error) {
	s := text(v)
	if utf8.RuneCountInString(s) != 1 {
		return "", pickle.TypeError.New("array() argument 1 must be a unicode character, not " + pickle.TypeName(v))
	}
	if _, ok := machineTypes[typecode(s)]; !ok {
		return "", badTypecode
	}
	return typecode(s), nil
}

var badTypecode = pickle.ValueError.New("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")

// readBy tells whether the caller's Python has arrays of t, as far as we know.
func (t typecode) readBy(c *managers.Call) bool {
	switch t {
	case "w":
		return c.Modern()
	case "c":
		return c.Dialect().Python2
	case "q", "Q":
		return !c.Dialect().Python2
	}
	return true
}

// initial returns the items of an array that is made of v.
func (t typecode) initial(ctx context.Context, v any) ([]any, error) {
	m := machineTypes[t]
	switch b := v.(type) {
	case string:
		if m.kind != utf && m.kind != char {
			return nil, t.refuseText()
		}
	case []byte:
		return m.decode(b)
	case *pickle.Bytearray:
		if m.kind != char { // whose items no ints can be
			return m.decode(b.Bytes)
		}
	case pickle.ByteString: // Python 2's bytes
		if m.kind != utf {
			return m.decode([]byte(b))
		}
	}
	from, err := newBudget().elements(ctx, v)
	if err != nil {
		return nil, err
	}
	items := make([]any, len(from))
	for i, item := range from {
		if item, err = built(ctx, item); err == nil {
			items[i], err = t.item(item)
		}
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (t typecode) refuseText() error {
	return pickle.TypeError.New("cannot use a str to initialize an array with typecode '" + string(t) + "'")
}

// item returns v as an item of an array, if it can be one.
func (t typecode) item(v any) (any, error) {
	m := machineTypes[t]
	switch m.kind {
	case utf:
		s := text(v)
		if chars, err := newBudget().characters(s); err != nil || len(chars) != 1 {
			return nil, pickle.TypeError.New("array item must be unicode character")
		}
		return s, nil
	case char:
		if s, ok := v.(pickle.ByteString); ok && len(s) == 1 {
			return s, nil
		}
		return nil, pickle.TypeError.New("array item must be char")
	case float:
		f, err := realNumber(v)
		if m.size == 4 {
			f = float64(float32(f))
		}
		return f, err
	}
	n, ok := integer(v)
	if !ok {
		return nil, pickle.TypeError.New("'" + pickle.TypeName(v) + "' object cannot be interpreted as an integer")
	}
	for _, limit := range m.limits {
		if err := limit.check(n); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// check checks what integer returned.
func (l limit) check(v any) error {
	var below, above bool
	switch n := v.(type) {
	case int64:
		below, above = n < l.min, n > 0 && uint64(n) > l.max
	case *big.Int: // beyond every int64
		below = n.Sign() < 0
		above = !n.IsUint64() || n.Uint64() > l.max
	}
	switch {
	case below:
		return pickle.OverflowError.New(l.below)
	case above:
		return pickle.OverflowError.New(l.above)
	}
	return nil
}

func realNumber(v any) (float64, error) {
	if f, ok := v.(float64); ok {
		return f, nil
	}
	n, ok := integer(v)
	if !ok {
		return 0, pickle.TypeError.New("must be real number, not " + pickle.TypeName(v))
	}
	if n, ok := n.(int64); ok {
		return float64(n), nil
	}
	f, _ := new(big.Float).SetInt(n.(*big.Int)).Float64()
	if math.IsInf(f, 0) {
		return 0, pickle.OverflowError.New("int too large to convert to float")
	}
	return f, nil
}

// array returns items as an instance of array.array. A list of items, or text,
// means the same to every Python; the bytes of the machine do not.
func (t typecode) array(items []any) *pickle.Object {
	code := pickle.ByteString(t) // Python 2 takes no unicode here
	return &pickle.Object{
		Class: pickle.Global{Module: "array", Name: "array"},
		Args:  pickle.Tuple{code, t.content(items)},
	}
}

func (t typecode) content(items []any) any {
	kind := machineTypes[t].kind
	if kind != utf && kind != char {
		return pickle.NewList(items...)
	}
	var b strings.Builder
	for _, item := range items {
		b.WriteString(text(item))
	}
	if kind == char {
		return pickle.ByteString(b.String())
	}
	return b.String()
}
