package pickle

import "iter"

// A Set is Python's set. It keeps the order in which its items came. The zero
// Set is empty.
//
// A Set may be read from several goroutines while nobody changes it.
type Set struct{ table }

// NewSet returns an empty set with room for n items.
func NewSet(n int) *Set {
	s := new(Set)
	if n > 0 {
		s.init(n)
	}
	return s
}

// Len returns the number of items.
func (s *Set) Len() int { return int(s.live) }

// Has tells whether the item is in the set. As in Python, a set is looked for
// as the frozenset of its items. The error is TypeError for another
// unhashable item.
func (s *Set) Has(item any) (bool, error) { return s.has(item) }

// Add adds an item and tells whether it is new.
func (s *Set) Add(item any) (bool, error) { return s.addItem(nil, item) }

// Remove removes an item and tells whether it was there.
func (s *Set) Remove(item any) (bool, error) {
	p, err := s.find(nil, frozen(item))
	if err != nil || p.pos < 0 {
		return false, err
	}
	s.removeAt(p.pos, p.hash)
	return true, nil
}

// PopLast removes and returns the newest item.
func (s *Set) PopLast() (item any, ok bool) {
	item, _, ok = s.removeLast()
	return item, ok
}

// Clear removes all items.
func (s *Set) Clear() { s.clear() }

// All yields the items, oldest first. The loop may remove items, but not add.
func (s *Set) All() iter.Seq[any] { return s.all }

// Next returns the first item at or after position pos, and the position after
// it; positions are stable until the next insertion or Clear.
func (s *Set) Next(pos int) (item any, next int, ok bool) {
	pos, ok = s.next(pos)
	if !ok {
		return nil, 0, false
	}
	return s.keys[pos], pos + 1, true
}

// A FrozenSet is Python's frozenset. The zero FrozenSet is empty.
type FrozenSet struct{ table }

// NewFrozenSet returns a frozenset of the items.
func NewFrozenSet(items ...any) (*FrozenSet, error) { return newFrozenSet(nil, items) }

func newFrozenSet(w *walk, items []any) (*FrozenSet, error) {
	s := new(FrozenSet)
	if len(items) > 0 {
		s.init(len(items))
	}
	for _, item := range items {
		if _, err := s.addItem(w, item); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Len returns the number of items.
func (s *FrozenSet) Len() int { return int(s.live) }

// Has tells whether the item is in the set.
func (s *FrozenSet) Has(item any) (bool, error) { return s.has(item) }

// All yields the items, oldest first.
func (s *FrozenSet) All() iter.Seq[any] { return s.all }

func (t *table) all(yield func(any) bool) {
	for pos, ok := t.next(0); ok; pos, ok = t.next(pos + 1) {
		if !yield(t.keys[pos]) {
			return
		}
	}
}

func (t *table) has(item any) (bool, error) {
	p, err := t.find(nil, frozen(item))
	return p.pos >= 0 && err == nil, err
}

// addItem adds an item within a budget, or one of its own.
func (t *table) addItem(w *walk, item any) (bool, error) {
	p, err := t.find(w, item)
	if err != nil || p.pos >= 0 {
		return false, err
	}
	return true, t.add(item, p)
}

// frozen lets a set be looked for in a set: Python does so where it looks up
// and removes, not where it adds.
func frozen(item any) any {
	if s, ok := item.(*Set); ok {
		return &FrozenSet{s.table}
	}
	return item
}

// tableOf returns the items of a set of either kind.
func tableOf(v any) (*table, bool) {
	switch s := v.(type) {
	case *Set:
		return &s.table, true
	case *FrozenSet:
		return &s.table, true
	}
	return nil, false
}
