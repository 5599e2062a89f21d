package pickle

// step executes one opcode and returns where the next one is.
func (v *View) step(op byte, at int) (pos int, err error) {
	switch op {
	case opEmptySet:
		v.highest |= needs4
		v.stack = append(v.stack, cell{start: int32(at), depth: 1, kind: kindSet})
		return at + 1, nil
	case opTuple, opList, opDict, opFrozenSet:
		return at + 1, v.gather(op, at)
	case opAppend, opAppends, opSetItem, opSetItems, opAddItems, opBuild:
		return at + 1, v.batch(op, at)

	case opShortBinString, opBinString, opBinUnicode, opBinUnicode8, opShortBinBytes, opBinBytes, opBinBytes8,
		opByteArray8, opLong1, opLong4:
		return v.sized(op, at)
	case opInt, opLong, opFloat, opString, opUnicode:
		return v.textValue(op, at)

	case opGlobal, opStackGlobal:
		return v.pushGlobal(op, at)
	case opReduce, opNewObj, opNewObjEx:
		return at + 1, v.call(op)
	case opInst, opObj:
		return v.instance(op, at)

	case opMemoize, opBinPut, opLongBinPut, opPut:
		return v.memoPut(op, at)
	case opBinGet, opLongBinGet, opGet:
		return v.memoGet(op, at)
	case opPop, opPopMark:
		return at + 1, v.drop(op)
	case opProto, opFrame:
		return v.laterHeader(op, at)
	case opDup, opPersID, opBinPersID, opExt1, opExt2, opExt4, opNextBuffer, opReadOnlyBuffer:
		return v.oddity(op, at)
	}
	return at, ErrOpcode
}

// Bits of View.highest.
const (
	needs3 = 1 << iota
	needs4
)

// header reads the PROTO and FRAME that pickles begin with and returns where
// the next opcode is.
func (v *View) header() (pos int) {
	if len(v.data) < 2 || v.data[0] != opProto || v.data[1] > 5 {
		return 0
	}
	v.protocol = v.data[1]
	if len(v.data) < 11 || v.data[2] != opFrame {
		return 2
	}
	return 11
}

// laterHeader reads PROTO and FRAME elsewhere.
func (v *View) laterHeader(op byte, at int) (pos int, err error) {
	if op == opFrame {
		if len(v.data)-at < 9 {
			return at, ErrTruncated
		}
		if len(v.stack) > 0 {
			v.cuts = append(v.cuts, cut{int32(at), isFrame})
		}
		return at + 9, nil
	}
	if len(v.data)-at < 2 {
		return at, ErrTruncated
	}
	if v.data[at+1] > 5 {
		return at, protocolError(v.data[at+1])
	}
	v.odd = v.odd || at > 0
	v.protocol = v.data[at+1]
	return at + 2, nil
}

// oddity executes what no View can show, sharing without memo and values from
// elsewhere: the rest of the pickle is still to be checked.
func (v *View) oddity(op byte, at int) (pos int, err error) {
	v.odd = true
	size := 1
	switch op {
	case opPersID:
		_, pos, err := v.line(at + 1)
		if err != nil {
			return at, err
		}
		size = pos - at
	case opExt1, opExt2, opExt4:
		size = 1 + 1<<(op-opExt1)
	case opDup, opBinPersID, opReadOnlyBuffer:
		if len(v.stack) <= v.fence {
			return at, ErrUnderflow
		}
		if op == opDup {
			v.stack = append(v.stack, v.stack[len(v.stack)-1])
			return at + 1, nil
		}
		v.stack = v.stack[:len(v.stack)-1]
	}
	if size > len(v.data)-at {
		return at, ErrTruncated
	}
	v.stack = append(v.stack, cell{start: int32(at), kind: kindAny})
	return at + size, nil
}

// tuple returns a tuple of the values.
func (v *View) tuple(values []cell, start int32) (cell, error) {
	depth, k := parts(values, kindTuple)
	depth++
	if int(depth) > v.limits.Depth {
		return cell{}, v.tooDeep()
	}
	return cell{start: start, depth: depth, kind: k}, nil
}

