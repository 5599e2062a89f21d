package pickle

// numForms is how many kinds of dict are told apart at a time.
const numForms = 16

// formOf returns where the last dict of the pickle is that began with the same
// key. Records have the same keys again and again: such dicts share them.
func (d *decoder) formOf(items []any) **Dict {
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
	form.shared = true
	m.table = table{keys: form.keys[:n:n], vals: d.room(n), index: form.index, live: int32(n), shared: true}
	for i := range m.vals {
		m.vals[i] = items[2*i+1]
	}
	return true
}

// fill sets the pairs in items.
func (d *decoder) fill(m *Dict, items []any) error {
	n := len(items) / 2
	if len(items)%2 != 0 {
		return errOdd
	}
	if n > 1 && len(m.keys) == 0 {
		*d.formOf(items) = m
		d.formed = true
	}
	if err := d.reserve(m, n); err != nil {
		return err
	}
	for len(items) > 0 {
		if m.index != nil {
			if items = m.setSimple(items); len(items) == 0 {
				break
			}
		}
		w, err := d.walkFor(items[0])
		if err != nil {
			return err
		}
		p, err := m.find(w, items[0])
		if err != nil {
			return err
		}
		if p.pos >= 0 && d.met(m) { // a call may have looked at the old value
			return d.change(SetItems, items)
		}
		if err := m.setAt(p, items[0], items[1]); err != nil {
			return err
		}
		items = items[2:]
	}
	return nil
}

// met tells whether the pickle has come back to a dict that it made before.
func (d *decoder) met(m *Dict) bool {
	d.memory -= int64(len(d.memo) / 16) // the search takes time
	for i := range d.memo {
		if e := &d.memo[i]; e.met && e.v == any(m) {
			return true
		}
	}
	return false
}

// reserve makes room for n more entries. Keys and values of a small dict share
// an allocation.
func (d *decoder) reserve(m *Dict, n int) error {
	need := len(m.keys) + n
	if need <= cap(m.keys) {
		return nil
	}
	size := max(need+d.following(n, need), moreThan(len(m.keys)))
	if err := d.charge(entrySize * (size - cap(m.keys))); err != nil {
		return err
	}
	m.own()
	if need <= smallTable {
		room := d.room(size + size)
		m.keys, m.vals = append(room[:0:size], m.keys...), append(room[size:size], m.vals...)
		return nil
	}
	m.keys, m.vals = append(make([]any, 0, size), m.keys...), append(make([]any, 0, size), m.vals...)
	switch slots := indexSize(size); {
	case len(m.keys) == 0:
		m.index = newIndex(slots)
	case m.index != nil && slots > len(m.index.slots):
		m.growIndex(slots)
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

// setSimple sets the pairs in items up to the first that inserter does not take. There
// is an index, and room for all.
func (m *Dict) setSimple(items []any) (rest []any) {
	in := m.inserter()
	for len(items) >= 2 && in.insert(items[0]) {
		in.vals = append(in.vals, items[1])
		items = items[2:]
	}
	in.end()
	return items
}

// An inserter adds new keys to a dict that has an index and room for them, as long as
// they are ints and short texts.
type inserter struct {
	m          *Dict
	keys, vals []any
	slots      []slot
	room       int // that the index has
}

func (m *Dict) inserter() inserter {
	m.own()
	slots := m.index.slots
	return inserter{m, m.keys, m.vals, slots, len(slots)*3/4 - m.index.used}
}

// insert adds a key, whose value the caller appends. It returns false if the key is
// there already, or not for it.
func (in *inserter) insert(key any) bool {
	slots, mask := in.slots, uint32(len(in.slots)-1)
	var h, i uint32
	switch k := key.(type) {
	case string:
		if len(k) >= longText {
			return false
		}
		h = fold(hashString(k))
		for i = h & mask; slots[i] != 0; i = (i + 1) & mask {
			if s := slots[i]; s.hash() == h && isString(in.keys[s.pos()], k) {
				return false
			}
		}
	case int64:
		h = fold(hashInt(k))
		for i = h & mask; slots[i] != 0; i = (i + 1) & mask {
			if s := slots[i]; s.hash() == h && isInt(in.keys[s.pos()], k) {
				return false
			}
		}
	default:
		return false
	}
	if in.room--; in.room < 0 {
		return false
	}
	slots[i] = newSlot(h, len(in.keys))
	in.keys = append(in.keys, key)
	return true
}

// end gives the dict what was added.
func (in *inserter) end() {
	added := len(in.keys) - len(in.m.keys)
	in.m.keys, in.m.vals = in.keys, in.vals
	in.m.live += int32(added)
	in.m.index.used += added
}
