package pickle

import "fmt"

// The memo is the largest thing that a decoder makes for itself: picklers memoize
// nearly all that they write, and little is asked for. So its entries are no references,
// which the collector would follow at every turn, but numbers of where values lie.

// A memoRef is a memo entry: a kind, and what tells where the value is. The zero memoRef
// is no entry.
//
//	kept                  index in decoder.kept (29 bits)                       kind (3)
//	string … object       place on its shelf (25)          depth (3)   met (1)  kind (3)
//	late                  offset of the state (28)                  tuple? (1)  kind (3)
type memoRef uint32

const (
	refNone memoRef = iota
	refKept
	refString
	refTuple
	refList
	refDict
	refObject
	refLate // not built yet: see stateCall

	refKind   memoRef = 7
	refMet    memoRef = 1 << 3 // the pickle has come back to the container
	refTupled memoRef = 1 << 3 // of what is late: the tuple with the state in it

	depthShift, maxRefDepth = 4, 7
	placeShift, placeBits   = 7, 25
	keptShift, lateShift    = 3, 4
	maxLate                 = 1 << (32 - lateShift)
)

func (r memoRef) kind() memoRef { return r & refKind }
func (r memoRef) place() uint32 { return uint32(r >> placeShift) }
func (r memoRef) depth() int    { return int(r>>depthShift) & maxRefDepth }

func lateRef(at int) memoRef     { return memoRef(at)<<lateShift | refLate }
func (r memoRef) lateAt() uint32 { return uint32(r >> lateShift) }

// A keptEntry is a value in the memo that lies on no shelf.
type keptEntry struct {
	v     any
	depth int32 // of a container
	met   bool
}

// A shelf is a slab whose variables have a place by which the memo knows them: the
// number of the chunk, and seven bits for where in it.
type shelf[T any] struct {
	slab[T]
	chunks [][]T
}

const (
	shelfBits = 7
	mostKept  = 1 << 12 // chunks whose list is kept for the next pickle
)

// next is that of a slab; most is 128 at most.
func (s *shelf[T]) next(first, most int) *T {
	if s.used >= len(s.chunk) {
		s.grow(first, most)
		s.chunks = append(s.chunks, s.chunk)
	}
	p := &s.chunk[s.used]
	s.used++
	return p
}

func (s *shelf[T]) use(chunk []T) {
	s.slab.use(chunk)
	s.chunks = append(s.chunks, chunk)
}

// last refers to the newest variable. It is refNone where there are too many.
func (s *shelf[T]) last(kind memoRef, depth int) memoRef {
	n := len(s.chunks) - 1
	if n >= 1<<(placeBits-shelfBits) {
		return refNone
	}
	return memoRef(n<<shelfBits|(s.used-1))<<placeShift | memoRef(depth)<<depthShift | kind
}

func (s *shelf[T]) at(r memoRef) *T {
	return &s.chunks[r.place()>>shelfBits][r.place()%(1<<shelfBits)]
}

func (s *shelf[T]) reset() {
	if s.slab = (slab[T]{}); len(s.chunks) > mostKept {
		s.chunks = nil
	}
	clear(s.chunks)
	s.chunks = s.chunks[:0]
}

// refTo returns a memo entry for the value on top, which mostly is the newest of its kind.
func (d *decoder) refTo(v any, top int) memoRef {
	depth := 0
	if n := len(d.nests) - 1; n >= 0 && int(d.nests[n].at) == top {
		depth = int(d.nests[n].depth)
	}
	ref := refNone
	switch x := v.(type) {
	case string:
		if d.strings.holdsLast(v) {
			ref = d.strings.last(refString, 0)
		}
	case Tuple:
		if d.tuples.holdsLast(v) && depth <= maxRefDepth {
			ref = d.tuples.last(refTuple, depth)
		}
	case *List:
		if d.lists.holdsLast(v) && depth <= maxRefDepth {
			ref = d.lists.last(refList, depth)
		}
	case *Dict:
		if d.dicts.holdsLast(v) && depth <= maxRefDepth {
			ref = d.dicts.last(refDict, depth)
		}
	case *Object:
		x.memoized = true
		if d.objects.holdsLast(v) && depth <= maxRefDepth {
			ref = d.objects.last(refObject, depth)
		}
	}
	if ref == refNone {
		return d.keep(v, depth)
	}
	return ref
}

// keep is refTo for a value that lies on no shelf. One that is memoized again and again
// is kept once.
func (d *decoder) keep(v any, depth int) memoRef {
	if n := len(d.kept) - 1; n >= 0 && sameBoxes(d.kept[n].v, v) && int(d.kept[n].depth) == depth {
		return memoRef(n)<<keptShift | refKept
	}
	d.kept = append(d.kept, keptEntry{v: v, depth: int32(depth)})
	return memoRef(len(d.kept)-1)<<keptShift | refKept
}

