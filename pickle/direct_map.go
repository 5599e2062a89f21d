package pickle

import "reflect"

// mapReader returns the function that reads dicts into maps of the plan's type: maps of
// the most frequent types do without reflection.
func (pl *plan) mapReader() directFunc {
	if pl.typ.Key() == reflect.TypeFor[string]() {
		switch pl.typ.Elem() {
		case reflect.TypeFor[int64]():
			return directStringMap[int64](pl)
		case reflect.TypeFor[int]():
			return directStringMap[int](pl)
		case reflect.TypeFor[float64]():
			return directStringMap[float64](pl)
		case reflect.TypeFor[string]():
			return directStringMap[string](pl)
		case reflect.TypeFor[bool]():
			return directStringMap[bool](pl)
		case typeAny:
			return directStringMap[any](pl)
		}
	}
	return func(r *reader, p pointer, pos int) int {
		if next := pl.directEmpty(r, pos); next > 0 {
			if m := variable(pl.typ, p); m.IsNil() || !r.reuse(m.UnsafePointer(), 1) {
				m.Set(reflect.MakeMap(pl.typ))
			}
			return next
		}
		var m reflect.Value
		key, value := reflect.New(pl.key.typ), reflect.New(pl.elem.typ)
		return pl.directEntries(r, p, pos, variableOf(key), variableOf(value), func(n int) {
			if m = variable(pl.typ, p); m.IsNil() || !r.reuse(m.UnsafePointer(), 1) {
				m.Set(reflect.MakeMapWithSize(pl.typ, n))
			}
		}, func() bool {
			if !key.Elem().Comparable() {
				return false
			}
			m.SetMapIndex(key.Elem(), value.Elem())
			key.Elem().SetZero()
			value.Elem().SetZero()
			return true
		})
	}
}

func directStringMap[V any](pl *plan) directFunc {
	return func(r *reader, p pointer, pos int) int {
		if next := pl.directEmpty(r, pos); next > 0 {
			if m := (*map[string]V)(p); *m == nil || !r.reuse(*(*pointer)(p), 1) {
				*m = map[string]V{}
			}
			return next
		}
		entry := new(struct {
			m map[string]V
			k string
			v V
		})
		return pl.directEntries(r, p, pos, pointer(&entry.k), pointer(&entry.v), func(n int) {
			if entry.m = *(*map[string]V)(p); entry.m == nil || !r.reuse(*(*pointer)(p), 1) {
				entry.m = make(map[string]V, n)
				*(*map[string]V)(p) = entry.m
			}
		}, func() bool {
			entry.m[entry.k] = entry.v
			return true
		})
	}
}

// directEmpty skips an empty dict. Calls mostly have one, for want of keyword arguments.
func (pl *plan) directEmpty(r *reader, pos int) int {
	if r.opAt(pos) != opEmptyDict || r.depth >= r.limits.Depth {
		return gaveUp
	}
	entries := len(r.known)
	next := r.put(pos+1, directOther)
	if op := r.opAt(next); next < 0 || op == opMark || op == opFrame || pl.key.begins[op] {
		r.known = r.known[:entries]
		return gaveUp
	}
	return next
}

// directEntries reads a dict: it makes a map with room for so many entries, reads a
// key and a value, and adds them, again and again.
func (pl *plan) directEntries(r *reader, p pointer, pos int, key, value pointer, make func(n int), add func() bool) int {
	switch r.opAt(pos) {
	case opEmptyDict:
	case opNone:
		variable(pl.typ, p).SetZero()
		return pos + 1
	case opFrame:
		return pl.direct(r, p, r.unframe(pos))
	default:
		return gaveUp
	}
	if r.depth++; r.depth > r.limits.Depth {
		return gaveUp
	}
	pos = r.unframe(r.put(pos+1, directOther))
	n := r.countPairs(pos)
	if r.charge(n*(int(pl.key.size+pl.elem.size)+16)) != nil {
		return gaveUp
	}
	if r.doubts(pl.key) || r.doubts(pl.elem) {
		return gaveUp
	}
	make(n)
	pos = pl.directPairs(r, pos, key, value, add)
	r.depth--
	return pos
}

func (pl *plan) directPairs(r *reader, pos int, key, value pointer, add func() bool) int {
	for pos >= 0 {
		switch op := r.opAt(pos); {
		case op == opMark:
			pos = pl.directBatch(r, pos+1, key, value, add)
		case op == opFrame:
			pos = r.unframe(pos)
		case pl.key.begins[op]:
			entries := len(r.known)
			next := pl.key.direct(r, key, pos)
			if next > 0 {
				next = pl.elem.direct(r, value, next)
			}
			if next < 0 || r.opAt(next) != opSetItem {
				if !r.forget(entries) {
					return gaveUp
				}
				return pos
			}
			if !add() {
				return gaveUp
			}
			pos = next + 1
		default:
			return pos
		}
	}
	return pos
}

func (pl *plan) directBatch(r *reader, pos int, key, value pointer, add func() bool) int {
	readKey, readValue := pl.key.direct, pl.elem.direct
	for {
		switch r.opAt(pos) {
		case opSetItems:
			return pos + 1
		case opFrame:
			pos = r.unframe(pos)
			continue
		}
		if pos = readKey(r, key, pos); pos < 0 {
			return gaveUp
		}
		if pos = readValue(r, value, pos); pos < 0 {
			return gaveUp
		}
		if r.charge(int(pl.key.size+pl.elem.size)) != nil || !add() {
			return gaveUp
		}
	}
}

// countPairs tells how many entries a dict will probably have whose first batch is at
// an offset.
func (r *reader) countPairs(pos int) (n int) {
	if r.opAt(pos) != opMark {
		return 1
	}
	return r.countAtoms(pos+1, opSetItems) / 2
}

// countAtoms tells how many items a value will probably have that ends with an opcode: it
// counts those that are atoms, and takes a full batch to be one of many.
func (r *reader) countAtoms(pos int, end byte) (n int) {
	data, begin := r.data, pos
	for ; pos < len(data)-16; n++ {
		switch op := data[pos]; op {
		case end:
			if n >= batchSize && data[pos+1] == opMark {
				n += min(15*n, (len(data)-pos)/(pos-begin)*n)
			}
			return n
		case opNone, opNewTrue, opNewFalse:
			pos++
		case opBinInt1:
			pos += 2
		case opBinGet:
			pos += 2
		case opShortBinUnicode:
			pos = r.afterPut(pos + 2 + int(data[pos+1]))
		case opBinInt2, opBinInt, opBinFloat, opLong1, opLongBinGet, opShortBinBytes:
			pos = r.afterAtom(pos)
		default:
			return n
		}
		if pos < 0 || pos >= len(data) {
			return n
		}
	}
	return n
}
