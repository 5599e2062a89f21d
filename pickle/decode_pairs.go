package pickle

import "math"

// Large dicts come in batches of MARK, keys and values, and SETITEMS, with a FRAME
// anywhere. Where they are atoms they stay as they lie in the pickle (packed), and
// their texts go into the memo only if something refers to it.

// leastPairs is how many are worth it.
const leastPairs = 2 * smallTable

// A batch is a part of the pickle that holds the pairs of a dict, all of them atoms.
type batch struct {
	end     int // behind the SETITEMS
	pairs   int
	texts   int // that are memoized
	letters int // in all texts
}

// pairs gives a dict the batches that begin behind the MARK at from-1. It returns from
// if they are of another kind, or the limits stand in their way: then their opcodes
// come one by one.
func (d *decoder) pairs(m *Dict, from int) (next int) {
	if m.entries != nil || from < d.loose || len(d.runs) == 0 && d.count != len(d.memo) || d.far != nil || len(d.data) > math.MaxInt32 {
		return from
	}
	b := batch{end: from}
	for start := from; ; {
		n, ok := d.countPairs(b, start-from, from)
		if !ok {
			break
		}
		if b = n; b.end < len(d.data) && d.data[b.end] == opFrame {
			start = b.end + 9
		} else {
			start = b.end
		}
		if start >= len(d.data) || d.data[start] != opMark {
			break
		}
		start++
	}
	memory := int64(b.end - from + b.letters + (16+memoSize)*b.texts + entrySize*b.pairs)
	if b.pairs < leastPairs || d.count+b.texts > d.limits.Memo || d.memory < 4*memory {
		return from
	}
	ops := textOf(d.data[from:b.end])
	if !d.codec.Alias {
		ops = string(d.data[from:b.end])
	}
	p, ok := newPacked(ops, d.offsets[:b.pairs])
	if !ok {
		d.loose = b.end // what has been looked at is not again
		return from
	}
	m.entries = p
	d.memory -= memory
	if b.texts > 0 {
		d.runs = append(d.runs, ops)
		d.count += b.texts
	}
	return b.end
}

// countPairs adds the batch that begins at an offset from where the first did. It is
// false if it holds anything but atoms, or a key that is neither text nor int.
func (d *decoder) countPairs(b batch, offset, from int) (batch, bool) {
	data := d.data[from:]
	at := d.offsets[:b.pairs]
	key := true
	for pos := offset; pos < len(data); key = !key {
		if key {
			at = append(at, uint32(pos))
		}
		switch op := data[pos]; op {
		case opShortBinUnicode:
			if len(data)-pos < 3 {
				return b, false
			}
			n, start := int(data[pos+1]), pos+2
			if pos = start + n; pos >= len(data) || n >= longText {
				return b, false
			}
			if text := data[start:pos]; !plain(text) && !validUTF8(text) {
				return b, false
			}
			b.letters += n
			if data[pos] == opMemoize {
				pos++
				b.texts++
			}
		case opBinInt1:
			pos += 2
		case opBinInt2:
			pos += 3
		case opBinInt:
			pos += 5
		case opBinFloat:
			if key {
				return b, false
			}
			pos += 9
		case opNone, opNewTrue, opNewFalse:
			if key {
				return b, false
			}
			pos++
		case opSetItems:
			b.end, b.pairs = from+pos+1, len(at)-1
			d.offsets = at
			return b, key
		default:
			return b, false
		}
		if pos < len(data) && data[pos] == opFrame {
			pos += 9
		}
	}
	return b, false
}

// flatten gives the texts of batches their memo entries.
func (d *decoder) flatten() {
	for _, ops := range d.runs {
		for pos := 0; pos < len(ops); {
			switch op := ops[pos]; op {
			case opShortBinUnicode:
				start := pos + 2
				if pos = start + int(ops[pos+1]); ops[pos] == opMemoize {
					d.memo = append(d.memo, d.refTo(d.boxString(ops[start:pos]), -1))
					pos++
				}
			case opFrame:
				pos += 9
			case opMark, opSetItems:
				pos++
			default:
				pos += int(briefAtoms[op])
			}
		}
	}
	d.runs = d.runs[:0]
}
