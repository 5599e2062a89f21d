package pickle

// numForms is how many kinds of dict are told apart at a time.
const numForms = 16

// formOf returns where the last dict of the pickle is that began with the same
// key. Records have the same keys again and again: such dicts share them.
func (d *decoder) formOf(items []any) **table {
	return &d.forms[(boxAddress(items[0])>>3+uintptr(len(items)))%numForms]
}

// fillAlike fills an empty dict with the pairs in items if an earlier dict has
// the very same keys in the same order, which are known to differ.
func (d *decoder) fillAlike(m *Dict, items []any) bool {
	n := len(items) / 2
	form := *d.formOf(items)
	if form == nil || int(form.live) != n || len(form.keys) != n || len(items) != 2*n || d.memory < entrySize*int64(n) {
		return false
	}
	for i, k := range form.keys {
		if !sameBoxes(k, items[2*i]) {
			return false
		}
	}
	d.memory -= entrySize * int64(n)
	if form.vals != nil { // those of a dict that may yet change
		form.shared = true
		form = &table{keys: form.keys[:n:n], index: form.index, live: form.live, shared: true}
		*d.formOf(items) = form
	}
	r := d.rows.next(1, d.few())
	*r = row{form, d.room(n)}
	for i := range r.vals {
		r.vals[i] = items[2*i+1]
	}
	m.entries, d.recent = r, form
	return true
}

// fill sets the pairs in items.
func (d *decoder) fill(m *Dict, items []any) error {
	n := len(items) / 2
	if len(items)%2 != 0 {
		return errOdd
	}
	t := d.tableOf(m)
	if n > 1 && len(t.keys) == 0 {
		*d.formOf(items) = t
		d.formed = true
	}
	if err := d.reserve(t, n); err != nil {
		return err
	}
	for asked := false; len(items) > 0; {
		if t.index != nil {
			if items = t.setSimple(items); len(items) == 0 {
				break
			}
		}
		w, err := d.walkFor(items[0])
		if err != nil {
			return err
		}
		p, err := t.find(w, items[0])
		if err != nil {
			return err
		}
		if p.pos >= 0 && !asked {
			if asked = true; d.met(m) { // a call may have looked at the old value
				return d.change(SetItems, items)
			}
		}
		if err := t.setAt(p, items[0], items[1]); err != nil {
			return err
		}
		items = items[2:]
	}
	return nil
}

// tableOf returns the entries of a dict to be changed.
func (d *decoder) tableOf(m *Dict) *table {
	if m.entries == nil {
		m.entries = d.tables.next(1, d.few())
	}
	return m.table()
}

// reserve makes room for n more entries. Keys and values of a small dict share
// an allocation.
func (d *decoder) reserve(t *table, n int) error {
	need := len(t.keys) + n
	if need <= cap(t.keys) {
		return nil
	}
	size := max(need+d.following(n, need), moreThan(len(t.keys)))
	if err := d.charge(entrySize * (size - cap(t.keys))); err != nil {
		return err
	}
	t.own()
	if need <= smallTable {
		room := d.room(size + size)
		t.keys, t.vals = append(room[:0:size], t.keys...), append(room[size:size], t.vals...)
		return nil
	}
	t.keys, t.vals = append(make([]any, 0, size), t.keys...), append(make([]any, 0, size), t.vals...)
	switch slots := indexSize(size); {
	case len(t.keys) == 0:
		t.index = newIndex(slots)
	case t.index != nil && slots > len(t.index.slots):
		t.growIndex(slots)
	}
	return nil
}

// moreThan is the room for the pairs of a dict that had room for n: the pairs may come
// one by one, in protocol 0.
func moreThan(n int) int {
	if n <= smallTable/2 {
		return 2 * n
	}
	return n + n/2
}

// following guesses how many elements will come in the batches behind the one of
// n that ends here; Python's are of 1,000. The first large dict may fill the rest
// of the pickle, where there are more the guess stays near what has come.
func (d *decoder) following(n, have int) int {
	pos := d.pos
	if pos < len(d.data) && d.data[pos] == opFrame {
		pos += 9
	}
	if n < 1000 || pos >= len(d.data) || d.data[pos] != opMark || pos <= d.batchAt {
		return 0
	}
	guess := int(int64(n)*int64(len(d.data)-pos)/int64(pos-d.batchAt)) + n/8
	if d.guessed {
		guess = min(guess, 3*have)
	}
	d.guessed = true
	return guess
}

// setSimple sets new keys that are ints and short texts, up to the first that is not. There
// is an index, and room for all.
func (t *table) setSimple(items []any) (rest []any) {
	t.own()
	slots, mask := t.index.slots, uint32(len(t.index.slots)-1)
	for room := len(slots)*3/4 - t.index.used; len(items) >= 2 && room > 0; room-- {
		h, i := uint32(0), uint32(0)
		switch k := items[0].(type) {
		case string:
			if len(k) >= longText {
				return items
			}
			h = fold(hashString(k))
			for i = h & mask; slots[i] != 0; i = (i + 1) & mask {
				if s := slots[i]; s.hash() == h && isString(t.keys[s.pos()], k) {
					return items
				}
			}
		case int64:
			h = fold(hashInt(k))
			for i = h & mask; slots[i] != 0; i = (i + 1) & mask {
				if s := slots[i]; s.hash() == h && isInt(t.keys[s.pos()], k) {
					return items
				}
			}
		default:
			return items
		}
		slots[i] = newSlot(h, len(t.keys))
		t.keys, t.vals = append(t.keys, items[0]), append(t.vals, items[1])
		t.live++
		t.index.used++
		items = items[2:]
	}
	return items
}
