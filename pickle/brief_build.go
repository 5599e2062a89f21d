package pickle

import (
	"encoding/binary"
	"math"
)

// Short messages are built in one pass, without the decoder's state, in an allocation
// that most of them fit into and another for texts that did not come before. That holds
// for tuples, lists and dicts without a reference to the memo; what holds anything
// else, or is no pickle, is left to the decoder.
type (
	briefNote struct {
		tuples [1]Tuple
		items  [2]any
	}
	briefLetter struct {
		tuples [2]Tuple
		items  [6]any
		dict   Dict
	}
	briefPage struct {
		tuples [2]Tuple
		items  [12]any
		dict   Dict
	}
	briefTexts struct {
		strings [3]string
		text    [48]byte
	}
)

const (
	maxBrief     = 256 // bytes of the pickle
	briefHeight  = 16  // of the stack
	noteLength   = 40  // of pickles for which a briefNote will do
	letterLength = 80
)

// A briefBuilder hands out the memory for the values of a brief pickle.
type briefBuilder struct {
	size  int  // of the pickle
	alias bool // texts are those of the pickle

	tuples  []Tuple // free
	items   []any
	dict    *Dict
	strings []string
	text    []byte
}

// decodeBrief builds the value of a brief pickle. It returns false for any other.
func (c *Codec) decodeBrief(data []byte) (v any, ok bool) {
	last := len(data) - 1
	if last < 3 || last >= maxBrief || data[0] != opProto || data[1] > 5 || data[last] != opStop || c.passage != 0 || !c.Limits.allow(maxBrief) {
		return nil, false
	}
	pos := 2
	if data[2] == opFrame {
		pos = 11
	}
	if pos < last && data[pos] == opMark && !c.Alias {
		if v, ok := decodeRequest(data, pos, last); ok {
			return v, true
		}
	}
	return c.buildBrief(data, pos, last)
}

// buildBrief builds the value of opcodes that begin at pos and end before last.
func (c *Codec) buildBrief(data []byte, pos, last int) (v any, ok bool) {
	b := briefBuilder{size: last, alias: c.Alias}
	var stack [briefHeight]any  // here, where the collector need not be told what is written to it
	n, mark, below := 0, -1, -1 // heights: of the stack, of the last mark and of the one before
	for pos < last && uint(n) < briefHeight {
		op := data[pos]
		pos++
		switch op {
		case opMark:
			if below >= 0 {
				return nil, false
			}
			mark, below = n, mark
			continue
		case opTuple, opTuple1, opTuple2, opTuple3, opSetItem, opSetItems:
			low := n
			switch op {
			case opTuple, opSetItems:
				low, mark, below = mark, below, -1
			case opSetItem:
				low -= 2
			default:
				low -= 1 + int(op-opTuple1)
			}
			if low < max(mark, 0) || low > n {
				return nil, false
			}
			if op == opSetItem || op == opSetItems {
				if low--; low < max(mark, 0) || !b.pairs(stack[low], stack[low+1:n]) {
					return nil, false
				}
			} else {
				stack[low] = b.tuple(stack[low:n])
			}
			n = low
		case opShortBinUnicode: // as most texts are, without a call for each
			if text, next := internedAt(data, pos-1); text != nil && !b.alias {
				stack[n], pos = box(typeString, text), next
				break
			}
			fallthrough
		default:
			if stack[n], pos, ok = b.atom(data, pos-1); !ok {
				return nil, false
			}
		}
		n++
		pos = skipMemoize(data, pos)
	}
	return stack[0], pos == last && n == 1 && mark < 0
}

// allow tells whether no limit stands in the way of a pickle of n bytes.
func (l *Limits) allow(n int) bool {
	return l.Memory <= 0 && (l.Bytes <= 0 || l.Bytes >= int64(n)) && (l.Depth <= 0 || l.Depth >= n) && (l.Memo <= 0 || l.Memo >= n)
}

