package pickle

import (
	"encoding/binary"
	"unicode/utf8"
)

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

// call executes REDUCE, NEWOBJ and NEWOBJ_EX.
func (v *View) call(op byte) error {
	n := 2
	if op == opNewObjEx {
		v.highest |= needs4
		n = 3
	}
	height := len(v.stack) - n
	if height < v.fence {
		return ErrUnderflow
	}
	values := v.stack[height:]
	if n == 3 && values[2].kind != kindDict {
		return ErrShape
	}
	if k := values[1].kind; !k.isTuple() && k != kindAny {
		return ErrShape
	}
	return v.pushCall(values, height, values[0].start)
}

// pushCall replaces the values, of which the first is called, by the result.
func (v *View) pushCall(values []cell, height int, start int32) error {
	if len(values) > 0 && !values[0].kind.callable() {
		return ErrShape
	}
	s, err := v.tuple(values, start)
	if err != nil {
		return err
	}
	s.kind = kindAny
	v.stack = append(v.stack[:height], s)
	return nil
}

// instance executes INST and OBJ.
func (v *View) instance(op byte, at int) (pos int, err error) {
	pos = at + 1
	if op == opInst {
		if pos, err = v.globalLines(at); err != nil {
			return at, err
		}
	}
	m, err := v.unmark()
	if err != nil {
		return at, err
	}
	values := v.stack[m.height:]
	if op == opObj {
		if len(values) == 0 {
			return at, ErrUnderflow
		}
		return pos, v.pushCall(values, int(m.height), m.start)
	}
	s, err := v.tuple(values, m.start)
	if err != nil {
		return at, err
	}
	s.kind = kindAny
	v.stack = append(v.stack[:m.height], s)
	return pos, nil
}

// pushGlobal executes GLOBAL and STACK_GLOBAL.
func (v *View) pushGlobal(op byte, at int) (pos int, err error) {
	if op == opGlobal {
		if pos, err = v.globalLines(at); err != nil {
			return at, err
		}
		v.stack = append(v.stack, cell{start: int32(at), kind: kindGlobal})
		return pos, nil
	}
	height := len(v.stack) - 2
	if height < v.fence {
		return at, ErrUnderflow
	}
	module, name := v.stack[height], v.stack[height+1]
	if module.kind != kindText || name.kind != kindText {
		return at, errNames
	}
	if n, ok := v.nameSize(module, name); !ok {
		return at, ErrShape
	} else if n > maxName {
		return at, errLongName
	}
	v.globals = append(v.globals, globalRef{int32(at), module.start, name.start})
	v.highest |= needs4
	v.stack = append(v.stack[:height], cell{start: module.start, kind: kindGlobal})
	return at + 1, nil
}

// nameSize is how long the names are together. ok is false where finding out
// takes long, as with lines that are escaped.
func (v *View) nameSize(names ...cell) (n int, ok bool) {
	for _, c := range names {
		op, arg, _ := v.atomAt(c.start)
		if n += len(arg); op == opUnicode && n > longText {
			return n, false
		}
	}
	return n, true
}

// globalLines reads the module and name that follow an opcode.
func (v *View) globalLines(at int) (pos int, err error) {
	module, middle, err := v.line(at + 1)
	if err != nil {
		return at, err
	}
	name, pos, err := v.line(middle)
	if err != nil {
		return at, err
	}
	if len(module) == 0 || len(name) == 0 {
		return at, errNoName
	}
	if len(module)+len(name) > maxName {
		return at, errLongName
	}
	if !utf8.Valid(module) || !utf8.Valid(name) {
		return at, ErrUTF8
	}
	v.globals = append(v.globals, globalRef{int32(at), int32(at + 1), int32(middle)})
	return pos, nil
}

// sized executes the opcodes whose argument begins with its length.
func (v *View) sized(op byte, at int) (pos int, err error) {
	width, k := layout(op)
	start := at + 1 + width
	if start > len(v.data) {
		return at, ErrTruncated
	}
	n := length(v.data[at+1 : start])
	if n > uint64(len(v.data)-start) {
		return at, ErrTruncated
	}
	end := start + int(n)
	switch op {
	case opBinUnicode, opBinUnicode8:
		if !validText(v.data[start:end]) {
			return at, ErrUTF8
		}
	case opLong1, opLong4:
		if n > uint64(v.limits.Long) {
			return at, &LimitError{"Long", int64(v.limits.Long)}
		}
	case opShortBinString, opBinString, opByteArray8:
		v.marked = append(v.marked, int32(at))
	}
	switch op {
	case opShortBinBytes, opBinBytes:
		v.highest |= needs3
	case opBinUnicode8, opBinBytes8:
		v.highest |= needs4
	}
	v.stack = append(v.stack, cell{start: int32(at), kind: k})
	return end, nil
}

// layout returns how many bytes the length has, and what it is the length of.
func layout(op byte) (width int, k kind) {
	switch op {
	case opShortBinUnicode:
		return 1, kindText
	case opBinUnicode:
		return 4, kindText
	case opBinUnicode8:
		return 8, kindText
	case opShortBinBytes:
		return 1, kindBytes
	case opBinBytes:
		return 4, kindBytes
	case opBinBytes8:
		return 8, kindBytes
	case opByteArray8:
		return 8, kindBytearray
	case opShortBinString:
		return 1, kindByteString
	case opBinString:
		return 4, kindByteString
	case opLong1:
		return 1, kindInt
	case opLong4:
		return 4, kindInt
	}
	return 0, kindAny
}

// length reads the length that an argument begins with.
func length(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// textValue executes the opcodes of protocol 0 whose argument is a line.
func (v *View) textValue(op byte, at int) (pos int, err error) {
	line, pos, err := v.line(at + 1)
	if err != nil {
		return at, err
	}
	k := kindInt
	switch op {
	case opInt:
		var n any
		if n, err = parseInt(line); n == true || n == false {
			k = kindBool
		}
	case opLong:
		_, err = parseLong(line)
	case opFloat:
		k = kindFloat
		_, err = parseFloat(line)
	case opString:
		k = kindByteString
		v.marked = append(v.marked, int32(at))
		_, err = parseString(line)
	case opUnicode:
		k = kindText
		_, err = parseUnicode(line)
	}
	if err != nil {
		return at, err
	}
	v.stack = append(v.stack, cell{start: int32(at), kind: k})
	return pos, nil
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
