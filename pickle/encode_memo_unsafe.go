package pickle

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"
	"unsafe"
)

// A memo knows where in the output each value with identity came to be.
type memo struct {
	start   int // of the value in the output
	nodes   []node
	index   []int32 // open addressing: a node's number plus one
	globals map[Global]int

	lastGlobal Global // that was written last
	builtins   string // the name of that module, as it was first written
	lastNode   int    // its node plus one

	bytearrayFirst bool // which wrote the name of builtins

	zones   map[any]int // time zones, which are shared by many times
	puts    []link
	gets    []link // in the order of the output
	entries int    // how many numbers of Python's memo are taken
	eager   bool   // each node gets one at once
}

// A node is a value that may be met again.
type node struct {
	at   unsafe.Pointer // keeps it alive and where it is
	size int            // of a tuple: a part of one begins where the tuple does
	made int            // where in the output it is complete enough to be memoized, or memoizedAs its entry
}

// memoizedAs turns an entry of Python's memo into what stands for it in a node, and back.
func memoizedAs(entry int) int { return ^entry }

// A link is a memo opcode to be inserted.
type link struct {
	at    int
	entry int
	get   bool
}

func (m *memo) tooLarge() bool {
	return cap(m.nodes) > 1<<16 || len(m.globals) > 64 || len(m.zones) > 64
}

// reset forgets the values, but keeps the room for them.
func (m *memo) reset() {
	clear(m.nodes)
	if len(m.index) > 16*max(len(m.nodes), 64) {
		m.index = nil // clearing it would cost each small value as much
	}
	if len(m.nodes) > 0 {
		clear(m.index)
		clear(m.globals)
		clear(m.zones)
	}
	m.nodes, m.puts, m.gets = m.nodes[:0], m.puts[:0], m.gets[:0]
	m.lastGlobal, m.builtins, m.bytearrayFirst, m.lastNode, m.start, m.entries, m.eager = Global{}, "", false, 0, 0, 0, false
}

// find returns the number of the node for what lies at p, or -1.
func (m *memo) find(p unsafe.Pointer, size int) int {
	if len(m.index) == 0 {
		return -1
	}
	mask := len(m.index) - 1
	for i := hashPointer(p) & mask; m.index[i] != 0; i = (i + 1) & mask {
		n := &m.nodes[m.index[i]-1]
		if n.at == p && n.size == size {
			return int(m.index[i] - 1)
		}
	}
	return -1
}

// findSince is find for a value that was not there when there were fewer nodes.
func (m *memo) findSince(nodes int, k key) int {
	if len(m.nodes) == nodes {
		return -1
	}
	return m.find(k.at, k.size)
}

// look is find for a value that is added next if it is not there: free is its place.
func (m *memo) look(k key) (n, free int) {
	if 2*len(m.nodes) >= len(m.index) {
		m.grow()
	}
	mask := len(m.index) - 1
	i := hashPointer(k.at) & mask
	for ; m.index[i] != 0; i = (i + 1) & mask {
		n := &m.nodes[m.index[i]-1]
		if n.at == k.at && n.size == k.size {
			return int(m.index[i] - 1), 0
		}
	}
	return -1, i
}

func (m *memo) add(p unsafe.Pointer, size, made int) int {
	if 2*len(m.nodes) >= len(m.index) {
		m.grow()
	}
	m.nodes = append(doubled(m.nodes), node{p, size, made})
	m.place(len(m.nodes) - 1)
	return len(m.nodes) - 1
}

func (m *memo) grow() {
	size := max(16, 4*len(m.index))
	for 2*len(m.nodes) >= size { // of globals, which were not placed
		size *= 4
	}
	m.index = make([]int32, size)
	for i := range m.nodes {
		if m.nodes[i].at != nil {
			m.place(i)
		}
	}
}

func (m *memo) place(n int) {
	mask := len(m.index) - 1
	i := hashPointer(m.nodes[n].at) & mask
	for m.index[i] != 0 {
		i = (i + 1) & mask
	}
	m.index[i] = int32(n + 1)
}

func hashPointer(p unsafe.Pointer) int {
	return int(uint64(uintptr(p)) * 0x9e3779b97f4a7c15 >> 33)
}

// A key is the identity of a value that is being written.
type key struct {
	at   unsafe.Pointer
	size int
}

