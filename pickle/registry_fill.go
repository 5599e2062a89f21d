package pickle

import (
	"errors"
	"fmt"
	"reflect"
)

// A fill is a struct of a class of RegisterStruct, and what the pickle gives it: the
// arguments of its class, or a state.
type fill struct {
	class  *class
	v      any
	args   Tuple
	kwargs *Dict
	state  any
	built  bool // by the state
	at     int  // in the pickle
}

// fills are the structs that one pickle fills. Their fields take copies of lists, dicts and
// other structs, which the pickle may still be filling when it has come back to one: then
// all is filled again at its end.
type fills struct {
	same   map[assigned]reflect.Value
	again  []fill
	copied map[any]int // how much was in what copies were made of
	stale  bool        // a copy is, or a value did not fit yet

	rest map[any][]fill // at the end: what is not filled again yet, nil for what is being filled
}

// atEnd tells whether structs are filled again.
func (f *fills) atEnd() bool { return f != nil && f.rest != nil }

// sizeIn returns how much was put into what may be changed.
func sizeIn(v any) int {
	switch x := v.(type) {
	case *List:
		return len(x.Items)
	case *Set:
		return x.Len()
	case *Deque:
		return len(x.Items)
	case *SimpleNamespace:
		return x.Len()
	case *Object:
		return len(x.Ops)
	}
	if d, ok := dictOf(v); ok {
		return d.Len()
	}
	return 0
}

// copying is told that a copy is made of v. At the end of the pickle, v is filled first.
func (f *fills) copying(a *assigner, v any) error {
	switch {
	case reflect.ValueOf(v).Kind() != reflect.Pointer: // it does not change
		return nil
	case f.atEnd():
		return f.complete(a, v)
	case f.copied == nil:
		f.copied = map[any]int{}
	}
	if _, again := f.copied[v]; !again {
		f.copied[v] = sizeIn(v)
	}
	return nil
}

// changing is told that what v may point to changes.
func (f *fills) changing(v any) {
	if f != nil && len(f.copied) > 0 && reflect.ValueOf(v).Kind() == reflect.Pointer {
		_, copied := f.copied[v]
		f.stale = f.stale || copied
	}
}

// fillStruct fills a struct that a class of RegisterStruct stands for.
func (d *decoder) fillStruct(f fill) error {
	if !f.built && len(f.args) == 0 && f.kwargs == nil {
		return nil
	}
	if d.fills == nil {
		d.fills = new(fills)
	}
	a := assigner{ctx: d.ctx, codec: &d.codec, memory: d.memory, limit: d.limits.Memory, same: d.fills.same}
	if d.back {
		if err := d.fills.copying(&a, f.state); err != nil {
			return f.failed(err)
		}
		a.fills = d.fills
	}
	err := f.fill(&a)
	d.fills.same, d.memory = a.same, a.memory
	if _, limit := errors.AsType[*LimitError](err); limit || !d.back {
		return f.failed(err)
	}
	d.fills.changing(f.v)
	f.at = d.pos - 1
	d.fills.again = append(d.fills.again, f)
	d.fills.stale = d.fills.stale || err != nil
	return d.charge(objectSize)
}

func (f *fill) fill(a *assigner) error {
	s, dst := f.class.structure, reflect.ValueOf(f.v).Elem()
	o := &Object{Class: s.class}
	if f.built {
		return a.assignState(dst, s, o, f.state)
	}
	if err := a.assignPositions(dst, s, f.args, o); err != nil || f.kwargs == nil {
		return err
	}
	return a.assignFields(dst, s, f.kwargs)
}

// failed is an error as one in that struct.
func (f *fill) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", f.class.name, err)
}

// complete fills a struct again with all that the pickle gives it, unless that was done.
func (f *fills) complete(a *assigner, v any) error {
	parts, ok := f.rest[v]
	switch {
	case !ok:
		return nil
	case parts == nil:
		return mismatch(reflect.TypeOf(v).Elem(), v, errWithin)
	}
	f.rest[v] = nil
	for i := range parts {
		if err := parts[i].fill(a); err != nil {
			return err
		}
	}
	delete(f.rest, v)
	return nil
}

// incomplete tells whether structs have copies of what the pickle changed afterwards.
func (f *fills) incomplete() bool {
	for v, size := range f.copied {
		if f.stale || sizeIn(v) != size {
			return true
		}
	}
	return f.stale
}

// fillAgain fills structs again, now that the pickle is complete: what did not fit before
// may do so.
func (d *decoder) fillAgain() (at int, err error) {
	if d.fills == nil || len(d.fills.again) == 0 {
		return 0, nil
	}
	f := *d.fills
	*d.fills = fills{same: f.same}
	if !f.incomplete() {
		return 0, nil
	}
	f.rest = map[any][]fill{}
	for _, part := range f.again {
		f.rest[part.v] = append(f.rest[part.v], part)
	}
	a := assigner{ctx: d.ctx, codec: &d.codec, memory: d.memory, limit: d.limits.Memory, fills: &f}
	for i := range f.again {
		if err := f.complete(&a, f.again[i].v); err != nil {
			return f.again[i].at, f.again[i].failed(err)
		}
	}
	d.fills.same, d.memory = a.same, a.memory
	return 0, nil
}
