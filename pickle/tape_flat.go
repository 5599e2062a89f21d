package pickle

// flat looks whether all that follows a MARK are atoms, up to an opcode that
// gathers them. It returns where that is and the number of the atoms, which is 0
// if they need nodes.
func (t *tape) flat(pos int) (end, count int) {
	data, memo, gets := t.data, len(t.memo), t.gets
	lone := memo == t.count // entry n is from the nth PUT
	for pos < len(data) {
		at, slot := pos, uint32(0)
		k := kindNone
		op := data[pos]
		pos++
		switch op {
		case opNone, opNewTrue, opNewFalse:
		case opBinInt1:
			pos++
		case opBinInt2:
			pos += 2
		case opBinInt:
			pos += 4
		case opBinFloat:
			pos += 8
			for pos < len(data)-8 && data[pos] == opBinFloat {
				pos += 9
				count++
			}
		case opShortBinUnicode:
			if pos >= len(data) {
				return t.uneven(memo, gets)
			}
			from := pos + 1
			if pos = from + int(data[pos]); pos > len(data) {
				return t.uneven(memo, gets)
			}
			if b := data[from:pos]; !plain(b) && !validText(b) {
				return t.uneven(memo, gets)
			}
			k = kindText
		case opBinUnicode, opLong1, opShortBinBytes, opBinBytes, opShortBinString, opBinString:
			var ok bool
			if k, pos, ok = atomAfter(data, at, t.limits.Long); !ok {
				return t.uneven(memo, gets)
			}
		case opBinGet, opLongBinGet:
			i, after, ok := memoIndex(data, at)
			if !ok || t.exact || i >= uint64(len(t.memo)) || !t.memo[i].atomic() {
				return t.uneven(memo, gets)
			}
			e := &t.memo[i]
			at, k, slot = int(e.pos), e.kind, t.share(e)
			t.gets++
			pos = after
		case opTuple, opAppends, opSetItems, opAddItems, opFrozenSet:
			if count == 0 || count > nodeNumber {
				return t.uneven(memo, gets)
			}
			t.count += len(t.memo) - memo
			return pos - 1, count
		default:
			return t.uneven(memo, gets)
		}
		count++
		if pos >= len(data) {
			break
		}
		switch data[pos] { // an atom is memoized at once
		case opMemoize:
			pos++
		case opBinPut, opLongBinPut:
			i, after, ok := memoIndex(data, pos)
			if !ok || i != uint64(len(t.memo)) {
				return t.uneven(memo, gets)
			}
			pos = after
		default:
			continue
		}
		if !lone || len(t.memo) >= t.limits.Memo {
			return t.uneven(memo, gets)
		}
		t.memo = append(t.memo, tapeEntry{pos: uint32(at), n: slot, kind: k, set: true})
	}
	return t.uneven(memo, gets)
}

// uneven forgets what flat has done to the memo.
func (t *tape) uneven(memo, gets int) (end, count int) {
	t.memo, t.gets = t.memo[:memo], gets
	return 0, 0
}

// atomic tells whether the entry is an atom that may be read where it lies.
func (e *tapeEntry) atomic() bool {
	return e.set && e.made == 0 && e.kind.atomic() && e.kind != kindGlobal
}
