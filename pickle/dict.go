package pickle

import "iter"

// A Dict is Python's dict: insertion-ordered, with Python's key equality. Of
// equal keys the first stays, with the last value. The zero Dict is empty.
//
// A Dict may be read from several goroutines while nobody changes it.
type Dict struct{ table }

// NewDict returns an empty dict with room for n entries.
func NewDict(n int) *Dict {
	d := new(Dict)
	if n > 0 {
		d.init(n)
		d.vals = make([]any, 0, n)
	}
	return d
}

// Len returns the number of entries.
func (d *Dict) Len() int { return int(d.live) }

// Get returns the value of a key. The error is TypeError for an unhashable key.
func (d *Dict) Get(key any) (v any, ok bool, err error) {
	p, err := d.find(nil, key)
	if err != nil || p.pos < 0 {
		return nil, false, err
	}
	return d.vals[p.pos], true, nil
}

// Set gives a key a value.
func (d *Dict) Set(key, v any) error { return d.set(nil, key, v) }

// set is Set within a budget: a pickle may name one costly key many times.
func (d *Dict) set(w *walk, key, v any) error {
	p, err := d.find(w, key)
	if err != nil {
		return err
	}
	return d.setAt(p, key, v)
}

// setAt sets a key whose place is known.
func (d *Dict) setAt(p place, key, v any) error {
	if p.pos >= 0 {
		d.vals[p.pos] = v
		return nil
	}
	if err := d.add(key, p); err != nil {
		return err
	}
	d.vals = append(grown(d.vals), v)
	return nil
}

// Delete removes a key and returns the value it had.
func (d *Dict) Delete(key any) (v any, ok bool, err error) {
	p, err := d.find(nil, key)
	if err != nil || p.pos < 0 {
		return nil, false, err
	}
	v = d.vals[p.pos]
	d.removeAt(p.pos, p.hash)
	return v, true, nil
}

// Clear removes all entries.
func (d *Dict) Clear() { d.clear() }

// PopLast removes and returns the newest entry.
func (d *Dict) PopLast() (key, v any, ok bool) { return d.removeLast() }

// All yields the entries, oldest first. The loop may delete entries and
// replace values, but not insert.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		for pos, ok := d.next(0); ok; pos, ok = d.next(pos + 1) {
			if !yield(d.keys[pos], d.vals[pos]) {
				return
			}
		}
	}
}

// Next returns the first entry at or after position pos, and the position
// after it; positions are stable until the next insertion or Clear.
func (d *Dict) Next(pos int) (key, v any, next int, ok bool) {
	pos, ok = d.next(pos)
	if !ok {
		return nil, nil, 0, false
	}
	return d.keys[pos], d.vals[pos], pos + 1, true
}
