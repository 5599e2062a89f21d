package pickle

import (
	"errors"
	"fmt"
	"reflect"
)

// same is the variable that stands for a value wherever it is met.
type same struct {
	plan    *plan
	at      pointer
	pending bool // it is being filled, and what refers to it cannot be a copy
}

// readParts reads a value that others may refer to. All of them get what was read
// first: slices, maps and pointers are the same ones then.
func (pl *plan) readParts(r *reader, p pointer, v ref) error {
	v = r.follow(v)
	made := r.maker(v)
	if r.nodes[made].n&nodeShared == 0 || made == 0 {
		return pl.parts(r, p, v)
	}
	s, err := pl.sameAs(r, v, made)
	if err != nil {
		return err
	}
	if s.pending && (pl.typ.Kind() == reflect.Struct || pl.typ.Kind() == reflect.Array) {
		return r.mismatch(pl, v, errWithin)
	}
	variable(pl.typ, p).Set(variable(pl.typ, s.at))
	return nil
}

// errTwice tells that a value is read as two types. What is in it would be there
// twice, where all others that refer to it have one.
var errTwice = errors.New("read as two types")

// sameAs returns the variable that stands for a value.
func (pl *plan) sameAs(r *reader, v ref, made uint32) (*same, error) {
	s, built := r.same[made], r.built[made] != nil
	if s != nil && s.plan == pl {
		return s, nil
	}
	if s != nil || built {
		r.twice = true
		return nil, errTwice
	}
	if err := r.charge(int(pl.size) + 64); err != nil {
		return nil, err
	}
	if r.same == nil {
		r.same = map[uint32]*same{}
	}
	s = &same{plan: pl, at: variableOf(reflect.New(pl.typ)), pending: true}
	r.same[made] = s
	err := pl.parts(r, s.at, v)
	s.pending = false
	return s, err
}

// parts fills a variable, counting how deep.
func (pl *plan) parts(r *reader, p pointer, v ref) error {
	if pl.fill == nil {
		return pl.read(r, p, v)
	}
	if err := r.enter(); err != nil {
		return err
	}
	err := pl.fill(r, p, v)
	r.leave()
	return err
}

func (pl *plan) readPointer(r *reader, p pointer, v ref) error {
	to := (*pointer)(p)
	if c := r.codec.Registry.ofType(pl.typ); c != nil && c.structure == nil {
		return pl.convert(r, p, v) // not what it refers to, which would be made once more
	}
	v = r.follow(v)
	if v.made == 0 && r.op(v) == opNone {
		*to = nil
		return nil
	}
	if made := r.maker(v); made != 0 && r.nodes[made].n&nodeShared != 0 && pl.elem.fill != nil {
		s, err := pl.elem.sameAs(r, v, made)
		if s != nil {
			*to = s.at
		}
		return err
	}
	if *to == nil || !r.reuse(*to, pl.elem.size) {
		if err := r.charge(int(pl.elem.size)); err != nil {
			return err
		}
		*to = variableOf(reflect.New(pl.elem.typ))
	}
	return pl.elem.read(r, *to, v)
}

func (pl *plan) fillSlice(r *reader, p pointer, v ref) error {
	op := r.op(v)
	it, ok := r.itemsOf(v, op)
	if !ok || it.pairs || mayRepeat(op) {
		return pl.convert(r, p, v)
	}
	n := r.length(v, op)
	if err := r.charge(n * int(pl.elem.size)); err != nil {
		return err
	}
	h := r.resize(p, pl.typ, n)
	return pl.fillItems(r, h.data, n, &it)
}

func (pl *plan) fillArray(r *reader, p pointer, v ref) error {
	op := r.op(v)
	it, ok := r.itemsOf(v, op)
	if n := pl.typ.Len(); !ok || it.pairs || mayRepeat(op) || r.length(v, op) != n {
		return pl.convert(r, p, v)
	} else {
		return pl.fillItems(r, p, n, &it)
	}
}

// mayRepeat tells whether items may be added that are there already, as to a set.
func mayRepeat(op byte) bool { return op == opEmptySet || op == opFrozenSet }

// fillItems fills n variables that lie behind each other.
func (pl *plan) fillItems(r *reader, p pointer, n int, it *items) error {
	read, size := pl.elem.read, pl.elem.size
	for i := range n {
		v, ok := it.value()
		if !ok {
			return fmt.Errorf("pickle: %d items of %d", i, n) // a tape always has them
		}
		if err := read(r, inside(p, uintptr(i)*size), v); err != nil {
			return inItem(err, i)
		}
	}
	return nil
}

func (pl *plan) fillMap(r *reader, p pointer, v ref) error {
	op := r.op(v)
	it, ok := r.itemsOf(v, op)
	if !ok || !it.pairs {
		return pl.convert(r, p, v)
	}
	n := r.length(v, op) / 2
	if err := r.charge(n * (int(pl.key.size+pl.elem.size) + 16)); err != nil {
		return err
	}
	m := variable(pl.typ, p)
	if m.IsNil() || !r.reuse(m.UnsafePointer(), 1) {
		m.Set(reflect.MakeMapWithSize(pl.typ, n))
	}
	key, value := reflect.New(pl.key.typ), reflect.New(pl.elem.typ)
	for k, ok := it.value(); ok; k, ok = it.value() {
		key.Elem().SetZero()
		value.Elem().SetZero()
		if err := pl.key.read(r, variableOf(key), k); err != nil {
			return r.inKey(err, k)
		}
		v, _ := it.value()
		if err := pl.elem.read(r, variableOf(value), v); err != nil {
			r.comesAgain(k, it)
			return inKey(err, key.Elem())
		}
		if !isMapKey(key.Elem()) {
			return r.mismatch(pl.key, k, errHash)
		}
		m.SetMapIndex(key.Elem(), value.Elem())
	}
	return nil
}

// inKey is inEntry for a key that does not fit its variable.
func (r *reader) inKey(err error, k ref) error {
	twice := r.twice
	key, failed := r.build(k)
	r.twice = twice // it is for the message
	if failed != nil {
		return err
	}
	return inEntry(err, key)
}

// comesAgain has the pickle decoded first where a key whose value does not fit is among
// the pairs to come: Python keeps the last value.
func (r *reader) comesAgain(k ref, pairs items) {
	twice, w := r.twice, newWalkWithin(len(r.data)) // for all pairs: of costly ones decoding tells
	key, err := r.build(k)
	for err == nil {
		next, ok := pairs.value()
		if !ok {
			r.twice = twice
			return
		}
		pairs.value()
		var other any
		if other, err = r.build(next); err != nil {
			break
		}
		w.begin()
		if same, unknown := w.equal(key, other); same || unknown != nil {
			break
		}
	}
	r.twice = true
}
