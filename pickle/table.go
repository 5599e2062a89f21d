package pickle

import "slices"

// smallTable is how many keys are searched one after the other. Most dicts
// have fewer, and an index would cost them more than it saves.
const smallTable = 8

// A table is what Dict, Set and FrozenSet have in common: keys in order of
// arrival, found through an index once there are many. It takes 64 bytes, for
// most are small: many empty dicts must be no heavy pickle.
//
// A deleted key leaves its place behind, so that positions stay; the next
// insertion may close the gaps.
type table struct {
	keys   []any
	vals   []any  // of a Dict, one for each key
	index  *index // nil while the table is small
	live   int32  // keys that are not deleted
	shared bool   // other tables have the same keys and index: they do not change
}

// An index finds the keys of a table.
type index struct {
	slots []slot // a power of two
	used  int    // slots with a key
	first int    // no key before it is live
}

func newIndex(size int) *index { return &index{slots: make([]slot, size)} }

// A slot is a key's hash in the upper half and its position plus one in the
// lower; it needs no look at the keys to grow the index.
type slot uint64

func newSlot(hash uint32, pos int) slot { return slot(hash)<<32 | slot(uint32(pos+1)) }
func (s slot) hash() uint32             { return uint32(s >> 32) }
func (s slot) pos() int                 { return int(uint32(s)) - 1 }

// deleted stands in the place of a deleted key.
type deleted struct{}

func (t *table) init(n int) {
	t.keys = make([]any, 0, n)
	if n > smallTable {
		t.index = newIndex(indexSize(n))
	}
}

func indexSize(n int) int {
	size := 16
	for size*3 < n*4 {
		size *= 2
	}
	return size
}

func (t *table) len() int { return int(t.live) }

func (t *table) lookup(w *walk, key any) (pos int, err error) {
	p, err := t.find(w, key)
	return p.pos, err
}

// entry returns the key at a position, and of a Dict its value.
func (t *table) entry(pos int, _ *atomBoxes) (key, v any) {
	if t.vals != nil {
		v = t.vals[pos]
	}
	return t.keys[pos], v
}

func (t *table) thawed() *table { return t }

// own gives the table keys and an index of its own, to be changed.
func (t *table) own() {
	if t.shared {
		t.keys = append(make([]any, 0, len(t.keys)+smallTable), t.keys...)
		if t.index != nil {
			t.index = &index{slices.Clone(t.index.slots), t.index.used, t.index.first}
		}
		t.shared = false
	}
}

// set sets a key of a Dict within a budget: a pickle may name one costly key many times.
func (t *table) set(w *walk, key, v any) error {
	p, err := t.find(w, key)
	if err != nil {
		return err
	}
	return t.setAt(p, key, v)
}

// setAt sets a key whose place is known.
func (t *table) setAt(p place, key, v any) error {
	if p.pos >= 0 {
		t.vals[p.pos] = v
		return nil
	}
	if err := t.add(key, p); err != nil {
		return err
	}
	t.vals = append(grown(t.vals), v)
	return nil
}

// add appends an absent key at its place p. The caller appends the value.
func (t *table) add(key any, p place) error {
	t.own()
	if raw, ok := key.(Raw); ok { // built once, rather than at each look
		v, err := built(raw)
		if err != nil {
			return err
		}
		key = v
	}
	if gaps := len(t.keys) - int(t.live); gaps > smallTable && gaps > int(t.live) {
		t.compact()
		p.free = 0
	}
	if t.index == nil && len(t.keys) == smallTable {
		if err := t.buildIndex(); err != nil {
			return err
		}
		h, lone, err := newWalk().hashKey(key) // not needed until now
		if err != nil {
			return err
		}
		p = place{pos: -1, hash: fold(h), lone: lone}
	}
	if t.index != nil && !p.lone {
		if (t.index.used+1)*4 > len(t.index.slots)*3 {
			t.growIndex(2 * len(t.index.slots))
			p.free = 0
		}
		t.link(newSlot(p.hash, len(t.keys)), p.free)
		t.index.used++
	}
	t.keys = append(grown(t.keys), key)
	t.live++
	return nil
}

// grown makes room for one more. It doubles, where append would add a quarter
// to a large slice and so copy it more often.
func grown(s []any) []any {
	if len(s) < cap(s) {
		return s
	}
	return slices.Grow(s, max(4, len(s)))
}

// buildIndex gives a table its first index.
func (t *table) buildIndex() error {
	slots := make([]slot, 0, smallTable)
	for i := range t.keys {
		if t.keys[i] == (deleted{}) {
			continue
		}
		h, lone, err := newWalk().hashKey(t.keys[i])
		if err != nil {
			return err
		}
		if !lone {
			slots = append(slots, newSlot(fold(h), i))
		}
	}
	t.index = newIndex(indexSize(2 * smallTable))
	t.index.used = len(slots)
	for _, s := range slots {
		t.link(s, 0)
	}
	return nil
}

