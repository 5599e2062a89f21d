package pickle

// maxShown is how many elements the tuple of a View has at most.
const maxShown = 8

// shape is what a View shows.
type shape struct {
	items []Item
	root  part
	elems [maxShown]part // of root
	kinds [maxShown]kind // of elems

	texts, letters int // short texts of protocol 4, and their bytes; only of what is brief
}

// lows are what may be the outermost tuple or an element of it. The scan does not
// know which tuple that will be, but what is at the bottom of the stack, or at the
// bottom above one mark that has nothing below it, may be.
type lows struct {
	parts [maxShown]part // what was last made so low in the stack
	ends  int32          // where root does
}

// A part is a tuple or dict and where its items are.
type part struct {
	start       int32 // of its opcodes, plus one; 0 is none
	first, last int32
	broken      bool // its items do not lie together
}

func (s *shape) reset() {
	s.items = emptied(s.items)
	s.root = part{}
}

// low tells whether the slot is one whose items are shown.
func (v *View) low(i int) bool {
	return i < maxShown && (len(v.marks) == 0 || v.marks[0].height == 0)
}

// show notes that the values from slot i on become a tuple or dict there.
func (v *View) show(i int, stack []cell, start int32, end int) {
	if !v.low(i) {
		return
	}
	p := part{start: start + 1, first: int32(len(v.items))}
	values := stack[i:]
	for k := range values {
		next := int32(end)
		if k+1 < len(values) {
			next = values[k+1].start
		}
		v.items = append(v.items, Item{values[k].start, next})
	}
	p.last = int32(len(v.items))
	if i == 0 && len(v.marks) == 0 {
		v.root, v.ends = p, int32(end)+1
		v.elems = v.parts
		for k := range values[:min(len(values), maxShown)] {
			v.kinds[k] = values[k].kind
		}
	}
	v.parts[i] = p
}

// showEmpty notes that slot i becomes an empty tuple or dict.
func (v *View) showEmpty(i, at int) {
	if v.low(i) {
		n := int32(len(v.items))
		v.parts[i] = part{start: int32(at) + 1, first: n, last: n}
		if i == 0 && len(v.marks) == 0 {
			v.root, v.ends = v.parts[0], int32(at)+1
		}
	}
}

// showMore notes that the values above slot i go into the dict there.
func (v *View) showMore(i, end int) {
	if !v.low(i) || v.parts[i].start != v.stack[i].start+1 {
		return
	}
	p := &v.parts[i]
	if p.first == p.last {
		p.first = int32(len(v.items))
		p.last = p.first
	}
	if int(p.last) != len(v.items) {
		p.broken = true
		return
	}
	values := v.stack[i+1:]
	for k := range values {
		next := int32(end)
		if k+1 < len(values) {
			next = values[k+1].start
		}
		v.items = append(v.items, Item{values[k].start, next})
	}
	p.last = int32(len(v.items))
}

// hide notes that what comes to be in slot i has items that are elsewhere.
func (v *View) hide(i int) {
	if v.low(i) {
		v.parts[i] = part{start: v.stack[i].start + 1, broken: true}
	}
}

// findRoot checks that the pickle ends with the tuple that was last made at
// the bottom of the stack, and that its elements can be shown.
func (v *View) findRoot() error {
	if !v.stack[0].kind.isTuple() || v.root.start != v.stack[0].start+1 || v.Len() > maxShown ||
		!v.memoOnly(v.ends, int32(len(v.data)-1)) {
		return ErrShape
	}
	for i := range v.Len() {
		e := &v.elems[i]
		if !v.kinds[i].shown() {
			*e = part{}
		} else if e.start != v.At(i).start+1 || e.broken || len(v.cuts) > 0 && v.met(i) {
			return ErrShape
		}
	}
	return nil
}

// met tells whether something refers to element i as a whole, and may change
// it. The first child of a tuple begins where the tuple does, but is put before
// the tuple is made.
func (v *View) met(i int) bool {
	it := v.At(i)
	from := it.start
	if items := v.Children(i); len(items) > 0 && v.IsTuple(i) {
		from = items[len(items)-1].end
	}
	for _, p := range v.puts[v.putAt(from):v.putAt(it.end)] {
		if p.start == it.start && p.last > 0 {
			return true
		}
	}
	return false
}

// Len is the number of elements of the tuple.
func (v *View) Len() int { return int(v.root.last - v.root.first) }

// At returns an element of the tuple.
func (v *View) At(i int) Item { return v.items[int(v.root.first)+i] }

// IsTuple tells whether element i is a tuple.
func (v *View) IsTuple(i int) bool { return i < v.Len() && v.kinds[i].isTuple() }

// IsDict tells whether element i is a dict.
func (v *View) IsDict(i int) bool { return i < v.Len() && v.kinds[i] == kindDict }

// Children returns the elements of element i of the tuple if that is a tuple,
// or its keys and values in turn if it is a dict.
func (v *View) Children(i int) []Item {
	p := v.elems[i]
	return v.items[p.first:p.last:p.last]
}
