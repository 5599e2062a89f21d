package pickle

import (
	"fmt"
	"reflect"
)

// assignStruct stores a dict, an instance or a tuple in the fields of a struct.
func (a *assigner) assignStruct(dst reflect.Value, v any) error {
	s := planOf(dst.Type()).fields
	switch {
	case s == nil:
		return mismatch(dst.Type(), v, nil)
	case s.err != nil:
		return fmt.Errorf("pickle: %w", s.err)
	}
	if d, ok := dictOf(v); ok {
		return a.assignFields(dst, s, d)
	}
	switch x := v.(type) {
	case *SimpleNamespace:
		return a.assignFields(dst, s, &x.Dict)
	case Tuple:
		if s.tuple {
			return a.assignPositions(dst, s, x, v)
		}
	case *Object:
		return a.assignInstance(dst, s, x)
	default:
		return a.assignGoValue(dst, s, v)
	}
	return mismatch(dst.Type(), v, nil)
}

// assignGoValue stores what a Registry has made of an instance.
func (a *assigner) assignGoValue(dst reflect.Value, s *structure, v any) error {
	c := a.codec.Registry.of(v)
	switch {
	case c == nil:
	case c.structure != nil:
		from := reflect.New(c.fills).Elem()
		from.Set(reflect.Indirect(reflect.ValueOf(v)))
		attributes := NewDict(len(c.structure.fields))
		for i := range c.structure.fields {
			f := &c.structure.fields[i]
			if err := attributes.Set(f.name, f.in(from).Interface()); err != nil {
				return err
			}
		}
		return a.assignFields(dst, s, attributes)
	case c.reduce != nil:
		o, err := c.reduce(a.ctx, v, Protocol4)
		if err == nil && o != nil {
			return a.assignInstance(dst, s, o)
		}
	}
	return mismatch(dst.Type(), v, nil)
}

// in returns the variable of a field, with the structs that it is embedded in.
func (f *field) in(dst reflect.Value) reflect.Value {
	return variable(f.plan.typ, f.at(variableOf(dst.Addr()), true))
}

func (a *assigner) assignFields(dst reflect.Value, s *structure, d *Dict) error {
	if err := a.charge(16 * d.Len()); err != nil { // one state may fill many structs
		return err
	}
	for k, v := range d.All() {
		name, ok := goText(k)
		if !ok {
			return mismatch(dst.Type(), k, errKey)
		}
		i := s.find(name)
		if i < 0 {
			if err := a.assignUnknown(dst, s, name, v); err != nil {
				return err
			}
			continue
		}
		f := &s.fields[i]
		if err := a.assign(f.in(dst), v); err != nil {
			return inField(err, f.name)
		}
	}
	return nil
}

func (a *assigner) assignUnknown(dst reflect.Value, s *structure, name string, v any) error {
	if s.rest == nil {
		if a.codec.Strict {
			return mismatch(dst.Type(), v, fmt.Errorf("no field %q", name))
		}
		return nil
	}
	m := s.rest.in(dst)
	if m.IsNil() {
		m.Set(reflect.MakeMap(m.Type()))
	}
	key, value := reflect.ValueOf(name).Convert(m.Type().Key()), reflect.New(m.Type().Elem()).Elem()
	if err := a.assign(value, v); err != nil {
		return inKey(err, key)
	}
	m.SetMapIndex(key, value)
	return nil
}

// assignPositions stores the items of a tuple, or the arguments of a class, of which
// the last may be missing.
func (a *assigner) assignPositions(dst reflect.Value, s *structure, items []any, v any) error {
	_, partial := v.(*Object)
	if len(items) > len(s.fields) || len(items) < len(s.fields) && !partial {
		return mismatch(dst.Type(), v, fmt.Errorf("%d values for %d fields", len(items), len(s.fields)))
	}
	for i, item := range items {
		f := &s.fields[i]
		if err := a.assign(f.in(dst), item); err != nil {
			return inField(err, f.name)
		}
	}
	return nil
}

func (a *assigner) assignInstance(dst reflect.Value, s *structure, o *Object) error {
	class, args, ok := o.constructed()
	if !ok || !s.standsFor(class) {
		return mismatch(dst.Type(), o, nil)
	}
	if err := a.assignPositions(dst, s, args, o); err != nil {
		return err
	}
	if o.Kwargs != nil {
		if err := a.assignFields(dst, s, o.Kwargs); err != nil {
			return err
		}
	}
	for _, op := range o.Ops {
		if op.Kind != Build || len(op.Items) != 1 {
			return mismatch(dst.Type(), o, fmt.Errorf("it is filled like a list or dict"))
		}
		if err := a.assignState(dst, s, o, op.Items[0]); err != nil {
			return err
		}
	}
	return nil
}

// assignState stores what Python's default __setstate__ takes, or that of a frozen
// dataclass with slots.
func (a *assigner) assignState(dst reflect.Value, s *structure, o *Object, state any) error {
	switch x := state.(type) {
	case *Dict:
		return a.assignFields(dst, s, x)
	case *List:
		if len(x.Items) == len(s.fields) {
			return a.assignPositions(dst, s, x.Items, x)
		}
	case Tuple:
		if len(x) == 2 {
			return a.assignSlots(dst, s, o, x)
		}
		if len(x) == len(s.fields) {
			return a.assignPositions(dst, s, x, x)
		}
	}
	return mismatch(dst.Type(), o, fmt.Errorf("its state is %s", describe(state)))
}

func (a *assigner) assignSlots(dst reflect.Value, s *structure, o *Object, state Tuple) error {
	for _, part := range state {
		switch x := part.(type) {
		case nil:
		case *Dict:
			if err := a.assignFields(dst, s, x); err != nil {
				return err
			}
		default:
			return mismatch(dst.Type(), o, fmt.Errorf("its slots are %s", describe(part)))
		}
	}
	return nil
}

// constructed returns the class of an instance and the arguments of its construction,
// for the ways in which the older protocols write them too.
func (o *Object) constructed() (class Global, args Tuple, ok bool) {
	class, ok = o.Class.(Global)
	args, isTuple := o.Args.(Tuple)
	if !ok || !isTuple && o.Args != nil {
		return class, args, false
	}
	if o.How != Reduce || class.Module != "copyreg" || len(args) == 0 {
		return class, args, true
	}
	made, ok := args[0].(Global)
	switch class.Name {
	case "__newobj__":
		return made, args[1:], ok
	case "_reconstructor": // class, base, base's value
		if len(args) == 3 && args[2] == nil {
			return made, nil, ok
		}
		if len(args) == 3 {
			values, isTuple := args[2].(Tuple)
			return made, values, ok && isTuple
		}
	}
	return class, args, false
}
