package pickle

import (
	"fmt"
	"math"
	"reflect"
	"unicode/utf8"
)

// A habit is what the last values for a struct were like: the next one most
// probably is of the same class and has the same keys in the same order.
type habit struct {
	keys []keyed
	name uint32 // one more than the number of the class's name on the tape
}

// A keyed is a key, by where its text is, and the field that it stands for.
type keyed struct {
	pos   uint32
	field int32 // -1 is none
}

// habit returns what is known of a struct's values.
func (r *reader) habit(s *structure) *habit {
	if s.number >= len(r.habits) {
		r.habits = append(r.habits, make([]habit, s.number+1-len(r.habits))...)
	}
	return &r.habits[s.number]
}

func (pl *plan) fillStruct(r *reader, p pointer, v ref) error {
	if err := pl.fields.err; err != nil {
		return fmt.Errorf("pickle: %w", err)
	}
	switch op := r.op(v); op {
	case opEmptyDict, opDict:
		return pl.fillFields(r, p, v, op)
	case opBuild:
		return pl.fillInstance(r, p, ref{v.start, r.nodes[v.made].outer}, v.made)
	case opNewObj, opReduce:
		return pl.fillInstance(r, p, v, 0)
	case opTuple, opTuple1, opTuple2, opTuple3, opEmptyTuple:
		if pl.fields.tuple && r.length(v, op) == len(pl.fields.fields) {
			return pl.fillPositions(r, p, v, op)
		}
	}
	return pl.convert(r, p, v)
}

// fillInstance fills fields by the arguments of a class, in order, and by what a
// BUILD brings.
func (pl *plan) fillInstance(r *reader, p pointer, v ref, build uint32) error {
	whole := v
	if build != 0 {
		whole.made = build
	}
	name, args, ok := r.construction(v)
	if !ok || !pl.accepts(r, name) {
		return pl.convert(r, p, whole)
	}
	args = r.follow(args)
	op := r.op(args)
	n := r.length(args, op)
	if _, isTuple := r.itemsOf(args, op); !isTuple || n > len(pl.fields.fields) {
		return pl.convert(r, p, whole)
	}
	if n > 0 {
		if err := pl.fillPositions(r, p, args, op); err != nil {
			return err
		}
	}
	if build == 0 {
		return nil
	}
	state := r.follow(r.at(r.after(v)))
	switch op := r.op(state); op {
	case opEmptyDict, opDict:
		return pl.fillFields(r, p, state, op)
	case opEmptyList, opList, opTuple:
		if r.length(state, op) == len(pl.fields.fields) {
			return pl.fillPositions(r, p, state, op)
		}
	case opTuple2:
		return pl.fillSlots(r, p, state, whole)
	}
	return pl.convert(r, p, whole)
}

// fillSlots fills fields by the state of a class with slots: a pair of dicts, of
// which the first may be None.
func (pl *plan) fillSlots(r *reader, p pointer, state, whole ref) error {
	it, _ := r.itemsOf(state, opTuple2)
	for range 2 {
		v, _ := it.value()
		v = r.follow(v)
		switch op := r.op(v); op {
		case opNone:
		case opEmptyDict, opDict:
			if err := pl.fillFields(r, p, v, op); err != nil {
				return err
			}
		default:
			return pl.convert(r, p, whole)
		}
	}
	return nil
}

// accepts tells whether the struct stands for instances of the class with that
// name, and of no other type.
func (pl *plan) accepts(r *reader, name uint32) bool {
	h := r.habit(pl.fields)
	if h.name == name+1 {
		return true
	}
	g := r.global(name)
	if c := r.codec.Registry.named(g); c != nil && c.fills != pl.typ || c == nil && !pl.fields.standsFor(g) {
		return false
	}
	h.name = name + 1
	return true
}

// standsFor tells whether instances of a class may fill the struct.
func (s *structure) standsFor(g Global) bool {
	if s.class.Name != "" {
		return g == s.class
	}
	_, native := natives[g]
	_, exception := exceptionOf(g)
	return !native && !exception && g.Module != "copyreg"
}

