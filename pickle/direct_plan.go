package pickle

import (
	"reflect"
	"slices"
)

// A plan is direct if that of each part is. Until the plans for the parts of a type are
// made, it is supposed to be.

// directReader returns how variables of the plan's type are read in one pass, or nil if
// they cannot be.
func (pl *plan) directReader() directFunc {
	t := pl.typ
	switch {
	case pl.known != nil && len(pl.known.read) > 0:
		return pl.directKnown
	case pl.known != nil || custom(t) || t == typeRaw:
		return nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return directBool
	case reflect.Int:
		return directInt[int]
	case reflect.Int8:
		return directInt[int8]
	case reflect.Int16:
		return directInt[int16]
	case reflect.Int32:
		return directInt[int32]
	case reflect.Int64:
		return directInt[int64]
	case reflect.Uint:
		return directInt[uint]
	case reflect.Uint8:
		return directInt[uint8]
	case reflect.Uint16:
		return directInt[uint16]
	case reflect.Uint32:
		return directInt[uint32]
	case reflect.Uint64:
		return directInt[uint64]
	case reflect.Float32:
		return directFloat32
	case reflect.Float64:
		return directFloat64
	case reflect.String:
		return directString
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return directBytes
		}
		return pl.directSlice
	case reflect.Array:
		return pl.directArray
	case reflect.Map:
		return pl.mapReader()
	case reflect.Pointer:
		return pl.directPointer
	case reflect.Struct:
		return pl.directStruct
	case reflect.Interface:
		if t == typeAny {
			return directAny
		}
	}
	return nil
}

// settle takes directness away from the plans that have parts without it, and finds
// out what values of the others begin with.
func (b planner) settle() {
	for changed := true; changed; {
		changed = false
		for _, pl := range b {
			if pl.direct != nil && !pl.partsAreDirect() {
				pl.direct, changed = nil, true
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, pl := range b {
			changed = pl.begin() || changed
		}
	}
	for changed := true; changed; {
		changed = false
		for _, pl := range b {
			if !pl.loose && pl.isLoose() {
				pl.loose, changed = true, true
			}
		}
	}
	for _, pl := range b {
		pl.stays = pl.mayStay()
	}
}

// isLoose tells whether the plan's type takes what may be the beginning of another value
// that it takes: an interface, and tuples that may begin with one.
func (pl *plan) isLoose() bool {
	switch pl.typ.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return pl.elem != nil && pl.elem.loose
	case reflect.Struct:
		return pl.fields != nil && pl.fields.tuple && slices.ContainsFunc(pl.fields.fields, func(f field) bool { return f.plan.loose })
	}
	return false
}

func (pl *plan) partsAreDirect() bool {
	if pl.known != nil {
		return true
	}
	for _, part := range []*plan{pl.elem, pl.key} {
		if part != nil && part.direct == nil {
			return false
		}
	}
	if pl.fields == nil {
		return true
	}
	for i := range pl.fields.fields {
		if pl.fields.fields[i].plan.direct == nil {
			return false
		}
	}
	return pl.fields.rest == nil && pl.fields.err == nil
}

const (
	beginText  = "\x8cX\x8dhj"
	beginClass = "\x8cXhjc"
)

// begin notes the opcodes that a value begins with that is read directly. It tells
// whether there were new ones.
func (pl *plan) begin() (changed bool) {
	note := func(op byte) {
		if !pl.begins[op] {
			pl.begins[op], changed = true, true
		}
	}
	ops := ""
	var first *plan // what may stand in front: the first item of a tuple
	switch {
	case pl.direct == nil:
	case pl.known != nil:
		ops = beginClass
	default:
		ops, first = pl.beginKind()
	}
	for i := range len(ops) {
		note(ops[i])
	}
	if first != nil {
		for op := range first.begins {
			if first.begins[op] {
				note(byte(op))
			}
		}
	}
	return changed
}

func (pl *plan) beginKind() (ops string, first *plan) {
	switch pl.typ.Kind() {
	case reflect.Bool:
		return "\x88\x89", nil
	case reflect.Float32, reflect.Float64:
		return "G", nil
	case reflect.String:
		return beginText, nil
	case reflect.Interface:
		return "N\x88\x89KMJ\x8aG" + beginText, nil
	case reflect.Slice:
		if pl.typ.Elem().Kind() == reflect.Uint8 {
			return "CB\x8eN", nil
		}
		return "]()N", pl.elem
	case reflect.Array:
		return "](", pl.elem
	case reflect.Map:
		return "}N", nil
	case reflect.Pointer:
		return "N", pl.elem
	case reflect.Struct:
		if s := pl.fields; s.tuple && len(s.fields) > 0 {
			return "}(" + beginClass, s.fields[0].plan
		}
		return "}" + beginClass, nil
	}
	return "KMJ\x8a", nil
}

// directKnown reads a call of a class that a known type stands for, with atoms for
// arguments.
func (pl *plan) directKnown(r *reader, p pointer, pos int) int {
	switch r.opAt(pos) {
	case opShortBinUnicode, opBinUnicode, opBinGet, opLongBinGet, opGlobal:
	case opFrame:
		return pl.directKnown(r, p, r.unframe(pos))
	default:
		return gaveUp
	}
	name, pos, ok := r.classAt(pos)
	if !ok {
		return gaveUp
	}
	read := r.readerFor(pl, name)
	if read == nil {
		return gaveUp
	}
	in := r.created(name)
	if pos = in.scan(pos); pos < 0 {
		return gaveUp
	}
	if op := r.opAt(pos); op != opReduce && op != opNewObj {
		return gaveUp
	}
	pos = r.put(pos+1, directOther)
	if done, err := read(in, p); !done || err != nil {
		return gaveUp
	}
	return pos
}

// scan finds the arguments in a tuple of atoms.
func (in *creation) scan(pos int) (next int) {
	r := in.r
	if r.opAt(pos) == opFrame {
		pos = r.unframe(pos)
	}
	switch r.opAt(pos) {
	case opEmptyTuple:
		return pos + 1
	case opMark:
		pos++
	}
	for in.n < maxArguments {
		at := uint32(pos)
		switch r.opAt(pos) {
		case opBinGet, opLongBinGet:
			if at, pos = r.got(pos); pos < 0 || at == directOther || at >= directClass {
				return gaveUp
			}
		case opShortBinBytes:
			if pos+2 > len(r.data) {
				return gaveUp
			}
			if pos += 2 + int(r.data[pos+1]); pos > len(r.data) {
				return gaveUp
			}
			pos = r.put(pos, directOther)
		case opBinBytes, opShortBinString, opBinString, opLong1:
			_, next, ok := atomAfter(r.data, pos, r.limits.Long)
			if !ok {
				return gaveUp
			}
			pos = r.put(next, directOther)
		case opFrame:
			pos = r.unframe(pos)
			continue
		default:
			pos = r.skipAtom(pos)
		}
		if pos < 0 {
			return gaveUp
		}
		in.args[in.n] = creationArg{pos: at}
		in.n++
		switch op := r.opAt(pos); {
		case op == opTuple, op == opTuple1+byte(in.n-1) && in.n <= 3:
			return r.put(pos+1, directOther)
		}
	}
	return gaveUp
}
