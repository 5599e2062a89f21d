package pickle

import (
	"fmt"
	"iter"
	"reflect"
)

// itemsIn returns what a sequence or a set holds; an instance may be one of a class
// that is such, as a deque is.
func itemsIn(v any) ([]any, bool) {
	switch x := v.(type) {
	case *List:
		return x.Items, true
	case Tuple:
		return x, true
	case *Object:
		return x.items()
	case *Array:
		items, _ := x.list()
		l, ok := items.(*List)
		if !ok { // text
			return nil, false
		}
		return l.Items, true
	case interface{ All() iter.Seq[any] }:
		var items []any
		for item := range x.All() {
			items = append(items, item)
		}
		return items, true
	}
	return nil, false
}

// items returns what an instance holds that is filled like a list.
func (o *Object) items() (items []any, ok bool) {
	for _, op := range o.Ops {
		if op.Kind != Append && op.Kind != AddItems {
			return nil, false
		}
		items = append(items, op.Items...)
	}
	return items, len(items) > 0 || o.Class == Global{"collections", "deque"}
}

// entriesIn returns what a dict holds, or an instance that is filled like one.
func entriesIn(v any) (iter.Seq2[any, any], bool) {
	switch x := v.(type) {
	case *Object:
		return x.mapping()
	case interface{ All() iter.Seq2[any, any] }:
		return x.All(), true
	}
	return nil, false
}

// mappings are classes whose instances are dicts.
var mappings = map[Global]bool{
	{"collections", "OrderedDict"}: true,
	{"collections", "defaultdict"}: true,
	{"collections", "Counter"}:     true,
}

func (o *Object) mapping() (iter.Seq2[any, any], bool) {
	g, _ := o.Class.(Global)
	if args := o.arguments(); g == (Global{"collections", "Counter"}) && len(args) == 1 {
		return entriesIn(args[0])
	}
	for _, op := range o.Ops {
		if op.Kind != SetItems {
			return nil, false
		}
	}
	d, ok := o.entries()
	return d.All(), ok && (d.Len() > 0 || mappings[g])
}

func (a *assigner) assignItems(dst reflect.Value, v any, items []any) error {
	if err := a.charge(len(items) * int(dst.Type().Elem().Size())); err != nil {
		return err
	}
	if dst.Kind() == reflect.Slice {
		dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
	} else if dst.Len() != len(items) {
		return mismatch(dst.Type(), v, fmt.Errorf("%d items", len(items)))
	}
	for i, item := range items {
		if err := a.assign(dst.Index(i), item); err != nil {
			return inItem(err, i)
		}
	}
	return nil
}

func (a *assigner) assignMap(dst reflect.Value, v any, entries iter.Seq2[any, any]) error {
	t := dst.Type()
	m := reflect.MakeMap(t)
	dst.Set(m)
	each := int(t.Key().Size()+t.Elem().Size()) + 16
	for k, v := range entries {
		if err := a.charge(each); err != nil {
			return err
		}
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := a.assign(key, k); err != nil {
			return inEntry(err, k)
		}
		if !isMapKey(key) {
			return mismatch(t.Key(), k, errHash)
		}
		if err := a.assign(value, v); err != nil {
			return inKey(err, key)
		}
		m.SetMapIndex(key, value)
	}
	return nil
}

// isMapKey tells whether a value may be a key of a Go map. Slices and persistent
// ids may not: Go would look into them as often as they share their parts.
func isMapKey(key reflect.Value) bool {
	if key.Kind() == reflect.Interface && !key.IsNil() {
		switch key.Elem().Interface().(type) {
		case Slice, PersistentID:
			return false
		}
	}
	return key.Comparable()
}

// assignSet stores a set in a map that has nothing but keys.
func (a *assigner) assignSet(dst reflect.Value, items []any) error {
	t := dst.Type()
	m := reflect.MakeMap(t)
	dst.Set(m)
	if err := a.charge(len(items) * (int(t.Key().Size()) + 16)); err != nil {
		return err
	}
	for i, item := range items {
		key := reflect.New(t.Key()).Elem()
		if err := a.assign(key, item); err != nil {
			return inItem(err, i)
		}
		if !isMapKey(key) {
			return mismatch(t.Key(), item, errHash)
		}
		m.SetMapIndex(key, reflect.Zero(t.Elem()))
	}
	return nil
}
