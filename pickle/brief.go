package pickle

// A brief pickle is a tuple of atoms, of tuples of atoms and of dicts of atoms, as
// most requests and replies are. As nothing refers to its memo entries, its shape
// needs no machine. Any other pickle, and what is no pickle, is left to that.
//
// Among these atoms are empty containers.

const (
	briefOps   = 24 // but those for the memo: each adds a value, or a part of one
	briefDepth = 3
	briefMemo  = 2 * briefOps
)

// briefAtoms are the sizes of atoms that come without a length.
var briefAtoms = [256]uint8{
	opNone: 1, opNewTrue: 1, opNewFalse: 1, opBinInt1: 2, opBinInt2: 3, opBinInt: 5, opBinFloat: 9,
	opEmptyTuple: 1, opEmptyList: 1, opEmptyDict: 1,
}

// allowBrief tells whether no limit stands in the way of n bytes that are brief.
func (l *Limits) allowBrief(n int) bool {
	return (l.Bytes <= 0 || l.Bytes >= int64(n)) && (l.Depth <= 0 || l.Depth >= briefDepth) &&
		(l.Memo <= 0 || l.Memo >= briefMemo)
}

// A briefScan is the stack while a brief pickle is read.
type briefScan struct {
	starts [briefOps + 1]int32 // of the values, and where they end
	n      int                 // how many there are
	mark   int                 // the height of the second mark, or -1
	markAt int32
	filled uint32 // which values are no atoms: bits
}

// brief finds the shape of a brief pickle. It returns false for any other.
func (s *shape) brief(data []byte) (ok bool) {
	last := len(data) - 1
	if last < 12 || data[0] != opProto || data[1] > 5 || data[last] != opStop {
		return false
	}
	pos := 2
	if data[2] == opFrame {
		pos = 11
	}
	b := briefScan{mark: -1}
	outer := data[pos] == opMark // begins the tuple
	if outer {
		pos++
	}
	if cap(s.items) < briefOps {
		s.items = make([]Item, 0, briefOps)
	}
	s.items, s.kinds = s.items[:0], [maxShown]kind{}
	n, texts, letters := 0, 0, 0 // n values are on the stack
	for range briefOps {
		if pos >= last {
			return false
		}
		at, op := pos, data[pos]
		b.starts[n] = int32(at)
		switch size := briefAtoms[op]; {
		case op == opShortBinUnicode:
			pos += 2 + int(data[pos+1])
			if pos > last {
				return false
			}
			if text := data[at+2 : pos]; !plain(text) && !validUTF8(text) {
				return false
			}
			texts++
			letters += pos - at - 2
			n++
		case size > 0:
			if pos += int(size); pos > last {
				return false
			}
			n++
		case op == opMark:
			if b.mark >= 0 || n == 0 && !outer {
				return false
			}
			b.mark, b.markAt = n, int32(at)
			pos++
			continue
		default:
			pos++
			if b.mark < 0 && n <= maxShown && (outer && op == opTuple || !outer && isTuple(op, n)) && afterPut(data, pos) == last {
				s.texts, s.letters = texts, letters
				s.briefRoot(data, &b, n)
				return true
			}
			if n, ok = s.briefPart(data, &b, n, op); !ok {
				return false
			}
		}
		if data[pos] == opMemoize { // as mostly
			pos++
		} else {
			pos = afterPut(data, pos)
		}
	}
	return false
}

// isTuple tells whether an opcode makes a tuple of n.
func isTuple(op byte, n int) bool {
	return op >= opTuple1 && op <= opTuple3 && n == 1+int(op-opTuple1)
}

// afterPut skips an opcode that memoizes. There is an opcode.
func afterPut(data []byte, pos int) int {
	switch data[pos] {
	case opMemoize:
		return pos + 1
	case opBinPut:
		return pos + 2
	case opLongBinPut:
		return pos + 5
	}
	return pos
}

// briefPart makes an element of the tuple of the atoms on top.
func (s *shape) briefPart(data []byte, b *briefScan, n int, op byte) (left int, ok bool) {
	low, k := n, kindTuple // of the items
	switch op {
	case opTuple1, opTuple2, opTuple3:
		low -= 1 + int(op-opTuple1)
	case opSetItem:
		low, k = low-2, kindDict
	case opSetItems:
		k = kindDict
		fallthrough
	case opTuple:
		if low = b.mark; low < 0 {
			return n, false
		}
		b.mark = -1
	default:
		return n, false
	}
	i := low // of the element
	if k == kindDict {
		i--
	}
	if i < 0 || i >= maxShown || b.mark >= 0 || b.filled>>i != 0 || k == kindDict && !briefPairs(data, b.starts[i:n]) {
		return n, false
	}
	s.elems[i] = s.briefItems(b.starts[low : n+1])
	s.kinds[i] = k
	if op == opTuple {
		b.starts[i] = b.markAt
	}
	b.filled |= 1 << i
	return i + 1, true
}

// briefPairs tells whether the first value is a dict, and the others keys and
// values for it.
func briefPairs(data []byte, starts []int32) bool {
	if len(starts) < 3 || len(starts)%2 == 0 || data[starts[0]] != opEmptyDict {
		return false
	}
	for i := 1; i < len(starts); i += 2 {
		if op := data[starts[i]]; op == opEmptyList || op == opEmptyDict {
			return false
		}
	}
	return true
}

// briefItems adds items. The last of starts is where they end.
func (s *shape) briefItems(starts []int32) part {
	n := len(s.items)
	s.items = s.items[:n+len(starts)-1]
	items, ends := s.items[n:], starts[1:]
	for i := range items {
		if i < len(ends) { // always
			items[i] = Item{starts[i], ends[i]}
		}
	}
	return part{first: int32(n), last: int32(len(s.items))}
}

// briefRoot makes the tuple of what is on the stack.
func (s *shape) briefRoot(data []byte, b *briefScan, n int) {
	s.root = s.briefItems(b.starts[:n+1])
	for i := range min(n, maxShown) {
		if b.filled&(1<<i) != 0 {
			continue
		}
		s.elems[i] = part{}
		switch data[b.starts[i]] {
		case opEmptyTuple:
			s.kinds[i] = kindTuple
		case opEmptyDict:
			s.kinds[i] = kindDict
		}
	}
}