func (t *table) growIndex(size int) {
	old := t.index.slots
	t.index.slots = make([]slot, size)
	for _, s := range old {
		if s != 0 {
			t.link(s, 0)
		}
	}
}

// link puts a slot into the index, which has room. The place given for it is
// 0 if it is not known.
func (t *table) link(s slot, free uint32) {
	mask := uint32(len(t.index.slots) - 1)
	i := free
	if i == 0 {
		i = s.hash() & mask
	}
	for t.index.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.index.slots[i] = s
}

// unlink takes a position out of the index and moves those that follow it
// nearer to their homes, so that no search ends early.
func (t *table) unlink(pos int, h uint32) {
	mask := uint32(len(t.index.slots) - 1)
	i := h & mask
	for t.index.slots[i].pos() != pos {
		if t.index.slots[i] == 0 {
			return // a lone key has no slot
		}
		i = (i + 1) & mask
	}
	t.index.used--
	for j := (i + 1) & mask; t.index.slots[j] != 0; j = (j + 1) & mask {
		home := t.index.slots[j].hash() & mask
		if (j-home)&mask >= (j-i)&mask { // its home is at or before the hole
			t.index.slots[i] = t.index.slots[j]
			i = j
		}
	}
	t.index.slots[i] = 0
}

// removeAt deletes the live key at a position, whose hash is h if there is an
// index.
func (t *table) removeAt(pos int, h uint32) {
	t.own()
	if t.index != nil {
		t.unlink(pos, h)
	}
	t.keys[pos] = deleted{}
	if t.vals != nil {
		t.vals[pos] = nil
	}
	t.live--
	if t.live == 0 {
		t.clear()
		return
	}
	if t.index != nil {
		for t.keys[t.index.first] == (deleted{}) {
			t.index.first++
		}
	}
}

// removeLast deletes the newest key.
func (t *table) removeLast() (key, val any, ok bool) {
	if t.live == 0 {
		return nil, nil, false
	}
	t.own()
	last := len(t.keys) - 1
	for t.keys[last] == (deleted{}) {
		last--
	}
	t.cut(last + 1)
	key = t.keys[last]
	if t.vals != nil {
		val = t.vals[last]
	}
	t.removeAt(last, t.hashAt(last))
	if t.live > 0 {
		t.cut(last)
	}
	return key, val, true
}

// hashAt returns the hash of the key at a position. A lone key may be given
// any: it has no slot to be found.
func (t *table) hashAt(pos int) uint32 {
	if t.index == nil {
		return 0
	}
	h, _, err := newWalk().hashKey(t.keys[pos])
	if err == nil {
		return fold(h)
	}
	for _, s := range t.index.slots { // changed since it came: look everywhere
		if s.pos() == pos {
			return s.hash()
		}
	}
	return 0
}

func (t *table) cut(n int) {
	clear(t.keys[n:])
	t.keys = t.keys[:n]
	if t.vals != nil {
		clear(t.vals[n:])
		t.vals = t.vals[:n]
	}
}

// compact closes the gaps, of which a table without an index has too few.
func (t *table) compact() {
	hashes := make([]uint32, len(t.keys))
	slotted := make([]bool, len(t.keys))
	for _, s := range t.index.slots {
		if s != 0 {
			hashes[s.pos()], slotted[s.pos()] = s.hash(), true
		}
	}
	clear(t.index.slots)
	n := 0
	for i, k := range t.keys {
		if k == (deleted{}) {
			continue
		}
		t.keys[n] = k
		if t.vals != nil {
			t.vals[n] = t.vals[i]
		}
		if slotted[i] {
			t.link(newSlot(hashes[i], n), 0)
		}
		n++
	}
	t.cut(n)
	t.index.first = 0
}

// clear forgets everything, and large storage too.
func (t *table) clear() {
	if t.shared || cap(t.keys) > 1024 {
		*t = table{}
		return
	}
	clear(t.keys)
	clear(t.vals)
	if t.index != nil {
		clear(t.index.slots)
		*t.index = index{slots: t.index.slots}
	}
	*t = table{keys: t.keys[:0], vals: t.vals[:0], index: t.index}
}

// next returns the first position at or after pos that holds a live key.
func (t *table) next(pos int) (int, bool) {
	if t.index != nil {
		pos = max(pos, t.index.first)
	}
	for pos = max(pos, 0); pos < len(t.keys); pos++ {
		if t.keys[pos] != (deleted{}) {
			return pos, true
		}
	}
	return 0, false
}
