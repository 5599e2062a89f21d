package pickle

import "math"

// A tape is what lies in a pickle, in the order of its opcodes, with what a
// reader has to know that comes from the top. For while a pickle says last what
// it is about, typed variables are filled from the outside in: (1, 2) is
//
//	node  opcode   outer  end
//	1     BININT1  3      2
//	2     BININT1  -      3
//	3     TUPLE2   -      1
//
// A value is where it starts, and the opcode that makes it of what starts there:
// the tuple is {1, 3}, its items are {1, 0} and {2, 0}. Values that begin with
// an opcode of their own, such as EMPTY_LIST or a MARK, need no second number.
//
// Memo opcodes leave no nodes. A GET of an atom is a node like the atom's own, any
// other GET refers to the node that made the value. What stands between a MARK and
// its counterpart has no nodes either where all of it is atoms: it is read again
// where it lies.
//
// Pickles that drop or change what they have made otherwise than picklers do are
// irregular: they have to be decoded as a whole.
type tape struct {
	data   []byte
	limits Limits
	nodes  []tapeNode // the first is for atoms that have none
	names  []tapeName
	bufs   []uint32 // the nodes of out-of-band buffers
	slots  uint32   // how many atoms are met more than once, plus one
	root   ref
	end    int // of the pickle

	stack []tapeCell
	marks []tapeMark
	fence int // the last of marks: only what looks for the mark reaches below
	memo  []tapeEntry
	count int  // of memo entries
	gets  int  // of memo entries where the atoms have no nodes
	lost  bool // a memo entry was overwritten
	exact bool // atoms that come by a GET all have nodes
	proto byte
}

// A tapeNode is an opcode.
//
//	                outer                   end                n
//	atom            what begins with it     the next node      its slot, or name
//	EMPTY_LIST …    what begins with it     after its items    number of items
//	MARK            what begins with it     after its items    its counterpart
//	counterpart     the MARK                after its items    number of items
//	GET             what begins with it     the next node      what made the value
//	TUPLE1 REDUCE … what begins where it    where it starts    REDUCE …: the last
//	                does, inside of it                         change; STACK_GLOBAL: name
//	BUILD APPEND …  the same                where it starts    what made the value
//	APPENDS … of    what made the value     where that starts  number of items
//	an instance
type tapeNode struct {
	pos   uint32 // of the opcode, or of that of the atom that a GET is for
	outer uint32
	end   uint32
	n     uint32 // and flags
}

// Flags of tapeNode.n.
const (
	nodeShared = 1 << 31 // a GET refers to it
	nodeFlat   = 1 << 30 // of a MARK: what follows has no nodes
	nodeNumber = 1<<30 - 1
)

// A ref is a value on the tape.
type ref struct{ start, made uint32 }

// A tapeName is a global that a pickle names.
type tapeName struct {
	module, name []byte
	proto        byte // that the pickle said it is of
}

// A tapeCell is a value on the stack.
type tapeCell struct {
	start uint32 // its first node
	made  uint32 // the node that made it, 0 for atoms with one node
	depth uint16
	kind  kind
	got   bool // by a GET: nothing may be done to it
}

type tapeMark struct {
	height int
	node   uint32
	depth  uint16 // of what lies above
	open   bool   // something above is no key
}

// A tapeEntry is what the memo holds.
type tapeEntry struct {
	start uint32 // of the value, 0 for atoms that have no node
	made  uint32 // the node that made it, 0 for atoms
	pos   uint32 // of an atom
	n     uint32 // its slot, or name
	depth uint16
	kind  kind
	set   bool
}

// scan fills the tape with the first pickle in data. It returns false for what is
// no pickle, or an irregular one: decoding tells.
func (t *tape) scan(data []byte, lim Limits) (ok bool) {
	if int64(len(data)) > lim.Bytes || len(data) > math.MaxInt32 {
		return false
	}
	t.exact = false
	ok = t.scanOnce(data, lim)
	if t.gets > 0 && t.lost {
		t.exact = true
		ok = t.scanOnce(data, lim)
	}
	return ok
}

func (t *tape) scanOnce(data []byte, lim Limits) (ok bool) {
	t.data, t.limits = data, lim
	t.limits.Depth = min(lim.Depth, math.MaxUint16-1)
	t.nodes = append(t.nodes[:0], tapeNode{})
	t.names, t.bufs, t.stack, t.memo, t.slots = t.names[:0], t.bufs[:0], t.stack[:0], t.memo[:0], 1
	t.marks = append(t.marks[:0], tapeMark{}) // for what has no mark below
	t.fence, t.count, t.gets, t.lost, t.proto = 0, 0, 0, false, 0
	if !t.run() || len(t.stack) != 1 || len(t.marks) != 1 || len(t.nodes) > nodeNumber {
		return false
	}
	t.root = t.refOf(&t.stack[0])
	return true
}

// size is what the tape takes in memory.
func (t *tape) size() int64 { return 16 * int64(len(t.nodes)+len(t.memo)) }
