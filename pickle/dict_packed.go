package pickle

import (
	"encoding/binary"
	"math"
)

// A packed holds the entries of a large dict as they lie in its pickle: opcodes of
// atoms, whose keys are texts and ints and all different. Values are made when they
// are asked for. That takes a third of what a table takes, and next to no time of the
// collector's, for there are no pointers in it.
type packed struct {
	ops   string   // of the pickle, from the first entry to the last
	at    []uint32 // where in ops each entry begins
	slots []uint32 // a power of two
}

// A slot of a packed holds the position of an entry plus one in the bits that tell
// where among the slots a hash belongs, and the rest of the hash in the others.

// newPacked returns the entries. It is false if they have a key twice.
func newPacked(ops string, at []uint32) (*packed, bool) {
	p := &packed{ops, append(make([]uint32, 0, len(at)), at...), make([]uint32, indexSize(len(at)))}
	slots, mask := p.slots, uint32(len(p.slots)-1)
	for pos, from := range p.at {
		h := fold(p.hashKey(from))
		i := h & mask
		for ; slots[i] != 0; i = (i + 1) & mask {
			if slots[i]&^mask == h&^mask && p.sameKey(p.at[slots[i]&mask-1], from) {
				return nil, false
			}
		}
		slots[i] = h&^mask | uint32(pos+1)
	}
	return p, true
}

// hashKey returns the hash of the key at an offset.
func (p *packed) hashKey(at uint32) uint64 {
	if p.ops[at] == opShortBinUnicode {
		return hashString(p.text(at))
	}
	return hashInt(p.int(at))
}

func (p *packed) sameKey(a, b uint32) bool {
	if p.ops[a] == opShortBinUnicode || p.ops[b] == opShortBinUnicode {
		return p.ops[a] == p.ops[b] && p.text(a) == p.text(b)
	}
	return p.int(a) == p.int(b)
}

func (p *packed) len() int { return len(p.at) }

func (p *packed) lookup(w *walk, key any) (pos int, err error) {
	if w == nil {
		w = newWalk()
	}
	if key, err = w.plain(key); err != nil {
		return -1, err
	}
	switch k := key.(type) {
	case string:
		return p.find(hashString(k), func(at uint32) bool { return p.ops[at] == opShortBinUnicode && p.text(at) == k }), nil
	case int64:
		return p.find(hashInt(k), func(at uint32) bool { return p.ops[at] != opShortBinUnicode && p.int(at) == k }), nil
	}
	_, _, err = w.hashKey(key) // as a table tells that a key is unhashable
	return -1, err
}

func (p *packed) find(hash uint64, equal func(at uint32) bool) (pos int) {
	mask, h := uint32(len(p.slots)-1), fold(hash)
	for i := h & mask; p.slots[i] != 0; i = (i + 1) & mask {
		if pos := p.slots[i]&mask - 1; p.slots[i]&^mask == h&^mask && equal(p.at[pos]) {
			return int(pos)
		}
	}
	return -1
}

func (p *packed) next(pos int) (int, bool) {
	pos = max(pos, 0)
	return pos, pos < len(p.at)
}

func (p *packed) entry(pos int, in *atomBoxes) (key, v any) {
	at := p.at[pos]
	return p.atom(at, in), p.atom(p.after(at), in)
}

func (p *packed) thawed() *table {
	t, in := new(table), atomBoxes{most: 64}
	t.init(len(p.at))
	t.vals = make([]any, 0, len(p.at))
	for pos := range p.at {
		key, v := p.entry(pos, &in)
		_ = t.set(nil, key, v) // texts and ints are hashable
	}
	return t
}

// after returns where the value of the key at an offset begins.
func (p *packed) after(at uint32) uint32 {
	if p.ops[at] == opShortBinUnicode {
		at += 2 + uint32(p.ops[at+1])
	} else {
		at += uint32(briefAtoms[p.ops[at]])
	}
	if p.ops[at] == opMemoize {
		at++
	}
	if p.ops[at] == opFrame {
		at += 9
	}
	return at
}

// text returns the text at an offset.
func (p *packed) text(at uint32) string {
	return p.ops[at+2 : at+2+uint32(p.ops[at+1])]
}

// int returns the int at an offset.
func (p *packed) int(at uint32) int64 {
	switch arg := textBytes(p.ops[at+1:]); p.ops[at] {
	case opBinInt1:
		return int64(arg[0])
	case opBinInt2:
		return int64(binary.LittleEndian.Uint16(arg))
	default:
		return int64(int32(binary.LittleEndian.Uint32(arg)))
	}
}

func (p *packed) float(at uint32) float64 {
	return math.Float64frombits(binary.BigEndian.Uint64(textBytes(p.ops[at+1:])))
}

// atom returns the value at an offset.
func (p *packed) atom(at uint32, in *atomBoxes) any {
	if in == nil {
		in = &atomBoxes{most: 1}
	}
	switch p.ops[at] {
	case opShortBinUnicode:
		return in.boxString(p.text(at))
	case opBinInt1, opBinInt2, opBinInt:
		return in.boxInt(p.int(at))
	case opBinFloat:
		return in.boxFloat(p.float(at))
	case opNewTrue:
		return true
	case opNewFalse:
		return false
	}
	return nil
}
