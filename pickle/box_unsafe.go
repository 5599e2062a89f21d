package pickle

import "unsafe"

// A slab holds values that interfaces point to, many to an allocation: Go
// would allocate for each number, string and tuple that becomes an any.
type slab[T any] struct {
	free []T
	next int // how many the next allocation holds
}

// box returns v as an interface. Allocations grow from first to most values:
// one of them that is kept keeps the others.
func (s *slab[T]) box(v T, first, most int) any {
	if len(s.free) == 0 {
		s.next = min(max(2*s.next, first), most)
		s.free = make([]T, s.next)
	}
	p := &s.free[0]
	s.free = s.free[1:]
	*p = v
	return boxed(p)
}

// boxed returns *p as an interface that points to it. T is no pointer type.
func boxed[T any](p *T) any {
	var v T
	e := any(v)
	(*eface)(unsafe.Pointer(&e)).data = unsafe.Pointer(p)
	return e
}

// An eface is how an interface without methods lies in memory.
type eface struct {
	typ  unsafe.Pointer
	data unsafe.Pointer
}

// textOf returns b as a string without a copy: b never changes afterwards.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// address is where a value with identity lies: the object, or the first
// element of a tuple or the bytes of a long string. It is nil for others.
func address(v any) unsafe.Pointer {
	switch x := v.(type) {
	case Tuple:
		return unsafe.Pointer(unsafe.SliceData(x))
	case string:
		return unsafe.Pointer(unsafe.StringData(x))
	case ByteString:
		return unsafe.Pointer(unsafe.StringData(string(x)))
	case []byte:
		return unsafe.Pointer(unsafe.SliceData(x))
	}
	return (*eface)(unsafe.Pointer(&v)).data
}
