package numpy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// kindOf is the letter of numpy for a Go type.
func kindOf(v any) byte {
	switch v.(type) {
	case bool:
		return 'b'
	case int, int8, int16, int32, int64:
		return 'i'
	case uint, uint8, uint16, uint32, uint64:
		return 'u'
	case float32, float64:
		return 'f'
	}
	return 'c'
}

// dtypes are those of Go's types, by kind and size.
var dtypes = map[byte]map[int]*Dtype{
	'b': {1: Bool},
	'i': {1: Int8, 2: Int16, 4: Int32, 8: Int64},
	'u': {1: Uint8, 2: Uint16, 4: Uint32, 8: Uint64},
	'f': {4: Float32, 8: Float64},
	'c': {8: Complex64, 16: Complex128},
}

// holds tells whether the items are of a kind and size.
func (a *Array) holds(kind byte, size int) error {
	if err := a.check(); err != nil {
		return err
	}
	d := a.Dtype
	fits := d.Kind == kind && d.Size == size
	switch d.Kind {
	case 'M', 'm':
		fits = kind == 'i' && size == 8
	case 'f':
		fits = fits || d.Size == 2 && kind == 'u' && size == 2
	}
	if !fits {
		return fmt.Errorf("numpy: items of %v are no %c%d", d, kind, size)
	}
	return nil
}

// As returns the items in the order of memory: View's where it can, else a copy with
// this machine's byte order.
func As[T Number](a *Array) ([]T, error) {
	items, err := View[T](a)
	if !errors.Is(err, ErrNoView) {
		return items, err
	}
	items = make([]T, len(a.Data)/a.Dtype.Size)
	data := bytesOf(items)
	copy(data, a.Data)
	if a.Dtype.Order != nativeOrder {
		width := a.Dtype.Size
		if a.Dtype.Kind == 'c' {
			width /= 2 // its parts are turned each
		}
		for b := range slices.Chunk(data, width) {
			slices.Reverse(b)
		}
	}
	return items, nil
}

// Item returns the item at an offset of the memory: a bool, int64, uint64, float64,
// complex128, string, []byte, time.Time (of a datetime64 other than NaT), time.Duration
// (of a timedelta64 that fits), or what an object is. Structures are maps by name.
func (a *Array) Item(i int) (any, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	if n := a.Len(); i < 0 || i >= n {
		return nil, fmt.Errorf("numpy: item %d of %d", i, n)
	}
	if a.Dtype.hasObjects() {
		return a.Objects[i], nil
	}
	return a.Dtype.item(a.Data[i*a.Dtype.Size : (i+1)*a.Dtype.Size])
}

func (d *Dtype) byteOrder() binary.ByteOrder {
	if d.Order == '>' {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// maxFields bounds the parts of one item that are looked at: fields may overlap.
const maxFields = 1 << 16

func (d *Dtype) item(b []byte) (any, error) {
	budget := maxFields
	return d.itemWithin(b, &budget)
}

func (d *Dtype) itemWithin(b []byte, budget *int) (any, error) {
	if *budget--; *budget < 0 {
		return nil, errors.New("numpy: an item of too many fields")
	}
	order := d.byteOrder()
	switch d.Kind {
	case 'b':
		return b[0] != 0, nil
	case 'u':
		return integer(order, b), nil
	case 'i':
		return signed(order, b), nil
	case 'f':
		return float(order, b)
	case 'c':
		re, err := float(order, b[:len(b)/2])
		im, _ := float(order, b[len(b)/2:])
		return complex(re, im), err
	case 'M':
		return d.time(int64(integer(order, b)))
	case 'm':
		return d.duration(int64(integer(order, b)))
	case 'S':
		return bytes.TrimRight(b, "\x00"), nil
	case 'U':
		return d.text(b), nil
	}
	switch {
	case d.Fields != nil:
		m := make(map[string]any, len(d.Fields))
		for _, f := range d.Fields {
			v, err := f.Dtype.itemWithin(b[f.Offset:f.Offset+f.Dtype.Size], budget)
			if err != nil {
				return nil, err
			}
			m[f.Name] = v
		}
		return m, nil
	case d.Base != nil:
		return &Array{Dtype: d.Base, Shape: d.Shape, Data: b, ReadOnly: true}, nil
	}
	return b, nil
}

func integer(order binary.ByteOrder, b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}

func signed(order binary.ByteOrder, b []byte) int64 {
	shift := 64 - 8*len(b)
	return int64(integer(order, b)<<shift) >> shift
}

func float(order binary.ByteOrder, b []byte) (float64, error) {
	switch len(b) {
	case 2:
		return Float16(order.Uint16(b)), nil
	case 4:
		return float64(math.Float32frombits(order.Uint32(b))), nil
	case 8:
		return math.Float64frombits(order.Uint64(b)), nil
	}
	return 0, fmt.Errorf("numpy: Go has no float of %d bytes", len(b))
}

// Float16 returns the number that the bits of numpy's float16 stand for.
func Float16(bits uint16) float64 {
	fraction, exponent := int(bits&0x3ff), int(bits>>10&0x1f)
	var f float64
	switch exponent {
	case 0:
		f = math.Ldexp(float64(fraction), -24)
	case 0x1f:
		if f = math.Inf(1); fraction != 0 {
			f = math.NaN()
		}
	default:
		f = math.Ldexp(float64(fraction|0x400), exponent-25)
	}
	if bits&0x8000 != 0 {
		return math.Copysign(f, -1)
	}
	return f
}

// text returns a str of code points of four bytes, without the zeros at the end.
func (d *Dtype) text(b []byte) string {
	order := d.byteOrder()
	runes := make([]rune, 0, len(b)/4)
	for ; len(b) >= 4; b = b[4:] {
		runes = append(runes, rune(order.Uint32(b)&0x7fffffff))
	}
	for len(runes) > 0 && runes[len(runes)-1] == 0 {
		runes = runes[:len(runes)-1]
	}
	return string(runes)
}

// Strings returns the items of an array of str or bytes.
func (a *Array) Strings() ([]string, error) {
	if a.Dtype == nil || a.Dtype.Kind != 'S' && a.Dtype.Kind != 'U' {
		return nil, fmt.Errorf("numpy: items of %v are no strings", a.Dtype)
	}
	items := make([]string, 0, min(a.Len(), len(a.Data)+1))
	for i := range a.Len() {
		v, err := a.Item(i)
		if err != nil {
			return nil, err
		}
		s, _ := text(v)
		items = append(items, s)
	}
	return items, nil
}

// Field returns an array of a field of each item, as a copy.
func (a *Array) Field(name string) (*Array, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	for _, f := range a.Dtype.Fields {
		if f.Name != name {
			continue
		}
		if a.Dtype.hasObjects() {
			return nil, fmt.Errorf("numpy: items of %v are Python objects", a.Dtype)
		}
		size := f.Dtype.Size
		out := &Array{Dtype: f.Dtype, Shape: slices.Clone(a.Shape), Fortran: a.Fortran}
		if n, ok := product(a.Shape, size); ok {
			out.Data = make([]byte, 0, n) // not more than the structures take
		}
		for item := range slices.Chunk(a.Data, max(a.Dtype.Size, 1)) {
			out.Data = append(out.Data, item[f.Offset:f.Offset+size]...)
		}
		return out, nil
	}
	return nil, fmt.Errorf("numpy: no field %q in %v", name, a.Dtype)
}
