package pickle

import "slices"

// A sorter sorts as CPython's listsort: natural runs, extended by binary
// insertion, merged in the order that powersort finds, galloping where one run
// wins often. An order that contradicts itself shows every comparison in the
// outcome, so each is made that CPython makes.
type sorter struct {
	all     []sortItem
	less    func(a, b any) bool // false once err is set
	err     error
	runs    []sortRun
	gallop  int // wins in a row after which to gallop
	scratch []sortItem
}

// A sortRun is a sorted part that waits to be merged.
type sortRun struct {
	start, n int
	power    int // of the border to the next run
}

const minGallop = 7

func (s *sorter) sort() {
	n := len(s.all)
	if n < 2 {
		return
	}
	s.gallop = minGallop
	minRun := minRunLength(n)
	for at := 0; at < n && s.err == nil; {
		rest := s.all[at:]
		run := s.countRun(rest)
		if want := min(minRun, len(rest)); run < want {
			s.insert(rest[:want], run)
			run = want
		}
		s.push(sortRun{start: at, n: run})
		at += run
	}
	for len(s.runs) > 1 && s.err == nil {
		i := len(s.runs) - 2
		if i > 0 && s.runs[i-1].n < s.runs[i+1].n {
			i--
		}
		s.merge(i)
	}
}

// minRunLength makes n divided by it a power of two, or a little less.
func minRunLength(n int) int {
	odd := 0
	for n >= 64 {
		odd |= n & 1
		n >>= 1
	}
	return n + odd
}

func (s *sorter) lt(a, b sortItem) bool { return s.less(a.key, b.key) }

// countRun returns how many items at the start ascend. Those that descend are
// turned round first; stretches of equals among them keep their order.
func (s *sorter) countRun(a []sortItem) int {
	n := s.ascend(a, 1)
	if n == len(a) {
		return n
	}
	if n > 1 {
		if s.lt(a[0], a[n-1]) {
			return n
		}
		slices.Reverse(a[:n]) // all equal; turned back below
	}
	n++
	equal := 0
	restore := func() {
		if equal > 0 {
			slices.Reverse(a[n-equal-1 : n])
			equal = 0
		}
	}
	for ; n < len(a); n++ {
		if s.lt(a[n], a[n-1]) {
			restore()
		} else if s.lt(a[n-1], a[n]) {
			break
		} else {
			equal++
		}
	}
	restore()
	slices.Reverse(a[:n])
	return s.ascend(a, n)
}

// ascend returns the first position from n on that is less than its predecessor.
func (s *sorter) ascend(a []sortItem, n int) int {
	for n < len(a) && !s.lt(a[n], a[n-1]) {
		n++
	}
	return n
}

