package pickle

import (
	"encoding/binary"
	"math"
)

// Large dicts come in batches of MARK, keys and values, and SETITEMS. Where they
// are atoms they go into the dict without passing the stack, and their texts into
// the memo only if something refers to the memo.

// leastBatch is how many pairs are worth it.
const leastBatch = 2 * smallTable

// A batch is a part of the pickle that holds only atoms.
type batch struct {
	pos, end int // of the first atom, and behind the opcode for them all
	atoms    int
	texts    int // of which each is memoized
	letters  int // in them
}

// countPairs returns the batch of pairs that begins at an offset. Its end is 0 if it
// holds anything else.
func countPairs(data []byte, pos int) batch {
	b := batch{pos: pos}
	for pos < len(data) {
		switch op := data[pos]; op {
		case opShortBinUnicode:
			if len(data)-pos < 3 {
				return b
			}
			n, from := int(data[pos+1]), pos+2
			if pos = from + n; pos >= len(data) || data[pos] != opMemoize || n >= longText {
				return b
			}
			if text := data[from:pos]; !plain(text) && !validUTF8(text) {
				return b
			}
			pos++
			b.texts++
			b.letters += n
		case opSetItems:
			if b.atoms%2 == 0 {
				b.end = pos + 1
			}
			return b
		case opBinInt1:
			pos += 2
		case opBinInt2:
			pos += 3
		case opBinInt:
			pos += 5
		case opBinFloat:
			pos += 9
		case opFrame:
			pos += 9
			continue
		case opNone, opNewTrue, opNewFalse:
			pos++
		default:
			return b
		}
		b.atoms++
	}
	return b
}

// pairs sets the pairs of a batch in the dict below the MARK at pos-1. It returns
// pos if there is no such batch, or the limits stand in its way: then they come one
// by one.
func (d *decoder) pairs(m *Dict, pos int) (next int, err error) {
	b := countPairs(d.data, pos)
	n := b.atoms / 2
	memory := int64(b.letters + (16+memoSize)*b.texts + entrySize*n)
	if b.end == 0 || n < leastBatch || len(d.runs) == 0 && d.count != len(d.memo) || d.far != nil || d.count+b.texts > d.limits.Memo || d.memory < 4*memory {
		return pos, nil
	}
	m.own()
	d.pos, d.batchAt = b.end, pos-1
	if err := d.reserve(m, n); err != nil || m.index == nil {
		return pos, err
	}
	d.memory -= memory
	if !d.codec.Alias && b.letters > 0 && b.end-pos <= maxWindow {
		d.text, d.textAt = string(d.data[pos:b.end]), pos
	}
	r := batchReader{d: d, pos: pos, texts: make([]string, b.texts)}
	if b.texts > 0 {
		d.runs = append(d.runs, r.texts)
	}
	d.count += b.texts
	if left := r.fill(m, n); left > 0 { // some key was there already
		items := make([]any, 0, 2*left)
		for range 2 * left {
			items = append(items, r.next())
		}
		err = d.fill(m, items)
	}
	return b.end, err
}

// A batchReader makes values of the atoms of a batch.
type batchReader struct {
	d     *decoder
	pos   int
	texts []string // free ones
}

// next makes the next value.
func (r *batchReader) next() any {
	d, pos := r.d, r.pos
	if d.data[pos] == opFrame {
		pos += 9
	}
	arg := d.data[pos+1:]
	switch d.data[pos] {
	case opShortBinUnicode:
		text := arg[1 : 1+int(arg[0])]
		r.pos = pos + 3 + len(text)
		p := &r.texts[0]
		r.texts = r.texts[1:]
		*p = d.stringAt(pos+2, text)
		return box(typeString, p)
	case opBinInt1:
		r.pos = pos + 2
		return int64(arg[0])
	case opBinInt2:
		r.pos = pos + 3
		return shortInt(uint(binary.LittleEndian.Uint16(arg)))
	case opBinInt:
		r.pos = pos + 5
		return d.boxInt(int64(int32(binary.LittleEndian.Uint32(arg))))
	case opBinFloat:
		r.pos = pos + 9
		return d.boxFloat(math.Float64frombits(binary.BigEndian.Uint64(arg)))
	case opNewTrue:
		r.pos = pos + 1
		return true
	case opNewFalse:
		r.pos = pos + 1
		return false
	}
	r.pos = pos + 1
	return nil
}

// fill sets n pairs in a dict that has an index and room for them, up to the first
// that inserter does not take. It returns how many are left.
func (r *batchReader) fill(m *Dict, n int) (left int) {
	in := m.inserter()
	for ; n > 0; n-- {
		before := *r
		if key := r.next(); !in.insert(key) {
			*r = before
			break
		}
		in.vals = append(in.vals, r.next())
	}
	in.end()
	return n
}

// flatten gives the texts of batches their memo entries.
func (d *decoder) flatten() {
	for _, texts := range d.runs {
		for i := range texts {
			d.memo = append(d.memo, memoEntry{v: box(typeString, &texts[i]), set: true})
		}
	}
	d.runs = d.runs[:0]
}