// fillFields fills fields by the keys of a dict.
func (pl *plan) fillFields(r *reader, p pointer, v ref, op byte) error {
	it, ok := r.itemsOf(v, op)
	if !ok {
		return pl.convert(r, p, v)
	}
	if err := r.charge(8 * r.length(v, op)); err != nil { // one dict may fill many structs
		return err
	}
	s := pl.fields
	for i := 0; ; i++ {
		k, ok := it.value()
		if !ok {
			return nil
		}
		n, ok := r.fieldAt(s, i, k)
		if !ok {
			return r.mismatch(pl, k, errKey)
		}
		if n < 0 {
			key, _ := r.keyAt(k)
			value, _ := it.value()
			if err := pl.unknown(r, p, k, value, key); err != nil {
				r.comesAgain(k, it)
				return err
			}
			continue
		}
		value, _ := it.value()
		f := &s.fields[n]
		if err := f.plan.read(r, f.at(p, true), value); err != nil {
			r.comesAgain(k, it)
			return inField(err, f.name)
		}
	}
}

// fieldAt returns the number of the field that the ith key stands for, -1 for none.
func (r *reader) fieldAt(s *structure, i int, k ref) (n int, ok bool) {
	if k.made != 0 {
		return 0, false
	}
	h := r.habit(s)
	seen := h.keys
	pos := r.nodes[k.start].pos
	if i < len(seen) && seen[i].pos == pos {
		return int(seen[i].field), true
	}
	b, ok := r.keyAt(k)
	if !ok {
		return 0, false
	}
	if i < len(seen) {
		if n := seen[i].field; n >= 0 && s.fields[n].name == string(b) {
			seen[i].pos = pos
			return int(n), true
		}
		n := s.find(string(b))
		seen[i] = keyed{pos, int32(n)}
		return n, true
	}
	n = s.find(string(b))
	if i == len(seen) && i < math.MaxUint8 {
		h.keys = append(seen, keyed{pos, int32(n)})
	}
	return n, true
}

// keyAt returns the text of a str, of either Python.
func (r *reader) keyAt(k ref) (b []byte, ok bool) {
	pos := r.offset(k)
	switch r.data[pos] {
	case opShortBinUnicode, opBinUnicode, opBinUnicode8:
		return textAfter(r.data, pos)
	case opShortBinString, opBinString:
		b, _ = textAfter(r.data, pos)
		return b, utf8.Valid(b)
	case opUnicode, opString:
		v, err := r.build(k)
		s, ok := goText(v)
		return []byte(s), err == nil && ok
	}
	return nil, false
}

// unknown takes the value of a key that is no field.
func (pl *plan) unknown(r *reader, p pointer, k, v ref, key []byte) error {
	rest := pl.fields.rest
	if rest == nil {
		if r.codec.Strict {
			return r.mismatch(pl, k, fmt.Errorf("no field %q", key))
		}
		return nil
	}
	m := variable(rest.plan.typ, rest.at(p, true))
	if m.IsNil() {
		m.Set(reflect.MakeMap(rest.plan.typ))
	}
	value := reflect.New(rest.plan.elem.typ)
	if err := r.charge(len(key) + int(rest.plan.elem.size) + 32); err != nil {
		return err
	}
	name := reflect.ValueOf(string(key)).Convert(rest.plan.typ.Key())
	if err := rest.plan.elem.read(r, variableOf(value), v); err != nil {
		return inKey(err, name)
	}
	m.SetMapIndex(name, value.Elem())
	return nil
}

// fillPositions fills fields by the items of a tuple or list.
func (pl *plan) fillPositions(r *reader, p pointer, v ref, op byte) error {
	it, _ := r.itemsOf(v, op)
	for i := range pl.fields.fields {
		v, ok := it.value()
		if !ok {
			return nil
		}
		f := &pl.fields.fields[i]
		if err := f.plan.read(r, f.at(p, true), v); err != nil {
			return inField(err, f.name)
		}
	}
	return nil
}
