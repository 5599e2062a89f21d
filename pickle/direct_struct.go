package pickle

import "math"

// directStruct reads a dict, an instance or, where the tag says so, a tuple.
func (pl *plan) directStruct(r *reader, p pointer, pos int) int {
	op := r.opAt(pos)
	if op == opFrame {
		return pl.directStruct(r, p, r.unframe(pos))
	}
	if r.depth++; r.depth > r.limits.Depth {
		return gaveUp
	}
	s := pl.fields
	switch op {
	case opEmptyDict:
		pos = s.directFields(r, p, r.put(pos+1, directOther))
	case opShortBinUnicode, opBinUnicode, opBinGet, opLongBinGet, opGlobal:
		pos = pl.directNamed(r, p, pos)
	default:
		if !s.tuple {
			return gaveUp
		}
		pos = s.directTuple(r, p, pos)
	}
	r.depth--
	return pos
}

// directNamed reads an instance, which begins with its class, or a tuple that begins
// with text.
func (pl *plan) directNamed(r *reader, p pointer, pos int) int {
	if !r.namesClass(pos) {
		if pl.fields.tuple {
			return pl.fields.directTuple(r, p, pos)
		}
		return gaveUp
	}
	name, next, ok := r.classAt(pos)
	if ok && pl.accepts(r, name) {
		return pl.fields.directInstance(r, p, next)
	}
	return gaveUp
}

// namesClass tells whether what begins like a text is the name of a class.
func (r *reader) namesClass(pos int) bool {
	for range 2 {
		switch r.opAt(pos) {
		case opShortBinUnicode, opBinUnicode:
			if len(r.data)-pos < 5 {
				return false
			}
			pos = r.afterAtom(pos)
		case opBinGet, opLongBinGet:
			entry, next := r.got(pos)
			if next < 0 || entry >= directClass {
				return next > 0
			}
			pos = next
		default:
			return r.opAt(pos) == opGlobal
		}
		if pos = r.unframe(pos); pos < 0 {
			return false
		}
		pos = r.unframe(r.afterPut(pos))
	}
	return r.opAt(pos) == opStackGlobal
}

// classAt returns the number of the class that is named at an offset.
func (r *reader) classAt(pos int) (name uint32, next int, ok bool) {
	switch r.opAt(pos) {
	case opBinGet, opLongBinGet:
		entry, next := r.got(pos)
		return entry &^ directClass, next, next > 0 && entry >= directClass
	case opGlobal:
		next, ok = r.globalLines(pos)
	default:
		next, ok = r.classTexts(pos)
	}
	if !ok {
		return 0, pos, false
	}
	name = uint32(len(r.names) - 1)
	next = r.put(next, directClass|name)
	return name, next, next > 0
}

// classTexts reads module and name of a class with STACK_GLOBAL.
func (r *reader) classTexts(pos int) (next int, ok bool) {
	entries := len(r.known)
	var texts [2][]byte
	for i := range texts {
		b, next := r.textAt(pos)
		if next < 0 {
			r.known = r.known[:entries]
			return pos, false
		}
		texts[i] = b
		if pos = r.unframe(r.put(next, uint32(pos))); pos < 0 {
			return pos, false
		}
	}
	if r.opAt(pos) != opStackGlobal {
		r.known = r.known[:entries]
		return pos, false
	}
	r.names = append(r.names, tapeName{texts[0], texts[1], r.proto})
	return pos + 1, true
}

// directInstance reads the arguments and the state of an instance.
func (s *structure) directInstance(r *reader, p pointer, pos int) int {
	if r.opAt(pos) == opFrame {
		pos = r.unframe(pos)
	}
	if r.opAt(pos) == opEmptyTuple {
		pos++
	} else if pos = s.directTuple(r, p, pos); pos < 0 {
		return gaveUp
	}
	if op := r.opAt(pos); op != opNewObj && op != opReduce {
		return gaveUp
	}
	pos = r.put(pos+1, directOther)
	if pos = r.unframe(pos); pos < 0 || r.opAt(pos) != opEmptyDict {
		return pos // there is no state, or it is of another kind
	}
	if pos = s.directFields(r, p, r.put(pos+1, directOther)); pos > 0 && r.opAt(pos) == opBuild {
		return pos + 1
	}
	return gaveUp
}