// emptyKey is the identity of an empty str, str of Python 2 or bytes, which lies nowhere.
func emptyKey(v any) key {
	i := 0
	switch v.(type) {
	case ByteString:
		i = 1
	case []byte:
		i = 2
	}
	return key{unsafe.Pointer(&emptyKeys[i]), 0}
}

var emptyKeys [3]byte

// textKey is the identity of a string. All empty ones are one in Python.
func textKey(s string) key {
	if len(s) == 0 {
		return emptyKey(s)
	}
	return key{unsafe.Pointer(unsafe.StringData(s)), len(s)}
}

// again writes a reference to the value if it has been written before.
func (e *encoder) again(k key) bool {
	n := e.find(k.at, k.size)
	if n < 0 {
		return false
	}
	e.refer(n)
	return true
}

// againOr is again for a value that is made next if it is new: madeAt takes its place.
func (e *encoder) againOr(k key) (free int, again bool) {
	n, free := e.look(k)
	if n < 0 {
		return free, false
	}
	e.refer(n)
	return 0, true
}

func (e *encoder) madeAt(k key, free int) {
	e.nodes = append(doubled(e.nodes), node{k.at, k.size, len(e.out)})
	e.index[free] = int32(len(e.nodes))
	if e.eager {
		e.memoize(len(e.nodes) - 1)
	}
}

// made notes that the value is what the output so far pushes last.
func (e *encoder) made(k key) {
	// Where the output ends in a GET, its entry is that of the value.
	if n := len(e.gets); n > 0 && e.gets[n-1].at == len(e.out) {
		e.add(k.at, k.size, memoizedAs(e.gets[n-1].entry))
		return
	}
	n := e.add(k.at, k.size, len(e.out))
	if e.eager {
		e.memoize(n)
	}
}

// memoize puts the node into the memo at once.
func (e *encoder) memoize(n int) { e.nodes[n].made = memoizedAs(e.put()) }

// put memoizes what the output so far pushes last.
func (e *encoder) put() (entry int) {
	entry = e.entries
	e.entries++
	if e.version >= 4 {
		e.op(opMemoize)
	} else {
		e.out = e.appendLink(e.out, link{entry: entry})
	}
	return entry
}

// refer notes that a reference to the node belongs here.
func (e *encoder) refer(n int) {
	node := &e.nodes[n]
	if e.eager {
		e.out = e.appendLink(e.out, link{entry: memoizedAs(node.made), get: true})
		return
	}
	if node.made >= 0 {
		e.puts = append(e.puts, link{at: node.made, entry: e.entries})
		node.made = memoizedAs(e.entries)
		e.entries++
	}
	e.gets = append(e.gets, link{at: len(e.out), entry: memoizedAs(node.made), get: true})
}

// link inserts the memo opcodes: a PUT before a GET at the same place. It begins
// with the last, so that everything moves once.
func (e *encoder) link(out []byte) []byte {
	puts, gets := e.puts, e.gets
	if len(gets) == 0 {
		return out
	}
	slices.SortStableFunc(puts, func(a, b link) int { return cmp.Compare(a.at, b.at) })
	var room [16]byte
	size := 0
	for _, links := range [2][]link{puts, gets} {
		for _, l := range links {
			size += len(e.appendLink(room[:0], l))
		}
	}
	end := len(out) // of what has not moved
	out = slices.Grow(out, size)[:end+size]
	to := len(out) // where that moves to
	for len(puts)+len(gets) > 0 {
		var l link
		if p, g := len(puts)-1, len(gets)-1; p < 0 || g >= 0 && gets[g].at >= puts[p].at {
			l, gets = gets[g], gets[:g]
		} else {
			l, puts = puts[p], puts[:p]
		}
		to -= copy(out[to-(end-l.at):to], out[l.at:end])
		op := e.appendLink(room[:0], l)
		to -= copy(out[to-len(op):], op)
		end = l.at
	}
	return out
}

func (e *encoder) appendLink(out []byte, l link) []byte {
	n := l.entry
	ops := [3]byte{opPut, opBinPut, opLongBinPut}
	if l.get {
		ops = [3]byte{opGet, opBinGet, opLongBinGet}
	}
	switch {
	case e.version == 0:
		return append(strconv.AppendInt(append(out, ops[0]), int64(n), 10), '\n')
	case n < 256:
		return append(out, ops[1], byte(n))
	}
	return binary.LittleEndian.AppendUint32(append(out, ops[2]), uint32(n))
}
