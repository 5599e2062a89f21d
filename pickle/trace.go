package pickle

// A tracer runs a pickle with what is known of values for values. It builds
// nothing, and where types are confused it goes on: a Python might, too.
type tracer struct {
	data  []byte
	stack []traced
	marks []traceMark
	fence int // the last of marks: only what looks for the mark reaches below
	memo  map[uint64]traced
	dense []traced // the memo, as long as its indexes come in order

	imports []traceImport
	other   []traceCall // calls of what is no global
	made    traced      // by the last opcode
	highest int         // protocol of the opcodes
	proto   byte        // that the pickle says it is of
	ops     int
	names   map[int32]string // of a few of imports, for people
	deepest int              // marks
}

// A traced is what is known of a value.
type traced struct {
	at   int32 // of the opcode that pushed it
	n    int32 // bytes or items; of a class and its instances, the import
	kind traceKind
}

type traceKind uint8

const (
	traceNone traceKind = iota
	traceBool
	traceInt
	traceFloat
	traceText
	traceText2
	traceBytes
	traceBytearray
	traceTuple
	traceList
	traceDict
	traceSet
	traceFrozenSet
	traceGlobal
	traceInstance // what a call of a global returned
	traceObject   // what a call of something else returned
	tracePersistent
	traceExtension
	traceBuffer
)

// grows tells whether the number of items may change.
func (k traceKind) grows() bool { return k == traceList || k == traceDict || k == traceSet }

type traceMark struct{ height, at int32 }

// A traceImport is a global that a pickle names: the opcodes that push module
// and name of STACK_GLOBAL, or else the opcode that has both.
type traceImport struct {
	at           int32
	module, name int32 // offsets, or -1 where no string stands
	called       int32 // offset of the first call, or -1
	changed      int32 // offset of the first change of it, or -1
}

// A traceCall is a call, or a change, of what is no global.
type traceCall struct{ at, what int32 }

func newTracer(data []byte) *tracer {
	return &tracer{data: data, stack: make([]traced, 0, 64)}
}

// step executes one opcode.
func (t *tracer) step(in Instruction) error {
	t.ops++
	t.highest = max(t.highest, opProtocol(in.Op))
	if err := t.do(in); err != nil {
		return &SyntaxError{Op: in.Op, Offset: in.Offset, Err: err}
	}
	return nil
}

func (t *tracer) do(in Instruction) error {
	switch in.Op {
	case opMark:
		t.fence = len(t.stack)
		t.marks = append(t.marks, traceMark{int32(t.fence), int32(in.Offset)})
		t.deepest = max(t.deepest, len(t.marks))
		return nil
	case opStop:
		v, err := t.pop()
		t.made = v
		return err
	case opProto:
		if in.Arg[0] > 5 {
			return protocolError(in.Arg[0])
		}
		t.proto = in.Arg[0]
		return nil
	case opFrame:
		return nil
	case opPop, opPopMark, opDup:
		return t.shuffle(in.Op)
	case opPut, opBinPut, opLongBinPut, opMemoize:
		return t.put(in)
	case opGet, opBinGet, opLongBinGet:
		return t.get(in)
	case opAppend, opAppends, opSetItem, opSetItems, opAddItems, opBuild:
		return t.change(in)
	case opTuple, opList, opDict, opFrozenSet:
		height, err := t.unmark()
		if err != nil {
			return err
		}
		n := int32(len(t.stack) - height)
		if in.Op == opDict {
			n /= 2
		}
		t.replace(height, traced{int32(in.Offset), n, gathered[in.Op]})
		return nil
	case opTuple1, opTuple2, opTuple3:
		n := int(in.Op-opTuple1) + 1
		return t.collect(n, traced{int32(in.Offset), int32(n), traceTuple})
	case opReduce, opNewObj, opNewObjEx, opObj, opInst:
		return t.call(in)
	case opGlobal, opStackGlobal:
		return t.global(in)
	case opBinPersID, opReadOnlyBuffer:
		return t.collect(1, traced{int32(in.Offset), 0, pushed[in.Op]})
	}
	size, err := checkArgument(in)
	if err != nil {
		return err
	}
	kind := pushed[in.Op]
	if _, isBool := boolArg(in.Op, in.Arg); isBool {
		kind = traceBool // as INT
	}
	t.push(traced{int32(in.Offset), int32(size), kind})
	return nil
}

var gathered = map[byte]traceKind{
	opTuple: traceTuple, opList: traceList, opDict: traceDict, opFrozenSet: traceFrozenSet,
}

