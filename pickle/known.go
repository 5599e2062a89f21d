package pickle

import "reflect"

// knownTypes are the Go types that stand for classes of Python's standard library
// wherever a variable of them is read or written, without a Registry.
var knownTypes = map[reflect.Type]*knownType{}

// A knownType is how a Go type stands for Python classes. Any of its functions
// may be nil.
type knownType struct {
	// read stores the instance in the variable at p, by the class it is of.
	// It returns false for arguments that the Go type cannot stand for.
	read map[Global]func(in *creation, p pointer) (ok bool, err error)
	// convert stores a decoded value: an *Object, or what the codec's
	// Registry made of one.
	convert func(v any, p pointer) (ok bool)
	// reduce returns what is written for a value: an *Object, or a value of
	// a type that is written otherwise.
	reduce func(v any) (any, error)
}

// know makes T a known type. Functions for one class after the other read its
// instances where they lie, which is fast; what they decline is decoded and
// converted.
func know[T any](convert func(v any) (T, bool), reduce func(v T) (any, error), readers ...classReader[T]) {
	k := &knownType{read: map[Global]func(*creation, pointer) (bool, error){}}
	if convert != nil {
		k.convert = func(v any, p pointer) bool {
			t, ok := convert(v)
			if ok {
				*(*T)(p) = t
			}
			return ok
		}
	}
	if reduce != nil {
		k.reduce = func(v any) (any, error) { return reduce(v.(T)) }
	}
	for _, r := range readers {
		k.read[r.class] = func(in *creation, p pointer) (bool, error) {
			t, ok, err := r.read(in)
			if ok && err == nil {
				*(*T)(p) = t
			}
			return ok, err
		}
	}
	knownTypes[reflect.TypeFor[T]()] = k
}

// A classReader makes a T of an instance of the class, or declines.
type classReader[T any] struct {
	class Global
	read  func(in *creation) (v T, ok bool, err error)
}
