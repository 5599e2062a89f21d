package pickle

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"sync"
)

// A decoder is the machine that a pickle is a program for: a stack, marks in
// it, and a memo.
type decoder struct {
	ctx    context.Context
	codec  Codec
	limits Limits
	data   []byte

	seen    map[any]bool // containers that were met again, for Recode
	history history
	longs   bool // integers that came as long stay *big.Int

	stack []any
	marks []mark
	nests []nest
	memo  []memoRef
	kept  []keptEntry
	runs  []string           // opcodes of batches, whose texts are the entries behind those of memo
	far   map[uint64]memoRef // entries far beyond the others

	effects []*Object // calls whose results were dropped, unless they are met again

	walk   *walk            // of all costly keys
	forms  [numForms]*table // of dicts whose keys others may have
	recent *table           // the last of them that one had

	offsets []uint32 // of the pairs of a batch

	lastName  Global // asked for last in the registry
	lastClass *class

	mould mould
	progress
	boxes
}

// progress is how far the decoder has come.
type progress struct {
	pos      int // of the next opcode, or of the argument being read
	proto    byte
	framed   bool   // a value larger than frames should be lies in one
	frameEnd uint64 // of the last frame that began
	memory   int64  // that may still be taken
	fence    int    // the last of marks: only what looks for the mark reaches below
	high     int    // how high the stack has been
	count    int    // of memo entries
	clock    uint32 // counts constructions and changes of objects
	buffer   int    // the next of codec.Buffers

	batchAt int  // where the last batch began
	loose   int  // before it no pairs can be packed
	vain    int  // attempts to read a record that failed
	formed  bool // there are forms
	endless bool // the opcodes are a Raw's, which has no STOP
	guessed bool // that a dict fills the rest of the pickle
}

// A mark is a height of the stack, and where in the pickle it was marked.
type mark struct{ height, at int }

// A nest is a container on the stack and how deep it nests.
type nest struct{ at, depth int32 }

// maxPooled is the capacity of stacks and memos that are kept for the next
// pickle. The pool itself forgets them when memory is collected.
const maxPooled = 128 << 10

var decoders = sync.Pool{New: func() any {
	return &decoder{stack: make([]any, 0, 64), memo: make([]memoRef, 0, 32)}
}}

// Decode returns the value of the pickle in data. Its error is a *SyntaxError,
// or of the context.
func (c Codec) Decode(ctx context.Context, data []byte) (any, error) {
	if v, ok := c.decodeBrief(data); ok {
		return v, nil
	}
	v, _, err := c.decodeLong(ctx, data, false)
	return v, err
}

// decodeLong is Decode for a pickle that is not brief, of n bytes, which others may follow.
func (c *Codec) decodeLong(ctx context.Context, data []byte, follows bool) (v any, n int, err error) {
	d := decoders.Get().(*decoder)
	d.ctx, d.codec, d.data = ctx, *c, data // a function of the codec stays until the next
	v, err = d.decode(follows)
	n = d.pos
	d.release()
	return v, n, err
}

// decodeRaw returns the value of opcodes without a STOP.
func (c Codec) decodeRaw(ctx context.Context, r Raw) (any, error) {
	d := decoders.Get().(*decoder)
	d.ctx, d.codec, d.data = ctx, c, r.ops
	d.proto, d.endless = r.proto, true
	v, err := d.decode(false)
	d.release()
	return v, err
}

// release returns the decoder to the pool without the values it held.
func (d *decoder) release() {
	if cap(d.stack) > maxPooled || cap(d.memo) > maxPooled || cap(d.kept) > maxPooled || cap(d.nests) > maxPooled || cap(d.offsets) > maxPooled {
		return
	}
	clear(d.stack[:max(d.high, len(d.stack))])
	clear(d.kept)
	d.stack, d.marks, d.nests = d.stack[:0], d.marks[:0], d.nests[:0]
	d.memo, d.kept = d.memo[:0], d.kept[:0]
	if d.formed {
		clear(d.forms[:])
		d.recent = nil
	}
	if d.runs != nil {
		d.runs = nil
	}
	d.ctx, d.data, d.codec.Buffers, d.far, d.effects, d.walk = nil, nil, nil, nil, nil, nil
	d.lastName, d.lastClass, d.seen, d.history = Global{}, nil, nil, nil
	d.progress, d.mould = progress{}, mould{}
	d.boxes.reset()
	decoders.Put(d)
}

// decode returns the value of the pickle, which something may follow.
func (d *decoder) decode(follows bool) (any, error) {
	d.limits = d.codec.Limits.orDefault(len(d.data))
	d.memory = d.limits.Memory
	d.longs = d.codec.passage.withinOld()
	d.most = min(max(len(d.data)>>9, 32), 512)
	if int64(len(d.data)) > d.limits.Bytes {
		return nil, &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", d.limits.Bytes}}
	}
	at, err := d.run()
	if err != nil {
		return nil, d.fail(at, err)
	}
	v, err := d.pop()
	if err != nil {
		return nil, d.fail(at, err)
	}
	if d.pos < len(d.data) && !follows {
		return nil, d.fail(at, ErrTrailing)
	}
	if v, err = d.withEffects(v); err != nil {
		return nil, d.fail(at, err)
	}
	return v, nil
}

// withEffects returns the value with the calls that the pickle made and that led to
// nothing: their results were dropped, or lie below the value yet.
func (d *decoder) withEffects(v any) (any, error) {
	for _, below := range d.stack {
		if call, ok := below.(*Object); ok {
			if err := d.charge(64 + 32); err != nil {
				return nil, err
			}
			d.effects = append(d.effects, call)
		}
	}
	d.effects = slices.DeleteFunc(d.effects, func(call *Object) bool { return call.met })
	if len(d.effects) == 0 {
		return v, nil
	}
	slices.SortFunc(d.effects, func(a, b *Object) int { return cmp.Compare(a.seq, b.seq) })
	o := d.newObject(Object{How: Existing, Args: v, aside: true})
	for _, call := range d.effects {
		d.clock++
		o.Ops = append(o.Ops, Op{Kind: Effect, Items: []any{call}, seq: d.clock})
	}
	return o, nil
}

func (d *decoder) fail(at int, err error) error {
	op := byte(opStop)
	if at < len(d.data) {
		op = d.data[at]
	}
	return &SyntaxError{Op: op, Offset: at, Err: err}
}

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
