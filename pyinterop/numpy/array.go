package numpy

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/brine-go/brine/pickle"
)

// An Array is numpy's ndarray.
//
// Items lie one after the other, the last index running fastest, or the first if
// Fortran is set, but objects, which numpy pickles with the last index running fastest
// whatever it sets. An array that numpy holds otherwise is pickled like that too.
type Array struct {
	Dtype    *Dtype
	Shape    []int
	Fortran  bool
	ReadOnly bool // Data belongs to somebody else; protocols from 5 on tell

	Data    []byte // the memory, with items of len(Data)/product(Shape) bytes
	Objects []any  // the items instead, where they are Python objects
}

// NumDim is the number of indexes, 0 for an array of a single item.
func (a *Array) NumDim() int { return len(a.Shape) }

// Len is the number of items, the product of the shape.
func (a *Array) Len() int {
	n, _ := product(a.Shape, 1)
	return n
}

// Offset returns where in the memory the item with these indexes is, counted in items.
func (a *Array) Offset(index ...int) (int, error) {
	if len(index) != len(a.Shape) {
		return 0, fmt.Errorf("numpy: %d indexes for an array of %d", len(index), len(a.Shape))
	}
	at := 0
	for i := range index {
		dim := i
		if a.firstFastest() {
			dim = len(index) - 1 - i
		}
		if index[dim] < 0 || index[dim] >= a.Shape[dim] {
			return 0, fmt.Errorf("numpy: index %d is %d, of a size of %d", dim, index[dim], a.Shape[dim])
		}
		at = at*a.Shape[dim] + index[dim]
	}
	return at, nil
}

// firstFastest tells whether items lie in Fortran's order.
func (a *Array) firstFastest() bool { return a.Fortran && a.Objects == nil }

// maxDims is how many indexes an array of numpy 2 may have.
const maxDims = 64

// shapeOf reads a tuple of sizes.
func shapeOf(v any) (shape []int, ok bool) {
	t, ok := v.(pickle.Tuple)
	if !ok || len(t) > maxDims {
		return nil, false
	}
	shape = make([]int, len(t))
	for i, size := range t {
		n, ok := size.(int64)
		if !ok || n < 0 || n > math.MaxInt {
			return nil, false
		}
		shape[i] = int(n)
	}
	return shape, true
}

func shapeTuple(shape []int) pickle.Tuple {
	t := make(pickle.Tuple, len(shape))
	for i, n := range shape {
		t[i] = int64(n)
	}
	return t
}

// product returns the bytes of an array, and false if they are more than an int holds.
// Sizes of zero do not hide others that are too large, which numpy refuses too.
func product(shape []int, item int) (int, bool) {
	n, zero := max(item, 1), item == 0
	for _, size := range shape {
		switch {
		case size < 0:
			return 0, false
		case size == 0:
			zero = true
		case n > math.MaxInt/size:
			return 0, false
		default:
			n *= size
		}
	}
	if zero {
		return 0, true
	}
	return n, true
}

// maxEmpty is how many items without a size an array may have.
const maxEmpty = 1 << 16

var errShape = errors.New("numpy: the shape is no tuple of sizes")

// check tells whether the array holds what dtype and shape promise.
func (a *Array) check() error {
	if a.Dtype == nil {
		return errors.New("numpy: an array without a dtype")
	}
	want, ok := product(a.Shape, a.Dtype.Size)
	got := len(a.Data)
	switch {
	case a.Dtype.hasObjects():
		want, ok = product(a.Shape, 1)
		got = len(a.Objects)
	case a.Dtype.Size == 0: // nothing else tells how many there are
		n, fits := product(a.Shape, 1)
		ok = fits && n <= maxEmpty
	}
	if !ok || got != want {
		return fmt.Errorf("numpy: an array of %v of %v holds %d, not as many as it takes", a.Shape, a.Dtype, got)
	}
	return nil
}

var ndarrayClass = pickle.Global{Module: "numpy", Name: "ndarray"}