// pushed is what the opcodes push that need nothing from the stack, or one value.
var pushed = [256]traceKind{
	opNone: traceNone, opNewTrue: traceBool, opNewFalse: traceBool,
	opInt: traceInt, opLong: traceInt, opBinInt: traceInt, opBinInt1: traceInt, opBinInt2: traceInt,
	opLong1: traceInt, opLong4: traceInt, opFloat: traceFloat, opBinFloat: traceFloat,
	opUnicode: traceText, opShortBinUnicode: traceText, opBinUnicode: traceText, opBinUnicode8: traceText,
	opString: traceText2, opShortBinString: traceText2, opBinString: traceText2,
	opShortBinBytes: traceBytes, opBinBytes: traceBytes, opBinBytes8: traceBytes, opByteArray8: traceBytearray,
	opEmptyTuple: traceTuple, opEmptyList: traceList, opEmptyDict: traceDict, opEmptySet: traceSet,
	opPersID: tracePersistent, opBinPersID: tracePersistent,
	opExt1: traceExtension, opExt2: traceExtension, opExt4: traceExtension,
	opNextBuffer: traceBuffer, opReadOnlyBuffer: traceBuffer,
}

// checkArgument tells whether an argument can be read, and how many bytes the
// value has.
func checkArgument(in Instruction) (size int, err error) {
	size = len(in.Arg)
	switch in.Op {
	case opShortBinUnicode, opBinUnicode, opBinUnicode8:
		if !validText(in.Arg) {
			err = ErrUTF8
		}
	case opInt:
		_, err = parseInt(in.Arg)
	case opLong:
		_, err = parseLong(in.Arg)
	case opFloat:
		_, err = parseFloat(in.Arg)
	case opString, opUnicode:
		if in.Op == opString {
			_, err = parseString(in.Arg)
		} else {
			_, err = parseUnicode(in.Arg)
		}
		text, _ := textArg(in.Op, in.Arg)
		size = len(text)
	}
	return size, err
}

func (t *tracer) push(v traced) {
	t.made = v
	t.stack = append(t.stack, v)
}

func (t *tracer) pop() (traced, error) {
	top := len(t.stack) - 1
	if top < t.fence {
		return traced{}, ErrUnderflow
	}
	v := t.stack[top]
	t.stack = t.stack[:top]
	return v, nil
}

// replace puts v in the place of all from a height on.
func (t *tracer) replace(height int, v traced) {
	t.stack = t.stack[:height]
	t.push(v)
}

// collect replaces n values.
func (t *tracer) collect(n int, v traced) error {
	if len(t.stack)-t.fence < n {
		return ErrUnderflow
	}
	t.replace(len(t.stack)-n, v)
	return nil
}

func (t *tracer) unmark() (height int, err error) {
	n := len(t.marks) - 1
	if n < 0 {
		return 0, ErrNoMark
	}
	height = int(t.marks[n].height)
	t.marks = t.marks[:n]
	t.fence = 0
	if n > 0 {
		t.fence = int(t.marks[n-1].height)
	}
	return height, nil
}

// unmarks tells whether an opcode looks for the last mark.
func (t *tracer) unmarks(op byte) bool {
	switch op {
	case opTuple, opList, opDict, opFrozenSet, opAppends, opSetItems, opAddItems, opInst, opObj, opPopMark:
		return true
	case opPop:
		return len(t.marks) > 0 && t.fence == len(t.stack)
	}
	return false
}

// shuffle executes POP, POP_MARK and DUP.
func (t *tracer) shuffle(op byte) error {
	if t.unmarks(op) {
		height, err := t.unmark()
		if err == nil {
			t.stack = t.stack[:height]
			t.made = traced{at: -1}
		}
		return err
	}
	v, err := t.pop()
	if err != nil {
		return err
	}
	t.made = v
	if op == opDup {
		t.stack = append(t.stack, v, v)
	}
	return nil
}

// change executes the opcodes that change the value below their operands.
func (t *tracer) change(in Instruction) error {
	height := len(t.stack) - 1
	switch {
	case t.unmarks(in.Op):
		var err error
		if height, err = t.unmark(); err != nil {
			return err
		}
	case in.Op == opSetItem:
		height--
	}
	if height <= t.fence {
		return ErrUnderflow
	}
	n := int32(len(t.stack) - height)
	t.stack = t.stack[:height]
	target := &t.stack[height-1]
	switch target.kind {
	case traceDict:
		target.n += n / 2
	case traceList, traceSet:
		target.n += n
	case traceGlobal:
		if i := &t.imports[target.n]; i.changed < 0 {
			i.changed = int32(in.Offset)
		}
	}
	t.made = *target
	return nil
}

// call executes the opcodes that call what is on the stack or what they name.
func (t *tracer) call(in Instruction) error {
	height := len(t.stack) - 2
	switch in.Op {
	case opNewObjEx:
		height--
	case opObj, opInst:
		var err error
		if height, err = t.unmark(); err != nil {
			return err
		}
	}
	if height < t.fence || in.Op == opObj && height == len(t.stack) {
		return ErrUnderflow
	}
	var callee traced
	if in.Op == opInst {
		callee = t.named(in, int32(in.Offset), int32(in.Offset))
	} else {
		callee = t.stack[height]
	}
	result := traced{int32(in.Offset), 0, traceObject}
	if callee.kind == traceGlobal {
		result.kind, result.n = traceInstance, callee.n
		if i := &t.imports[callee.n]; i.called < 0 {
			i.called = int32(in.Offset)
		}
	} else {
		t.other = append(t.other, traceCall{int32(in.Offset), callee.at})
	}
	t.replace(height, result)
	return nil
}