// parts returns how deep the values nest, and kindOpenTuple if one of them is
// no key.
func parts(values []cell, k kind) (uint16, kind) {
	var depth uint16
	for _, s := range values {
		depth = max(depth, s.depth)
		if !s.kind.hashable() {
			k = kindOpenTuple
		}
	}
	return depth, k
}

func (v *View) tooDeep() error { return &LimitError{"Depth", int64(v.limits.Depth)} }

// unmark removes the last mark.
func (v *View) unmark() (m viewMark, err error) {
	n := len(v.marks) - 1
	if n < 0 {
		return m, ErrNoMark
	}
	m = v.marks[n]
	v.marks = v.marks[:n]
	v.fence = 0
	if n > 0 {
		v.fence = int(v.marks[n-1].height)
	}
	return m, nil
}

// gather executes the opcodes that make a container of what is above the mark.
func (v *View) gather(op byte, at int) error {
	m, err := v.unmark()
	if err != nil {
		return err
	}
	height := int(m.height)
	values := v.stack[height:]
	s, err := v.tuple(values, m.start)
	if err != nil {
		return err
	}
	switch op {
	case opList:
		s.kind = kindList
	case opFrozenSet:
		if !s.kind.hashable() {
			return ErrShape
		}
		v.highest |= needs4
		s.kind = kindFrozenSet
	case opDict:
		s.kind = kindDict
		if err := checkPairs(values); err != nil {
			return err
		}
	}
	if len(v.marks) <= 1 && (op == opTuple || op == opDict) {
		v.show(height, v.stack, m.start, at)
	}
	v.stack = append(v.stack[:height], s)
	return nil
}

// checkPairs checks what becomes keys and values of a dict. Where values are
// of wrong types the error is ErrShape: the decoder knows what to say.
func checkPairs(values []cell) error {
	if len(values)%2 != 0 {
		return ErrShape
	}
	for i := 0; i < len(values); i += 2 {
		if !values[i].kind.hashable() {
			return ErrShape
		}
	}
	return nil
}

// batch executes the opcodes that put values into the one below them.
func (v *View) batch(op byte, at int) error {
	height := len(v.stack) - 1
	switch op {
	case opAppends, opSetItems, opAddItems:
		m, err := v.unmark()
		if err != nil {
			return err
		}
		height = int(m.height)
	case opSetItem:
		height--
	}
	if height <= v.fence {
		return ErrUnderflow
	}
	values := v.stack[height:]
	if len(values) == 0 {
		return nil
	}
	target := &v.stack[height-1]
	if err := checkBatch(op, target.kind, values); err != nil {
		return err
	}
	if (op == opSetItem || op == opSetItems) && len(v.marks) <= 1 {
		v.showMore(height-1, at)
	}
	depth, _ := parts(values, kindTuple)
	if depth++; int(depth) > v.limits.Depth {
		return v.tooDeep()
	}
	if target.depth > 0 {
		target.depth = max(target.depth, depth)
	}
	v.stack = v.stack[:height]
	return nil
}

func checkBatch(op byte, target kind, values []cell) error {
	want := kindAny // BUILD
	switch op {
	case opAppend, opAppends:
		want = kindList
	case opSetItem, opSetItems:
		want = kindDict
		if target == kindDict {
			return checkPairs(values)
		}
		if len(values)%2 != 0 {
			return ErrShape
		}
	case opAddItems:
		want = kindSet
		if _, k := parts(values, kindTuple); target == kindSet && !k.hashable() {
			return ErrShape
		}
	}
	if target != want && target != kindAny {
		return ErrShape
	}
	return nil
}

// drop executes POP, which also takes a mark away, and POP_MARK.
func (v *View) drop(op byte) error {
	if op == opPopMark || len(v.marks) > 0 && v.fence == len(v.stack) {
		m, err := v.unmark()
		if err == nil {
			v.stack = v.stack[:m.height]
		}
		return err
	}
	if len(v.stack) <= v.fence {
		return ErrUnderflow
	}
	v.stack = v.stack[:len(v.stack)-1]
	return nil
}
