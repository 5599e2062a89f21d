package sharedmemory

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/brine-go/brine/pickle"
)

// Formats and codes of items.
const (
	intFormat   = "q"
	floatFormat = "d"
	boolFormat  = "xxxxxxx?"
	noneFormat  = "xxxxxx?x"

	codeNumber = 0
	codeStr    = 1
	codeBytes  = 2
	codeNone   = 3
)

// widest is the size of cell that a format of 8 characters can just name.
const widest = 9_999_992

// An item is what goes into a cell.
type item struct {
	format string // of text, without its number: "s"
	code   byte
	bytes  []byte
}

// encode makes an item of None, a bool, an int of 64 bits, a float, a str or
// bytes, in any Go type that holds one.
func encode(v any) (item, error) {
	switch x := v.(type) {
	case nil:
		return item{noneFormat, codeNone, make([]byte, 8)}, nil
	case bool:
		b := make([]byte, 8)
		if x {
			b[7] = 1
		}
		return item{boolFormat, codeNumber, b}, nil
	case string:
		if !utf8.ValidString(x) {
			return item{}, pickle.ValueError.New(fmt.Sprintf("the str %.40q has parts that UTF-8 cannot tell, and a list keeps UTF-8", x))
		}
		return text(codeStr, []byte(x))
	case []byte:
		return text(codeBytes, x)
	case *big.Int:
		if !x.IsInt64() {
			return item{}, tooLarge(x)
		}
		return numeral(intFormat, uint64(x.Int64())), nil
	}
	switch n := reflect.ValueOf(v); {
	case n.CanInt():
		return numeral(intFormat, uint64(n.Int())), nil
	case n.CanUint() && n.Uint() > math.MaxInt64:
		return item{}, tooLarge(v)
	case n.CanUint():
		return numeral(intFormat, n.Uint()), nil
	case n.CanFloat():
		return numeral(floatFormat, math.Float64bits(n.Float())), nil
	}
	return item{}, fmt.Errorf("sharedmemory: a list holds None, bool, int, float, str and bytes, not %s", pickle.TypeName(v))
}

func numeral(format string, bits uint64) item {
	return item{format, codeNumber, binary.LittleEndian.AppendUint64(nil, bits)}
}

func tooLarge(v any) error {
	return fmt.Errorf("sharedmemory: %v is beyond the 64 bits of an int in a list", v)
}

func text(code byte, b []byte) (item, error) {
	if len(b) >= widest {
		return item{}, fmt.Errorf("sharedmemory: %d bytes are too many for an item: its format holds numbers below %d", len(b), widest)
	}
	return item{"s", code, b}, nil
}

// cellSize is how much room a new list gives the item: for text, to its bytes,
// always some zeros behind them. (Python counts characters, and so cuts what
// is not ASCII.)
func (it item) cellSize() int {
	if it.format != "s" {
		return cellUnit
	}
	return cellUnit * (len(it.bytes)/cellUnit + 1)
}

// put writes the item into its cell.
func (l *layout) put(i int, it item) error {
	cell := l.cell(i)
	if len(it.bytes) > len(cell) {
		return pickle.ValueError.New("bytes/str item exceeds available storage")
	}
	format := it.format
	if format == "s" {
		format = strconv.Itoa(len(cell)) + "s"
	}
	clear(cell[copy(cell, it.bytes):])
	f := l.format(i)
	clear(f[copy(f, format):])
	*l.code(i) = it.code
	return nil
}

// get reads the item in a cell.
func (l *layout) get(i int) (any, error) {
	cell, format := l.cell(i), string(bytes.TrimRight(l.format(i), "\x00"))
	switch format {
	case intFormat:
		return number(cell, 0), nil
	case floatFormat:
		return math.Float64frombits(uint64(number(cell, 0))), nil
	case boolFormat:
		return cell[7] != 0, nil
	case noneFormat:
		return nil, nil
	}
	n, err := strconv.Atoi(format[:max(len(format)-1, 0)])
	if err != nil || format[len(format)-1] != 's' || n < 0 || n > len(cell) {
		return nil, fmt.Errorf("sharedmemory: item %d has the format %q and a cell of %d bytes", i, format, len(cell))
	}
	b := bytes.TrimRight(cell[:n], "\x00")
	switch {
	case *l.code(i) != codeStr:
		return bytes.Clone(b), nil
	case !utf8.Valid(b):
		return nil, fmt.Errorf("sharedmemory: item %d is said to be a str and is not UTF-8: %.40q", i, b)
	}
	return string(b), nil
}
