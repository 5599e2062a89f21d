package pickle

import "unsafe"

// A slab holds values that interfaces point to, many to an allocation: Go
// would allocate for each number, string and tuple that becomes an any.
type slab[T any] struct {
	chunk []T
	used  int
	typ   unsafe.Pointer // the word by which interfaces know T
}

// box returns v as an interface. Allocations grow from first to most values:
// one of them that is kept keeps the others. T is no pointer type.
func (s *slab[T]) box(v T, first, most int) any {
	if s.used == len(s.chunk) {
		s.grow(first, most)
	}
	p := &s.chunk[s.used]
	s.used++
	*p = v
	e := eface{s.typ, unsafe.Pointer(p)}
	return *(*any)(unsafe.Pointer(&e))
}

func (s *slab[T]) grow(first, most int) {
	s.use(make([]T, min(max(2*len(s.chunk), first), most)))
}

// use makes the next values in chunk.
func (s *slab[T]) use(chunk []T) {
	var zero T
	e := any(zero)
	s.chunk, s.used, s.typ = chunk, 0, (*eface)(unsafe.Pointer(&e)).typ
}

// An eface is how an interface without methods lies in memory.
type eface struct {
	typ  unsafe.Pointer
	data unsafe.Pointer
}

// textOf returns b as a string without a copy: b never changes afterwards.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// textBytes is textOf's mirror. Nobody may write to what it returns.
func textBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

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

// firstOf is the identity of a tuple: where its first element lies.
func firstOf(t Tuple) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(t)) }
