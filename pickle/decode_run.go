package pickle

import (
	"encoding/binary"
	"math"
	"slices"
)

// Numbers come in long runs: a list of them is MARK, an opcode for each, and
// APPENDS, again and again (Python's batches are of 1,000), with a FRAME
// anywhere. They go into the list without passing the stack.

// numbers reads a batch of numbers for the list below the MARK at pos-1. It
// returns pos if there is no such batch.
func (d *decoder) numbers(l *List, pos int) (next int, err error) {
	switch op := d.data[pos]; {
	case op == opBinFloat:
		return d.floatRun(l, pos)
	case op == opBinInt || op == opBinInt1 || op == opBinInt2:
		return d.intRun(l, pos)
	}
	return pos, nil
}

func (d *decoder) floatRun(l *List, pos int) (next int, err error) {
	n, next := countFloats(d.data, pos)
	if next == pos {
		return pos, nil
	}
	if err := d.charge((itemSize + 8) * n); err != nil {
		return pos, err
	}
	if cap(l.Items)-len(l.Items) < n {
		l.Items = slices.Grow(l.Items, n+d.ahead(next, countFloats))
	}
	items := l.Items[len(l.Items) : len(l.Items)+n]
	l.Items = l.Items[:len(l.Items)+n]
	for len(items) > 0 {
		boxes := d.floats.some(len(items), 8, d.most)
		for i := range boxes {
			for d.data[pos] == opFrame {
				pos += 9
			}
			boxes[i] = math.Float64frombits(binary.BigEndian.Uint64(d.data[pos+1:]))
			items[i] = box(typeFloat, &boxes[i])
			pos += 9
		}
		items = items[len(boxes):]
	}
	return next, nil
}

// countFloats returns how many floats come until APPENDS, and where that ends.
// It returns pos if something else comes first.
func countFloats(data []byte, pos int) (n, next int) {
	for at := pos; at < len(data); {
		switch data[at] {
		case opBinFloat:
			n++
			fallthrough
		case opFrame:
			at += 9
		case opAppends:
			return n, at + 1
		default:
			return 0, pos
		}
	}
	return 0, pos
}

func (d *decoder) intRun(l *List, pos int) (next int, err error) {
	n, next := countInts(d.data, pos)
	if next == pos {
		return pos, nil
	}
	if err := d.charge((itemSize + 8) * n); err != nil {
		return pos, err
	}
	if cap(l.Items)-len(l.Items) < n {
		l.Items = slices.Grow(l.Items, n+d.ahead(next, countInts))
	}
	for range n {
		for d.data[pos] == opFrame {
			pos += 9
		}
		i, size := int64(0), 0
		switch rest := d.data[pos+1:]; d.data[pos] {
		case opBinInt:
			i, size = int64(int32(binary.LittleEndian.Uint32(rest))), 5
		case opBinInt2:
			i, size = int64(binary.LittleEndian.Uint16(rest)), 3
		default:
			i, size = int64(rest[0]), 2
		}
		l.Items = append(l.Items, d.boxInt(i))
		pos += size
	}
	return next, nil
}

// countInts is countFloats for ints.
func countInts(data []byte, pos int) (n, next int) {
	for at := pos; at < len(data); n++ {
		switch data[at] {
		case opBinInt1:
			at += 2
		case opBinInt2:
			at += 3
		case opBinInt:
			at += 5
		case opFrame:
			at += 9
			n--
		case opAppends:
			return n, at + 1
		default:
			return 0, pos
		}
	}
	return 0, pos
}

// ahead counts the numbers in the batches that follow directly.
func (d *decoder) ahead(pos int, count func([]byte, int) (n, next int)) (sum int) {
	for pos+1 < len(d.data) && d.data[pos] == opMark {
		n, next := count(d.data, pos+1)
		if next == pos+1 {
			break
		}
		sum += n
		if pos = next; pos < len(d.data) && d.data[pos] == opFrame {
			pos += 9
		}
	}
	return sum
}