// insert sorts a, of which the first n are sorted.
func (s *sorter) insert(a []sortItem, n int) {
	for ; n < len(a); n++ {
		pivot := a[n]
		lo, hi := 0, n
		for lo < hi {
			mid := (lo + hi) / 2
			if s.lt(pivot, a[mid]) {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
		copy(a[lo+1:n+1], a[lo:n])
		a[lo] = pivot
	}
}

// push adds a run and merges those before it that lie deeper in the tree of
// merges.
func (s *sorter) push(run sortRun) {
	if len(s.runs) > 0 {
		last := len(s.runs) - 1
		p := power(s.runs[last], run.n, len(s.all))
		for len(s.runs) > 1 && s.runs[len(s.runs)-2].power > p {
			s.merge(len(s.runs) - 2)
		}
		s.runs[len(s.runs)-1].power = p
	}
	s.runs = append(s.runs, run)
}

// power is how deep in the tree of merges the border between two neighbours is:
// the first bit in which their middles, as fractions of the whole, differ.
func power(left sortRun, n2, whole int) int {
	a := 2*left.start + left.n
	b := a + left.n + n2
	for depth := 1; ; depth++ {
		switch {
		case a >= whole:
			a -= whole
			b -= whole
		case b >= whole:
			return depth
		}
		a *= 2
		b *= 2
	}
}

// merge merges run i with the next.
func (s *sorter) merge(i int) {
	left, right := s.runs[i], s.runs[i+1]
	s.runs[i].n += right.n
	s.runs = slices.Delete(s.runs, i+1, i+2)

	a := s.all[left.start:][:left.n]
	b := s.all[right.start:][:right.n]
	skip := s.gallopRight(b[0], a, 0) // these stay where they are
	if skip == len(a) {
		return
	}
	a = a[skip:]
	b = b[:s.gallopLeft(a[len(a)-1], b, len(b)-1)]
	if len(b) == 0 || s.err != nil {
		return
	}
	both := s.all[left.start+skip:][:len(a)+len(b)]
	if len(a) <= len(b) {
		s.mergeLow(both, len(a))
	} else {
		s.mergeHigh(both, len(a))
	}
}

// gallopLeft returns where in a the key belongs, before its equals; the search
// starts at hint.
func (s *sorter) gallopLeft(key sortItem, a []sortItem, hint int) int {
	lo, hi := 0, 0 // the place is in (lo, hi]
	if s.lt(a[hint], key) {
		last, ofs := 0, 1
		for ofs < len(a)-hint && s.lt(a[hint+ofs], key) {
			last, ofs = ofs, ofs*2+1
		}
		lo, hi = hint+last, hint+min(ofs, len(a)-hint)
	} else {
		last, ofs := 0, 1
		for ofs < hint+1 && !s.lt(a[hint-ofs], key) {
			last, ofs = ofs, ofs*2+1
		}
		lo, hi = hint-min(ofs, hint+1), hint-last
	}
	for lo++; lo < hi; {
		mid := lo + (hi-lo)/2
		if s.lt(a[mid], key) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return hi
}

// gallopRight returns where in a the key belongs, after its equals.
func (s *sorter) gallopRight(key sortItem, a []sortItem, hint int) int {
	lo, hi := 0, 0
	if s.lt(key, a[hint]) {
		last, ofs := 0, 1
		for ofs < hint+1 && s.lt(key, a[hint-ofs]) {
			last, ofs = ofs, ofs*2+1
		}
		lo, hi = hint-min(ofs, hint+1), hint-last
	} else {
		last, ofs := 0, 1
		for ofs < len(a)-hint && !s.lt(key, a[hint+ofs]) {
			last, ofs = ofs, ofs*2+1
		}
		lo, hi = hint+last, hint+min(ofs, len(a)-hint)
	}
	for lo++; lo < hi; {
		mid := lo + (hi-lo)/2
		if s.lt(key, a[mid]) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return hi
}

// mergeLow merges all[:n] and all[n:] from the left. The first of the right
// goes first and the last of the left last, as merge has found.
func (s *sorter) mergeLow(all []sortItem, n int) {
	s.scratch = append(s.scratch[:0], all[:n]...)
	a, b, at := s.scratch, all[n:], 0
	take := func(from *[]sortItem, k int) {
		at += copy(all[at:], (*from)[:k])
		*from = (*from)[k:]
	}
	defer func() { // what is left of a, but for its last item, which b precedes
		if len(a) == 1 {
			take(&b, len(b))
		}
		take(&a, len(a))
	}()
	take(&b, 1)
	if len(b) == 0 || len(a) == 1 {
		return
	}
	for {
		for winsA, winsB := 0, 0; winsA < s.gallop && winsB < s.gallop; {
			if s.lt(b[0], a[0]) {
				take(&b, 1)
				winsA, winsB = 0, winsB+1
				if len(b) == 0 {
					return
				}
			} else {
				take(&a, 1)
				winsA, winsB = winsA+1, 0
				if len(a) == 1 {
					return
				}
			}
		}
		s.gallop++
		for {
			s.gallop = max(1, s.gallop-1)
			k := s.gallopRight(b[0], a, 0)
			take(&a, k)
			if len(a) <= 1 || s.err != nil {
				return
			}
			take(&b, 1)
			if len(b) == 0 {
				return
			}
			m := s.gallopLeft(a[0], b, 0)
			take(&b, m)
			if len(b) == 0 {
				return
			}
			take(&a, 1)
			if len(a) == 1 {
				return
			}
			if k < minGallop && m < minGallop {
				break
			}
		}
		s.gallop++ // leaving costs
	}
}

// mergeHigh is mergeLow from the right.
func (s *sorter) mergeHigh(all []sortItem, n int) {
	s.scratch = append(s.scratch[:0], all[n:]...)
	a, b, end := all[:n], s.scratch, len(all)
	take := func(from *[]sortItem, k int) {
		rest := len(*from) - k
		copy(all[end-k:end], (*from)[rest:])
		end -= k
		*from = (*from)[:rest]
	}
	defer func() {
		if len(b) == 1 {
			take(&a, len(a))
		}
		take(&b, len(b))
	}()
	take(&a, 1)
	if len(a) == 0 || len(b) == 1 {
		return
	}
	for {
		for winsA, winsB := 0, 0; winsA < s.gallop && winsB < s.gallop; {
			if s.lt(b[len(b)-1], a[len(a)-1]) {
				take(&a, 1)
				winsA, winsB = winsA+1, 0
				if len(a) == 0 {
					return
				}
			} else {
				take(&b, 1)
				winsA, winsB = 0, winsB+1
				if len(b) == 1 {
					return
				}
			}
		}
		s.gallop++
		for {
			s.gallop = max(1, s.gallop-1)
			k := len(a) - s.gallopRight(b[len(b)-1], a, len(a)-1)
			take(&a, k)
			if len(a) == 0 || s.err != nil {
				return
			}
			take(&b, 1)
			if len(b) == 1 {
				return
			}
			m := len(b) - s.gallopLeft(a[len(a)-1], b, len(b)-1)
			take(&b, m)
			if len(b) <= 1 {
				return
			}
			take(&a, 1)
			if len(a) == 0 {
				return
			}
			if k < minGallop && m < minGallop {
				break
			}
		}
		s.gallop++
	}
}