// rebuildArray reads _reconstruct(ndarray, (0,), b"b"): an array that gets a state.
func rebuildArray(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (*Array, error) {
	if len(args) != 3 || args[0] != any(ndarrayClass) {
		return nil, pickle.ErrUnclaimed
	}
	shape, ok := args[1].(pickle.Tuple)
	code, ok2 := text(args[2])
	if !ok || !ok2 || len(shape) != 1 || shape[0] != int64(0) || code != "b" {
		return nil, pickle.ErrUnclaimed
	}
	return &Array{Dtype: Int8, Shape: []int{0}}, nil
}

// setArrayState takes (1, shape, dtype, fortran, items).
func setArrayState(_ context.Context, a *Array, state any) error {
	s, ok := state.(pickle.Tuple)
	if !ok || len(s) != 5 || s[0] != int64(1) {
		return pickle.ErrUnclaimed
	}
	next := new(Array)
	dtype, ok := s[2].(*Dtype)
	fortran, ok2 := s[3].(bool)
	if !ok || !ok2 {
		return pickle.ErrUnclaimed
	}
	if next.Shape, ok = shapeOf(s[1]); !ok {
		return errShape
	}
	next.Dtype, next.Fortran = dtype, fortran
	switch items := s[4].(type) {
	case []byte:
		next.Data = items
	case pickle.ByteString:
		next.Data = []byte(items)
	case *pickle.List:
		next.Objects = items.Items
	default:
		return pickle.ErrUnclaimed
	}
	if err := next.check(); err != nil {
		return err
	}
	dtype.use()
	*a = *next
	return nil
}

// rebuildFromBuffer reads _frombuffer(buffer, dtype, shape, order).
func rebuildFromBuffer(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (*Array, error) {
	if len(args) != 4 {
		return nil, pickle.ErrUnclaimed
	}
	dtype, ok := args[1].(*Dtype)
	order, ok2 := text(args[3])
	if !ok || !ok2 || order != "C" && order != "F" || dtype.hasObjects() {
		return nil, pickle.ErrUnclaimed
	}
	a := &Array{Dtype: dtype, Fortran: order == "F"}
	if a.Shape, ok = shapeOf(args[2]); !ok {
		return nil, errShape
	}
	switch b := args[0].(type) {
	case []byte:
		a.Data, a.ReadOnly = b, true
	case *pickle.Bytearray:
		a.Data = b.Bytes
	case *pickle.Buffer:
		a.Data, a.ReadOnly = b.Bytes, b.ReadOnly
	default:
		return nil, pickle.ErrUnclaimed
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	dtype.use()
	return a, nil
}

// reduceArray chooses the form that numpy would.
func reduceArray(_ context.Context, a *Array, p pickle.Protocol) (*pickle.Object, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	if p >= pickle.Protocol5 && !a.Dtype.hasObjects() && a.Dtype.Size > 0 {
		order := "C"
		if a.Fortran {
			order = "F"
		}
		return &pickle.Object{
			How: pickle.Reduce, Class: pickle.Global{Module: "numpy.core.numeric", Name: "_frombuffer"},
			Args: pickle.Tuple{&pickle.Buffer{Bytes: a.Data, ReadOnly: a.ReadOnly}, a.Dtype, shapeTuple(a.Shape), order},
		}, nil
	}
	var items any = a.Data
	if a.Dtype.hasObjects() {
		items = &pickle.List{Items: a.Objects}
	} else if a.Data == nil {
		items = []byte{}
	}
	return &pickle.Object{
		How: pickle.Reduce, Class: pickle.Global{Module: "numpy.core.multiarray", Name: "_reconstruct"},
		Args: pickle.Tuple{ndarrayClass, pickle.Tuple{int64(0)}, []byte("b")},
		Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{
			pickle.Tuple{int64(1), shapeTuple(a.Shape), a.Dtype, a.Fortran, items},
		}}},
	}, nil
}

// MarshalPickle writes the array for a codec that does not know numpy.
func (a *Array) MarshalPickle() (any, error) {
	return reduceArray(context.Background(), a, pickle.Protocol4)
}

// UnmarshalPickle takes an array from a codec that knows numpy.
func (a *Array) UnmarshalPickle(v any) error {
	b, ok := v.(*Array)
	if !ok {
		return fmt.Errorf("numpy: %s is no array; does the codec's Registry know numpy?", pickle.TypeName(v))
	}
	*a = *b
	return nil
}
