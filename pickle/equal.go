package pickle

import (
	"bytes"
	"math/big"
	"reflect"
)

// Equal is Python's ==. Errors are *Exception: RecursionError, or MemoryError
// when the comparison takes too many steps. Instances of classes that only
// Python knows are equal if they were made alike.
func Equal(a, b any) (bool, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return x == y, nil
		}
	case int64:
		if y, ok := b.(int64); ok {
			return x == y, nil
		}
	}
	return newWalk().equal(a, b)
}

func (w *walk) equal(a, b any) (bool, error) {
	if raw, ok := a.(Raw); ok && raw.same(b) {
		return true, nil
	}
	a, err := w.plain(a)
	if err != nil {
		return false, err
	}
	if b, err = w.plain(b); err != nil {
		return false, err
	}
	switch x := a.(type) {
	case nil:
		return b == nil, nil
	case string:
		y, ok := b.(string)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		return x == y, w.read(len(x))
	case int64:
		y, ok := b.(int64)
		return ok && x == y, nil
	case float64:
		y, ok := b.(float64)
		return ok && x == y, nil
	case complex128:
		y, ok := b.(complex128)
		return ok && x == y, nil
	case *big.Int:
		y, ok := b.(*big.Int)
		return ok && x.Cmp(y) == 0, w.read(x.BitLen() / 8)
	case []byte, *Bytearray:
		p, _ := bytesOf(a)
		q, ok := bytesOf(b)
		if !ok || len(p) != len(q) {
			return false, nil
		}
		return bytes.Equal(p, q), w.read(len(p))
	case Global:
		y, ok := b.(Global)
		return ok && x == y, nil
	case PersistentID:
		y, ok := b.(PersistentID)
		if w.apart {
			w.told = true
			return false, nil
		}
		return w.and(ok, Tuple{x.ID}, Tuple{y.ID})
	case Range:
		y, ok := b.(Range)
		if !ok {
			return false, nil
		}
		if x.read(w) != nil || y.read(w) != nil {
			return false, errWalk
		}
		return w.and(ok, x.essence(), y.essence())
	}
	return w.equalContainers(a, b)
}

// equalContainers compares what has an identity. As in Python, what is
// identical is equal, even if it holds a NaN.
func (w *walk) equalContainers(a, b any) (bool, error) {
	ida, ok := identify(a)
	idb, ok2 := identify(b)
	if !ok || !ok2 {
		return w.equalParts(a, b, pair{})
	}
	p := pair{ida, idb}
	if ida == idb || among(w.equals, p) {
		return true, nil
	}
	before := w.steps
	eq, err := w.equalParts(a, b, p)
	if eq && w.steps-before >= costly {
		assume(&w.equals, p)
	}
	return eq, err
}

func among(m map[pair]struct{}, p pair) bool {
	if len(m) == 0 { // an empty map would still hash the pair
		return false
	}
	_, ok := m[p]
	return ok
}

func assume(m *map[pair]struct{}, p pair) {
	if *m == nil {
		*m = make(map[pair]struct{})
	}
	(*m)[p] = struct{}{}
}

func (w *walk) equalParts(a, b any, p pair) (bool, error) {
	switch x := a.(type) {
	case Tuple:
		y, ok := b.(Tuple)
		return w.and(ok, x, y)
	case Slice:
		y, ok := b.(Slice)
		return w.and(ok, Tuple{x.Start, x.Stop, x.Step}, Tuple{y.Start, y.Stop, y.Step})
	case *List:
		if y, ok := b.(*List); ok {
			return w.equalItems(x.Items, y.Items)
		}
		return false, nil
	case *Dict, *DefaultDict, *Counter:
		if y, ok := b.(*Counter); ok {
			if x, ok := a.(*Counter); ok {
				return w.equalCounters(&x.Dict, &y.Dict)
			}
		}
		p, _ := dictOf(a)
		if q, ok := dictOf(b); ok {
			return w.equalDicts(p, q)
		}
		return false, nil
	case *OrderedDict:
		if y, ok := b.(*OrderedDict); ok {
			return w.equalItems(x.flat(), y.flat())
		}
		if q, ok := dictOf(b); ok {
			return w.equalDicts(&x.Dict, q)
		}
		return false, nil
	case *Deque:
		if y, ok := b.(*Deque); ok {
			return w.equalItems(x.Items, y.Items)
		}
		return false, nil
	case *Array:
		if y, ok := b.(*Array); ok {
			p, ok1 := x.list()
			q, ok2 := y.list()
			return w.and(ok1 && ok2, []any{p}, []any{q})
		}
		return false, nil
	case *SimpleNamespace:
		if y, ok := b.(*SimpleNamespace); ok {
			return w.equalDicts(&x.Dict, &y.Dict)
		}
		return false, nil
	case *Set, *FrozenSet:
		s, _ := tableOf(a)
		if t, ok := tableOf(b); ok && s.live == t.live {
			return w.subset(s, t)
		}
		return false, nil
	case *Exception:
		if y, ok := b.(*Exception); ok && x.Class == y.Class {
			return w.equalOpaque(p, func() (bool, error) {
				return w.equalItems([]any{x.Args, x.State}, []any{y.Args, y.State})
			})
		}
		return false, nil
	case *Object:
		if y, ok := b.(*Object); ok {
			return w.equalOpaque(p, func() (bool, error) { return w.equalObjects(x, y) })
		}
		return false, nil
	}
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && a == b, nil
}

