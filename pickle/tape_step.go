package pickle

import "unicode/utf8"

// step executes one opcode and returns where the next one is.
func (t *tape) step(op byte, at int) (pos int, ok bool) {
	switch op {
	case opTuple, opList, opDict, opFrozenSet, opAppends, opSetItems, opAddItems, opObj:
		return at + 1, t.gather(op, at, -1)
	case opAppend, opSetItem, opBuild:
		return at + 1, t.change(op, at)
	case opReduce, opNewObj, opNewObjEx:
		return at + 1, t.call(op, at)
	case opInst:
		if pos, ok = t.globalLines(at); !ok {
			return at, false
		}
		return pos, t.gather(op, at, -1)
	case opGlobal:
		n := t.push(at, kindGlobal)
		t.nodes[n].n = uint32(len(t.names))
		return t.globalLines(at)
	case opStackGlobal:
		return at + 1, t.stackGlobal(at)

	case opMemoize, opBinPut, opLongBinPut, opPut:
		return t.memoPut(op, at)
	case opBinGet, opLongBinGet, opGet:
		return t.memoGet(op, at)
	case opProto, opFrame:
		return t.header(op, at)
	case opExt1, opExt2, opExt4, opPersID, opBinPersID, opNextBuffer, opReadOnlyBuffer:
		return t.outside(op, at)
	}
	return t.atom(op, at)
}

// push pushes an atom.
func (t *tape) push(at int, k kind) (n uint32) {
	n = uint32(len(t.nodes))
	t.nodes = append(t.nodes, tapeNode{pos: uint32(at), end: n + 1})
	t.stack = append(t.stack, tapeCell{start: n, kind: k})
	return n
}

// header reads PROTO and FRAME.
func (t *tape) header(op byte, at int) (pos int, ok bool) {
	if op == opFrame {
		return at + 9, len(t.data)-at >= 9
	}
	if len(t.data)-at < 2 || t.data[at+1] > 5 {
		return at, false
	}
	if at > 0 && t.data[at+1] != t.proto {
		return at, false // what came before may have other names
	}
	t.proto = t.data[at+1]
	return at + 2, true
}

// atom executes the less frequent opcodes for values without parts.
func (t *tape) atom(op byte, at int) (pos int, ok bool) {
	k, pos, ok := atomAfter(t.data, at, t.limits.Long)
	if !ok {
		return at, false
	}
	n := t.push(at, k)
	if k == kindBytearray {
		t.stack[len(t.stack)-1].made = n // it has an identity
		t.marks[len(t.marks)-1].open = true
	}
	return pos, true
}

// atomAfter checks the atom at an offset and returns what it is and what follows.
func atomAfter(data []byte, at, maxLong int) (k kind, pos int, ok bool) {
	op := data[at]
	width, k := layout(op)
	if width == 0 {
		return atomLine(data, at)
	}
	pos = at + 1 + width
	if pos > len(data) {
		return k, at, false
	}
	n := length(data[at+1 : pos])
	if n > uint64(len(data)-pos) {
		return k, at, false
	}
	end := pos + int(n)
	switch k {
	case kindText:
		ok = plain(data[pos:end]) || validText(data[pos:end])
	case kindInt:
		ok = n <= uint64(maxLong)
	default:
		ok = op != opBinString || n < 1<<31
	}
	return k, end, ok
}

// atomLine is atomAfter for the opcodes of protocol 0, whose argument is a line.
func atomLine(data []byte, at int) (k kind, pos int, ok bool) {
	line, pos, err := lineAfter(data, at+1)
	if err != nil {
		return k, at, false
	}
	switch data[at] {
	case opInt:
		var n any
		n, err = parseInt(line)
		k = kindInt
		if _, isBool := n.(bool); isBool {
			k = kindBool
		}
	case opLong:
		k = kindInt
		_, err = parseLong(line)
	case opFloat:
		k = kindFloat
		_, err = parseFloat(line)
	case opString:
		k = kindByteString
		_, err = parseString(line)
	case opUnicode:
		k = kindText
		_, err = parseUnicode(line)
	default:
		return k, at, false
	}
	return k, pos, err == nil
}

// stackGlobal executes STACK_GLOBAL.
func (t *tape) stackGlobal(at int) (ok bool) {
	height := len(t.stack) - 2
	if height < t.fence {
		return false
	}
	module, name := t.stack[height], t.stack[height+1]
	if module.kind != kindText || name.kind != kindText {
		return false
	}
	m, ok1 := t.textOf(module.start)
	n, ok2 := t.textOf(name.start)
	if !ok1 || !ok2 || len(m)+len(n) > maxName {
		return false
	}
	t.names = append(t.names, tapeName{m, n, t.proto})
	made := t.postfix(at, module.start, uint32(len(t.names)-1))
	t.stack = append(t.stack[:height], tapeCell{start: module.start, made: made, kind: kindGlobal})
	return true
}

// textOf returns the text of an atom where it lies.
func (t *tape) textOf(n uint32) (text []byte, ok bool) {
	return textAfter(t.data, int(t.nodes[n].pos))
}

func textAfter(data []byte, at int) (text []byte, ok bool) {
	width, _ := layout(data[at])
	if width == 0 {
		return nil, false // escaped
	}
	from := at + 1 + width
	return data[from : from+int(length(data[at+1:from]))], true
}

// postfix appends the node of an opcode for values the first of which starts at
// another one.
func (t *tape) postfix(at int, start, n uint32) (made uint32) {
	made = uint32(len(t.nodes))
	t.nodes = append(t.nodes, tapeNode{pos: uint32(at), outer: t.nodes[start].outer, end: start, n: n})
	t.nodes[start].outer = made
	return made
}

// globalLines reads the module and name that follow an opcode.
func (t *tape) globalLines(at int) (pos int, ok bool) {
	module, middle, err := lineAfter(t.data, at+1)
	if err != nil {
		return at, false
	}
	name, pos, err := lineAfter(t.data, middle)
	if err != nil || len(module) == 0 || len(name) == 0 || len(module)+len(name) > maxName || !utf8.Valid(module) || !utf8.Valid(name) {
		return at, false
	}
	t.names = append(t.names, tapeName{module, name, t.proto})
	return pos, true
}

// outside executes the opcodes for what is not in the pickle.
func (t *tape) outside(op byte, at int) (pos int, ok bool) {
	pos = at + 1
	switch op {
	case opBinPersID, opReadOnlyBuffer:
		top := len(t.stack) - 1
		if top < t.fence {
			return at, false
		}
		c := &t.stack[top]
		c.made, c.kind, c.got = t.postfix(at, c.start, 0), kindAny, false
		return pos, true
	case opPersID:
		var err error
		if _, pos, err = lineAfter(t.data, pos); err != nil {
			return at, false
		}
	case opExt1, opExt2, opExt4:
		if pos += 1 << (op - opExt1); pos > len(t.data) {
			return at, false
		}
	}
	n := t.push(at, kindAny)
	t.stack[len(t.stack)-1].made = n
	if op == opNextBuffer {
		t.bufs = append(t.bufs, n)
	}
	return pos, true
}
