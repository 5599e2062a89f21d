package pickle

import "slices"

// refOf returns the value that is on the stack.
func (t *tape) refOf(c *tapeCell) ref {
	if c.made == 0 || c.kind == kindGlobal {
		return ref{c.start, c.made}
	}
	return t.refTo(c.made)
}

// refTo returns the value that a node has made, with all that was done to it.
func (t *tape) refTo(made uint32) ref {
	n := &t.nodes[made]
	last := n.n & nodeNumber
	switch t.data[n.pos] {
	case opEmptyList, opEmptyDict, opEmptySet:
		return ref{made, 0}
	case opTuple, opList, opDict, opFrozenSet:
		return ref{n.outer, 0}
	case opInst, opObj:
		return ref{n.outer, last}
	case opTuple1, opTuple2, opTuple3:
		return ref{n.end, made}
	}
	if n.end > made { // what comes from outside of the pickle
		return ref{made, last}
	}
	if last == 0 {
		last = made
	}
	return ref{n.end, last}
}

// at returns the value that starts at a node and is no part of a larger one that
// starts there.
func (t *tape) at(start uint32) ref { return ref{start, t.nodes[start].outer} }

// after returns the node that follows a value.
func (t *tape) after(v ref) uint32 {
	if v.made != 0 {
		return v.made + 1
	}
	return t.nodes[v.start].end
}

// op returns the opcode that tells what a value is: for what begins with a MARK
// that is its counterpart.
func (t *tape) op(v ref) byte {
	if v.made != 0 {
		return t.data[t.nodes[v.made].pos]
	}
	n := &t.nodes[v.start]
	if op := t.data[n.pos]; op != opMark {
		return op
	}
	return t.data[t.nodes[n.n&nodeNumber].pos]
}

// offset is where in the pickle a value begins.
func (t *tape) offset(v ref) int { return int(t.nodes[v.start].pos) }

// maker returns the node that made a value, whatever was done to it then.
func (t *tape) maker(v ref) uint32 {
	if v.made != 0 {
		n := &t.nodes[v.made]
		switch t.data[n.pos] {
		case opBuild, opAppend, opSetItem:
			return n.n
		case opAppends, opSetItems, opAddItems:
			return n.outer
		}
		return v.made
	}
	n := &t.nodes[v.start]
	if t.data[n.pos] == opMark {
		return n.n & nodeNumber
	}
	return v.start
}

// follow returns the value that a GET refers to; other values it returns as they are.
func (t *tape) follow(v ref) ref {
	if v.made != 0 {
		return v
	}
	n := &t.nodes[v.start]
	switch t.data[n.pos] {
	case opBinGet, opLongBinGet, opGet:
		return t.refTo(n.n & nodeNumber)
	}
	return v
}

// items are the values in a list, tuple, set or dict, keys and values of the last
// in turn.
type items struct {
	t      *tape
	next   uint32 // the node of the next one
	last   uint32 // behind the items
	inner  uint32 // what makes the first item, where the tuple begins with it
	closer uint32 // of the batch that next is in, 0 if in none
	single bool   // next is half of a pair that is in no batch
	pairs  bool

	pos  int // of the next of atoms that have no nodes
	left int // how many there are
}

// itemsOf returns the items of a value with the opcode.
func (t *tape) itemsOf(v ref, op byte) (it items, ok bool) {
	it = items{t: t, next: v.start, last: t.nodes[v.start].end}
	switch op {
	case opEmptyTuple:
		it.next = it.last
	case opEmptyList, opEmptySet:
		it.next++
	case opEmptyDict:
		it.next++
		it.pairs = true
	case opTuple, opList, opFrozenSet:
		it.enter()
	case opDict:
		it.enter()
		it.pairs = true
	case opTuple1, opTuple2, opTuple3:
		it.closer, it.last = v.made, v.made+1
		if it.inner = t.nodes[v.made].outer; it.inner == 0 {
			it.inner = noInner
		}
	default:
		return it, false
	}
	return it, true
}

// noInner tells that the first item of a tuple is what the node makes by itself.
const noInner = 1 << 31

