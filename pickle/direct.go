package pickle

import "encoding/binary"

// Most pickles are of trees, as picklers write them. There the type of a variable
// tells which opcodes must come next, and values are read where they lie, in one pass
// without a tape.
//
// A directFunc reads the value at an offset of the pickle into the variable at p and
// returns where it ends, with the opcode that memoizes it. It gives up, with a
// negative number, at whatever it does not expect: that may be wrong or only unusual.
// The pickle is then read from the tape, as if nothing had happened: a variable that was
// zero is zero again. In one that was not, direct reading is careful: where a value may
// turn out to be a part of a larger one, and what follows to be no keys and values, it
// gives up before it stores anything.
type directFunc func(r *reader, p pointer, pos int) (next int)

const gaveUp = -1

// maxTries is how often in a pickle a value may be taken for a part of the one before
// it and turn out not to be.
const maxTries = 1000

// direct reads the first pickle in data.
func (r *reader) direct(pl *plan, p pointer, data []byte, lim Limits) (ok bool) {
	if int64(len(data)) > lim.Bytes || uint64(len(data)) >= directClass {
		return false
	}
	r.data, r.limits, r.memory = data, lim, lim.Memory
	r.nodes = append(r.nodes[:0], tapeNode{}) // to borrow
	r.names, r.known, r.tries, r.depth = r.names[:0], r.known[:0], 0, 0
	r.proto = 0
	r.careful = !zeroed(p, pl.size)
	pos := 0
	if len(data) >= 2 && data[0] == opProto && data[1] <= 5 {
		r.proto = data[1]
		pos = 2
	}
	pos = pl.direct(r, p, pos)
	if pos < 0 || pos >= len(data) || data[pos] != opStop || int64(len(r.known)) > int64(lim.Memo) {
		if !r.careful {
			variable(pl.typ, p).SetZero()
		}
		return false
	}
	r.end = pos + 1
	return true
}

// What direct reading keeps of a memo entry: the offset of a string, the number of a
// class, or that it is something else.
const (
	directOther = 0
	directClass = 1 << 31
)

// put skips the opcode that memoizes what was read.
func (r *reader) put(pos int, entry uint32) (next int) {
	if uint(pos) < uint(len(r.data)) && r.data[pos] == opMemoize {
		r.known = append(r.known, entry)
		return pos + 1
	}
	return r.putAt(pos, entry)
}

func (r *reader) putAt(pos int, entry uint32) (next int) {
	if uint(pos) >= uint(len(r.data)) {
		return pos
	}
	switch r.data[pos] {
	case opBinPut, opLongBinPut:
		i, next, ok := memoIndex(r.data, pos)
		if !ok || i != uint64(len(r.known)) {
			return gaveUp
		}
		r.known = append(r.known, entry)
		return next
	case opPut:
		return gaveUp
	case opFrame:
		return r.putAt(r.unframe(pos), entry)
	}
	return pos
}

// unframe skips the headers of frames.
func (r *reader) unframe(pos int) (next int) {
	for r.opAt(pos) == opFrame {
		if pos += 9; pos >= len(r.data) {
			return gaveUp
		}
	}
	return pos
}

// opAt returns the opcode at an offset, or 0 behind the last one and where reading was
// given up.
func (r *reader) opAt(pos int) byte {
	if uint(pos) < uint(len(r.data)) {
		return r.data[pos]
	}
	return 0
}

// entryAt returns the number of the memo entry that the GET at an offset is for, -1 for
// none.
func (r *reader) entryAt(pos int) (i, next int) {
	b := r.data[pos:]
	switch {
	case len(b) >= 5 && b[0] == opLongBinGet:
		return int(binary.LittleEndian.Uint32(b[1:])), pos + 5
	case len(b) >= 2 && b[0] == opBinGet:
		return int(b[1]), pos + 2
	}
	return -1, gaveUp
}

// got returns the memo entry that the GET at an offset is for.
func (r *reader) got(pos int) (entry uint32, next int) {
	i, next := r.entryAt(pos)
	if uint(i) >= uint(len(r.known)) {
		return 0, gaveUp
	}
	return r.known[i], next
}

// forget takes the memo back to where it was when a value was tried to be read.
func (r *reader) forget(entries int) (ok bool) {
	r.known = r.known[:entries]
	if entries < len(r.texts) {
		clear(r.texts[entries:])
		r.texts = r.texts[:entries]
	}
	r.tries++
	return !r.careful && r.tries < maxTries
}

// doubts tells whether a value that is read for a part of that plan may be but the
// beginning of it: an interface takes the first item of a tuple, and the module of a class.
func (r *reader) doubts(pl *plan) bool { return r.careful && pl.loose }
