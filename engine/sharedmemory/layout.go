package sharedmemory

import (
	"encoding/binary"
	"fmt"
)

// A Layout is how a ShareableList lies in memory.
type Layout uint8

const (
	Offsets Layout = iota // Python 3.9 and later
	Sizes                 // Python 3.8
)

// cellUnit is what cells are multiples of.
const cellUnit = 8

// A layout tells where the parts of a list are. It is read once: none of it
// ever changes.
type layout struct {
	b     []byte
	cells []int // where each item's cell begins in b, and where the last ends
}

// readLayout finds the parts of a list that somebody made, none of whose
// numbers it believes.
func readLayout(b []byte) (*layout, error) {
	n, err := count(b)
	if err != nil {
		return nil, err
	}
	l := &layout{b: b, cells: make([]int, n+1)}
	if n == 0 {
		return l, nil
	}
	kind := Offsets
	if number(b, 1) != 0 { // the first offset is 0, and no size is
		kind = Sizes
	}
	start := dataStart(kind, n)
	end := int64(len(b) - (cellUnit+1)*n)
	place := int64(start)
	for i := range n {
		l.cells[i] = int(place)
		step := number(b, i+1)
		if kind == Offsets {
			step = number(b, i+2) - number(b, i+1)
		}
		if step < cellUnit || step > end-place {
			return nil, fmt.Errorf("sharedmemory: item %d of %d has a cell of %d bytes, %d are left: this is no list of Python's", i, n, step, end-place)
		}
		place += step
	}
	if l.cells[n] = int(place); place > end {
		return nil, fmt.Errorf("sharedmemory: a list of %d items does not fit in %d bytes", n, len(b))
	}
	return l, nil
}

// count reads how many items there are, as far as the segment has room.
func count(b []byte) (int, error) {
	if len(b) < 8 {
		return 0, fmt.Errorf("sharedmemory: a list begins with 8 bytes, the segment has %d", len(b))
	}
	n := number(b, 0)
	// Each item has a size or offset, a cell, a format and a code.
	if most := int64(len(b)-8) / (3*cellUnit + 1); n < 0 || n > most {
		return 0, fmt.Errorf("sharedmemory: a list of %d items is said to be in %d bytes, which have room for %d", n, len(b), most)
	}
	return int(n), nil
}

func dataStart(kind Layout, n int) int {
	if kind == Sizes {
		return 8 * (n + 1)
	}
	return 8 * (n + 2)
}

// number is the i-th int64.
func number(b []byte, i int) int64 { return int64(binary.LittleEndian.Uint64(b[8*i:])) }

func putNumber(b []byte, i int, n int64) { binary.LittleEndian.PutUint64(b[8*i:], uint64(n)) }

func (l *layout) len() int          { return len(l.cells) - 1 }
func (l *layout) cell(i int) []byte { return l.b[l.cells[i]:l.cells[i+1]] }

// format is the item's format, 8 bytes filled up with zeros.
func (l *layout) format(i int) []byte {
	at := l.cells[l.len()] + 8*i
	return l.b[at : at+8]
}

// code tells what the cell's bytes are turned into.
func (l *layout) code(i int) *byte { return &l.b[l.cells[l.len()]+8*l.len()+i] }

// newLayout lays out cells of those sizes in b, which layoutSize made long
// enough.
func newLayout(b []byte, kind Layout, sizes []int) *layout {
	n := len(sizes)
	putNumber(b, 0, int64(n))
	l := &layout{b: b, cells: make([]int, n+1)}
	start := dataStart(kind, n)
	place := start
	for i, size := range sizes {
		l.cells[i] = place
		if place += size; kind == Sizes {
			putNumber(b, i+1, int64(size))
		} else {
			putNumber(b, i+2, int64(place-start))
		}
	}
	l.cells[n] = place
	return l
}

func layoutSize(kind Layout, sizes []int) int {
	total := dataStart(kind, len(sizes)) + (cellUnit+1)*len(sizes)
	for _, size := range sizes {
		total += size
	}
	return total
}