// enter begins with what follows a MARK.
func (it *items) enter() {
	n := &it.t.nodes[it.next]
	it.closer = n.n & nodeNumber
	it.next++
	if n.n&nodeFlat != 0 {
		it.pos = int(n.pos) + 1
		it.left = int(it.t.nodes[it.closer].n & nodeNumber)
	}
}

// value returns the next item, or false if there is none left. An atom without a
// node borrows the first one until the next call.
func (it *items) value() (v ref, ok bool) {
	t := it.t
	if it.left > 0 {
		it.left--
		it.pos = t.borrow(it.pos)
		return ref{}, true
	}
	for it.closer == 0 || it.next == it.closer {
		if it.closer != 0 {
			it.next, it.closer = it.closer+1, 0
		}
		if it.next >= it.last {
			return ref{}, false
		}
		if it.single || !t.batchAt(it.next) {
			return it.alone(), true
		}
		if it.enter(); it.left > 0 {
			return it.value()
		}
	}
	v = ref{it.next, t.nodes[it.next].outer}
	if it.inner != 0 {
		v.made = it.inner &^ noInner
		it.inner = 0
	}
	it.next = t.after(v)
	return v, true
}

// alone returns an item that is followed by an opcode for it.
func (it *items) alone() ref {
	v := it.t.at(it.next)
	it.next = it.t.after(v)
	if it.single = it.pairs && !it.single; !it.single {
		it.next++
	}
	return v
}

// batchAt tells whether a node is the MARK of items for a value before it.
func (t *tape) batchAt(n uint32) bool {
	node := &t.nodes[n]
	if t.data[node.pos] != opMark {
		return false
	}
	switch t.data[t.nodes[node.n&nodeNumber].pos] {
	case opAppends, opSetItems, opAddItems:
		return true
	}
	return false
}

// borrow makes the first node that of the atom at an offset of the pickle. It
// returns where the next one is.
func (t *tape) borrow(pos int) (next int) {
	n := tapeNode{pos: uint32(pos), end: 1}
	switch t.data[pos] {
	case opBinGet, opLongBinGet:
		i, _, _ := memoIndex(t.data, pos)
		n.pos, n.n = t.memo[i].pos, t.memo[i].n
	}
	t.nodes[0] = n
	return t.afterAtom(pos)
}

// afterAtom returns where what follows an atom and the opcode that memoizes it is.
func (t *tape) afterAtom(pos int) int {
	switch op := t.data[pos]; op {
	case opNone, opNewTrue, opNewFalse:
		pos++
	case opBinInt1, opBinGet:
		pos += 2
	case opBinInt2:
		pos += 3
	case opBinInt, opLongBinGet:
		pos += 5
	case opBinFloat:
		pos += 9
	case opShortBinUnicode, opShortBinBytes, opLong1:
		pos += 2 + int(t.data[pos+1])
	default:
		width, _ := layout(op)
		pos += 1 + width
		pos += int(length(t.data[pos-width : pos]))
	}
	return t.afterPut(pos)
}

// afterPut skips an opcode that memoizes.
func (t *tape) afterPut(pos int) int {
	if pos >= len(t.data) {
		return pos
	}
	switch t.data[pos] {
	case opMemoize:
		return pos + 1
	case opBinPut:
		return pos + 2
	case opLongBinPut:
		return pos + 5
	}
	return pos
}

// length is how many items a list, tuple, set or frozenset has, or twice how many
// entries a dict.
func (t *tape) length(v ref, op byte) int {
	n := t.nodes[v.start].n
	switch op {
	case opEmptyTuple:
		return 0
	case opTuple1, opTuple2, opTuple3:
		return int(op-opTuple1) + 1
	case opTuple, opList, opDict, opFrozenSet:
		n = t.nodes[n&nodeNumber].n
	}
	return int(n & nodeNumber)
}

// buffer is the number of the out-of-band buffer that a node is.
func (t *tape) buffer(n uint32) int {
	i, _ := slices.BinarySearch(t.bufs, n)
	return i
}
