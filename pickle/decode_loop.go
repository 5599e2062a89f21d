package pickle

import (
	"encoding/binary"
	"math"
)

// run executes the opcodes up to STOP. It returns the offset of the last one,
// which is the one that failed if there is an error. The most frequent are
// here, with the stack in a variable; the others are in step.
func (d *decoder) run() (at int, err error) {
	data, pos, stack := d.data, d.firstHeader(), d.stack
	for {
		at = pos
		if pos >= len(data) {
			if d.pos = pos; d.endless {
				return d.stopped(at, stack, nil)
			}
			return d.stopped(at, stack, ErrTruncated)
		}
		op := data[pos]
		pos++
		rest := data[pos:]
		switch op {
		case opStop:
			d.pos = pos
			return d.stopped(at, stack, nil)
		case opMark:
			if len(d.marks) >= d.limits.Depth {
				return d.stopped(at, stack, d.tooDeep())
			}
			if n := len(stack); n > d.fence && pos < len(data) && d.seen == nil { // Recode looks at each change
				next := pos
				switch c := stack[n-1].(type) {
				case *List:
					next, err = d.numbers(c, pos)
				case *Dict:
					next = d.pairs(c, pos)
				}
				if err != nil {
					return d.stopped(at, stack, err)
				}
				if next > pos {
					pos = next
					continue
				}
			}
			if d.mould.width > 0 {
				if t, next := d.mouldedTuple(pos); next > pos {
					d.nests = append(d.nests, nest{int32(len(stack)), 1})
					stack = append(stack, t)
					pos = next
					continue
				}
			}
			d.fence = len(stack)
			d.marks = append(d.marks, mark{len(stack), at})
			continue
		case opNone:
			stack = append(stack, nil)
			continue
		case opNewTrue:
			stack = append(stack, true)
			continue
		case opNewFalse:
			stack = append(stack, false)
			continue
		case opBinInt1:
			if len(rest) < 1 {
				return d.stopped(at, stack, ErrTruncated)
			}
			stack = append(stack, int64(rest[0])) // Go has these boxed
			pos++
			continue
		case opBinInt2:
			if len(rest) < 2 {
				return d.stopped(at, stack, ErrTruncated)
			}
			stack = append(stack, d.boxInt(int64(binary.LittleEndian.Uint16(rest))))
			pos += 2
			continue
		case opBinInt:
			if len(rest) < 4 {
				return d.stopped(at, stack, ErrTruncated)
			}
			stack = append(stack, d.boxInt(int64(int32(binary.LittleEndian.Uint32(rest)))))
			pos += 4
			continue
		case opBinFloat:
			if len(rest) < 8 {
				return d.stopped(at, stack, ErrTruncated)
			}
			stack = append(stack, d.boxFloat(math.Float64frombits(binary.BigEndian.Uint64(rest))))
			pos += 8
			continue
		case opShortBinUnicode:
			if pos >= len(data) || len(data)-pos-1 < int(data[pos]) {
				return d.stopped(at, stack, ErrTruncated)
			}
			pos++
			end := pos + int(data[pos-1])
			if !validText(data[pos:end]) {
				return d.stopped(at, stack, ErrUTF8)
			}
			if d.memory -= int64(end - pos + 16 + memoSize); d.memory < 0 {
				return d.stopped(at, stack, d.tooMuch())
			}
			if !d.started {
				d.start()
			}
			text := d.strings.next(4, d.few())
			if from, to := pos-d.textAt, end-d.textAt; from >= 0 && to <= len(d.text) {
				*text = d.text[from:to]
			} else {
				*text = d.stringAt(pos, data[pos:end])
			}
			stack = append(stack, box(typeString, text))
			pos = end
			if pos < len(data) && data[pos] == opMemoize && d.count == len(d.memo) && d.far == nil && d.count < d.limits.Memo {
				if ref := d.strings.last(refString, 0); ref != refNone {
					d.memo = append(d.memo, ref)
					d.count++
					pos++
				}
			}
			continue
		case opShortBinBytes:
			if v, next := d.stateCall(stack, pos); next > pos {
				d.nests = append(d.nests, nest{int32(len(stack) - 1), 2})
				stack[len(stack)-1] = v
				pos = next
				continue
			}
		case opMemoize:
			top := len(stack) - 1
			if d.count == len(d.memo) && d.far == nil && d.count < d.limits.Memo && top >= d.fence && d.memory >= memoSize {
				d.memory -= memoSize
				d.memo = append(d.memo, d.refTo(stack[top], top))
				d.count++
				continue
			}
		case opEmptyTuple:
			stack = append(stack, emptyTuple)
			continue
		case opEmptyDict:
			if d.memory -= dictSize; d.memory < 0 {
				return d.stopped(at, stack, d.tooMuch())
			}
			if m, next := d.record(pos, len(stack)); next > pos {
				stack = append(stack, m)
				pos = next
				continue
			}
			d.nests = append(doubled(d.nests), nest{int32(len(stack)), 1})
			stack = append(doubled(stack), d.newDict())
			continue
		case opEmptyList:
			if d.memory -= listSize; d.memory < 0 {
				return d.stopped(at, stack, d.tooMuch())
			}
			d.nests = append(doubled(d.nests), nest{int32(len(stack)), 1})
			stack = append(doubled(stack), d.lists.next(1, d.few()))
			continue
		case opTuple, opTuple1, opTuple2, opTuple3:
			d.pos, d.stack = pos, stack
			if err := d.tuple(op); err != nil {
				return at, err
			}
			stack = d.stack
			continue
		case opBinGet:
			if len(rest) >= 1 && int(rest[0]) < len(d.memo) {
				if v, ok := d.recallAtom(d.memo[rest[0]]); ok {
					pos++
					if d.mould.class != nil && sameBoxes(v, d.mould.class) {
						if o, next := d.mouldedInstance(pos); next > pos {
							d.nests = append(d.nests, nest{int32(len(stack)), int32(min(d.mould.args, 1) + 1)})
							v, pos = o, next
						}
					}
					stack = append(stack, v)
					continue
				}
			}
		case opLongBinGet:
			if len(rest) >= 4 {
				if i := binary.LittleEndian.Uint32(rest); uint64(i) < uint64(len(d.memo)) {
					if v, ok := d.recallAtom(d.memo[i]); ok {
						pos += 4
						if d.mould.class != nil && sameBoxes(v, d.mould.class) {
							if o, next := d.mouldedInstance(pos); next > pos {
								d.nests = append(d.nests, nest{int32(len(stack)), int32(min(d.mould.args, 1) + 1)})
								v, pos = o, next
							}
						}
						stack = append(stack, v)
						continue
					}
				}
			}
		}
		d.pos, d.stack = pos, stack
		if err := d.step(op); err != nil {
			return at, err
		}
		pos, stack = d.pos, d.stack
	}
}

