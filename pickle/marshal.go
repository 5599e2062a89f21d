package pickle

import "reflect"

// A Marshaler is a type that is written as something else: as an *Object, which is a
// call of a class, or as any other value that can be written.
type Marshaler interface {
	MarshalPickle() (any, error)
}

var typeMarshaler = reflect.TypeFor[Marshaler]()

// Marshal returns v as a whole pickle, written by the zero Codec; it is Python's
// pickle.dumps. The error is an *EncodeError where a value cannot be written, and
// wraps a *LimitError where there is too much of it.
func Marshal(v any) ([]byte, error) { return Codec{}.Marshal(background, v) }

// marshaled writes what a Marshaler returns.
func (e *encoder) marshaled(m Marshaler, k key) error {
	v, err := m.MarshalPickle()
	if err != nil {
		return e.fail(m, err)
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	if o, ok := v.(*Object); ok && k.at != nil {
		return e.object(o, k)
	}
	if err := e.value(v); err != nil {
		return err
	}
	e.identify(k)
	return nil
}

// identify notes that the value on top is the one with an identity, if it has one.
func (e *encoder) identify(k key) {
	if k.at != nil && e.find(k.at, k.size) < 0 {
		e.made(k)
	}
}
