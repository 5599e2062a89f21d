package pickle

import "reflect"

// isZero is what omitzero means: what the type's own IsZero says, or a zero value.
func isZero(pl *plan, p pointer) bool {
	v := variable(pl.typ, p)
	if z, ok := v.Addr().Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return z.IsZero()
	}
	return v.IsZero()
}

// isEmpty is what omitempty means, as in encoding/json: false, 0, a nil pointer or
// interface, and what has no elements.
func isEmpty(pl *plan, p pointer) bool {
	v := variable(pl.typ, p)
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
