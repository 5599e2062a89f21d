package pickle

// run executes the opcodes up to STOP. It returns false for what is no pickle, or
// an irregular one. The most frequent are here, the others in
// step.
func (t *tape) run() (ok bool) {
	data, nodes, stack := t.data, t.nodes, t.stack
	pos := 0
	for pos < len(data) {
		at := pos
		op := data[pos]
		pos++
		var k kind
		switch op {
		case opNone:
			k = kindNone
		case opNewTrue, opNewFalse:
			k = kindBool
		case opBinInt1:
			k = kindInt
			pos++
		case opBinInt2:
			k = kindInt
			pos += 2
		case opBinInt:
			k = kindInt
			pos += 4
		case opBinFloat:
			k = kindFloat
			pos += 8
		case opEmptyTuple:
			k = kindTuple
		case opShortBinUnicode:
			if pos >= len(data) {
				return false
			}
			end := pos + 1 + int(data[pos])
			if end > len(data) {
				return false
			}
			if b := data[pos+1 : end]; !plain(b) && !validText(b) {
				return false
			}
			pos = end
			k = kindText
		case opEmptyList, opEmptyDict, opEmptySet:
			n := uint32(len(nodes))
			nodes = append(nodes, tapeNode{pos: uint32(at), end: n + 1})
			stack = append(stack, tapeCell{start: n, made: n, depth: 1, kind: emptyKind(op)})
			m := &t.marks[len(t.marks)-1]
			m.depth, m.open = max(m.depth, 1), true
			continue
		case opMark:
			if len(t.marks) > t.limits.Depth {
				return false
			}
			n := uint32(len(nodes))
			t.nodes, t.stack = append(nodes, tapeNode{pos: uint32(at), end: n + 1}), stack
			end, count := t.flat(pos)
			t.fence = len(stack)
			t.marks = append(t.marks, tapeMark{height: t.fence, node: n})
			if count > 0 {
				t.nodes[n].n = nodeFlat
				if !t.gather(data[end], end, count) {
					return false
				}
				pos = end + 1
			}
			nodes, stack = t.nodes, t.stack
			continue
		case opMemoize:
			top := len(stack) - 1
			if top < t.fence {
				return false
			}
			if len(t.memo) == t.count && t.count < t.limits.Memo {
				t.nodes = nodes
				t.memo = append(t.memo, t.entryOf(&stack[top]))
				t.count++
				continue
			}
			t.nodes, t.stack = nodes, stack
			if !t.put(uint64(t.count)) {
				return false
			}
			continue
		case opTuple1, opTuple2, opTuple3:
			height := len(stack) - int(op-opTuple1) - 1
			if height < t.fence {
				return false
			}
			items := stack[height:]
			first := &items[0]
			depth, open := first.depth, !first.kind.hashable()
			for i := 1; i < len(items); i++ {
				depth = max(depth, items[i].depth)
				open = open || !items[i].kind.hashable()
			}
			if depth++; int(depth) > t.limits.Depth {
				return false
			}
			n := uint32(len(nodes))
			nodes = append(nodes, tapeNode{pos: uint32(at), outer: nodes[first.start].outer, end: first.start})
			nodes[first.start].outer = n
			first.made, first.depth, first.kind, first.got = n, depth, kindTuple, false
			if open {
				first.kind = kindOpenTuple
			}
			stack = stack[:height+1]
			m := &t.marks[len(t.marks)-1]
			m.depth, m.open = max(m.depth, depth), m.open || open
			continue
		case opStop:
			t.nodes, t.stack, t.end = nodes, stack, pos
			return true
		default:
			t.nodes, t.stack = nodes, stack
			if pos, ok = t.step(op, at); !ok {
				return false
			}
			nodes, stack = t.nodes, t.stack
			continue
		}
		n := uint32(len(nodes))
		nodes = append(nodes, tapeNode{pos: uint32(at), end: n + 1})
		stack = append(stack, tapeCell{start: n, kind: k})
	}
	return false
}

func emptyKind(op byte) kind {
	switch op {
	case opEmptyList:
		return kindList
	case opEmptyDict:
		return kindDict
	}
	return kindSet
}
