package pickle

import (
	"context"
	"fmt"
	"reflect"
)

// RegisterEnum makes T, whose kind is an integer or string, stand for a Python
// class of enum.Enum, such as "app.Color", or "app:Paint.Color" for one in a
// class: the values of T are those of its members. The names are needed for pickles of Python 3.11.0 to 3.11.3, which
// fetch members by name; all others call the class with a value, and so do the
// pickles written here. A Flag is registered like any other Enum.
//
//	type Color int
//
//	const (
//		Red Color = iota + 1
//		Green
//	)
//
//	pickle.RegisterEnum(r, "app.Color", map[string]Color{"RED": Red, "GREEN": Green})
func RegisterEnum[T ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~string](
	r *Registry, name string, members map[string]T,
) {
	if err := checkName(name); err != nil {
		panic(fmt.Sprintf("pickle: RegisterEnum %q: %v", name, err))
	}
	global := globalNamed(name)
	Register(r, name, Class[T]{
		Reduce: func(_ context.Context, v T) (*Object, error) {
			return recipe(global, valueOf(v)), nil
		},
		Rebuild: func(_ context.Context, args Tuple, _ *Dict) (v T, err error) {
			if len(args) != 1 || !assignKind(reflect.ValueOf(&v).Elem(), args[0]) {
				return v, ErrUnclaimed
			}
			return v, nil
		},
	})
	t := reflect.TypeFor[T]()
	for member, v := range members {
		constant := any(v)
		r.classes.add(&class{name: global.String() + "." + member, constant: &constant}, t)
	}
	or := func(_ *decoder, args Tuple) (any, bool, error) { return orMembers(args) }
	for _, module := range []string{"_operator", "operator"} { // by which Python 3.11 joins flags
		r.classes.add(&class{name: module + ".or_", make: or}, reflect.TypeFor[orFunction]())
	}
}

// An orFunction is the type of operator.or_ in a Registry: no value has it.
type orFunction struct{ _ [0]func() }

// valueOf returns the Python value of an enumeration's Go value.
func valueOf(v any) any {
	r := reflect.ValueOf(v)
	switch {
	case r.CanInt():
		return r.Int()
	case r.CanUint():
		return int64(r.Uint())
	}
	return r.String()
}

// orMembers joins two members of one flag.
func orMembers(args Tuple) (any, bool, error) {
	if len(args) != 2 || isPython(args[0]) || reflect.TypeOf(args[0]) != reflect.TypeOf(args[1]) {
		return nil, false, nil
	}
	a, b := reflect.ValueOf(args[0]), reflect.ValueOf(args[1])
	joined := reflect.New(a.Type()).Elem()
	switch {
	case a.CanInt():
		joined.SetInt(a.Int() | b.Int())
	case a.CanUint():
		joined.SetUint(a.Uint() | b.Uint())
	default:
		return nil, false, nil
	}
	return joined.Interface(), true, nil
}

// member returns the member of a registered Enum that a call of getattr fetches.
func (d *decoder) member(g Global, args Tuple) (any, bool) {
	if d.codec.Registry == nil || g.current() != getattrFunction {
		return nil, false
	}
	name, ok := recipe(getattrFunction, args...).attribute()
	if !ok {
		return nil, false
	}
	return d.constant(name)
}

// constant returns the value that is registered under a name.
func (d *decoder) constant(g Global) (any, bool) {
	if c := d.codec.Registry.named(g); c != nil && c.constant != nil {
		return *c.constant, true
	}
	return nil, false
}
