package pickle

import (
	"fmt"
	"reflect"
)

// writeMap writes a dict, or a set if the values of the map take no memory.
func (pl *plan) writeMap(e *encoder, p pointer, k key, entries entriesFunc) error {
	m := variable(pl.typ, p)
	if m.IsNil() {
		m = reflect.MakeMap(pl.typ)
	}
	same := pl.keyAt(m.UnsafePointer())
	if e.again(same) {
		return nil
	}
	if !e.hashable(pl.key) {
		return e.fail(m.Interface(), errUnhashable)
	}
	if pl.elem.size == 0 && pl.elem.typ.Kind() == reflect.Struct {
		return pl.writeSet(e, m, same)
	}
	if pl.key.typ.Kind() == reflect.Interface {
		return pl.writeAnyKeys(e, m, same)
	}
	e.emptyDict()
	e.made(same)
	if k.at != nil {
		e.made(k)
	}
	if m.Len() == 0 {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	marked := e.beginPairs(m.Len())
	if err := entries(pl, e, p, marked); err != nil {
		return err
	}
	e.endPairs(marked)
	e.leave()
	return nil
}

// An entriesFunc writes the entries of the map at p.
type entriesFunc func(pl *plan, e *encoder, p pointer, marked bool) error

// mapWriter returns the function that writes maps of the plan's type: maps of the most
// frequent types do without reflection.
func (pl *plan) mapWriter() writeFunc {
	entries := entriesFunc(writeEntries)
	if pl.typ.Key() == reflect.TypeFor[string]() {
		switch pl.typ.Elem() {
		case reflect.TypeFor[int64]():
			entries = writeStringEntries[int64]
		case reflect.TypeFor[int]():
			entries = writeStringEntries[int]
		case reflect.TypeFor[float64]():
			entries = writeStringEntries[float64]
		case reflect.TypeFor[string]():
			entries = writeStringEntries[string]
		case typeAny:
			entries = writeStringEntries[any]
		}
	}
	return func(e *encoder, p pointer, k key) error { return pl.writeMap(e, p, k, entries) }
}

func writeEntries(pl *plan, e *encoder, p pointer, marked bool) error {
	name, value := reflect.New(pl.key.typ), reflect.New(pl.elem.typ)
	n := 0
	for it := variable(pl.typ, p).MapRange(); it.Next(); n++ {
		e.betweenPairs(n, marked)
		if n > 0 && pl.key.needsPlace() {
			name = reflect.New(pl.key.typ)
		}
		if n > 0 && pl.elem.needsPlace() {
			value = reflect.New(pl.elem.typ)
		}
		name.Elem().SetIterKey(it)
		value.Elem().SetIterValue(it)
		if err := pl.key.write(e, variableOf(name), key{}); err != nil {
			return err
		}
		if err := pl.elem.write(e, variableOf(value), key{}); err != nil {
			return inKey(err, name.Elem())
		}
		if !marked {
			e.op(opSetItem)
		}
	}
	return nil
}

// needsPlace tells whether variables of the type have to lie in a place each: it may be
// what tells one from another.
func (pl *plan) needsPlace() bool { return !pl.stays && pl.known == nil }

func writeStringEntries[V any](pl *plan, e *encoder, p pointer, marked bool) error {
	value := new(V)
	n := 0
	for name, v := range *(*map[string]V)(p) {
		e.betweenPairs(n, marked)
		n++
		if err := e.text(name); err != nil {
			return err
		}
		*value = v
		if err := pl.elem.write(e, pointer(value), key{}); err != nil {
			return inEntry(err, name)
		}
		if !marked {
			e.op(opSetItem)
		}
	}
	return nil
}

// betweenPairs ends a batch of pairs that is full, where n pairs have been written.
func (e *encoder) betweenPairs(n int, marked bool) {
	if marked && n > 0 && n%batchSize == 0 {
		e.op(opSetItems, opMark)
	}
}

var errUnhashable = TypeError.New("unhashable keys")

// hashable tells whether values of the plan's type leave as something that may be a key.
func (e *encoder) hashable(pl *plan) bool {
	return pl.hashable() || e.codec.Registry.ofType(pl.typ) != nil || !writtenByKind(pl.typ)
}

// checkKey is hashable for a key whose type only the map tells.
func (e *encoder) checkKey(m, key reflect.Value) error {
	if key.Kind() == reflect.Interface && !key.IsNil() && !e.hashable(planOf(key.Elem().Type())) {
		return e.fail(m.Interface(), errUnhashable)
	}
	return nil
}

// hashable tells the same of what goes by what the type is made of.
func (pl *plan) hashable() bool {
	switch pl.typ.Kind() {
	case reflect.Array:
		return pl.elem.typ.Kind() == reflect.Uint8
	case reflect.Struct:
		return pl.fields == nil || pl.fields.tuple || pl.fields.class.Name != ""
	}
	return true
}

// writeAnyKeys writes a dict whose keys may be equal in Python, or none that it takes.
func (pl *plan) writeAnyKeys(e *encoder, m reflect.Value, k key) error {
	d := NewDict(m.Len())
	for it := m.MapRange(); it.Next(); {
		if err := e.checkKey(m, it.Key()); err != nil {
			return err
		}
		n := d.Len()
		if err := d.Set(it.Key().Interface(), it.Value().Interface()); err != nil {
			return err
		}
		if d.Len() == n {
			return e.fail(m.Interface(), fmt.Errorf("two of its keys are one to Python, as 1 and true are: %v", it.Key()))
		}
	}
	e.emptyDict()
	e.made(k) // a value may lead back to the map
	return e.pairs(d)
}

func (pl *plan) writeSet(e *encoder, m reflect.Value, k key) error {
	s := NewSet(m.Len())
	for it := m.MapRange(); it.Next(); {
		if err := e.checkKey(m, it.Key()); err != nil {
			return err
		}
		if _, err := s.Add(it.Key().Interface()); err != nil {
			return err
		}
	}
	if err := e.set(s, &s.table); err != nil {
		return err
	}
	e.identify(k)
	return nil
}
