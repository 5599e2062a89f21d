package pickle

import (
	"bytes"
	"encoding/binary"
)

// A skim is one pass over the opcodes of a pickle that builds nothing: it
// knows where each value on the stack begins, and what was put in the memo.
type skim struct {
	data  []byte
	proto byte // as PROTO says
	need  byte // the highest protocol of any opcode
	built bool // STOP has been reached
	odd   bool // a shape that a View cannot show

	stack   []int32 // where each value on the stack begins
	marks   []mark
	memo    []memoSpan
	events  []event // PUTs, GETs and FRAMEs in order
	globals []globalName
}

// A mark is a MARK on the stack.
type mark struct{ height, at int32 }

// A memoSpan is a value that was put in the memo: the opcodes that made it.
type memoSpan struct {
	index      uint32
	start, end int32 // start is -1 for an empty place
}

// An event is an opcode that has no meaning outside its pickle.
type event struct {
	at, end int32
	kind    eventKind
	memo    int32 // which of skim.memo
}

type eventKind uint8

const (
	putEvent eventKind = iota
	getEvent
	frameEvent
)

type globalName struct {
	at           int32
	module, name []byte
}

// run skims data and tells v what it finds.
func (s *skim) run(v *View, data []byte, lim Limits) error {
	*s = skim{data: data, stack: s.stack[:0], marks: s.marks[:0], memo: s.memo[:0],
		events: s.events[:0], globals: s.globals[:0]}
	if int64(len(data)) > min(lim.Bytes, 1<<31-1) {
		return &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", lim.Bytes}}
	}
	for pos := 0; !s.built; {
		next, err := s.step(v, pos, lim)
		if err != nil {
			op := byte(opStop)
			if pos < len(data) {
				op = data[pos]
			}
			return &SyntaxError{Op: op, Offset: pos, Err: err}
		}
		pos = next
		if s.built && pos < len(data) {
			return &SyntaxError{Op: opStop, Offset: pos - 1, Err: ErrTrailing}
		}
	}
	if s.odd || len(v.root) == 0 || len(s.stack) != 1 {
		return ErrShape
	}
	return nil
}

// step executes one opcode and returns where the next one is.
func (s *skim) step(v *View, pos int, lim Limits) (next int, err error) {
	if pos >= len(s.data) {
		return 0, ErrTruncated
	}
	op := s.data[pos]
	e := &effects[op]
	if e.kind == effectNone {
		return 0, ErrOpcode
	}
	arg, n, err := argument(s.data, pos)
	if err != nil {
		return 0, err
	}
	next = arg + n
	if e.arg == argLine || e.arg == argLines {
		next++ // the newline
	}
	s.need = max(s.need, e.proto)
	at := int32(pos)
	switch e.kind {
	case effectPush:
		if e.utf8 && !validText(s.data[arg:arg+n]) {
			return 0, ErrUTF8
		}
		s.stack = append(s.stack, at)
		if op == opEmptyTuple || op == opEmptyDict {
			v.fresh(len(s.stack)-1, at, op == opEmptyDict, nil, at)
		}
		if op == opGlobal {
			err = s.nameLines(at, arg, n)
		}
	case effectMark:
		if len(s.marks) >= lim.Depth {
			return 0, &LimitError{"Depth", int64(lim.Depth)}
		}
		s.marks = append(s.marks, mark{int32(len(s.stack)), at})
	case effectPop:
		err = s.popped(v, op, at, int(e.pops))
	case effectToMark:
		err = s.toMark(v, op, at, arg, n)
	case effectPut:
		err = s.put(op, at, int32(next), s.data[arg:arg+n], lim)
	case effectGet:
		err = s.get(op, at, int32(next), s.data[arg:arg+n])
	case effectFrame:
		s.events = append(s.events, event{at, int32(next), frameEvent, 0})
	case effectProto:
		if s.proto = s.data[arg]; s.proto > 5 {
			return 0, protocolError(s.proto)
		}
	case effectStop:
		s.built = true
		if len(s.stack) == 0 {
			return 0, ErrUnderflow
		}
	default:
		err = s.special(op)
	}
	return next, err
}

// fence is the height below which only a mark's opcode may reach.
func (s *skim) fence() int {
	if n := len(s.marks); n > 0 {
		return int(s.marks[n-1].height)
	}
	return 0
}

// popped executes an opcode that takes n values and leaves one, which begins
// where the first of them did.
func (s *skim) popped(v *View, op byte, at int32, n int) error {
	height := len(s.stack) - n
	if height < s.fence() {
		return ErrUnderflow
	}
	switch op {
	case opTuple1, opTuple2, opTuple3:
		v.fresh(height, s.stack[height], false, s.stack[height:], at)
	case opSetItem:
		v.children(height, s.stack[height+1:], at)
	case opStackGlobal:
		if err := s.nameStack(at, height); err != nil {
			return err
		}
	}
	s.stack = s.stack[:height+1]
	return nil
}

