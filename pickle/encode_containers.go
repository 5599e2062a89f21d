package pickle

import (
	"encoding/binary"
	"math"
	"slices"
)

// batchSize is how many items one opcode takes at most: a reader keeps them on
// its stack until then.
const batchSize = 1000

// tuple writes a tuple. Its items come first: if one of them leads back to it,
// the tuple has been made when they are done, and they are dropped again.
func (e *encoder) tuple(t Tuple) error {
	if len(t) == 0 {
		if e.version == 0 {
			e.op(opMark, opTuple)
		} else {
			e.out = append(e.out, opEmptyTuple)
		}
		return nil
	}
	k := key{firstOf(t), len(t)}
	if e.again(k) {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	nodes := len(e.nodes)
	marked := e.version < 2 || len(t) > 3
	if marked {
		e.out = append(e.out, opMark)
	}
	for i, v := range t {
		e.boundary()
		if err := e.value(v); err != nil {
			return inItem(err, i)
		}
	}
	e.leave()
	if n := e.findSince(nodes, k); n >= 0 {
		e.unwind(marked, len(t))
		e.refer(n)
		return nil
	}
	if marked {
		e.out = append(e.out, opTuple)
	} else {
		e.out = append(e.out, opTuple1+byte(len(t)-1))
	}
	e.made(k)
	return nil
}

// unwind drops n values, and the mark below them.
func (e *encoder) unwind(marked bool, n int) {
	if marked && e.version >= 1 {
		e.out = append(e.out, opPopMark)
		return
	}
	if marked {
		n++
	}
	for range n {
		e.out = append(e.out, opPop)
	}
}

// list writes a list. Lists that hold nothing but the next are written in a row: they
// may be nested deep.
func (e *encoder) list(l *List) error {
	outer := 0 // lists around l that are not complete
	for {
		k := keyOf(l)
		free, again := e.againOr(k)
		if again {
			break
		}
		e.emptyList()
		e.madeAt(k, free)
		only := l.only()
		if only == nil || len(e.past) > 0 {
			err := e.items(l.Items, opAppend, opAppends)
			if err == nil {
				err = e.happened(l, k)
			}
			if err != nil {
				return inOnly(err, outer)
			}
			break
		}
		if err := e.enter(); err != nil {
			return err
		}
		e.boundary()
		l = only
		outer++
	}
	for range outer {
		e.out = append(e.out, opAppend)
		e.leave()
	}
	return nil
}

// only returns the list that is all that a list holds, or nil.
func (l *List) only() *List {
	if len(l.Items) != 1 {
		return nil
	}
	inner, _ := l.Items[0].(*List)
	return inner
}

// happened writes what happened to a container after it was met again.
func (e *encoder) happened(v any, k key) error {
	if len(e.past) == 0 {
		return nil
	}
	return e.changes(nil, e.past[v], k)
}

func (e *encoder) emptyList() {
	if e.version == 0 {
		e.op(opMark, opList)
	} else {
		e.out = append(e.out, opEmptyList)
	}
}

// items writes values that go into the container on top: by the opcode for
// one, or that for those above a mark. Protocol 0 has only the first.
func (e *encoder) items(items []any, one, many byte) error {
	if len(items) == 0 {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	single := len(items) == 1 && one != 0
	for done := 0; len(items) > 0; {
		part := items[:min(len(items), batchSize)]
		if !single && e.version > 0 {
			e.out = append(e.out, opMark)
		}
		floats := e.floats(part)
		for i, v := range part[floats:] {
			e.boundary()
			if err := e.value(v); err != nil {
				return inItem(err, done+floats+i)
			}
			if e.version == 0 {
				e.out = append(e.out, one)
			}
		}
		switch {
		case e.version == 0:
		case single:
			e.out = append(e.out, one)
		default:
			e.out = append(e.out, many)
		}
		items = items[len(part):]
		done += len(part)
	}
	e.leave()
	return nil
}

// floats writes the floats that items begin with, where nothing belongs between
// them, and returns how many.
func (e *encoder) floats(items []any) int {
	if _, ok := items[0].(float64); !ok || e.version == 0 || e.frames.on {
		return 0
	}
	const size = 9
	start := len(e.out)
	e.out = slices.Grow(e.out, size*len(items))
	out := e.out[start : start+size*len(items)]
	for i, v := range items {
		f, ok := v.(float64)
		if !ok {
			e.out = e.out[:start+size*i]
			return i
		}
		b := out[size*i:][:size]
		b[0] = opBinFloat
		binary.BigEndian.PutUint64(b[1:], math.Float64bits(f))
	}
	e.out = e.out[:start+len(out)]
	return len(items)
}

func (e *encoder) dict(d *Dict) error {
	k := keyOf(d)
	free, again := e.againOr(k)
	if again {
		return nil
	}
	e.emptyDict()
	e.madeAt(k, free)
	if err := e.pairs(d); err != nil {
		return err
	}
	return e.happened(d, k)
}

func (e *encoder) emptyDict() {
	if e.version == 0 {
		e.op(opMark, opDict)
	} else {
		e.out = append(e.out, opEmptyDict)
	}
}

// pairs writes what a dict holds, which goes into the container on top.
func (e *encoder) pairs(d *Dict) error {
	n := d.Len()
	if n == 0 {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	packed, isPacked := d.entries.(*packed)
	marked, batch := e.beginPairs(n), 0
	for pos, ok := d.entries.next(0); ok; pos, ok = d.entries.next(pos + 1) {
		if batch++; batch > batchSize {
			e.endPairs(marked)
			e.beginPairs(n)
			batch = 1
		}
		var err error
		if isPacked {
			err = e.packedPair(packed, packed.at[pos], marked)
		} else {
			k, v := d.entries.entry(pos, nil)
			err = e.pair(k, v, marked)
		}
		if err != nil {
			return err
		}
	}
	e.endPairs(marked)
	e.leave()
	return nil
}

// beginPairs begins n keys and values that go into the container on top.
func (e *encoder) beginPairs(n int) (marked bool) {
	marked = n > 1 && e.version > 0
	if marked {
		e.out = append(e.out, opMark)
	}
	return marked
}

func (e *encoder) pair(k, v any, marked bool) error {
	e.boundary()
	if err := e.value(k); err != nil {
		return err
	}
	e.boundary()
	if err := e.value(v); err != nil {
		return inEntry(err, k)
	}
	if !marked {
		e.out = append(e.out, opSetItem)
	}
	return nil
}

// packedPair is pair for the key at an offset and its value, without making them.
func (e *encoder) packedPair(p *packed, at uint32, marked bool) error {
	e.boundary()
	if err := e.atom(p, at); err != nil {
		return err
	}
	e.boundary()
	if err := e.atom(p, p.after(at)); err != nil {
		return err
	}
	if !marked {
		e.out = append(e.out, opSetItem)
	}
	return nil
}

func (e *encoder) atom(p *packed, at uint32) error {
	switch p.ops[at] {
	case opShortBinUnicode:
		return e.text(p.text(at))
	case opBinInt1, opBinInt2, opBinInt:
		e.int(p.int(at))
	case opBinFloat:
		e.out = putFloat(e.out, p.float(at), e.version)
	case opNewTrue, opNewFalse:
		e.out = putBool(e.out, p.ops[at] == opNewTrue, e.version)
	default:
		e.out = append(e.out, opNone)
	}
	return nil
}

func (e *encoder) endPairs(marked bool) {
	if marked {
		e.out = append(e.out, opSetItems)
	}
}
