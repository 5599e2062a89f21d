package pickle

import (
	"encoding/binary"
	"math"
)

// What is brief is built in a single allocation, where it fits into one of these.
type (
	briefNote struct {
		strings [2]string
		tuples  [1]Tuple
		items   [2]any
		text    [40]byte
	}
	briefLetter struct {
		strings [3]string
		tuples  [2]Tuple
		items   [6]any
		dict    Dict
		text    [32]byte
	}
	briefPage struct {
		strings [6]string
		tuples  [2]Tuple
		items   [10]any
		dict    Dict
		text    [80]byte
	}
)

// maxBrief is the size of the pickles that may fit.
const maxBrief = 256

// A briefBuilder makes the values of a brief pickle.
type briefBuilder struct {
	data    []byte
	strings []string
	tuples  []Tuple
	anys    []any
	dict    *Dict
	text    []byte // nil where texts are those of data

	nstrings, ntuples, nanys, ntext int // that are used
}

// decodeBrief builds the value of a brief pickle. It returns false for any other.
func (c *Codec) decodeBrief(data []byte) (v any, ok bool) {
	if len(data) > maxBrief || c.Limits.Memory > 0 || c.passage != 0 || !c.Limits.allowBrief(len(data)) {
		return nil, false
	}
	var items [briefOps]Item
	s := shape{items: items[:0]}
	if !s.brief(data) {
		return nil, false
	}
	b := briefBuilder{data: data}
	if !b.room(&s, c.Alias) {
		return nil, false
	}
	return b.tuple(&s)
}

// room makes the allocation.
func (b *briefBuilder) room(s *shape, alias bool) bool {
	letters := s.letters
	if alias {
		letters = 0
	}
	switch n := len(s.items); {
	case s.texts <= len(briefNote{}.strings) && n <= len(briefNote{}.items) && letters <= len(briefNote{}.text):
		p := new(briefNote)
		b.strings, b.tuples, b.anys, b.text = p.strings[:], p.tuples[:], p.items[:], p.text[:]
	case s.texts <= len(briefLetter{}.strings) && n <= len(briefLetter{}.items) && letters <= len(briefLetter{}.text):
		p := new(briefLetter)
		b.strings, b.tuples, b.anys, b.dict, b.text = p.strings[:], p.tuples[:], p.items[:], &p.dict, p.text[:]
	case s.texts <= len(briefPage{}.strings) && n <= len(briefPage{}.items) && letters <= len(briefPage{}.text):
		p := new(briefPage)
		b.strings, b.tuples, b.anys, b.dict, b.text = p.strings[:], p.tuples[:], p.items[:], &p.dict, p.text[:]
	default:
		return false
	}
	if alias {
		b.text = nil
	}
	return true
}

// tuple builds the tuple that the pickle is.
func (b *briefBuilder) tuple(s *shape) (v any, ok bool) {
	n := int(s.root.last - s.root.first)
	values := b.take(n)
	for i, it := range s.items[s.root.first:s.root.last] {
		part := s.items[s.elems[i].first:s.elems[i].last]
		switch {
		case len(part) == 0:
			values[i] = b.atom(it.start)
		case s.kinds[i] == kindDict:
			d, err := b.dictOf(part)
			if err != nil {
				return nil, false
			}
			values[i] = d
		default:
			values[i] = b.tupleOf(b.atoms(part))
		}
	}
	return b.tupleOf(values), true
}

func (b *briefBuilder) take(n int) []any {
	from := b.nanys
	b.nanys += n
	return b.anys[from : from+n : from+n]
}

func (b *briefBuilder) atoms(items []Item) []any {
	values := b.take(len(items))
	for i, it := range items {
		values[i] = b.atom(it.start)
	}
	return values
}

func (b *briefBuilder) tupleOf(values []any) any {
	n := b.ntuples
	if n >= len(b.tuples) {
		return Tuple(values)
	}
	b.ntuples++
	p := &b.tuples[n]
	*p = values
	return box(typeTuple, p)
}

// dictOf builds a dict of keys and values in turn.
func (b *briefBuilder) dictOf(items []Item) (*Dict, error) {
	t, n := new(table), len(items)/2
	t.keys, t.vals = b.take(n)[:0], b.take(n)[:0]
	for i := 0; i < len(items); i += 2 {
		if err := t.set(nil, b.atom(items[i].start), b.atom(items[i+1].start)); err != nil {
			return nil, err
		}
	}
	d := b.newDict()
	d.entries = t
	return d, nil
}

func (b *briefBuilder) newDict() (d *Dict) {
	if d, b.dict = b.dict, nil; d == nil {
		d = new(Dict)
	}
	return d
}

// atom builds what the opcode at an offset pushes.
func (b *briefBuilder) atom(at int32) any {
	arg := b.data[at+1:]
	switch b.data[at] {
	case opShortBinUnicode:
		return b.str(arg[1 : 1+int(arg[0])])
	case opBinInt1:
		return int64(arg[0]) // Go has these boxed
	case opBinInt2:
		return shortInt(uint(binary.LittleEndian.Uint16(arg)))
	case opBinInt:
		return int64(int32(binary.LittleEndian.Uint32(arg)))
	case opBinFloat:
		return math.Float64frombits(binary.BigEndian.Uint64(arg))
	case opNewTrue:
		return true
	case opNewFalse:
		return false
	case opEmptyTuple, opMark: // a MARK has its counterpart next
		return emptyTuple
	case opEmptyList:
		return new(List)
	case opEmptyDict:
		return b.newDict()
	}
	return nil
}

func (b *briefBuilder) str(text []byte) any {
	p := &b.strings[b.nstrings]
	b.nstrings++
	if b.text != nil {
		from := b.ntext
		b.ntext += copy(b.text[from:], text)
		text = b.text[from:b.ntext]
	}
	*p = textOf(text)
	return box(typeString, p)
}
