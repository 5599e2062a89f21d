package pickle

import "reflect"

// goValue writes a value of a type that has no opcode of its own: of a
// registered class, or a Go type that is like one of Python's.
func (e *encoder) goValue(v any) error {
	if c := e.codec.Registry.of(v); c != nil && c.reduce != nil {
		return e.registered(v, c)
	}
	if w, err := standIn(v); err != nil {
		return e.fail(v, err)
	} else if w != nil {
		return w.write(e)
	}
	pl := planOf(reflect.TypeOf(v))
	return pl.write(e, pl.held(v), key{})
}

// protocol returns the one that is written, by its name.
func (e *encoder) protocol() Protocol {
	if e.version == 0 {
		return Protocol0
	}
	return Protocol(e.version)
}

// registered writes what the class of v makes of it.
func (e *encoder) registered(v any, c *class) error {
	pointer := reflect.TypeOf(v).Kind() == reflect.Pointer
	if pointer && e.again(keyOf(v)) {
		return nil
	}
	o, err := c.reduce(e.ctx, v, e.protocol())
	if err != nil {
		return e.fail(v, err)
	}
	if o == nil {
		return e.fail(v, errType)
	}
	if pointer {
		return e.object(o, keyOf(v))
	}
	return e.object(o, keyOf(o))
}
