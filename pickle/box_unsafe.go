package pickle

import (
	"reflect"
	"unsafe"
)

// A slab hands out variables of one type, many to an allocation: Go would
// allocate each for itself.
type slab[T any] struct {
	chunk []T
	used  int
}

// next returns a zero variable. Allocations grow from first to most variables:
// one of them that is kept keeps the others.
func (s *slab[T]) next(first, most int) *T {
	if s.used >= len(s.chunk) {
		s.grow(first, most)
	}
	p := &s.chunk[s.used]
	s.used++
	return p
}

// alone returns room for one variable in a slice.
func (s *slab[T]) alone(first, most int) []T {
	s.next(first, most)
	return s.chunk[s.used-1 : s.used-1 : s.used]
}

// some returns n variables, or as many as there are.
func (s *slab[T]) some(n, first, most int) []T {
	if s.used >= len(s.chunk) {
		s.grow(first, most)
	}
	chunk := s.chunk[s.used:min(s.used+n, len(s.chunk))]
	s.used += len(chunk)
	return chunk
}

func (s *slab[T]) grow(first, most int) {
	s.use(make([]T, min(max(2*len(s.chunk), first), most)))
}

// use makes the next variables those of chunk.
func (s *slab[T]) use(chunk []T) { s.chunk, s.used = chunk, 0 }

// An eface is how an interface without methods lies in memory.
type eface struct {
	typ  unsafe.Pointer
	data unsafe.Pointer
}

// typeOf returns the word by which interfaces know the type of v.
func typeOf(v any) unsafe.Pointer { return (*eface)(unsafe.Pointer(&v)).typ }

var (
	typeInt      = typeOf(int64(0))
	typeFloat    = typeOf(float64(0))
	typeString   = typeOf("")
	typeBytes    = typeOf([]byte(nil))
	typeTuple    = typeOf(Tuple(nil))
	typeDatetime = typeOf(Datetime{})
)

// box returns what p points to as an interface, which keeps p. T is the type
// of that word, and no pointer.
func box[T any](typ unsafe.Pointer, p *T) any {
	e := eface{typ, unsafe.Pointer(p)}
	return *(*any)(unsafe.Pointer(&e))
}

// sameBoxes tells whether two values are one and the same in memory. Equal
// values need not be.
func sameBoxes(a, b any) bool {
	return *(*eface)(unsafe.Pointer(&a)) == *(*eface)(unsafe.Pointer(&b))
}

// holdsLast tells whether the newest variable is where the value of an interface lies.
func (s *slab[T]) holdsLast(v any) bool {
	return s.used > 0 && (*eface)(unsafe.Pointer(&v)).data == unsafe.Pointer(&s.chunk[s.used-1])
}

// boxAddress is where the value lies, as a number.
func boxAddress(v any) uintptr { return uintptr((*eface)(unsafe.Pointer(&v)).data) }

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

// isNil tells whether a value lies nowhere because it is nil. A struct or an array of
// one pointer is held as that pointer, and is none itself.
func isNil(v any) bool {
	if address(v) != nil {
		return false
	}
	k := reflect.TypeOf(v).Kind()
	return k != reflect.Struct && k != reflect.Array
}

// isNilPointer tells whether a value is a nil pointer, which is None to Python.
func isNilPointer(v any) bool {
	return (*eface)(unsafe.Pointer(&v)).data == nil && v != nil && reflect.TypeOf(v).Kind() == reflect.Pointer
}

// firstOf is the identity of a tuple: where its first element lies.
func firstOf(t Tuple) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(t)) }
