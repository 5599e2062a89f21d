package pickle

import (
	"encoding/binary"
	"errors"
	"math/big"
	"reflect"
)

var errArray = errors.New("Items are not of the type that the Typecode has")

// An Array is Python's array.array. Items is a slice, by the type code:
//
//	b B  []int8   []uint8     l L  []int64   []uint64
//	h H  []int16  []uint16    q Q  []int64   []uint64
//	i I  []int32  []uint32    f d  []float32 []float64
//	u w  []rune
type Array struct {
	Typecode byte
	Items    any
}

func (*Array) class() Global { return arrayClass }

var arrayClass = Global{"array", "array"}

// NewArray returns an array of Python's of the type of the items, with the type
// code of most such: those of 64 bits are q and Q.
func NewArray[T int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64 | float32 | float64](items []T) *Array {
	var zero T
	return &Array{typecodes[any(zero)], items}
}

var typecodes = map[any]byte{
	int8(0): 'b', uint8(0): 'B', int16(0): 'h', uint16(0): 'H', int32(0): 'i', uint32(0): 'I',
	int64(0): 'q', uint64(0): 'Q', float32(0): 'f', float64(0): 'd',
}

// makeArray reads the type code with a list of items, or with text.
func makeArray(d *decoder, args Tuple) (any, bool, error) {
	if len(args) == 0 || len(args) > 2 {
		return nil, false, nil
	}
	code, ok := textOfValue(args[0])
	if !ok || len(code) != 1 {
		return nil, false, nil
	}
	var items []any
	if len(args) == 2 {
		if s, isText := args[1].(string); isText && (code == "u" || code == "w") {
			items = make([]any, 0, len(s))
			for rest := s; rest != ""; {
				_, n := decodeWTF8(rest)
				items, rest = append(items, rest[:n]), rest[n:]
			}
		} else if l, isList := args[1].(*List); isList {
			items = l.Items
		} else {
			return nil, false, nil
		}
	}
	if err := d.charge(48 + 8*len(items)); err != nil {
		return nil, false, err
	}
	return arrayOf(code[0], items)
}

func arrayOf(code byte, items []any) (any, bool, error) {
	var all any
	ok := false
	switch code {
	case 'b':
		all, ok = integers[int8](items)
	case 'B':
		all, ok = integers[uint8](items)
	case 'h':
		all, ok = integers[int16](items)
	case 'H':
		all, ok = integers[uint16](items)
	case 'i':
		all, ok = integers[int32](items)
	case 'I':
		all, ok = integers[uint32](items)
	case 'l', 'q':
		all, ok = integers[int64](items)
	case 'L', 'Q':
		all, ok = integers[uint64](items)
	case 'f':
		all, ok = floats[float32](items)
	case 'd':
		all, ok = floats[float64](items)
	case 'u', 'w':
		all, ok = runes(items)
	}
	return &Array{code, all}, ok, nil
}

type arrayInt interface {
	int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64
}