// recall returns the value of a memo entry, and how deep it nested when it was memoized.
func (d *decoder) recall(r memoRef) (v any, depth int) {
	switch r.kind() {
	case refKept:
		e := &d.kept[r>>keptShift]
		return e.v, int(e.depth)
	case refString:
		return box(typeString, d.strings.at(r)), 0
	case refTuple:
		return box(typeTuple, d.tuples.at(r)), r.depth()
	case refList:
		return d.lists.at(r), r.depth()
	case refDict:
		return d.dicts.at(r), r.depth()
	case refObject:
		return d.objects.at(r), r.depth()
	}
	return nil, 0
}

// recallAtom is recall for what nests nothing.
func (d *decoder) recallAtom(r memoRef) (v any, ok bool) {
	switch r.kind() {
	case refString:
		return box(typeString, d.strings.at(r)), true
	case refKept:
		e := &d.kept[r>>keptShift]
		return e.v, e.depth == 0
	}
	return nil, false
}

// met tells whether the pickle has come back to a dict that it made before.
func (d *decoder) met(m *Dict) bool {
	d.memory -= int64(len(d.memo) / 16) // the search takes time
	for _, r := range d.memo {
		switch r.kind() {
		case refDict:
			if r&refMet != 0 && d.dicts.at(r) == m {
				return true
			}
		case refKept:
			if e := &d.kept[r>>keptShift]; e.met && e.v == any(m) {
				return true
			}
		}
	}
	return false
}

// meet notes that the pickle has come back to a container.
func (d *decoder) meet(i uint64) {
	switch r := &d.memo[i]; r.kind() {
	case refKept:
		d.kept[*r>>keptShift].met = true
	case refTuple, refList, refDict, refObject:
		*r |= refMet
	}
}

// put memoizes the value on top. Indexes may be any; those that would leave
// large gaps are kept apart, so that a small pickle cannot ask for much memory.
func (d *decoder) put(i uint64) error {
	top := len(d.stack) - 1
	if top < d.fence {
		return ErrUnderflow
	}
	if len(d.runs) > 0 {
		d.flatten()
	}
	if i >= uint64(len(d.memo)) {
		return d.putNew(i, d.refTo(d.stack[top], top))
	}
	if d.memo[i] == refNone {
		d.count++
	}
	d.memo[i] = d.refTo(d.stack[top], top)
	if d.memo[i].kind() == refKept {
		return d.charge(memoSize) // the entry that it had is kept too
	}
	return nil
}

func (d *decoder) putNew(i uint64, r memoRef) error {
	if _, again := d.far[i]; again {
		d.far[i] = r
		return d.charge(memoSize)
	}
	if d.count >= d.limits.Memo {
		return &LimitError{"Memo", int64(d.limits.Memo)}
	}
	if i == uint64(len(d.memo)) && d.far == nil {
		d.count++
		d.memo = append(d.memo, r)
		return d.charge(memoSize)
	}
	if i > 2*uint64(d.count)+1024 {
		return d.putFar(i, r)
	}
	if err := d.charge(memoSize * int(i+1-uint64(len(d.memo)))); err != nil {
		return err
	}
	for uint64(len(d.memo)) < i {
		d.memo = append(d.memo, d.takeFar(uint64(len(d.memo))))
	}
	d.count++
	d.memo = append(d.memo, r)
	return nil
}

func (d *decoder) putFar(i uint64, r memoRef) error {
	if d.far == nil {
		d.far = map[uint64]memoRef{}
	}
	d.count++
	d.far[i] = r
	return d.charge(96)
}

// takeFar moves an entry to where the others are, now that they reach it.
func (d *decoder) takeFar(i uint64) memoRef {
	r, ok := d.far[i]
	if ok {
		delete(d.far, i)
	}
	return r
}

// entry returns a memo entry, whose value is built.
func (d *decoder) entry(i uint64) memoRef {
	if len(d.runs) > 0 {
		d.flatten()
	}
	if i < uint64(len(d.memo)) {
		if d.memo[i].kind() == refLate {
			d.buildLate(i)
		}
		return d.memo[i]
	}
	return d.far[i]
}

func (d *decoder) get(i uint64) error {
	r := d.entry(i)
	if r == refNone {
		return fmt.Errorf("%w %d", ErrMemo, i)
	}
	v, depth := d.recall(r)
	if depth > 0 {
		d.nests = append(d.nests, nest{int32(len(d.stack)), int32(depth)})
		if i < uint64(len(d.memo)) {
			d.meet(i)
		}
		d.see(v)
		d.back = true
	}
	d.stack = append(d.stack, v)
	return nil
}