// directTuple reads the fields as the items of a tuple.
func (s *structure) directTuple(r *reader, p pointer, pos int) int {
	n := len(s.fields)
	end := byte(opTuple)
	switch {
	case r.opAt(pos) == opMark && n > 3:
		pos++
	case n > 0 && n <= 3:
		end = opTuple1 + byte(n-1)
	default:
		return gaveUp
	}
	for i := range s.fields {
		f := &s.fields[i]
		if r.doubts(f.plan) {
			return gaveUp
		}
		if pos = f.plan.direct(r, f.at(p, true), pos); pos < 0 {
			return gaveUp
		}
	}
	if r.opAt(pos) != end {
		return gaveUp
	}
	return r.put(pos+1, directOther)
}

// directFields reads what is put into a dict.
func (s *structure) directFields(r *reader, p pointer, pos int) int {
	if pos < 0 {
		return gaveUp
	}
	i := 0
	for {
		switch r.opAt(pos) {
		case opMark:
			for pos++; ; {
				op := r.opAt(pos)
				if op == opSetItems {
					pos++
					break
				}
				if op == opFrame {
					pos = r.unframe(pos)
					continue
				}
				if pos = s.directField(r, p, i, pos); pos < 0 {
					return gaveUp
				}
				i++
			}
		case opFrame:
			pos = r.unframe(pos)
		case opShortBinUnicode, opBinUnicode, opBinGet, opLongBinGet:
			if i > 0 {
				return pos // a dict of one entry gets no more
			}
			if pos = s.directField(r, p, i, pos); pos > 0 && r.opAt(pos) == opSetItem {
				return pos + 1
			}
			return gaveUp
		default:
			return pos
		}
	}
}

// directField reads a key and its value.
func (s *structure) directField(r *reader, p pointer, i, pos int) int {
	n, pos := s.directKey(r, i, pos)
	if pos < 0 {
		return gaveUp
	}
	if n < 0 {
		if r.codec.Strict || r.careful {
			return gaveUp
		}
		return r.skipAtom(pos)
	}
	f := &s.fields[n]
	if r.doubts(f.plan) {
		return gaveUp
	}
	return f.plan.direct(r, f.at(p, true), pos)
}

// directKey returns the number of the field for the ith key, -1 for none.
func (s *structure) directKey(r *reader, i, pos int) (n, next int) {
	at := uint32(pos)
	var text []byte
	if op := r.opAt(pos); op == opBinGet || op == opLongBinGet {
		if at, next = r.got(pos); next < 0 || at == directOther || at >= directClass {
			return 0, gaveUp
		}
	} else if text, next = r.textAt(pos); next < 0 {
		return 0, gaveUp
	} else if next = r.put(next, at); next < 0 {
		return 0, gaveUp
	}
	h := r.habit(s)
	if i < len(h.keys) && h.keys[i].pos == at {
		return int(h.keys[i].field), next
	}
	if text == nil {
		text, _ = textAfter(r.data, int(at))
	}
	return s.fieldFor(h, i, at, text), next
}

// fieldFor finds the field for the ith key and remembers it.
func (s *structure) fieldFor(h *habit, i int, at uint32, text []byte) int {
	if i < len(h.keys) {
		k := &h.keys[i]
		if n := k.field; n < 0 || s.fields[n].name != string(text) {
			k.field = int32(s.find(string(text)))
		}
		k.pos = at
		return int(k.field)
	}
	n := s.find(string(text))
	if i == len(h.keys) && i < math.MaxUint8 {
		h.keys = append(h.keys, keyed{at, int32(n)})
	}
	return n
}

// skipAtom skips the value of a key that is no field, if it has no parts.
func (r *reader) skipAtom(pos int) (next int) {
	pos = r.unframe(pos)
	switch r.opAt(pos) {
	case opNone, opNewTrue, opNewFalse:
		return pos + 1
	case opBinFloat, opBinInt, opBinInt1, opBinInt2:
		if next = r.afterAtom(pos); next >= len(r.data) {
			return gaveUp
		}
		return next
	case opShortBinUnicode, opBinUnicode:
		if _, next = r.textAt(pos); next < 0 {
			return gaveUp
		}
		return r.put(next, uint32(pos))
	}
	return gaveUp
}