func integers[T arrayInt](items []any) ([]T, bool) {
	all := make([]T, len(items))
	for i, item := range items {
		switch n := item.(type) {
		case int64:
			all[i] = T(n)
			if int64(all[i]) != n || (all[i] < 0) != (n < 0) {
				return nil, false
			}
		case *big.Int:
			all[i] = T(n.Uint64())
			if !n.IsUint64() || uint64(all[i]) != n.Uint64() || all[i] < 0 {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return all, true
}

func floats[T float32 | float64](items []any) ([]T, bool) {
	all := make([]T, len(items))
	for i, item := range items {
		f, ok := item.(float64)
		if !ok {
			return nil, false
		}
		all[i] = T(f)
	}
	return all, true
}

func runes(items []any) ([]rune, bool) {
	all := make([]rune, len(items))
	for i, item := range items {
		s, ok := item.(string)
		if !ok || s == "" {
			return nil, false
		}
		r, n := decodeWTF8(s)
		if n != len(s) {
			return nil, false
		}
		all[i] = r
	}
	return all, true
}

// makeMachineArray reads what protocols from 3 on have: a class, a type code, a
// number for the machine's format and the bytes in that.
func makeMachineArray(d *decoder, args Tuple) (any, bool, error) {
	if len(args) != 4 || args[0] != any(arrayClass) {
		return nil, false, nil
	}
	code, ok := args[1].(string)
	format, ok2 := args[2].(int64)
	data, ok3 := args[3].([]byte)
	if !ok || len(code) != 1 || !ok2 || !ok3 {
		return nil, false, nil
	}
	if err := d.charge(48 + 8*len(data)); err != nil {
		return nil, false, err
	}
	if format == machineFormats[code[0]] {
		if items, ok := littleItems(code[0], data); ok {
			return &Array{code[0], items}, true, nil
		}
		return nil, false, nil
	}
	v, ok := machineArray(format, data)
	if s, isText := v.(string); isText {
		return makeArray(d, Tuple{code, s})
	}
	l, isList := v.(*List)
	if !ok || !isList {
		return nil, false, nil
	}
	return arrayOf(code[0], l.Items)
}

// machineFormats are the numbers of the little-endian formats.
var machineFormats = map[byte]int64{
	'B': 0, 'b': 1, 'H': 2, 'h': 4, 'I': 6, 'i': 8, 'L': 10, 'l': 12, 'Q': 10, 'q': 12, 'f': 14, 'd': 16,
	'u': 20, 'w': 20,
}

// newItems makes n items of the type that a code stands for, or returns nil.
func newItems(code byte, n int) any {
	switch code {
	case 'b':
		return make([]int8, n)
	case 'B':
		return make([]uint8, n)
	case 'h':
		return make([]int16, n)
	case 'H':
		return make([]uint16, n)
	case 'i':
		return make([]int32, n)
	case 'I':
		return make([]uint32, n)
	case 'l', 'q':
		return make([]int64, n)
	case 'L', 'Q':
		return make([]uint64, n)
	case 'f':
		return make([]float32, n)
	case 'd':
		return make([]float64, n)
	case 'u', 'w':
		return make([]rune, n)
	}
	return nil
}

// littleItems reads items of the usual width, the least byte first.
func littleItems(code byte, b []byte) (any, bool) {
	one := newItems(code, 1)
	if one == nil || len(b)%binary.Size(one) != 0 {
		return nil, false
	}
	items := newItems(code, len(b)/binary.Size(one))
	_, err := binary.Decode(b, binary.LittleEndian, items)
	return items, err == nil
}

// bytes returns the items in the format of machineFormats.
func (a *Array) bytes() ([]byte, bool) {
	switch a.Items.(type) {
	case nil:
		return nil, true
	case []int8, []uint8, []int16, []uint16, []int32, []uint32, []int64, []uint64, []float32, []float64:
		b, err := binary.Append(nil, binary.LittleEndian, a.Items)
		return b, err == nil
	}
	return nil, false
}

// list returns the items as Python values: text for the codes of such.
func (a *Array) list() (any, bool) {
	b, ok := a.bytes()
	format, known := machineFormats[a.Typecode]
	if !ok || !known {
		return nil, false
	}
	return machineArray(format, b)
}

func (a *Array) write(e *encoder) error {
	items, known := littleItems(a.Typecode, nil)
	b, ok := a.bytes()
	if !ok || !known || a.Items != nil && reflect.TypeOf(items) != reflect.TypeOf(a.Items) {
		return e.fail(a, errArray)
	}
	k := keyOf(a)
	if e.again(k) {
		return nil
	}
	code := ByteString([]byte{a.Typecode})
	if e.version >= 3 && e.folds() {
		err := e.call("array", "_array_reconstructor", arrayClass, code, machineFormats[a.Typecode], b)
		e.made(k)
		return err
	}
	list, _ := a.list()
	err := e.call("array", "array", code, list)
	e.made(k)
	return err
}

// AssignPickle stores the items in a slice of their type.
func (a *Array) AssignPickle(ptr any, _ func(bytes int) error) (ok bool, err error) {
	dst, items := reflect.ValueOf(ptr).Elem(), reflect.ValueOf(a.Items)
	if a.Items == nil || !items.Type().AssignableTo(dst.Type()) {
		return false, nil
	}
	dst.Set(items)
	return true, nil
}
