package pickle

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// largeItem is the size from which an item is not copied.
const largeItem = 64 << 10

// Raw returns the item as a Raw with bytes of its own, or aliasing data where
// it is large and lies in one piece. ok is false when the item shares mutable
// parts with others, so that only decoding the whole keeps the sharing.
func (v *View) Raw(it Item) (raw Raw, ok bool) {
	if v.brief {
		if _, _, end := v.atomAt(it.start); v.memoOnly(end, it.end) {
			ops := append(make([]byte, 0, end-it.start), v.data[it.start:end]...)
			return Raw{ops: ops, proto: v.protocol, need: v.level()}, true
		}
		v.scanBrief()
	}
	return v.cutOut(it, largeItem)
}

// An extent is an item and the memo opcodes and FRAMEs in it.
type extent struct {
	Item
	puts  []put
	first int // the number of the first of puts
	cuts  []cut
}

func (v *View) extent(it Item) extent {
	first := v.putAt(it.start)
	e := extent{Item: it, first: first, puts: v.puts[first:v.putAt(it.end)]}
	if len(v.cuts) > 0 {
		e.cuts = v.cuts[v.cutAt(it.start):v.cutAt(it.end)]
	}
	return e
}

// shared tells whether something behind the item refers to a part of it that
// has an identity.
func (e *extent) shared() bool {
	for i := range e.puts {
		if p := &e.puts[i]; p.last >= e.end && !p.kind.atomic() {
			return true
		}
	}
	return false
}

// trim takes off the memo opcodes and FRAMEs at the end, to which nothing in
// the item can refer.
func (e *extent) trim(v *View) {
	for {
		puts, cuts, at := len(e.puts), len(e.cuts), e.start
		if puts > 0 {
			at = e.puts[puts-1].at
		}
		if cuts > 0 && e.cuts[cuts-1].at > at {
			at = e.cuts[cuts-1].at
		}
		if at == e.start || !v.memoOnly(at, e.end) {
			return
		}
		e.end = at
		if puts > 0 && e.puts[puts-1].at == at {
			e.puts = e.puts[:puts-1]
		} else {
			e.cuts = e.cuts[:cuts-1]
		}
	}
}

// cutOut makes a Raw of the item, which aliases data from a size on.
func (v *View) cutOut(it Item, large int) (raw Raw, ok bool) {
	e := v.extent(it)
	if e.shared() {
		return Raw{}, false
	}
	e.trim(v)
	raw = Raw{proto: v.protocol, need: v.level()}
	v.flagOps(&raw, e.Item)
	v.flagGlobals(&raw, e.Item)
	if len(e.puts) > 0 || len(e.cuts) > 0 {
		ok = v.rewrite(&raw, &e)
		return raw, ok
	}
	raw.ops = v.data[e.start:e.end:e.end]
	if len(raw.ops) >= large {
		raw.flags |= rawAliases
	} else {
		raw.ops = append(make([]byte, 0, len(raw.ops)), raw.ops...)
	}
	return raw, true
}

// level is the protocol that has all opcodes of the pickle but BYTEARRAY8.
func (v *View) level() byte {
	switch {
	case v.highest&needs4 != 0:
		return 4
	case v.highest&needs3 != 0:
		return 3
	}
	return 2
}

// flagOps flags the opcodes in the item that not every peer reads.
func (v *View) flagOps(r *Raw, it Item) {
	if len(v.marked) == 0 {
		return
	}
	i, _ := slices.BinarySearch(v.marked, it.start)
	for _, at := range v.marked[i:] {
		if at >= it.end {
			break
		}
		r.flagOp(v.data[at])
	}
}

func (r *Raw) flagOp(op byte) {
	switch op {
	case opByteArray8:
		r.need = 5
	case opShortBinString, opBinString, opString:
		r.flags |= rawStrings
	}
}

func (v *View) flagGlobals(r *Raw, it Item) {
	if len(v.globals) == 0 {
		return
	}
	for _, g := range v.globals[v.globalFrom(it.start):] {
		if g.at >= it.end {
			break
		}
		module, _ := v.global(g)
		r.flagGlobal(string(module))
	}
}

func (r *Raw) flagGlobal(module string) {
	r.flags |= rawGlobals
	top, _, _ := strings.Cut(module, ".")
	switch top {
	case multiprocessing, "_multiprocessing":
		r.flags |= rawStock
	case fork, "dill":
		r.flags |= rawFork
	case "_queue": // Python 3.6 has none
		r.flags |= rawPrivate
	}
}

// A use is how often a Raw refers to a put, and one more than the entry that it
// has there.
type use struct{ gets, entry int32 }

// rewrite copies the item without FRAMEs and unused memo opcodes. The others
// are numbered anew, and atoms from outside of the item are written where they
// are first referred to.
func (v *View) rewrite(raw *Raw, e *extent) (ok bool) {
	v.uses = append(v.uses, make([]use, len(v.puts)-len(v.uses))...)
	room, ok := v.countUses(e)
	if ok {
		raw.ops = make([]byte, 0, room)
		w := rawWriter{v: v, raw: raw, from: e.start}
		w.write(e)
	}
	for _, c := range e.cuts {
		if c.put != isFrame {
			v.uses[c.put] = use{}
		}
	}
	if spare := cap(raw.ops) - len(raw.ops); spare > 64+cap(raw.ops)/8 {
		raw.ops = slices.Clone(raw.ops)
	}
	return ok
}

