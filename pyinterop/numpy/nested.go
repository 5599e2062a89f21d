package numpy

import (
	"errors"
	"reflect"

	"github.com/brine-go/brine/pickle"
)

// nested fills slices and arrays of Go's around each other. Rows share their memory,
// without room beyond their end, so that none grows into the next.
func (f filler) nested(dst reflect.Value) error {
	item, err := f.itemType(dst.Type())
	if err != nil {
		return err
	}
	if err := f.payRows(dst.Type()); err != nil {
		return err
	}
	if err := f.sort(); err != nil {
		return err
	}
	items, err := f.items(item)
	if err == nil {
		place(dst, items, 0, f.Shape)
	}
	return err
}

var unmarshaler = reflect.TypeFor[pickle.Unmarshaler]()

// itemType returns what a type with a slice or an array for each index is made of. Types
// that take values by themselves take no part of an array.
func (f filler) itemType(t reflect.Type) (reflect.Type, error) {
	for _, n := range f.Shape {
		switch {
		case t.Kind() == reflect.Array && t.Len() != n:
			return nil, errKind
		case t.Kind() != reflect.Array && t.Kind() != reflect.Slice:
			return nil, errKind
		}
		if t = t.Elem(); reflect.PointerTo(t).Implements(unmarshaler) {
			return nil, errKind
		}
	}
	return t, nil
}

// payRows charges for what tells where rows are. A shape may have many rows of nothing.
func (f filler) payRows(t reflect.Type) error {
	for i := range len(f.Shape) - 1 {
		rows, ok := product(f.Shape[:i+1], 1)
		if !ok || rows > maxEmpty && f.Len() == 0 {
			return errors.New("too many rows of nothing")
		}
		if t.Kind() == reflect.Slice {
			if err := f.pay(rows, int(t.Elem().Size())); err != nil {
				return err
			}
		}
		t = t.Elem()
	}
	return nil
}

// sort makes the last index the one that runs fastest.
func (f *filler) sort() error {
	if !f.firstFastest() || len(f.Shape) < 2 || f.Len() == 0 {
		return nil
	}
	if err := f.charge(len(f.Data)); err != nil {
		return err
	}
	size := f.Dtype.Size
	sorted := &Array{Dtype: f.Dtype, Shape: f.Shape, Data: make([]byte, 0, len(f.Data))}
	for at := range f.offsets {
		sorted.Data = append(sorted.Data, f.Data[at*size:(at+1)*size]...)
	}
	f.Array = sorted
	return nil
}

// offsets yields where the items of an array in Fortran's order are, the last index
// running fastest.
func (a *Array) offsets(yield func(at int) bool) {
	index, strides := make([]int, len(a.Shape)), make([]int, len(a.Shape))
	stride := 1
	for i, n := range a.Shape {
		strides[i] = stride
		stride *= n
	}
	for at, dim := 0, 0; dim >= 0; {
		if !yield(at) {
			return
		}
		for dim = len(index) - 1; dim >= 0; dim-- {
			at += strides[dim]
			if index[dim]++; index[dim] < a.Shape[dim] {
				break
			}
			at -= strides[dim] * a.Shape[dim]
			index[dim] = 0
		}
	}
}

// A block is all items, one after the other.
type block interface {
	// copy stores the items from one on in an array of Go's.
	copy(dst reflect.Value, from int)
	// cut stores n items in a slice.
	cut(dst reflect.Value, from, n int)
	// cutRows stores rows of n items in a slice of slices.
	cutRows(dst reflect.Value, from, rows, n int)
}

// A blockOf has items of a Go type that t is made of.
type blockOf[T any] struct {
	t     reflect.Type
	items []T
}

func (b blockOf[T]) copy(dst reflect.Value, from int) {
	reflect.Copy(dst, slice(b.t, b.items[from:]))
}

func (b blockOf[T]) cut(dst reflect.Value, from, n int) {
	dst.Set(slice(b.t, b.items[from:from+n:from+n]).Convert(dst.Type()))
}

func (b blockOf[T]) cutRows(dst reflect.Value, from, rows, n int) {
	all := make([][]T, rows)
	for i := range all {
		all[i] = b.items[from : from+n : from+n]
		from += n
	}
	dst.Set(slice(dst.Type().Elem(), all).Convert(dst.Type()))
}

// place stores items from one on in a variable with a slice or an array for each size.
func place(dst reflect.Value, items block, from int, shape []int) {
	n, list := shape[0], dst.Kind() == reflect.Slice
	switch {
	case len(shape) == 1 && list:
		items.cut(dst, from, n)
		return
	case len(shape) == 1:
		items.copy(dst, from)
		return
	case len(shape) == 2 && list && dst.Type().Elem().Kind() == reflect.Slice:
		items.cutRows(dst, from, n, shape[1])
		return
	case list:
		dst.Set(reflect.MakeSlice(dst.Type(), n, n))
	}
	each, _ := product(shape[1:], 1)
	for i := range n {
		place(dst.Index(i), items, from+i*each, shape[1:])
	}
}
