package pickle

// A place is where a key is, or how it would be inserted.
type place struct {
	pos  int    // -1 if the key is absent
	hash uint32 // if the table has an index
	free uint32 // where in the index its slot would be
	lone bool   // nobody will look for the key: it holds a NaN, or is told apart from one that looks alike
}

// find looks for a key. w may be nil; it is there to share a budget.
func (t *table) find(w *walk, key any) (place, error) {
	switch k := key.(type) {
	case string:
		if w != nil {
			if err := w.read(len(k)); err != nil {
				return place{}, err
			}
		}
		if t.index == nil {
			return place{pos: t.scanString(k)}, nil
		}
		return t.probeString(k, fold(hashString(k))), nil
	case int64:
		if t.index == nil {
			return place{pos: t.scanInt(k)}, nil
		}
		return t.probeInt(k, fold(hashInt(k))), nil
	}
	if w == nil {
		w = newWalk()
	}
	return t.findAny(w, key)
}

// findAny looks for a key that is neither str nor int, or is one in disguise.
func (t *table) findAny(w *walk, key any) (place, error) {
	w.begin()
	key, err := w.plain(key)
	if err != nil {
		return place{}, err
	}
	h, lone, err := w.hashKey(key)
	if err != nil {
		return place{}, err
	}
	switch {
	case lone:
		return place{pos: -1, lone: true}, nil
	case t.index == nil:
		pos, err := t.scan(w, key)
		return place{pos: pos}, err
	}
	return t.probe(w, key, fold(h))
}

func (t *table) scanString(s string) int {
	for i := range t.keys {
		if isString(t.keys[i], s) {
			return i
		}
	}
	return -1
}

func (t *table) scanInt(n int64) int {
	for i := range t.keys {
		if isInt(t.keys[i], n) {
			return i
		}
	}
	return -1
}

func (t *table) scan(w *walk, key any) (int, error) {
	for i := range t.keys {
		if eq, err := w.equal(key, t.keys[i]); eq || err != nil {
			return i, err
		}
	}
	return -1, nil
}

func (t *table) probeString(s string, h uint32) place {
	mask := uint32(len(t.index.slots) - 1)
	i := h & mask
	for ; t.index.slots[i] != 0; i = (i + 1) & mask {
		if sl := t.index.slots[i]; sl.hash() == h && isString(t.keys[sl.pos()], s) {
			return place{pos: sl.pos(), hash: h}
		}
	}
	return place{pos: -1, hash: h, free: i}
}

func (t *table) probeInt(n int64, h uint32) place {
	mask := uint32(len(t.index.slots) - 1)
	i := h & mask
	for ; t.index.slots[i] != 0; i = (i + 1) & mask {
		if sl := t.index.slots[i]; sl.hash() == h && isInt(t.keys[sl.pos()], n) {
			return place{pos: sl.pos(), hash: h}
		}
	}
	return place{pos: -1, hash: h, free: i}
}

func (t *table) probe(w *walk, key any, h uint32) (place, error) {
	mask := uint32(len(t.index.slots) - 1)
	i := h & mask
	for ; t.index.slots[i] != 0; i = (i + 1) & mask {
		sl := t.index.slots[i]
		if sl.hash() != h {
			continue
		}
		if eq, err := w.equal(key, t.keys[sl.pos()]); eq || err != nil {
			return place{pos: sl.pos(), hash: h}, err
		}
	}
	return place{pos: -1, hash: h, free: i, lone: w.told}, nil
}
