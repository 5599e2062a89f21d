package pickle

import (
	"math/big"
	"reflect"
)

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
	return e.reflected(v, reflect.ValueOf(v))
}

// registered writes what the class of v makes of it.
func (e *encoder) registered(v any, c *class) error {
	pointer := reflect.TypeOf(v).Kind() == reflect.Pointer
	if pointer && e.again(keyOf(v)) {
		return nil
	}
	o, err := c.reduce(e.ctx, v)
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

func (e *encoder) reflected(v any, r reflect.Value) error {
	switch r.Kind() {
	case reflect.Bool:
		return e.value(r.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return e.value(r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return e.big(new(big.Int).SetUint64(r.Uint()))
	case reflect.Float32, reflect.Float64:
		return e.value(r.Float())
	case reflect.Complex64, reflect.Complex128:
		return e.value(r.Complex())
	case reflect.String:
		return e.value(r.String())
	case reflect.Slice, reflect.Array:
		return e.sequence(r)
	case reflect.Map:
		return e.mapping(r)
	}
	return e.fail(v, errType)
}

// sequence writes a Go slice or array as a list; one of bytes as bytes.
func (e *encoder) sequence(r reflect.Value) error {
	if r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8 {
		return e.bytes(r.Bytes())
	}
	items := make([]any, r.Len())
	for i := range items {
		items[i] = r.Index(i).Interface()
	}
	e.emptyList()
	return e.items(items, opAppend, opAppends)
}

// mapping writes a Go map as a dict.
func (e *encoder) mapping(r reflect.Value) error {
	d := NewDict(r.Len())
	for it := r.MapRange(); it.Next(); {
		if err := d.Set(it.Key().Interface(), it.Value().Interface()); err != nil {
			return err
		}
	}
	return e.dict(d)
}
