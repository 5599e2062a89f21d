package numpy

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// A Number is a Go type that items of arrays are viewed as. Items of datetime64 and
// timedelta64 are int64, those of float16 are the uint16 of their bits. int and uint are
// as wide as this machine has them.
type Number interface {
	bool | int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64 |
		float32 | float64 | complex64 | complex128
}

// ErrNoView tells that items cannot be used where they lie: another machine wrote
// them, or they do not begin where the processor wants numbers to. As copies them.
var ErrNoView = errors.New("numpy: the memory cannot be viewed as it is")

// nativeOrder is this machine's byte order as numpy writes it.
var nativeOrder = func() byte {
	one := uint16(1)
	if *(*byte)(unsafe.Pointer(&one)) == 1 {
		return '<'
	}
	return '>'
}()

// View returns the items where they lie, in the order of memory. T must be the type
// of the items. Whoever changes them changes the array; do not, if it is ReadOnly.
func View[T Number](a *Array) ([]T, error) {
	var zero T
	size := int(unsafe.Sizeof(zero))
	if err := a.holds(kindOf(zero), size); err != nil {
		return nil, err
	}
	at := unsafe.Pointer(unsafe.SliceData(a.Data))
	if size > 1 && a.Dtype.Order != nativeOrder || uintptr(at)%unsafe.Alignof(zero) != 0 {
		return nil, ErrNoView
	}
	return unsafe.Slice((*T)(at), len(a.Data)/size), nil
}

// New returns an array of the items, whose memory it uses. A nil shape is that of a
// single item.
//
// It panics if the shape is not that of so many items.
func New[T Number](shape []int, items []T) *Array {
	if n, ok := product(shape, 1); !ok || n != len(items) {
		panic(fmt.Sprintf("numpy: New of %d items in the shape %v", len(items), shape))
	}
	var zero T
	size := int(unsafe.Sizeof(zero))
	data := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(items))), len(items)*size)
	return &Array{Dtype: dtypes[kindOf(zero)][size], Shape: append([]int{}, shape...), Data: data}
}

// bytesOf returns the memory of a slice.
func bytesOf[T Number](items []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(items))), len(items)*int(unsafe.Sizeof(zero)))
}

// slice returns items as a slice of the type item, which has the same underlying type.
func slice[T any](item reflect.Type, items []T) reflect.Value {
	if len(items) == 0 {
		return reflect.MakeSlice(reflect.SliceOf(item), 0, 0)
	}
	return reflect.SliceAt(item, unsafe.Pointer(unsafe.SliceData(items)), len(items))
}
