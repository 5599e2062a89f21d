package pickle

import (
	"bytes"
	"context"
	"encoding/binary"
)

// A Raw is a value as its peer wrote it: checked, not built; it encodes by
// splicing. The zero Raw is None.
//
// Its opcodes stand for themselves: no FRAME, and no memo entry but their own,
// which are put by number, from 0 on, before they are used. So any number of
// Raws can stand in one pickle.
type Raw struct {
	ops   []byte
	need  byte  // the highest protocol of its opcodes, about
	proto byte  // of the pickle it came in
	flags uint8 // what it names
	alias bool
	memo  uint32 // entries
}

const (
	namesGlobals = 1 << iota // any
	namesPackage             // multiprocessing and below
	namesFork                // multiprocess and below, or dill
)

// largeItem is the size from which a Raw aliases the pickle it came in.
const largeItem = 64 << 10

// Size is the length of the opcodes in bytes.
func (r Raw) Size() int { return len(r.ops) }

// Aliases tells whether r's bytes are part of the pickle it was taken from.
func (r Raw) Aliases() bool { return r.alias }

// Value builds the value.
func (r Raw) Value(ctx context.Context, c Codec) (any, error) {
	if v, ok := r.atom(); ok {
		return v, nil
	}
	if r.flags&namesFork != 0 {
		c.Dialect.Package = "multiprocess"
	}
	b := make([]byte, 0, len(r.ops)+3)
	b = append(b, opProto, max(r.proto, 2))
	if r.proto > 2 {
		b[1] = max(r.proto, r.need)
	}
	b = append(append(b, r.ops...), opStop)
	return c.Decode(ctx, b)
}

// atom builds the values that one opcode makes.
func (r Raw) atom() (any, bool) {
	if len(r.ops) == 0 {
		return nil, true
	}
	switch r.ops[0] {
	case opNone:
		return nil, len(r.ops) == 1
	case opNewTrue:
		return true, len(r.ops) == 1
	case opNewFalse:
		return false, len(r.ops) == 1
	case opBinInt1, opBinInt2, opBinInt:
		_, n, _ := argument(r.ops, 0)
		if len(r.ops) == 1+n {
			return smallInt(r.ops)
		}
	case opShortBinUnicode, opBinUnicode:
		if a, n, err := argument(r.ops, 0); err == nil && len(r.ops) == a+n {
			return string(r.ops[a : a+n]), true
		}
	}
	return nil, false
}

// fits tells whether the opcodes mean to the codec's reader what they meant to
// ours.
func (r Raw) fits(c Codec) bool {
	python2 := r.proto <= 2
	switch {
	case len(r.ops) == 0:
		return true
	case int(r.need) > c.Protocol.version(), python2 != c.Dialect.Python2:
		return false
	case r.flags&(namesPackage|namesFork) == 0:
		return true
	case r.flags&namesFork != 0:
		return r.flags&namesPackage == 0 && c.Dialect.Package == "multiprocess"
	}
	return c.Dialect.Package == ""
}

// Raw returns the item as a Raw with bytes of its own, or aliasing data when
// it is large. ok is false when the item shares parts with others, so that
// only decoding the whole keeps the sharing.
func (v *View) Raw(it Item) (raw Raw, ok bool) {
	raw = Raw{need: v.need, proto: v.proto}
	for _, g := range v.globals {
		if g.at >= it.start && g.at < it.end {
			raw.flags |= namesGlobals | packageFlag(g.module)
		}
	}
	events := v.within(it)
	for len(events) > 0 { // what nobody uses at the end
		last := events[len(events)-1]
		if last.end != it.end || last.kind == getEvent {
			break
		}
		if last.kind == putEvent && v.used(events, last.memo) {
			break
		}
		it.end, events = last.at, events[:len(events)-1]
	}
	if !entangled(events) {
		raw.ops = v.data[it.start:it.end:it.end]
		raw.alias = len(raw.ops) > largeItem
		if !raw.alias {
			raw.ops = bytes.Clone(raw.ops)
		}
		return raw, true
	}
	w := rewriter{s: &v.skim}
	if !w.item(it, events) {
		return Raw{}, false
	}
	raw.ops = w.out
	raw.memo = uint32(len(w.index))
	return raw, true
}

func packageFlag(module []byte) uint8 {
	switch name := string(module); {
	case name == "dill._dill", name == "multiprocess", bytes.HasPrefix(module, []byte("multiprocess.")):
		return namesFork
	case name == "multiprocessing", bytes.HasPrefix(module, []byte("multiprocessing.")):
		return namesPackage
	}
	return 0
}

// within returns the events inside the item.
func (s *skim) within(it Item) []event {
	from, to := 0, len(s.events)
	for from < to && s.events[from].at < it.start {
		from++
	}
	for to > from && s.events[to-1].at >= it.end {
		to--
	}
	return s.events[from:to]
}

func (s *skim) used(events []event, memo int32) bool {
	for _, e := range events {
		if e.kind == getEvent && e.memo == memo {
			return true
		}
	}
	return false
}

// entangled reports whether the bytes mean something else elsewhere. A PUT
// that nobody gets does no harm.
func entangled(events []event) bool {
	for _, e := range events {
		if e.kind != putEvent {
			return true
		}
	}
	return false
}

// A rewriter makes opcodes stand for themselves.
type rewriter struct {
	s     *skim
	out   []byte
	index map[int32]uint32 // numbers for memo entries
	depth int
}

// item copies the item, with its memo entries renumbered. It fails if the item
// gets something from outside that has an identity.
func (w *rewriter) item(it Item, events []event) bool {
	if w.depth++; w.depth > 8 {
		return false
	}
	defer func() { w.depth-- }()
	if w.index == nil {
		w.index = make(map[int32]uint32)
	}
	pos := it.start
	for _, e := range events {
		w.out = append(w.out, w.s.data[pos:e.at]...)
		pos = e.end
		switch e.kind {
		case putEvent:
			if w.s.used(events, e.memo) {
				n := uint32(len(w.index))
				w.index[e.memo] = n
				w.number(opBinPut, opLongBinPut, n)
			}
		case getEvent:
			if !w.get(e.memo) {
				return false
			}
		}
	}
	w.out = append(w.out, w.s.data[pos:it.end]...)
	return true
}

func (w *rewriter) get(memo int32) bool {
	if n, ok := w.index[memo]; ok {
		w.number(opBinGet, opLongBinGet, n)
		return true
	}
	span := w.s.memo[memo]
	if !w.s.immutable(span) {
		return false
	}
	it := Item{span.start, span.end}
	return w.item(it, w.s.within(it))
}

func (w *rewriter) number(short, long byte, n uint32) {
	if n < 256 {
		w.out = append(w.out, short, byte(n))
		return
	}
	w.out = binary.LittleEndian.AppendUint32(append(w.out, long), n)
}

// immutable reports whether a value may be written twice: text, bytes, numbers
// and names of globals.
func (s *skim) immutable(span memoSpan) bool {
	op := s.data[span.start]
	a, n, err := argument(s.data, int(span.start))
	if err != nil {
		return false
	}
	end := a + n
	switch effects[op].arg {
	case argLine, argLines:
		end++
	}
	switch op {
	case opEmptyList, opEmptyDict, opEmptySet, opByteArray8:
		return false
	}
	if effects[op].kind == effectPush && int(span.end) == end {
		return true
	}
	return s.data[span.end-1] == opStackGlobal && effects[op].text
}