// countUses counts how often the item refers to which put. Only atoms may come
// from outside. It returns how many bytes the Raw has at most.
func (v *View) countUses(e *extent) (room int, ok bool) {
	room = int(e.end - e.start)
	for _, c := range e.cuts {
		if c.put == isFrame {
			continue
		}
		p, u := &v.puts[c.put], &v.uses[c.put]
		if outside := p.at < e.start; outside && !p.kind.atomic() {
			return 0, false
		} else if outside && u.gets == 0 {
			n := v.atomSize(p)
			room += n
			v.copied += n
		}
		if u.gets++; u.gets == 1 {
			room += 4 // MEMOIZE may become LONG_BINPUT
		}
		room += 3 // BINGET may become LONG_BINGET
	}
	return room, v.copied <= 16*len(v.data)+largeItem // else decode the whole, which shares them
}

// atomSize is how many bytes appendAtom appends at most.
func (v *View) atomSize(p *put) int {
	if p.kind == kindGlobal {
		module, name := v.global(v.globalAt(p))
		return len(module) + len(name) + 11
	}
	_, _, end := v.atomAt(p.start)
	return int(end - p.start)
}

// appendAtom appends opcodes that push the atom that was put.
func (v *View) appendAtom(dst []byte, p *put) []byte {
	if p.kind != kindGlobal {
		_, _, end := v.atomAt(p.start)
		return append(dst, v.data[p.start:end]...)
	}
	g := v.globalAt(p)
	if v.data[g.at] == opStackGlobal {
		module, name := v.global(g)
		dst = putText(dst, string(module), 4)
		return append(putText(dst, string(name), 4), opStackGlobal)
	}
	return append(dst, v.data[g.at:v.endOfLine(v.endOfLine(g.module))]...)
}

// globalFrom returns the number of the first global that is not before an offset.
func (v *View) globalFrom(at int32) int {
	i, _ := slices.BinarySearchFunc(v.globals, at, func(g globalRef, at int32) int { return cmp.Compare(g.at, at) })
	return i
}

// globalAt returns the global that was put.
func (v *View) globalAt(p *put) globalRef {
	i := v.globalFrom(p.start)
	for v.globals[i].at != p.start && v.globals[i].module != p.start {
		i++
	}
	return v.globals[i]
}

// A rawWriter writes the opcodes of a Raw.
type rawWriter struct {
	v    *View
	raw  *Raw
	from int32 // of what is to be copied next
}

// write copies the item.
func (w *rawWriter) write(e *extent) {
	puts, cuts, n := e.puts, e.cuts, int32(e.first)
	for len(puts) > 0 || len(cuts) > 0 {
		if len(cuts) == 0 || len(puts) > 0 && puts[0].at < cuts[0].at {
			w.copyTo(puts[0].at)
			w.put(n)
			puts = puts[1:]
			n++
		} else {
			w.copyTo(cuts[0].at)
			if cuts[0].put != isFrame {
				w.get(cuts[0].put)
			}
			cuts = cuts[1:]
		}
	}
	w.raw.ops = append(w.raw.ops, w.v.data[w.from:e.end]...)
}

// copyTo copies up to the memo opcode or FRAME at an offset, and skips that.
func (w *rawWriter) copyTo(at int32) {
	w.raw.ops = append(w.raw.ops, w.v.data[w.from:at]...)
	w.from = w.v.afterMemo(at)
}

// put numbers the value on top if it is referred to.
func (w *rawWriter) put(n int32) {
	u := &w.v.uses[n]
	if u.gets == 0 {
		return
	}
	w.raw.memo++
	u.entry = w.raw.memo
	w.memo(opBinPut, opLongBinPut, u.entry)
}

// get refers to the put, or writes its value if it is not in the Raw yet.
func (w *rawWriter) get(n int32) {
	p, u := &w.v.puts[n], &w.v.uses[n]
	if u.entry > 0 {
		w.memo(opBinGet, opLongBinGet, u.entry)
		return
	}
	at := len(w.raw.ops)
	w.raw.ops = w.v.appendAtom(w.raw.ops, p)
	w.raw.flagOp(w.raw.ops[at])
	if p.kind == kindGlobal {
		module, _ := w.v.global(w.v.globalAt(p))
		w.raw.flagGlobal(string(module))
	}
	if u.gets > 1 {
		w.put(n)
	}
}

func (w *rawWriter) memo(short, long byte, entry int32) {
	n := uint32(entry - 1)
	if n < 256 {
		w.raw.ops = append(w.raw.ops, short, byte(n))
	} else {
		w.raw.ops = binary.LittleEndian.AppendUint32(append(w.raw.ops, long), n)
	}
}