// atom reads an atom, or an empty container, but no text that came before.
func (b *briefBuilder) atom(data []byte, pos int) (v any, next int, ok bool) {
	op := data[pos]
	pos++
	rest := data[pos:] // STOP, where there is no more
	switch op {
	case opBinInt1:
		if len(rest) > 1 {
			return int64(rest[0]), pos + 1, true // Go has these boxed
		}
	case opBinInt2:
		if len(rest) > 2 {
			return shortInt(uint(binary.LittleEndian.Uint16(rest))), pos + 2, true
		}
	case opBinInt:
		if len(rest) > 4 {
			return int64(int32(binary.LittleEndian.Uint32(rest))), pos + 4, true
		}
	case opBinFloat:
		if len(rest) > 8 {
			return math.Float64frombits(binary.BigEndian.Uint64(rest)), pos + 8, true
		}
	case opNone:
		return nil, pos, true
	case opNewTrue:
		return true, pos, true
	case opNewFalse:
		return false, pos, true
	case opShortBinUnicode:
		if size := int(rest[0]); size < len(rest)-1 {
			v, ok = b.str(rest[1 : 1+size])
			return v, pos + 1 + size, ok
		}
	case opEmptyTuple:
		return emptyTuple, pos, true
	case opEmptyList:
		return new(List), pos, true
	case opEmptyDict:
		return b.newDict(), pos, true
	}
	return nil, 0, false
}

// room makes the allocation.
func (b *briefBuilder) room() {
	switch n := b.size; {
	case n <= noteLength:
		p := new(briefNote)
		b.tuples, b.items = p.tuples[:], p.items[:]
	case n <= letterLength:
		p := new(briefLetter)
		b.tuples, b.items, b.dict = p.tuples[:], p.items[:], &p.dict
	default:
		p := new(briefPage)
		b.tuples, b.items, b.dict = p.tuples[:], p.items[:], &p.dict
	}
}

// tuple makes a tuple of what lies on the stack.
func (b *briefBuilder) tuple(above []any) any {
	if len(above) == 0 {
		return emptyTuple
	}
	if b.items == nil {
		b.room()
	}
	values := b.take(len(above))
	for i := range values { // fewer than copy is for
		values[i] = above[i]
	}
	if len(b.tuples) == 0 {
		return Tuple(values)
	}
	p := &b.tuples[0]
	b.tuples = b.tuples[1:]
	*p = values
	return box(typeTuple, p)
}

func (b *briefBuilder) take(n int) []any {
	if n > len(b.items) {
		return make([]any, n)
	}
	values := b.items[:n:n]
	b.items = b.items[n:]
	return values
}

func (b *briefBuilder) newDict() (d *Dict) {
	if b.items == nil {
		b.room()
	}
	if d, b.dict = b.dict, nil; d == nil {
		d = new(Dict)
	}
	return d
}

// pairs sets keys and values of a dict.
func (b *briefBuilder) pairs(target any, items []any) bool {
	d, ok := target.(*Dict)
	if !ok || len(items)%2 != 0 {
		return false
	}
	t := d.table()
	if n := len(items) / 2; t.keys == nil {
		t.keys, t.vals = b.take(n)[:0], b.take(n)[:0]
	}
	for i := 0; i < len(items); i += 2 {
		if t.set(nil, items[i], items[i+1]) != nil {
			return false
		}
	}
	return true
}

func (b *briefBuilder) str(text []byte) (v any, ok bool) {
	if !validText(text) {
		return nil, false
	}
	if !b.alias {
		intern(text)
		if len(b.strings) == 0 || len(b.text) < len(text) {
			p := new(briefTexts)
			b.strings, b.text = p.strings[:], p.text[:]
		}
		n := copy(b.text, text)
		if n < len(text) {
			return string(text), true
		}
		text, b.text = b.text[:n], b.text[n:]
	} else if len(b.strings) == 0 {
		b.strings = make([]string, 3)
	}
	p := &b.strings[0]
	b.strings = b.strings[1:]
	*p = textOf(text)
	return box(typeString, p), true
}
