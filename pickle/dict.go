package pickle

import "iter"

// A Dict is Python's dict: insertion-ordered, with Python's key equality. Of
// equal keys the first stays, with the last value. The zero Dict is empty.
//
// A Dict may be read from several goroutines while nobody changes it. One of many texts
// and numbers that was decoded makes them when they are asked for, until it is changed.
type Dict struct{ entries storage }

// A storage is how a Dict keeps its entries: in a table, or, before it is first
// changed, in less memory. nil has none.
type storage interface {
	len() int
	lookup(w *walk, key any) (pos int, err error) // -1 if the key is absent
	next(pos int) (int, bool)                     // the first entry at or after pos
	entry(pos int, in *atomBoxes) (key, v any)    // where they have to be made, in that memory or their own
	thawed() *table                               // with the entries at the same positions
}

var noEntries storage = new(table)

// NewDict returns an empty dict with room for n entries.
func NewDict(n int) *Dict {
	if n <= 0 {
		return new(Dict)
	}
	d := new(struct {
		Dict
		table
	})
	d.init(n)
	d.vals = make([]any, 0, n)
	d.entries = &d.table
	return &d.Dict
}

func (d *Dict) stored() storage {
	if d.entries == nil {
		return noEntries
	}
	return d.entries
}

// table returns the entries to be changed.
func (d *Dict) table() *table {
	switch s := d.entries.(type) {
	case *table:
		return s
	case nil:
		d.entries = new(table)
	default:
		d.entries = s.thawed()
	}
	return d.entries.(*table)
}

// Len returns the number of entries.
func (d *Dict) Len() int { return d.stored().len() }

// Get returns the value of a key. The error is TypeError for an unhashable key.
func (d *Dict) Get(key any) (v any, ok bool, err error) { return d.get(nil, key) }

// get is Get within a budget.
func (d *Dict) get(w *walk, key any) (v any, ok bool, err error) {
	s := d.stored()
	pos, err := s.lookup(w, key)
	if err != nil || pos < 0 {
		return nil, false, err
	}
	_, v = s.entry(pos, nil)
	return v, true, nil
}

// Set gives a key a value.
func (d *Dict) Set(key, v any) error { return d.table().set(nil, key, v) }

// Delete removes a key and returns the value it had.
func (d *Dict) Delete(key any) (v any, ok bool, err error) {
	t := d.table()
	p, err := t.find(nil, key)
	if err != nil || p.pos < 0 {
		return nil, false, err
	}
	v = t.vals[p.pos]
	t.removeAt(p.pos, p.hash)
	return v, true, nil
}

// Clear removes all entries.
func (d *Dict) Clear() {
	if t, ok := d.entries.(*table); ok {
		t.clear()
		return
	}
	d.entries = nil
}

// PopLast removes and returns the newest entry.
func (d *Dict) PopLast() (key, v any, ok bool) { return d.table().removeLast() }

// All yields the entries, oldest first. The loop may delete entries and
// replace values, but not insert.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		in := atomBoxes{most: 32}
		for key, v, pos, ok := d.following(0, &in); ok && yield(key, v); key, v, pos, ok = d.following(pos, &in) {
		}
	}
}

// Next returns the first entry at or after position pos, and the position
// after it; positions are stable until the next insertion or Clear.
func (d *Dict) Next(pos int) (key, v any, next int, ok bool) {
	return d.following(pos, nil)
}

// following is Next with memory for what has to be made.
func (d *Dict) following(pos int, in *atomBoxes) (key, v any, next int, ok bool) {
	s := d.stored()
	if pos, ok = s.next(pos); !ok {
		return nil, nil, 0, false
	}
	key, v = s.entry(pos, in)
	return key, v, pos + 1, true
}
