package pickle

// gather executes the opcodes for what is above the mark: count atoms that have
// no nodes, or what is on the stack if count is negative.
func (t *tape) gather(op byte, at, count int) (ok bool) {
	top := len(t.marks) - 1
	if top == 0 {
		return false
	}
	m := t.marks[top]
	t.marks = t.marks[:top]
	t.fence = t.marks[top-1].height
	values := t.stack[m.height:]
	flat := count >= 0
	if !flat {
		count = len(values)
	}
	closer := uint32(len(t.nodes))
	t.nodes = append(t.nodes, tapeNode{pos: uint32(at), outer: m.node, end: closer + 1, n: uint32(count)})
	mark := &t.nodes[m.node]
	mark.n |= closer
	mark.end = closer + 1
	if m.depth++; int(m.depth) > t.limits.Depth {
		return false
	}
	c := tapeCell{start: m.node, made: closer, depth: m.depth}
	switch op {
	case opTuple:
		c.kind = kindTuple
		if m.open && !allKeys(values, 1) {
			c.kind = kindOpenTuple
		}
	case opList:
		c.kind = kindList
	case opFrozenSet:
		if m.open && !allKeys(values, 1) {
			return false
		}
		c.kind = kindFrozenSet
	case opDict:
		if count%2 != 0 || m.open && !allKeys(values, 2) {
			return false
		}
		c.kind = kindDict
	case opInst:
		t.nodes[closer].n = 0 // where the last change will stand
	case opObj:
		if count == 0 || !values[0].kind.callable() {
			return false
		}
		t.nodes[closer].n = 0
	default:
		return t.batch(op, &m, count, values)
	}
	t.stack = append(t.stack[:m.height], c)
	t.nested(c.depth, c.kind)
	return true
}

// nested notes that a value nests so deep, for what it will become a part of.
func (t *tape) nested(depth uint16, k kind) {
	m := &t.marks[len(t.marks)-1]
	m.depth = max(m.depth, depth)
	m.open = m.open || !k.hashable()
}

// allKeys tells whether values are hashable: each, or each key of pairs.
func allKeys(values []tapeCell, stride int) bool {
	for i := 0; i < len(values); i += stride {
		if !values[i].kind.hashable() {
			return false
		}
	}
	return true
}

// batch executes APPENDS, SETITEMS and ADDITEMS.
func (t *tape) batch(op byte, m *tapeMark, count int, values []tapeCell) (ok bool) {
	if m.height <= t.fence {
		return false
	}
	target := &t.stack[m.height-1]
	if target.got || !target.takes(op, count) {
		return false
	}
	if m.open && (op == opSetItems && target.kind == kindDict && !allKeys(values, 2) ||
		op == opAddItems && target.kind == kindSet && !allKeys(values, 1)) {
		return false
	}
	t.stack = t.stack[:m.height]
	t.extend(target, uint32(count), m.depth)
	if target.kind == kindAny {
		t.nodes[len(t.nodes)-1].outer = target.made
	}
	return true
}

// change executes APPEND, SETITEM and BUILD.
func (t *tape) change(op byte, at int) (ok bool) {
	height := len(t.stack) - 1
	if op == opSetItem {
		height--
	}
	if height <= t.fence {
		return false
	}
	values := t.stack[height:]
	target := &t.stack[height-1]
	if target.got || !target.takes(op, len(values)) {
		return false
	}
	if op == opSetItem && target.kind == kindDict && !values[0].kind.hashable() {
		return false
	}
	depth := values[0].depth
	if op == opSetItem {
		depth = max(depth, values[1].depth)
	}
	if depth++; int(depth) > t.limits.Depth {
		return false
	}
	t.nodes = append(t.nodes, tapeNode{pos: uint32(at), end: values[0].start, n: target.made})
	t.stack = t.stack[:height]
	t.extend(target, uint32(len(values)), depth)
	return true
}

// takes tells whether an opcode can put so many values into that of the cell. What an
// extension code or a persistent id stands for is left to the decoder.
func (c *tapeCell) takes(op byte, count int) bool {
	want := kindAny
	switch op {
	case opAppend, opAppends:
		want = kindList
	case opSetItem, opSetItems:
		want = kindDict
		if count%2 != 0 {
			return false
		}
	case opAddItems:
		want = kindSet
	}
	if c.kind == kindAny {
		return c.made != c.start
	}
	return c.kind == want
}

// extend notes that what the last node ends with has gone into the target.
func (t *tape) extend(target *tapeCell, count uint32, depth uint16) {
	last := uint32(len(t.nodes) - 1)
	made := &t.nodes[target.made]
	if target.kind == kindAny {
		made.n = made.n&nodeShared | last
		t.nodes[last].end = target.start
		t.nodes[last].outer = t.nodes[target.start].outer
		t.nodes[target.start].outer = last
	} else {
		made.n += count
		made.end = last + 1
		t.nodes[target.start].end = last + 1
	}
	target.depth = max(target.depth, depth)
	t.nested(target.depth, target.kind)
}

// call executes REDUCE, NEWOBJ and NEWOBJ_EX.
func (t *tape) call(op byte, at int) (ok bool) {
	n := 2
	if op == opNewObjEx {
		n = 3
	}
	height := len(t.stack) - n
	if height < t.fence {
		return false
	}
	values := t.stack[height:]
	if n == 3 && values[2].kind != kindDict || !values[0].kind.callable() {
		return false
	}
	if k := values[1].kind; !k.isTuple() && k != kindAny {
		return false
	}
	depth := values[0].depth
	for i := 1; i < n; i++ {
		depth = max(depth, values[i].depth)
	}
	if depth++; int(depth) > t.limits.Depth {
		return false
	}
	c := tapeCell{start: values[0].start, depth: depth, kind: kindAny}
	c.made = t.postfix(at, c.start, 0)
	t.stack = append(t.stack[:height], c)
	t.nested(depth, kindAny)
	return true
}
