package pickle

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// memoPut executes the opcodes that memoize the value on top.
func (t *tape) memoPut(op byte, at int) (pos int, ok bool) {
	i, pos := uint64(t.count), at+1
	if op != opMemoize {
		if i, pos, ok = memoIndex(t.data, at); !ok {
			return at, false
		}
	}
	return pos, t.put(i)
}

func (t *tape) put(i uint64) (ok bool) {
	top := len(t.stack) - 1
	if top < t.fence {
		return false
	}
	return t.keep(i, t.entryOf(&t.stack[top]))
}

// entryOf returns the memo entry for a value on the stack.
func (t *tape) entryOf(c *tapeCell) tapeEntry {
	e := tapeEntry{start: c.start, made: c.made, depth: c.depth, kind: c.kind, set: true}
	if c.made == 0 {
		n := &t.nodes[c.start]
		e.pos, e.n = n.pos, n.n
	} else if c.kind == kindGlobal {
		n := &t.nodes[c.made]
		e.pos, e.n, e.made = n.pos, n.n, 0
	}
	return e
}

// keep makes e entry i. Picklers count their entries; numbers far beyond are
// not theirs.
func (t *tape) keep(i uint64, e tapeEntry) (ok bool) {
	if i > 2*uint64(t.count)+1024 {
		return false
	}
	for uint64(len(t.memo)) <= i {
		t.memo = append(t.memo, tapeEntry{})
	}
	if t.memo[i].set {
		t.lost = true
	} else {
		t.count++
	}
	t.memo[i] = e
	return t.count <= t.limits.Memo
}

// memoGet executes the opcodes that push a memo entry.
func (t *tape) memoGet(op byte, at int) (pos int, ok bool) {
	i, pos, ok := memoIndex(t.data, at)
	if !ok || i >= uint64(len(t.memo)) || !t.memo[i].set {
		return at, false
	}
	e := &t.memo[i]
	n := uint32(len(t.nodes))
	node := tapeNode{pos: uint32(at), end: n + 1, n: e.made}
	if e.made == 0 {
		node.pos, node.n = e.pos, t.share(e)
	} else {
		t.nodes[e.made].n |= nodeShared
	}
	t.nodes = append(t.nodes, node)
	t.stack = append(t.stack, tapeCell{start: n, made: e.made, depth: e.depth, kind: e.kind, got: true})
	t.nested(e.depth, e.kind)
	return pos, true
}

// share returns the slot of an atom that is met again, or the name of a global.
func (t *tape) share(e *tapeEntry) uint32 {
	if e.n == 0 && e.kind != kindGlobal {
		e.n = t.slots
		t.slots++
		if e.start != 0 {
			t.nodes[e.start].n = e.n
		}
	}
	return e.n
}

// memoIndex reads the number of a memo entry.
func memoIndex(data []byte, at int) (i uint64, pos int, ok bool) {
	pos = at + 1
	switch data[at] {
	case opBinPut, opBinGet:
		if pos >= len(data) {
			return 0, at, false
		}
		return uint64(data[pos]), pos + 1, true
	case opLongBinPut, opLongBinGet:
		if len(data)-pos < 4 {
			return 0, at, false
		}
		return uint64(binary.LittleEndian.Uint32(data[pos:])), pos + 4, true
	}
	line, pos, err := lineAfter(data, pos)
	if err != nil {
		return 0, at, false
	}
	i, err = strconv.ParseUint(string(line), 10, 63)
	return i, pos, err == nil
}

// lineAfter returns the argument at an offset that ends with a newline, and where
// it ends.
func lineAfter(data []byte, at int) (line []byte, pos int, err error) {
	n := bytes.IndexByte(data[at:], '\n')
	if n < 0 {
		return nil, at, ErrTruncated
	}
	return data[at : at+n], at + n + 1, nil
}
