package pickle

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
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

// fills are the structs that one pickle fills. Their fields take copies of lists and dicts,
// which the pickle may still be filling when it has come back to one: then the copies are
// made again at its end.
type fills struct {
	same    map[assigned]reflect.Value
	again   []fill
	watched []watched
	failed  bool // a value did not fit yet
}

// A watched is a container of which a copy was made when it had that size.
type watched struct {
	v    any
	size int
}

// sizeIn returns how much was put into what may be changed.
func sizeIn(v any) int {
	switch x := v.(type) {
	case *List:
		return len(x.Items)
	case *Set:
		return x.Len()
	case *Deque:
		return len(x.Items)
	case *Object:
		return len(x.Ops)
	}
	if d, ok := dictOf(v); ok {
		return d.Len()
	}
	return 0
}

// watch notes that what is in v is copied, where v may still change.
func (a *assigner) watch(v any) {
	if a.fills != nil {
		a.fills.watched = append(a.fills.watched, watched{v, sizeIn(v)})
	}
}

// fillStruct fills a struct that a class of RegisterStruct stands for.
func (d *decoder) fillStruct(f fill) error {
	if d.fills == nil {
		d.fills = new(fills)
	}
	a := assigner{ctx: d.ctx, codec: &d.codec, memory: d.memory, same: d.fills.same}
	if d.back {
		a.fills = d.fills
	}
	err := f.fill(&a)
	d.fills.same, d.memory = a.same, a.memory
	if _, limit := errors.AsType[*LimitError](err); limit || !d.back {
		return err
	}
	f.at = d.pos - 1
	d.fills.again = append(d.fills.again, f)
	d.fills.failed = d.fills.failed || err != nil
	return d.charge(objectSize)
}

func (f *fill) fill(a *assigner) error {
	s, dst := f.class.structure, reflect.ValueOf(f.v).Elem()
	o := &Object{Class: s.class}
	var err error
	if f.built {
		err = a.assignState(dst, s, o, f.state)
	} else if err = a.assignPositions(dst, s, f.args, o); err == nil && f.kwargs != nil {
		err = a.assignFields(dst, s, f.kwargs)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.class.name, err)
	}
	return nil
}

// incomplete tells whether structs have copies of what the pickle changed afterwards.
func (f *fills) incomplete() bool {
	return f.failed || slices.ContainsFunc(f.watched, func(w watched) bool { return sizeIn(w.v) != w.size })
}

// fillAgain fills structs again, now that the pickle is complete: what did not fit before
// may do so.
func (d *decoder) fillAgain() (at int, err error) {
	if d.fills == nil || len(d.fills.again) == 0 {
		return 0, nil
	}
	f := *d.fills
	d.fills.again, d.fills.watched, d.fills.failed = nil, nil, false
	if !f.incomplete() {
		return 0, nil
	}
	a := assigner{ctx: d.ctx, codec: &d.codec, memory: d.memory}
	for i := range f.again {
		if err := f.again[i].fill(&a); err != nil {
			return f.again[i].at, err
		}
	}
	d.fills.same, d.memory = a.same, a.memory
	return 0, nil
}
