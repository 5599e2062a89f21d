package pickle

import "bytes"

// run executes the opcodes up to STOP. It returns the offset of the last one,
// which is the one that failed if there is an error. The most frequent are
// here, the others in step.
func (v *View) run() (at int, err error) {
	data, stack, puts := v.data, v.stack, v.puts
	pos := v.header()
	for {
		if pos >= len(data) {
			if pos == len(data) { // else the last opcode's argument is cut
				at = pos
			}
			return at, ErrTruncated
		}
		at = pos
		op := data[pos]
		pos++
		switch op {
		case opNone:
			stack = append(stack, cell{start: int32(at), kind: kindNone})
			continue
		case opNewTrue, opNewFalse:
			stack = append(stack, cell{start: int32(at), kind: kindBool})
			continue
		case opBinInt1:
			stack = append(stack, cell{start: int32(at), kind: kindInt})
			pos++
			continue
		case opBinInt2:
			stack = append(stack, cell{start: int32(at), kind: kindInt})
			pos += 2
			continue
		case opBinInt:
			stack = append(stack, cell{start: int32(at), kind: kindInt})
			pos += 4
			continue
		case opBinFloat:
			stack = append(stack, cell{start: int32(at), kind: kindFloat})
			pos += 8
			continue
		case opMark:
			if len(v.marks) >= v.limits.Depth {
				return at, v.tooDeep()
			}
			v.fence = len(stack)
			v.marks = append(v.marks, viewMark{int32(v.fence), int32(at)})
			continue
		case opEmptyTuple:
			if len(v.marks) <= 1 {
				v.showEmpty(len(stack), at)
			}
			stack = append(stack, cell{start: int32(at), kind: kindTuple})
			continue
		case opEmptyDict:
			if len(v.marks) <= 1 {
				v.showEmpty(len(stack), at)
			}
			stack = append(stack, cell{start: int32(at), kind: kindDict, depth: 1})
			continue
		case opEmptyList:
			stack = append(stack, cell{start: int32(at), kind: kindList, depth: 1})
			continue
		case opShortBinUnicode:
			if pos >= len(data) {
				return at, ErrTruncated
			}
			end := pos + 1 + int(data[pos])
			if end > len(data) {
				return at, ErrTruncated
			}
			if !validText(data[pos+1 : end]) {
				return at, ErrUTF8
			}
			stack = append(stack, cell{start: int32(at), kind: kindText})
			v.highest |= needs4
			pos = end
			continue
		case opMemoize:
			if top := len(stack) - 1; top >= v.fence && !stack[top].got && v.index == nil && len(puts) < v.limits.Memo {
				puts = append(puts, put{at: int32(at), cell: stack[top]})
				continue
			}
		case opBinPut:
			if top := len(stack) - 1; top >= v.fence && pos < len(data) && int(data[pos]) == len(puts) && !stack[top].got && v.index == nil && len(puts) < v.limits.Memo {
				puts = append(puts, put{at: int32(at), cell: stack[top]})
				pos++
				continue
			}
		case opTuple1, opTuple2, opTuple3:
			n := int(op-opTuple1) + 1
			height := len(stack) - n
			if height < v.fence {
				return at, ErrUnderflow
			}
			t, err := v.tuple(stack[height:], stack[height].start)
			if err != nil {
				return at, err
			}
			if len(v.marks) <= 1 {
				v.show(height, stack, t.start, at)
			}
			stack[height] = t
			stack = stack[:height+1]
			continue
		case opStop:
			v.stack, v.puts = stack, puts
			return at, nil
		}
		v.stack, v.puts = stack, puts
		pos, err = v.step(op, at)
		if err != nil {
			return at, err
		}
		stack, puts = v.stack, v.puts
	}
}

// line returns the argument that ends with a newline, and where it ends.
func (v *View) line(pos int) (line []byte, next int, err error) {
	n := bytes.IndexByte(v.data[pos:], '\n')
	if n < 0 {
		return nil, pos, ErrTruncated
	}
	return v.data[pos : pos+n], pos + n + 1, nil
}