func (w *walk) and(ok bool, a, b []any) (bool, error) {
	if !ok {
		return false, nil
	}
	return w.equalItems(a, b)
}

func (w *walk) equalItems(a, b []any) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	if err := w.enter(len(a)); err != nil {
		return false, err
	}
	defer w.leave()
	for i, item := range a {
		if eq, err := w.equal(item, b[i]); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (w *walk) equalDicts(a, b *Dict) (bool, error) {
	if a.Len() != b.Len() {
		return false, nil
	}
	if err := w.enter(a.Len()); err != nil {
		return false, err
	}
	defer w.leave()
	for key, v := range a.All() {
		other, ok, err := b.get(w, key)
		if err != nil || !ok {
			return false, err
		}
		if eq, err := w.equal(v, other); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

// equalCounters compares as Python does since 3.10: what is missing counts zero.
func (w *walk) equalCounters(a, b *Dict) (bool, error) {
	if err := w.enter(a.Len() + b.Len()); err != nil {
		return false, err
	}
	defer w.leave()
	for key, v := range a.All() {
		other, ok, err := b.get(w, key)
		if err != nil {
			return false, err
		}
		if !ok {
			other = int64(0)
		}
		if eq, err := w.equal(v, other); !eq || err != nil {
			return false, err
		}
	}
	for key, v := range b.All() {
		if _, ok, err := a.get(w, key); err != nil {
			return false, err
		} else if ok {
			continue
		}
		if eq, err := w.equal(v, int64(0)); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

// subset tells whether every item of a is in b.
func (w *walk) subset(a, b *table) (bool, error) {
	if a.live > b.live {
		return false, nil
	}
	if err := w.enter(int(a.live)); err != nil {
		return false, err
	}
	defer w.leave()
	for item := range a.all {
		if p, err := b.find(w, item); err != nil || p.pos < 0 {
			return false, err
		}
	}
	return true, nil
}

// equalOpaque compares two objects and takes them to be equal where they come
// up again inside: instances commonly refer to each other in a circle.
func (w *walk) equalOpaque(p pair, equal func() (bool, error)) (bool, error) {
	if w.apart {
		w.told = true
		return false, nil
	}
	if among(w.open, p) {
		return true, nil
	}
	assume(&w.open, p)
	eq, err := equal()
	delete(w.open, p)
	if !eq {
		clear(w.equals) // others may have been found equal under the assumption
	}
	return eq, err
}

func (w *walk) equalObjects(a, b *Object) (bool, error) {
	made, err := w.equalItems([]any{a.Class, a.Args, a.keywords()}, []any{b.Class, b.Args, b.keywords()})
	if !made || err != nil {
		return false, err
	}
	if err := w.enter(0); err != nil {
		return false, err
	}
	defer w.leave()
	for c, d := a.changes(), b.changes(); ; {
		more := c.next()
		if d.next() != more || c.kind != d.kind {
			return false, nil
		}
		if !more {
			return true, nil
		}
		if eq, err := w.equal(c.item, d.item); !eq || err != nil {
			return false, err
		}
		w.steps++
	}
}

// keywords returns the keyword arguments, nil if there are none.
func (o *Object) keywords() any {
	if o.Kwargs == nil || o.Kwargs.Len() == 0 {
		return nil
	}
	return o.Kwargs
}

// changes goes through what was done to an object after its construction, one
// item at a time: into how many steps a pickle divided it does not matter.
type changes struct {
	ops   []Op
	at    int // the next item of ops[0]
	kind  OpKind
	item  any
	count int
}

func (o *Object) changes() *changes { return &changes{ops: o.Ops} }

func (c *changes) next() bool {
	for len(c.ops) > 0 && c.at == len(c.ops[0].Items) {
		c.ops, c.at = c.ops[1:], 0
	}
	if len(c.ops) == 0 {
		c.kind, c.item = 0, nil
		return false
	}
	c.kind, c.item = c.ops[0].Kind, c.ops[0].Items[c.at]
	c.at++
	c.count++
	return true
}

func bytesOf(v any) ([]byte, bool) {
	switch b := v.(type) {
	case []byte:
		return b, true
	case *Bytearray:
		return b.Bytes, true
	}
	return nil, false
}

// same tells, without building the values, that two are equal for sure: they
// have the same bytes, none of which can be the opcode of a float.
func (r Raw) same(v any) bool {
	other, ok := v.(Raw)
	return ok && r.proto == other.proto && bytes.Equal(r.ops, other.ops) && !bytes.ContainsAny(r.ops, "FG")
}
