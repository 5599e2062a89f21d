package pickle

import (
	"encoding/binary"
	"math"
	"reflect"
	"sync/atomic"
)

// directSlice reads a list or a tuple.
func (pl *plan) directSlice(r *reader, p pointer, pos int) int {
	if r.opAt(pos) == opFrame {
		return pl.directSlice(r, p, r.unframe(pos))
	}
	if r.depth++; r.depth > r.limits.Depth {
		return gaveUp
	}
	g := growing{plan: pl, p: p, begin: pos}
	g.reuse(r)
	switch op := r.opAt(pos); op {
	case opEmptyList:
		pos = g.list(r, r.put(pos+1, directOther))
	case opMark:
		pos = g.items(r, pos+1, opTuple)
		if pos > 0 {
			pos = r.put(pos, directOther)
		}
	case opEmptyTuple:
		pos++
	case opNone:
		*(*sliceHeader)(p) = sliceHeader{}
		r.depth--
		return pos + 1
	default:
		pos = g.shortTuple(r, pos)
	}
	r.depth--
	if pos >= 0 {
		if g.done(r); r.depth == 0 {
			pl.likeness.note(g.n, len(r.data))
		}
	}
	return pos
}

// A growing is a slice that gets longer as items are read.
type growing struct {
	plan  *plan
	p     pointer // of the slice
	n     int     // items so far
	cap   int
	data  pointer
	begin int // of the value in the pickle, or where it had no room the last time
	had   int // items by then
	fresh bool
}

// reuse takes the memory that the slice has. Numbers are not cleared first.
func (g *growing) reuse(r *reader) {
	h := (*sliceHeader)(g.p)
	switch elem := g.plan.elem; {
	case h.cap == 0:
		return
	case !r.reuse(h.data, uintptr(h.cap)*elem.size):
		*h = sliceHeader{}
		return
	case !elem.atom || elem.typ.Kind() == reflect.String || elem.typ.Kind() == reflect.Interface:
		h.len = h.cap
		variable(g.plan.typ, g.p).Clear()
	}
	g.data, g.cap = h.data, h.cap
}

// done sets the length of the slice.
func (g *growing) done(r *reader) {
	h := (*sliceHeader)(g.p)
	if g.data == nil { // it is empty
		r.resize(g.p, g.plan.typ, 0)
		return
	}
	if g.fresh && g.cap >= batchSize && g.n < g.cap/2 {
		g.data, g.cap = g.plan.grow(r, sliceHeader{g.data, g.n, g.cap}, g.n), g.n
	}
	h.data, h.len, h.cap = g.data, g.n, g.cap
}

// A likeness is how many items an outermost list had, and how many bytes its pickle. The
// next one of its type will probably have as many for its size.
type likeness struct{ atomic.Uint64 }

func (l *likeness) note(items, bytes int) {
	if now := uint64(items)<<32 | uint64(bytes); items >= batchSize && l.Load() != now {
		l.Store(now)
	}
}

// items returns how many a pickle of so many bytes probably has, 0 if nothing is known.
func (l *likeness) items(bytes int) int {
	last := l.Load()
	if last == 0 {
		return 0
	}
	return int(uint64(bytes) * (last >> 32) / (last & math.MaxUint32))
}

// room makes room for so many items in all.
func (g *growing) room(r *reader, n int) (ok bool) {
	if n <= g.cap {
		return true
	}
	if r.charge((n-g.cap)*int(g.plan.elem.size)) != nil {
		return false
	}
	g.data = g.plan.grow(r, sliceHeader{g.data, g.n, g.cap}, n)
	g.cap, g.fresh = n, true
	return true
}

// more makes room for another item. What came since there was no room the last time tells
// how many the rest of the pickle may have, if this is most of it.
func (g *growing) more(r *reader, pos int) (ok bool) {
	n := max(4, 2*g.n)
	if g.n >= batchSize || r.depth == 1 && g.n > 0 {
		rest := g.n + g.n/8 + (len(r.data)-pos)*(g.n-g.had)/(pos-g.begin)
		if g.n < batchSize {
			n = max(n, min(rest, batchSize))
		} else {
			n = max(g.n+g.n/2, min(rest, 16*g.n))
		}
		g.begin, g.had = pos, g.n
	}
	return g.room(r, n)
}

// list reads what is put into a list.
func (g *growing) list(r *reader, pos int) int {
	for pos >= 0 {
		switch op := r.opAt(pos); {
		case op == opMark:
			pos = g.items(r, pos+1, opAppends)
		case op == opFrame:
			pos = r.unframe(pos)
		case !g.plan.elem.begins[op]:
			return pos
		default:
			entries := len(r.known)
			if g.n == g.cap && !g.room(r, max(1, 2*g.n)) {
				return gaveUp
			}
			next := g.plan.elem.direct(r, g.at(), pos)
			if next < 0 || r.opAt(next) != opAppend {
				if !r.forget(entries) {
					return gaveUp
				}
				variable(g.plan.elem.typ, g.at()).SetZero()
				return pos
			}
			g.n++
			pos = next + 1
		}
	}
	return pos
}

// at is where the next item goes.
func (g *growing) at() pointer { return inside(g.data, uintptr(g.n)*g.plan.elem.size) }

