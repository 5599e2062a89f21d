package numpy

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
)

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
)

// items returns all items, as a type that may have a name of its own.
func (f filler) items(t reflect.Type) (block, error) {
	switch {
	case t == timeType:
		return listOf(t, f, f.Times, 'M')
	case t == durationType && f.Dtype.Kind == 'm':
		return listOf(t, f, f.Durations, 'm')
	case t == durationType && f.Dtype.Kind == 'M':
		return nil, errKind
	}
	switch t.Kind() {
	case reflect.Bool:
		return sliceOf(t, f, others[bool])
	case reflect.Int:
		return sliceOf(t, f, integers[int])
	case reflect.Int8:
		return sliceOf(t, f, integers[int8])
	case reflect.Int16:
		return sliceOf(t, f, integers[int16])
	case reflect.Int32:
		return sliceOf(t, f, integers[int32])
	case reflect.Int64:
		return sliceOf(t, f, integers[int64])
	case reflect.Uint:
		return sliceOf(t, f, integers[uint])
	case reflect.Uint8:
		return sliceOf(t, f, integers[uint8])
	case reflect.Uint16:
		return sliceOf(t, f, integers[uint16])
	case reflect.Uint32:
		return sliceOf(t, f, integers[uint32])
	case reflect.Uint64:
		return sliceOf(t, f, integers[uint64])
	case reflect.Float32:
		return sliceOf(t, f, floats[float32])
	case reflect.Float64:
		return sliceOf(t, f, floats[float64])
	case reflect.Complex64:
		return sliceOf(t, f, complexes[complex64])
	case reflect.Complex128:
		return sliceOf(t, f, complexes[complex128])
	case reflect.String:
		return listOf(t, f, f.Strings, 'S', 'U')
	case reflect.Interface:
		return f.anys(t)
	case reflect.Slice:
		return f.bytes(t)
	}
	return nil, errKind
}

// sliceOf returns numbers.
func sliceOf[T Number](t reflect.Type, f filler, convert converter[T]) (block, error) {
	items, err := numbers(f, convert)
	return blockOf[T]{t, items}, err
}

// listOf returns what a method makes of arrays of some kinds.
func listOf[T any](t reflect.Type, f filler, list func() ([]T, error), kinds ...byte) (block, error) {
	if !slices.Contains(kinds, f.Dtype.Kind) {
		return nil, errKind
	}
	err := f.pay(f.Len(), int(t.Size()))
	if err == nil {
		err = f.charge(len(f.Data)) // what strings are made of
	}
	if err != nil {
		return nil, err
	}
	items, err := list()
	return blockOf[T]{t, items}, err
}

// A converter makes numbers of those of another type.
type converter[T Number] func(a *Array) ([]T, error)

// numbers returns the items where they lie, if they may be written to there, and else a
// copy.
func numbers[T Number](f filler, convert converter[T]) ([]T, error) {
	items, err := View[T](f.Array)
	if err == nil && !f.ReadOnly {
		return items, nil
	}
	var zero T
	if err := f.pay(f.Len(), int(reflect.TypeOf(zero).Size())); err != nil {
		return nil, err
	}
	switch {
	case err == nil:
		return slices.Clone(items), nil
	case errors.Is(err, ErrNoView):
		return As[T](f.Array)
	}
	return convert(f.Array)
}

// others refuses what is of another kind.
func others[T Number](*Array) ([]T, error) { return nil, errKind }

// misfit tells of an item that the variable's type does not hold.
func (a *Array) misfit(i int) error {
	v, err := a.Item(i)
	if err != nil {
		return err
	}
	return fmt.Errorf("item %d is %v", i, v)
}

// each converts one item after the other.
func each[T any](a *Array, convert func(b []byte) (v T, fits bool)) ([]T, error) {
	size := a.Dtype.Size
	items := make([]T, len(a.Data)/size)
	for i := range items {
		fits := false
		if items[i], fits = convert(a.Data[i*size : (i+1)*size]); !fits {
			return nil, a.misfit(i)
		}
	}
	return items, nil
}

