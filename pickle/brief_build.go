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

// A briefBuilder makes the values of a brief pickle.
type briefBuilder struct {
	size  int  // of the pickle
	alias bool // texts are those of the pickle

	tuples  []Tuple // free
	items   []any
	dict    *Dict
	strings []string
	text    []byte

	stack  [briefHeight]any
	marks  [2]int // heights
	nmarks int
}

// decodeBrief builds the value of a brief pickle. It returns false for any other.
func (c *Codec) decodeBrief(data []byte) (v any, ok bool) {
	last := len(data) - 1
	if last < 3 || last >= maxBrief || data[0] != opProto || data[1] > 5 || data[last] != opStop || c.passage != 0 || !c.Limits.allow(maxBrief) {
		return nil, false
	}
	b := briefBuilder{size: last, alias: c.Alias}
	return b.run(data[:last])
}

// allow tells whether no limit stands in the way of a pickle of n bytes.
func (l *Limits) allow(n int) bool {
	return l.Memory <= 0 && (l.Bytes <= 0 || l.Bytes >= int64(n)) && (l.Depth <= 0 || l.Depth >= n) && (l.Memo <= 0 || l.Memo >= n)
}

// run executes the opcodes in front of STOP.
func (b *briefBuilder) run(data []byte) (v any, ok bool) {
	pos := 2
	if data[2] == opFrame {
		pos = 11
	}
	n := 0 // values on the stack
	for pos < len(data) && n < briefHeight {
		op, arg := data[pos], data[pos+1:]
		pos++
		switch op {
		case opShortBinUnicode:
			if len(arg) == 0 || len(arg) <= int(arg[0]) {
				return nil, false
			}
			text := arg[1 : 1+int(arg[0])]
			if b.stack[n], ok = b.str(text); !ok {
				return nil, false
			}
			pos += 1 + len(text)
			if pos < len(data) && data[pos] == opMemoize {
				pos++
			}
		case opMemoize:
			if n <= b.fence() {
				return nil, false
			}
			continue
		case opBinInt1:
			if len(arg) < 1 {
				return nil, false
			}
			b.stack[n] = int64(arg[0]) // Go has these boxed
			pos++
		case opBinInt2:
			if len(arg) < 2 {
				return nil, false
			}
			b.stack[n] = shortInt(uint(binary.LittleEndian.Uint16(arg)))
			pos += 2
		case opBinInt:
			if len(arg) < 4 {
				return nil, false
			}
			b.stack[n] = int64(int32(binary.LittleEndian.Uint32(arg)))
			pos += 4
		case opBinFloat:
			if len(arg) < 8 {
				return nil, false
			}
			b.stack[n] = math.Float64frombits(binary.BigEndian.Uint64(arg))
			pos += 8
		case opNone:
			b.stack[n] = nil
		case opNewTrue:
			b.stack[n] = true
		case opNewFalse:
			b.stack[n] = false
		case opEmptyTuple:
			b.stack[n] = emptyTuple
		case opEmptyList:
			b.stack[n] = new(List)
		case opEmptyDict:
			b.stack[n] = b.newDict()
		case opMark:
			if b.nmarks == len(b.marks) {
				return nil, false
			}
			b.marks[b.nmarks] = n
			b.nmarks++
			continue
		case opTuple, opTuple1, opTuple2, opTuple3:
			low, ok := b.low(op, n)
			if !ok {
				return nil, false
			}
			b.stack[low] = b.tuple(b.stack[low:n])
			n = low
		case opSetItem, opSetItems:
			low, ok := b.low(op, n)
			if !ok || low <= b.fence() || !b.pairs(b.stack[low-1], b.stack[low:n]) {
				return nil, false
			}
			n = low
			continue
		default:
			return nil, false
		}
		n++
	}
	return b.stack[0], pos == len(data) && n == 1 && b.nmarks == 0
}

// low returns the height above which lies what an opcode takes of n values.
func (b *briefBuilder) low(op byte, n int) (low int, ok bool) {
	switch op {
	case opTuple, opSetItems:
		if b.nmarks == 0 {
			return 0, false
		}
		b.nmarks--
		return b.marks[b.nmarks], true
	case opSetItem:
		low = n - 2
	default:
		low = n - 1 - int(op-opTuple1)
	}
	return low, low >= b.fence()
}

// fence is the height of the last mark, below which only what looks for it reaches.
func (b *briefBuilder) fence() int {
	if b.nmarks == 0 {
		return 0
	}
	return b.marks[b.nmarks-1]
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
	if v, ok = interned(text); ok && !b.alias {
		return v, true
	}
	if !validText(text) {
		return nil, false
	}
	if !b.alias {
		intern(textOf(text))
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
