package pickle

import (
	"encoding/binary"
	"math"
)

// Records are dicts with the keys of the one before, which the memo has. Picklers write
// them alike, and mostly they hold atoms and short lists of atoms:
//
//	EMPTY_DICT MEMOIZE MARK  BINGET key  value  …  SETITEMS
//
// The values of such a dict go where they stay without passing the stack.

// A record is one that is being read.
type record struct {
	*decoder
	pos    int
	nested int32 // how deep it nests
	memory int64
}

// inVain is how many attempts to read a record may fail, one after the other: where
// records hold more than that, it is not tried on.
const inVain = 16

// record reads the record whose MEMOIZE is at pos, for the given place on the stack. It
// returns pos if there is no such thing, or a limit stands in its way.
func (d *decoder) record(pos, at int) (m *Dict, next int) {
	form := d.recent
	if form == nil || d.vain > inVain || len(d.data)-pos < 4 || d.data[pos] != opMemoize || d.data[pos+1] != opMark ||
		d.count != len(d.memo) || d.far != nil || d.seen != nil || d.limits.Depth < len(d.marks)+2 {
		return nil, pos
	}
	r := record{decoder: d, pos: pos + 2, nested: 1}
	if k, ok := r.get(); !ok || !sameBoxes(k, form.keys[0]) {
		return nil, pos
	}
	r.pos = pos + 2
	n := len(form.keys)
	r.memory = d.memory - memoSize - entrySize*int64(n)
	items, memo := d.items, len(d.memo)
	m, vals := d.newDict(), d.room(n)
	if !r.memoize(d.dicts.last(refDict, 1)) || !r.read(form.keys, vals) || r.memory < 0 {
		d.items, d.memo, d.count = items, d.memo[:memo], memo
		d.vain++
		return nil, pos
	}
	d.vain = 0
	s := d.rows.next(1, d.few())
	*s = row{form, vals}
	m.entries = s
	d.memory = r.memory
	d.nests = append(d.nests, nest{int32(at), r.nested})
	return m, r.pos
}

// read reads the values of the keys, and SETITEMS.
func (r *record) read(keys, vals []any) bool {
	for i, key := range keys {
		k, ok := r.get()
		if !ok || !sameBoxes(k, key) {
			return false
		}
		if vals[i], ok = r.value(); !ok {
			return false
		}
	}
	if r.pos >= len(r.data) || r.data[r.pos] != opSetItems {
		return false
	}
	r.pos++
	return true
}

// get reads the reference to an atom in the memo.
func (r *record) get() (v any, ok bool) {
	rest := r.data[r.pos:]
	var i uint32
	switch {
	case len(rest) >= 2 && rest[0] == opBinGet:
		i = uint32(rest[1])
		r.pos += 2
	case len(rest) >= 5 && rest[0] == opLongBinGet:
		i = binary.LittleEndian.Uint32(rest[1:])
		r.pos += 5
	default:
		return nil, false
	}
	if uint64(i) >= uint64(len(r.memo)) {
		return nil, false
	}
	return r.recallAtom(r.memo[i])
}

// memoize makes a memo entry.
func (r *record) memoize(ref memoRef) bool {
	if r.count >= r.limits.Memo || ref == refNone {
		return false
	}
	r.count++
	r.decoder.memo = append(r.decoder.memo, ref)
	return true
}

func (r *record) value() (v any, ok bool) {
	if r.pos < len(r.data) && r.data[r.pos] == opEmptyList {
		return r.list()
	}
	return r.atom()
}

func (r *record) atom() (v any, ok bool) {
	if len(r.data)-r.pos < 10 { // STOP cannot be near
		return nil, false
	}
	arg := r.data[r.pos+1:]
	switch op := r.data[r.pos]; op {
	case opShortBinUnicode:
		return r.text(int(arg[0]))
	case opBinGet, opLongBinGet:
		return r.get()
	case opBinInt1:
		v = int64(arg[0])
	case opBinInt2:
		v = shortInt(uint(binary.LittleEndian.Uint16(arg)))
	case opBinInt:
		v = r.boxInt(int64(int32(binary.LittleEndian.Uint32(arg))))
	case opBinFloat:
		v = r.boxFloat(math.Float64frombits(binary.BigEndian.Uint64(arg)))
	case opNone:
	case opNewTrue:
		v = true
	case opNewFalse:
		v = false
	default:
		return nil, false
	}
	r.pos += int(briefAtoms[r.data[r.pos]])
	return v, true
}

// text reads a text of n bytes.
func (r *record) text(n int) (v any, ok bool) {
	from := r.pos + 2
	end := from + n
	if end >= len(r.data) || !validText(r.data[from:end]) {
		return nil, false
	}
	r.memory -= int64(n + 16 + memoSize)
	v = r.boxString(r.stringAt(from, r.data[from:end]))
	if r.pos = end; r.data[end] == opMemoize {
		r.pos++
		return v, r.memoize(r.strings.last(refString, 0))
	}
	return v, true
}

// list reads a list of a few atoms.
func (r *record) list() (v any, ok bool) {
	r.nested = 2
	r.pos++
	r.memory -= listSize
	l := r.lists.next(1, r.few())
	if r.pos < len(r.data) && r.data[r.pos] == opMemoize {
		r.pos++
		r.memory -= memoSize
		if !r.memoize(r.lists.last(refList, 1)) {
			return nil, false
		}
	}
	if r.pos >= len(r.data) || r.data[r.pos] != opMark {
		return l, true
	}
	r.pos++
	var items [shortItems]any
	for n := range items {
		if r.pos < len(r.data) && r.data[r.pos] == opAppends {
			r.pos++
			r.memory -= int64(itemSize * n)
			if n > 0 {
				l.Items = r.itemsOf(items[:n])
			}
			return l, true
		}
		if items[n], ok = r.atom(); !ok {
			return nil, false
		}
	}
	return nil, false
}