// stopped puts the stack back.
func (d *decoder) stopped(at int, stack []any, err error) (int, error) {
	d.stack = stack
	return at, err
}

// step executes one opcode.
func (d *decoder) step(op byte) error {
	switch op {
	case opTuple, opTuple1, opTuple2, opTuple3:
		return d.tuple(op)
	case opEmptyTuple:
		d.push(emptyTuple)
		return nil
	case opEmptyList:
		return d.pushNew(d.lists.next(1, d.few()), listSize)
	case opList:
		return d.list()
	case opAppend, opAppends:
		return d.append(op)
	case opEmptyDict:
		return d.pushNew(d.newDict(), dictSize)
	case opDict:
		return d.dict()
	case opSetItem, opSetItems:
		return d.setItems(op)
	case opEmptySet:
		return d.pushNew(new(Set), dictSize)
	case opAddItems:
		return d.addItems()
	case opFrozenSet:
		return d.frozenSet()

	case opInt, opLong, opFloat, opString, opUnicode:
		return d.textValue(op)
	case opLong1, opLong4:
		return d.long(op)
	case opBinUnicode, opBinUnicode8:
		return d.unicode(op)
	case opShortBinString, opBinString, opShortBinBytes, opBinBytes, opBinBytes8, opByteArray8:
		return d.bytes(op)

	case opGlobal, opStackGlobal:
		return d.global(op)
	case opReduce, opNewObj, opNewObjEx:
		return d.reduce(op)
	case opInst, opObj:
		return d.instance(op)
	case opBuild:
		return d.build()
	case opPersID, opBinPersID, opExt1, opExt2, opExt4, opNextBuffer, opReadOnlyBuffer:
		return d.outside(op)

	case opMemoize:
		return d.put(uint64(d.count))
	case opPut, opBinPut, opLongBinPut, opGet, opBinGet, opLongBinGet:
		return d.memoAt(op)
	case opPop, opPopMark, opDup:
		return d.shuffle(op)
	case opProto, opFrame:
		return d.header(op)
	}
	return ErrOpcode
}

// firstHeader reads the PROTO and FRAME that pickles begin with and returns
// where the next opcode is.
func (d *decoder) firstHeader() (pos int) {
	if len(d.data) < 2 || d.data[0] != opProto || d.data[1] > 5 {
		return 0
	}
	d.proto = d.data[1]
	if len(d.data) < 11 || d.data[2] != opFrame {
		return 2
	}
	d.frameEnd = 11 + binary.LittleEndian.Uint64(d.data[3:])
	return 11
}

// header reads PROTO and FRAME elsewhere. A frame only tells a reader of streams how
// much to read.
func (d *decoder) header(op byte) error {
	if op == opFrame {
		b, err := d.take(8)
		if err == nil {
			d.frameEnd = uint64(d.pos) + binary.LittleEndian.Uint64(b)
		}
		return err
	}
	b, err := d.take(1)
	if err != nil {
		return err
	}
	if b[0] > 5 {
		return protocolError(b[0])
	}
	d.proto = b[0]
	return nil
}
