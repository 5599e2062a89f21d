package numpy

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// AssignPickle stores the items in a slice or an array of Go's for each index, as the
// package documentation says, or the item of an array of no dimensions in a variable.
func (a *Array) AssignPickle(ptr any, charge func(bytes int) error) (ok bool, err error) {
	if err := a.check(); err != nil {
		return false, err
	}
	f := filler{a, charge}
	switch len(a.Shape) {
	case 0:
		return f.single(ptr)
	case 1:
		err = f.vector(ptr)
	default:
		err = f.nested(reflect.ValueOf(ptr).Elem())
	}
	if err == errKind {
		return false, nil
	}
	return err == nil, err
}

// errKind tells that a variable is for items of another kind, or for others than items.
var errKind = errors.New("numpy: another kind")

// A filler stores the items of an array in variables.
type filler struct {
	*Array
	charge func(bytes int) error
}

// pay charges for n items of a size.
func (f filler) pay(n, size int) error {
	bytes, ok := product([]int{n}, size)
	if !ok {
		return fmt.Errorf("%d items are more than memory holds", n)
	}
	return f.charge(bytes)
}

// own copies memory that is not to be changed.
func (f *filler) own() error {
	if !f.ReadOnly {
		return nil
	}
	if err := f.charge(len(f.Data)); err != nil {
		return err
	}
	owned := *f.Array
	owned.Data, owned.ReadOnly = slices.Clone(f.Data), false
	f.Array = &owned
	return nil
}

// single stores the only item.
func (f filler) single(ptr any) (bool, error) {
	if f.Objects != nil {
		return false, nil
	}
	if err := f.own(); err != nil {
		return false, err
	}
	return (&Scalar{f.Dtype, f.Data}).AssignPickle(ptr, f.charge)
}

// vector fills a slice of Go's number types without reflection.
func (f filler) vector(ptr any) error {
	switch p := ptr.(type) {
	case *[]bool:
		return fill(f, p, others[bool])
	case *[]int:
		return fill(f, p, integers[int])
	case *[]int8:
		return fill(f, p, integers[int8])
	case *[]int16:
		return fill(f, p, integers[int16])
	case *[]int32:
		return fill(f, p, integers[int32])
	case *[]int64:
		return fill(f, p, integers[int64])
	case *[]uint:
		return fill(f, p, integers[uint])
	case *[]uint8:
		return fill(f, p, integers[uint8])
	case *[]uint16:
		return fill(f, p, integers[uint16])
	case *[]uint32:
		return fill(f, p, integers[uint32])
	case *[]uint64:
		return fill(f, p, integers[uint64])
	case *[]float32:
		return fill(f, p, floats[float32])
	case *[]float64:
		return fill(f, p, floats[float64])
	case *[]complex64:
		return fill(f, p, complexes[complex64])
	case *[]complex128:
		return fill(f, p, complexes[complex128])
	}
	return f.nested(reflect.ValueOf(ptr).Elem())
}

func fill[T Number](f filler, p *[]T, convert converter[T]) error {
	items, err := numbers(f, convert)
	if err == nil {
		*p = items
	}
	return err
}

// assign stores a value of Item in a variable that holds it as it would hold Python's.
func assign(dst reflect.Value, v any) bool {
	ok := false
	switch x := v.(type) {
	case bool:
		if ok = dst.Kind() == reflect.Bool; ok {
			dst.SetBool(x)
		}
	case int64:
		ok = assignInt(dst, x)
	case uint64:
		ok = assignUint(dst, x)
	case float64:
		if ok = dst.CanFloat() && !dst.OverflowFloat(x); ok {
			dst.SetFloat(x)
		}
	case complex128:
		if ok = dst.CanComplex() && !dst.OverflowComplex(x); ok {
			dst.SetComplex(x)
		}
	case string:
		if ok = dst.Kind() == reflect.String; ok {
			dst.SetString(x)
		}
	}
	if r := reflect.ValueOf(v); !ok && r.IsValid() && r.Type().AssignableTo(dst.Type()) {
		dst.Set(r)
		return true
	}
	return ok
}

func assignInt(dst reflect.Value, x int64) (ok bool) {
	switch {
	case dst.CanInt():
		if ok = !dst.OverflowInt(x); ok {
			dst.SetInt(x)
		}
	case dst.CanFloat():
		return assignWhole(dst, float64(x), exactInt(float64(x), x))
	case x >= 0:
		return assignUint(dst, uint64(x))
	}
	return ok
}

func assignUint(dst reflect.Value, x uint64) (ok bool) {
	switch {
	case dst.CanUint():
		if ok = !dst.OverflowUint(x); ok {
			dst.SetUint(x)
		}
	case dst.CanInt():
		if ok = x <= math.MaxInt64 && !dst.OverflowInt(int64(x)); ok {
			dst.SetInt(int64(x))
		}
	case dst.CanFloat():
		return assignWhole(dst, float64(x), exactUint(float64(x), x))
	}
	return ok
}

// assignWhole stores an integer in a float that holds it.
func assignWhole(dst reflect.Value, f float64, exact bool) bool {
	if dst.Kind() == reflect.Float32 {
		exact = exact && float64(float32(f)) == f
	}
	if exact {
		dst.SetFloat(f)
	}
	return exact
}

// DescribePickle names the array in errors.
func (a *Array) DescribePickle() string {
	var shape strings.Builder
	for i, n := range a.Shape {
		if i > 0 {
			shape.WriteByte(' ')
		}
		fmt.Fprintf(&shape, "%d,", n)
	}
	text := shape.String()
	if len(a.Shape) > 1 {
		text = strings.TrimSuffix(text, ",")
	}
	return fmt.Sprintf("numpy.ndarray of %s with shape (%s)", a.Dtype.name(), text)
}
