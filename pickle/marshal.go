package pickle

// A Marshaler is a type that is written as something else: as an *Object, which is a
// call of a class, or as any other value that can be written.
type Marshaler interface {
	MarshalPickle() (any, error)
}