// items reads items up to an opcode.
func (g *growing) items(r *reader, pos int, end byte) int {
	elem := g.plan.elem
	switch {
	case elem.typ.Kind() == reflect.Float64:
		return g.floats(r, pos, end)
	case g.cap > 0:
	case elem.atom:
		if n := r.countAtoms(pos, end); n > 0 && !g.room(r, n) {
			return gaveUp
		}
	case r.depth == 1:
		likely := min(g.plan.likeness.items(len(r.data)), int(r.memory/2)/int(elem.size+1))
		if !g.room(r, max(1, likely)) {
			return gaveUp
		}
	}
	for {
		op := r.opAt(pos)
		if op == end {
			return pos + 1
		}
		if op == opFrame {
			pos = r.unframe(pos)
			continue
		}
		if g.n == g.cap && !g.more(r, pos) {
			return gaveUp
		}
		if pos = elem.direct(r, g.at(), pos); pos < 0 {
			return gaveUp
		}
		g.n++
	}
}

// floats is items for float64s.
func (g *growing) floats(r *reader, pos int, end byte) int {
	data := r.data
	// An outermost list is most of its pickle, and picklers write a thousand items at
	// a time: room for those can be made at once.
	last := pos + 9*batchSize
	switch {
	case r.depth == 1 && g.cap == 0:
		if !g.room(r, max(1, (len(data)-pos)/9)) {
			return gaveUp
		}
	case g.cap-g.n < batchSize && last < len(data) && data[last] == end:
		if !g.room(r, g.n+batchSize) {
			return gaveUp
		}
	}
	for {
		n := floatRun(floatsAt(g.data, g.cap)[g.n:], data[pos:])
		g.n += n
		pos += 9 * n
		switch r.opAt(pos) {
		case end:
			return pos + 1
		case opFrame:
			if pos = r.unframe(pos); pos < 0 {
				return gaveUp
			}
		case opBinFloat:
			if g.n < g.cap || !g.more(r, pos) {
				return gaveUp
			}
		default:
			return gaveUp
		}
	}
}

// floatRun reads as many BINFLOATs as there are, and returns how many those are.
func floatRun(to []float64, data []byte) (n int) {
	for len(data) >= 36 && n+4 <= len(to) {
		b, f := data[:36:36], to[n:n+4:n+4]
		if b[0] != opBinFloat || b[9] != opBinFloat || b[18] != opBinFloat || b[27] != opBinFloat {
			break
		}
		f[0] = math.Float64frombits(binary.BigEndian.Uint64(b[1:]))
		f[1] = math.Float64frombits(binary.BigEndian.Uint64(b[10:]))
		f[2] = math.Float64frombits(binary.BigEndian.Uint64(b[19:]))
		f[3] = math.Float64frombits(binary.BigEndian.Uint64(b[28:]))
		n += 4
		data = data[36:]
	}
	for len(data) >= 9 && n < len(to) && data[0] == opBinFloat {
		to[n] = math.Float64frombits(binary.BigEndian.Uint64(data[1:]))
		n++
		data = data[9:]
	}
	return n
}

// shortTuple reads the items of a tuple that is made of up to three.
func (g *growing) shortTuple(r *reader, pos int) int {
	elem := g.plan.elem
	for i := range 3 {
		if r.opAt(pos) == opFrame {
			pos = r.unframe(pos)
		}
		if !elem.begins[r.opAt(pos)] || g.n == g.cap && !g.more(r, pos) {
			return gaveUp
		}
		if pos = elem.direct(r, g.at(), pos); pos < 0 {
			return gaveUp
		}
		g.n++
		if op := r.opAt(pos); op == opTuple1+byte(i) {
			return r.put(pos+1, directOther)
		}
	}
	return gaveUp
}

// directArray reads a list or tuple of as many items as the array has.
func (pl *plan) directArray(r *reader, p pointer, pos int) int {
	n := pl.typ.Len()
	op := r.opAt(pos)
	if op == opFrame {
		return pl.directArray(r, p, r.unframe(pos))
	}
	if r.depth++; r.depth > r.limits.Depth || n == 0 {
		return gaveUp
	}
	end := byte(0)
	switch {
	case op == opEmptyList && n > 1:
		if pos = r.put(pos+1, directOther); r.opAt(pos) != opMark {
			return gaveUp
		}
		end = opAppends
		pos++
	case op == opMark:
		end = opTuple
		pos++
	case n <= 3 && op != opEmptyList:
		end = opTuple1 + byte(n-1)
	default:
		return gaveUp
	}
	for i := range n {
		if pos = pl.elem.direct(r, inside(p, uintptr(i)*pl.elem.size), pos); pos < 0 {
			return gaveUp
		}
	}
	r.depth--
	if r.opAt(pos) != end {
		return gaveUp
	}
	if pos++; end != opAppends {
		pos = r.put(pos, directOther)
	}
	return pos
}

func (pl *plan) directPointer(r *reader, p pointer, pos int) int {
	to := (*pointer)(p)
	if r.opAt(pos) == opNone {
		*to = nil
		return pos + 1
	}
	if c := r.codec.Registry.ofType(pl.typ); c != nil && c.structure == nil {
		return gaveUp
	}
	if *to != nil && r.reuse(*to, pl.elem.size) {
		return pl.elem.direct(r, *to, pos)
	}
	if r.charge(int(pl.elem.size)) != nil {
		return gaveUp
	}
	*to = variableOf(reflect.New(pl.elem.typ))
	if pos = pl.elem.direct(r, *to, pos); pos < 0 {
		*to = nil
	}
	return pos
}
