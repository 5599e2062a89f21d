package pickle

import (
	"fmt"
	"reflect"
)

// RegisterStruct makes the struct type T stand for the Python class of that full name,
// which is as with Register, by its fields and their tags, without a class in them:
// instances are decoded as a *T, and a T or *T is written as an instance.
func RegisterStruct[T any](r *Registry, name string) {
	if err := checkName(name); err != nil {
		panic(fmt.Sprintf("pickle: RegisterStruct %q: %v", name, err))
	}
	t := reflect.TypeFor[T]()
	fields := planOf(t).fields
	if fields == nil || fields.err != nil {
		panic(fmt.Sprintf("pickle: RegisterStruct %q: %v is no struct with the tags of one", name, t))
	}
	s := *fields
	s.class = globalNamed(name)
	c := &class{name: s.class.String(), structure: &s, fills: t}
	r.classes.add(c, t)
	r.classes.add(c, reflect.PointerTo(t))
}

// ofType returns the class that values of a Go type stand for, or nil.
func (r *Registry) ofType(t reflect.Type) *class {
	if r == nil {
		return nil
	}
	m := r.classes.maps.Load()
	if m == nil || len(m.types) == 0 { // looking into an empty map takes as long as into another
		return nil
	}
	return m.types[t]
}

// mayBeRegistered tells whether a Registry may know a type: one that a package names, or a
// pointer to it.
func mayBeRegistered(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() != "" && t.Kind() != reflect.Interface
}

// writeRegistered writes variables as the codec's Registry says, if it knows the type.
func (pl *plan) writeRegistered(write writeFunc) writeFunc {
	return func(e *encoder, p pointer, k key) error {
		c := e.codec.Registry.ofType(pl.typ)
		switch {
		case c == nil:
			return write(e, p, k)
		case c.structure != nil && c.fills == pl.typ:
			return pl.writeStructAs(e, c.structure, p, k)
		case c.reduce == nil:
			return write(e, p, k)
		}
		v := variable(pl.typ, p)
		if v.Kind() == reflect.Pointer && v.IsNil() {
			e.op(opNone)
			return nil
		}
		if err := e.registered(v.Interface(), c); err != nil {
			return err
		}
		e.identify(k)
		return nil
	}
}
