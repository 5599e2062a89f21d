package pickle

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// memory is the memo of a scanned pickle, and what is to be known of it to cut
// out a part of the pickle.
type memory struct {
	puts  []put
	cuts  []cut            // GETs and FRAMEs, by offset
	index []int32          // the PUT that an entry is from, or -1; nil while entry n is from PUT n
	far   map[uint64]int32 // entries far beyond the others
	count int              // of entries; not kept while index is nil

	uses   []use // of puts, while a part is cut out
	copied int   // bytes that parts have got from outside of them
}

// A put is a value that a PUT or MEMOIZE at an offset has memoized.
type put struct {
	cell
	at   int32
	last int32 // offset of the last GET of it
}

// A cut is a GET of a put, or a FRAME.
type cut struct{ at, put int32 }

const isFrame = -1

func (m *memory) reset() {
	m.puts, m.cuts, m.uses = emptied(m.puts), emptied(m.cuts), emptied(m.uses)
	m.index, m.far, m.count, m.copied = nil, nil, 0, 0
}

// memoPut executes the opcodes that memoize the value on top.
func (v *View) memoPut(op byte, at int) (pos int, err error) {
	i := uint64(v.count)
	if v.index == nil {
		i = uint64(len(v.puts))
	}
	pos = at + 1
	if op != opMemoize {
		if i, pos, err = v.memoIndex(op, at); err != nil {
			return at, err
		}
	}
	if len(v.stack) <= v.fence {
		return at, ErrUnderflow
	}
	p := put{cell: v.stack[len(v.stack)-1], at: int32(at)}
	if p.got {
		p.start, p.got = v.source(p.start).start, false
	}
	return pos, v.keep(i, p)
}

// keep makes the put entry i.
func (v *View) keep(i uint64, p put) error {
	n := int32(len(v.puts))
	v.puts = append(v.puts, p)
	if v.index == nil {
		if i == uint64(n) {
			return v.checkMemo(int(n) + 1)
		}
		v.index = make([]int32, n, n+16)
		for k := range v.index {
			v.index[k] = int32(k)
		}
		v.count = int(n)
	}
	switch {
	case i < uint64(len(v.index)):
		if v.index[i] < 0 {
			v.count++
		}
		v.index[i] = n
	case i > 2*uint64(v.count)+1024:
		if v.far == nil {
			v.far = map[uint64]int32{}
		}
		if _, ok := v.far[i]; !ok {
			v.count++
		}
		v.far[i] = n
	default:
		for uint64(len(v.index)) <= i {
			v.index = append(v.index, v.takeFar(uint64(len(v.index))))
		}
		if v.index[i] < 0 {
			v.count++
		}
		v.index[i] = n
	}
	return v.checkMemo(v.count)
}

func (v *View) checkMemo(count int) error {
	if count > v.limits.Memo {
		return &LimitError{"Memo", int64(v.limits.Memo)}
	}
	return nil
}

// takeFar moves an entry to where the others are, now that they reach it.
func (m *memory) takeFar(i uint64) int32 {
	n, ok := m.far[i]
	if !ok {
		return -1
	}
	delete(m.far, i)
	return n
}

// memoGet executes the opcodes that push a memo entry.
func (v *View) memoGet(op byte, at int) (pos int, err error) {
	i, pos, err := v.memoIndex(op, at)
	if err != nil {
		return at, err
	}
	n := int32(-1)
	switch {
	case v.index == nil && i < uint64(len(v.puts)):
		n = int32(i)
	case i < uint64(len(v.index)):
		n = v.index[i]
	default:
		if far, ok := v.far[i]; ok {
			n = far
		}
	}
	if n < 0 {
		return at, fmt.Errorf("%w %d", ErrMemo, i)
	}
	p := &v.puts[n]
	p.last = int32(at)
	v.cuts = append(v.cuts, cut{int32(at), n})
	v.stack = append(v.stack, cell{int32(at), p.depth, p.kind, true})
	if len(v.marks) <= 1 && p.kind.shown() {
		v.hide(len(v.stack) - 1)
	}
	return pos, nil
}

// memoIndex reads the number of a memo entry.
func (v *View) memoIndex(op byte, at int) (i uint64, pos int, err error) {
	pos = at + 1
	switch op {
	case opBinPut, opBinGet:
		if pos >= len(v.data) {
			return 0, at, ErrTruncated
		}
		return uint64(v.data[pos]), pos + 1, nil
	case opLongBinPut, opLongBinGet:
		if len(v.data)-pos < 4 {
			return 0, at, ErrTruncated
		}
		return uint64(binary.LittleEndian.Uint32(v.data[pos:])), pos + 4, nil
	}
	line, pos, err := v.line(pos)
	if err != nil {
		return 0, at, err
	}
	if i, err = strconv.ParseUint(string(line), 10, 63); err != nil {
		return 0, at, fmt.Errorf("%w %q", ErrMemo, clip(line))
	}
	return i, pos, nil
}

// putAt returns the number of the first put that is not before an offset.
func (m *memory) putAt(at int32) int {
	from, to := 0, len(m.puts)
	for from < to {
		if mid := (from + to) / 2; m.puts[mid].at < at {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

func (m *memory) cutAt(at int32) int {
	from, to := 0, len(m.cuts)
	for from < to {
		if mid := (from + to) / 2; m.cuts[mid].at < at {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// source returns the put that the GET at an offset refers to.
func (m *memory) source(at int32) put { return m.puts[m.cuts[m.cutAt(at)].put] }
