package sharedmemory

import (
	"fmt"
	"unsafe"
)

// A Scalar is a type that has the same bytes in every process of a machine.
type Scalar interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 |
		~float32 | ~float64 | ~complex64 | ~complex128
}

// View is n values from a byte offset on: the memory itself, typed as C and
// numpy have it. The offset must be a multiple of the value's size.
func View[T Scalar](s *SharedMemory, offset, n int) ([]T, error) {
	var t T
	size := int(unsafe.Sizeof(t))
	b := s.Bytes()
	switch {
	case n < 0 || offset < 0 || offset > len(b) || n > (len(b)-offset)/size:
		return nil, fmt.Errorf("sharedmemory: %d values of %d bytes from %d on are not within the %d bytes of %q", n, size, offset, len(b), s.name)
	case offset%int(unsafe.Alignof(t)) != 0:
		return nil, fmt.Errorf("sharedmemory: a %T cannot lie at %d: a multiple of %d is wanted", t, offset, unsafe.Alignof(t))
	case n == 0:
		return []T{}, nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[offset])), n), nil
}
