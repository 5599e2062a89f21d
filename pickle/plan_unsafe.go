package pickle

import (
	"encoding/binary"
	"reflect"
	"unsafe"
)

// A pointer is where a variable of a plan's type lies.
type pointer = unsafe.Pointer

// inside returns the variable that lies n bytes into another one.
func inside(p pointer, n uintptr) pointer { return unsafe.Add(p, n) }

// variable returns the variable of the type at p for reflection.
func variable(t reflect.Type, p pointer) reflect.Value { return reflect.NewAt(t, p).Elem() }

// zeroed tells whether n bytes are zero.
func zeroed(p pointer, n uintptr) bool {
	b := unsafe.Slice((*byte)(p), n)
	for len(b) >= 8 && binary.LittleEndian.Uint64(b) == 0 {
		b = b[8:]
	}
	for len(b) > 0 && b[0] == 0 && len(b) < 8 {
		b = b[1:]
	}
	return len(b) == 0
}

// held returns where an interface holds a value of the plan's type, or a copy. Interfaces
// hold nothing larger than a pointer in place of one.
func (pl *plan) held(v any) pointer {
	if pl.stays && pl.size > unsafe.Sizeof(pointer(nil)) {
		return (*eface)(pointer(&v)).data
	}
	p := reflect.New(pl.typ)
	p.Elem().Set(reflect.ValueOf(v))
	return variableOf(p)
}

// whereIs returns where the description of a type lies.
func whereIs(t reflect.Type) uintptr { return (*[2]uintptr)(pointer(&t))[1] }

// A sliceHeader is how a slice lies in memory.
type sliceHeader struct {
	data     pointer
	len, cap int
}

// resize makes the slice at p one of n zero elements of the type, in the memory it
// has if that is enough.
func (r *reader) resize(p pointer, slice reflect.Type, n int) *sliceHeader {
	h := (*sliceHeader)(p)
	v := variable(slice, p)
	if h.cap < n || h.data == nil || n > 0 && !r.reuse(h.data, uintptr(h.cap)*slice.Elem().Size()) {
		v.Set(reflect.MakeSlice(slice, n, n))
		return h
	}
	h.len = n
	v.Clear()
	return h
}

// floatsAt returns the float64s that lie at p.
func floatsAt(p pointer, n int) []float64 { return unsafe.Slice((*float64)(p), n) }

// intsAt returns the int64s that lie at p.
func intsAt(p pointer, n int) []int64 { return unsafe.Slice((*int64)(p), n) }

// stringsAt returns the strings that lie at p.
func stringsAt(p pointer, n int) []string { return unsafe.Slice((*string)(p), n) }

// variableOf returns the variable that a non-nil pointer points to.
func variableOf(v reflect.Value) pointer { return v.UnsafePointer() }

// A growFunc returns memory for n elements, of which the first are those of old.
type growFunc func(r *reader, old sliceHeader, n int) pointer

// grower returns the growFunc for a type of slices. To the collector, elements of some
// kinds are all alike.
func grower(slice reflect.Type) growFunc {
	switch slice.Elem().Kind() {
	case reflect.String:
		return func(r *reader, old sliceHeader, n int) pointer { return grownPart(r, &r.stocks.strings, old, n) }
	case reflect.Float64, reflect.Int, reflect.Int64:
		return func(r *reader, old sliceHeader, n int) pointer { return grownPart(r, &r.stocks.numbers, old, n) }
	case reflect.Slice:
		return func(r *reader, old sliceHeader, n int) pointer { return grownPart(r, &r.stocks.slices, old, n) }
	}
	return func(_ *reader, old sliceHeader, n int) pointer {
		if n == 1 {
			return reflect.New(slice.Elem()).UnsafePointer()
		}
		grown := reflect.MakeSlice(slice, n, n)
		if old.len > 0 {
			copyItems(grown, old)
		}
		return grown.UnsafePointer()
	}
}

func copyItems(to reflect.Value, from sliceHeader) {
	reflect.Copy(to, variable(to.Type(), pointer(&from)))
}

func grownPart[T any](r *reader, s *stock[T], old sliceHeader, n int) pointer {
	var grown []T
	if n <= fewItems && r.depth > 1 {
		grown = s.take(n)
	} else {
		grown = make([]T, n)
	}
	if old.len > 0 {
		copy(grown, unsafe.Slice((*T)(old.data), old.len))
	}
	return pointer(unsafe.SliceData(grown))
}

// A span is memory, by its addresses.
type span struct{ from, to uintptr }

func spanOf(p pointer, n uintptr) span { return span{uintptr(p), uintptr(p) + n} }

func (s span) meets(t span) bool { return s.from < t.to && t.from < s.to }

// maxReused is how many variables of a pickle are filled in the memory that they had.
const maxReused = 64

// reuse tells whether n bytes at p, which a variable has from before, may be filled: they
// are not the pickle's own, and no variable before it has filled them. What one pickle
// shares the next one may have twice.
func (r *reader) reuse(p pointer, n uintptr) bool {
	s := spanOf(p, n)
	if s.meets(spanOf(bytesAt(r.data), uintptr(len(r.data)))) || len(r.reused) == maxReused {
		return false
	}
	for _, t := range r.reused {
		if s.meets(t) {
			return false
		}
	}
	r.reused = append(r.reused, s)
	return true
}

// bytesAt is where bytes lie.
func bytesAt(b []byte) pointer { return pointer(unsafe.SliceData(b)) }