// toMark executes an opcode that takes what lies above the mark.
func (s *skim) toMark(v *View, op byte, at int32, arg, n int) error {
	k := len(s.marks) - 1
	if k < 0 {
		return ErrNoMark
	}
	height, start := int(s.marks[k].height), s.marks[k].at
	s.marks = s.marks[:k]
	items := s.stack[height:]
	switch op {
	case opAppends, opSetItems, opAddItems: // into the value below the mark
		if height-1 < s.fence() {
			return ErrUnderflow
		}
		if op == opSetItems {
			v.children(height-1, items, at)
		}
		s.stack = s.stack[:height]
		return nil
	case opPopMark:
		s.stack = s.stack[:height]
		return nil
	case opTuple:
		if height == 0 && k == 0 {
			v.whole(items, at)
		} else {
			v.fresh(height, start, false, items, at)
		}
	case opDict:
		v.fresh(height, start, true, items, at)
	case opInst:
		if err := s.nameLines(at, arg, n); err != nil {
			return err
		}
	case opObj:
		if len(items) == 0 {
			return ErrUnderflow
		}
	}
	s.stack = append(s.stack[:height], start)
	return nil
}

// special executes POP and DUP, and refuses what a message has no place for.
func (s *skim) special(op byte) error {
	switch op {
	case opPop:
		switch n := len(s.stack); {
		case n > s.fence():
			s.stack = s.stack[:n-1]
			s.odd = s.odd || n == 1
		case len(s.marks) > 0:
			s.marks = s.marks[:len(s.marks)-1]
		default:
			return ErrUnderflow
		}
		return nil
	case opDup:
		s.odd = true
		if len(s.stack) <= s.fence() {
			return ErrUnderflow
		}
		s.stack = append(s.stack, s.stack[len(s.stack)-1])
		return nil
	case opPersID, opBinPersID:
		return ErrPersistent
	case opExt1, opExt2, opExt4:
		return ErrExtension
	case opNextBuffer, opReadOnlyBuffer:
		return ErrBuffer
	}
	return ErrOpcode
}

func (s *skim) put(op byte, at, next int32, arg []byte, lim Limits) error {
	if len(s.stack) <= s.fence() {
		return ErrUnderflow
	}
	if len(s.memo) >= lim.Memo {
		return &LimitError{"Memo", int64(lim.Memo)}
	}
	index, err := memoIndex(op, arg)
	if op == opMemoize {
		index, err = s.memoized(), nil
	}
	if err != nil {
		return err
	}
	s.memo = append(s.memo, memoSpan{index, s.stack[len(s.stack)-1], at})
	s.events = append(s.events, event{at, next, putEvent, int32(len(s.memo) - 1)})
	return nil
}

// memoized is the index that MEMOIZE uses: the number of entries.
func (s *skim) memoized() uint32 {
	n := len(s.memo)
	if n == 0 || s.memo[n-1].index == uint32(n-1) { // nothing put twice so far
		return uint32(n)
	}
	s.odd = true
	return uint32(n)
}

func (s *skim) get(op byte, at, next int32, arg []byte) error {
	index, err := memoIndex(op, arg)
	if err != nil {
		return err
	}
	i := s.find(index)
	if i < 0 {
		return ErrMemo
	}
	s.events = append(s.events, event{at, next, getEvent, int32(i)})
	s.stack = append(s.stack, at)
	return nil
}

// find returns the newest memo entry of that index, or -1.
func (s *skim) find(index uint32) int {
	if int(index) < len(s.memo) && s.memo[index].index == index && !s.odd && s.proto >= 4 {
		return int(index)
	}
	for i := len(s.memo) - 1; i >= 0; i-- {
		if s.memo[i].index == index {
			return i
		}
	}
	return -1
}

// target returns what a GET at that offset gets; ok is false if op is no GET.
func (s *skim) target(at int32, op byte) (span memoSpan, ok bool) {
	if op != opGet && op != opBinGet && op != opLongBinGet {
		return memoSpan{}, false
	}
	for _, e := range s.events {
		if e.at == at {
			return s.memo[e.memo], true
		}
	}
	return memoSpan{start: -1}, true
}

// nameLines notes the global of GLOBAL or INST.
func (s *skim) nameLines(at int32, arg, n int) error {
	module, name, ok := bytes.Cut(s.data[arg:arg+n], []byte{'\n'})
	if !ok {
		return ErrTruncated
	}
	s.globals = append(s.globals, globalName{at, module, name})
	return nil
}

// nameStack notes the global of STACK_GLOBAL.
func (s *skim) nameStack(at int32, height int) error {
	module, ok1 := s.textAt(s.stack[height])
	name, ok2 := s.textAt(s.stack[height+1])
	if !ok1 || !ok2 {
		s.odd = true
		return nil
	}
	s.globals = append(s.globals, globalName{at, module, name})
	return nil
}

func (s *skim) textAt(start int32) ([]byte, bool) {
	op := s.data[start]
	if span, isGet := s.target(start, op); isGet {
		if span.start < 0 {
			return nil, false
		}
		start, op = span.start, s.data[span.start]
	}
	if !effects[op].text {
		return nil, false
	}
	a, n, err := argument(s.data, int(start))
	return s.data[a : a+n], err == nil && op != opUnicode
}

func memoIndex(op byte, arg []byte) (uint32, error) {
	switch op {
	case opBinPut, opBinGet:
		return uint32(arg[0]), nil
	case opLongBinPut, opLongBinGet:
		return binary.LittleEndian.Uint32(arg), nil
	case opMemoize:
		return 0, nil
	}
	var n uint64
	for _, c := range arg {
		if c < '0' || c > '9' || n > 1<<31 {
			return 0, ErrMemo
		}
		n = 10*n + uint64(c-'0')
	}
	if len(arg) == 0 || n > 1<<31 {
		return 0, ErrMemo
	}
	return uint32(n), nil
}