// integers converts integers that fit.
func integers[T int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64](a *Array) ([]T, error) {
	order := a.Dtype.byteOrder()
	switch a.Dtype.Kind {
	case 'i':
		return each(a, func(b []byte) (T, bool) {
			n := signed(order, b)
			return T(n), int64(T(n)) == n && (T(n) < 0) == (n < 0)
		})
	case 'u':
		return each(a, func(b []byte) (T, bool) {
			n := integer(order, b)
			return T(n), uint64(T(n)) == n && T(n) >= 0
		})
	}
	return nil, errKind
}

// floats converts floats, which are rounded as Python's are, and integers that need not
// be.
func floats[T float32 | float64](a *Array) ([]T, error) {
	order := a.Dtype.byteOrder()
	switch {
	case a.Dtype.Kind == 'i':
		return each(a, func(b []byte) (T, bool) {
			n := signed(order, b)
			return T(n), exactInt(float64(T(n)), n)
		})
	case a.Dtype.Kind == 'u':
		return each(a, func(b []byte) (T, bool) {
			n := integer(order, b)
			return T(n), exactUint(float64(T(n)), n)
		})
	case a.Dtype.Kind == 'f' && a.Dtype.Size <= 8:
		most := largest[T](4)
		return each(a, func(b []byte) (T, bool) {
			f, _ := float(order, b) // of a size that it knows
			return T(f), within(f, most)
		})
	}
	return nil, errKind
}

// complexes converts complex numbers, whose parts are rounded as floats are.
func complexes[T complex64 | complex128](a *Array) ([]T, error) {
	if a.Dtype.Kind != 'c' || a.Dtype.Size > 16 {
		return nil, errKind
	}
	order, half, most := a.Dtype.byteOrder(), a.Dtype.Size/2, largest[T](8)
	return each(a, func(b []byte) (T, bool) {
		re, _ := float(order, b[:half])
		im, _ := float(order, b[half:])
		return T(complex(re, im)), within(re, most) && within(im, most)
	})
}

// exactInt tells whether a float is the integer that it was made of.
func exactInt(f float64, n int64) bool { return f < 1<<63 && int64(f) == n }

func exactUint(f float64, n uint64) bool { return f < 1<<64 && uint64(f) == n }

// largest is the largest number of a type, which has float32 in it if it has so many bytes.
func largest[T any](single uintptr) float64 {
	if reflect.TypeFor[T]().Size() == single {
		return math.MaxFloat32
	}
	return math.MaxFloat64
}

// within tells whether a number is one of a type, as the infinite ones are.
func within(f, most float64) bool { return !(math.Abs(f) > most) || math.IsInf(f, 0) }

// anySize is what an item takes as an any, with what is in it.
const anySize = 48

// anys returns the items as Item does, other than structures.
func (f filler) anys(t reflect.Type) (block, error) {
	switch {
	case t.NumMethod() > 0:
		return nil, errKind
	case f.Dtype.hasObjects():
		return blockOf[any]{t, f.Objects}, nil
	case f.composite():
		return nil, errKind
	}
	if err := f.pay(f.Len(), anySize); err != nil {
		return nil, err
	}
	if err := f.own(); err != nil {
		return nil, err
	}
	items := make([]any, f.Len())
	for i := range items {
		v, err := f.Item(i)
		if err != nil {
			return nil, err
		}
		if b, ok := v.([]byte); ok {
			v = slices.Clip(b)
		}
		items[i] = v
	}
	return blockOf[any]{t, items}, nil
}

// composite tells whether items are structures or arrays: one may have many times more
// parts than bytes.
func (a *Array) composite() bool { return a.Dtype.Fields != nil || a.Dtype.Base != nil }

// bytes returns the items of an array of bytes, or of what numpy does not look into.
func (f filler) bytes(t reflect.Type) (block, error) {
	if t.Elem().Kind() != reflect.Uint8 || f.composite() || f.Dtype.Kind != 'S' && f.Dtype.Kind != 'V' {
		return nil, errKind
	}
	if err := f.pay(f.Len(), int(t.Size())); err != nil {
		return nil, err
	}
	if err := f.own(); err != nil {
		return nil, err
	}
	items, size := make([][]byte, f.Len()), f.Dtype.Size
	for i := range items {
		b := f.Data[i*size : (i+1)*size]
		if f.Dtype.Kind == 'S' {
			b = bytes.TrimRight(b, "\x00")
		}
		items[i] = slices.Clip(b)
	}
	return blockOf[[]byte]{t, items}, nil
}
