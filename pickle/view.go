package pickle

import (
	"errors"
	"iter"
	"math"
)

// A View is what lies in a pickle, seen without building it: the elements of
// the tuple it holds, and of those that are tuples or dicts the children.
// A View is reused: Scan keeps its storage, and forgets what it showed before.
type View struct {
	data     []byte
	limits   Limits
	protocol byte // that the pickle says it is of
	highest  byte // of its opcodes: bits
	odd      bool // something in it cannot be shown

	// The machine: it runs the pickle with the kinds of values for values.
	stack []cell
	marks []viewMark
	fence int // the last of marks: only what looks for the mark reaches below
	memory

	globals []globalRef
	marked  []int32 // offsets of the opcodes that few peers read
	lows
	shape
	other shape // of the machine, where shape is brief's
	brief bool  // the machine has not run
}

// An Item is one value inside the scanned pickle.
type Item struct{ start, end int32 }

// A cell is a value on the stack.
type cell struct {
	start int32  // where its opcodes begin
	depth uint16 // how deep it nests
	kind  kind
	got   bool // from the memo
}

type viewMark struct{ height, start int32 }

// A globalRef is where a pickle names a global: the opcodes that push module and
// name of STACK_GLOBAL, or for GLOBAL and INST the lines.
type globalRef struct{ at, module, name int32 }

// A kind is what is known of a value without building it.
type kind uint8

const (
	kindAny kind = iota // what a call returned

	kindNone // these have no parts and no identity that matters
	kindBool
	kindInt
	kindFloat
	kindText
	kindBytes
	kindByteString
	kindGlobal

	kindTuple
	kindFrozenSet

	kindOpenTuple // these are no keys; the first holds one of the others
	kindList
	kindDict
	kindSet
	kindBytearray
)

func (k kind) atomic() bool   { return k-kindNone <= kindGlobal-kindNone }
func (k kind) hashable() bool { return k < kindOpenTuple }
func (k kind) callable() bool { return k == kindAny || k == kindGlobal }
func (k kind) isTuple() bool  { return k == kindTuple || k == kindOpenTuple }
func (k kind) shown() bool    { return k.isTuple() || k == kindDict }

// ErrShape tells that a pickle is no tuple that a View can show; decode it.
var ErrShape = errors.New("pickle: not a tuple that a view can show")

// keptView is how much of the storage for a large pickle the next one finds.
const keptView = 1 << 12

// Scan looks at the pickle in data, which must not change while the View is in
// use. It checks what a decoder would, as far as no value needs to be built.
// Errors are of the kinds that Decode returns, or ErrShape. Protocol and
// Globals are complete also after ErrShape, unless Decode fails.
func (v *View) Scan(data []byte, lim Limits) error {
	if lim.allowBrief(len(data)) && v.shape.brief(data) {
		v.data = data
		v.protocol, v.highest, v.brief = data[1], 0, true
		if v.texts > 0 {
			v.highest = needs4
		}
		v.globals = v.globals[:0]
		return nil
	}
	return v.scanWhole(data, lim)
}

func (v *View) scanWhole(data []byte, lim Limits) error {
	if err := v.scan(data, lim); err != nil {
		return err
	}
	return v.findRoot()
}

// scanBrief has the machine run for a pickle whose shape was seen without it.
func (v *View) scanBrief() {
	v.shape, v.other = v.other, v.shape
	_ = v.scanWhole(v.data, Limits{}) // there is no error: it is a pickle, and has a shape
	v.shape, v.other = v.other, v.shape
}

// scan runs the pickle up to STOP, which must leave one value.
func (v *View) scan(data []byte, lim Limits) error {
	v.reset(data, lim)
	if int64(len(data)) > v.limits.Bytes {
		return &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", v.limits.Bytes}}
	}
	if len(data) > math.MaxInt32 {
		return &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", math.MaxInt32}}
	}
	at, err := v.run()
	switch {
	case err == ErrShape:
		return err
	case err != nil:
		return v.fail(at, err)
	case len(v.stack) <= v.fence:
		return v.fail(at, ErrUnderflow)
	case at+1 < len(data):
		return v.fail(at, ErrTrailing)
	case v.odd || len(v.stack) > 1 || len(v.marks) > 0:
		return ErrShape
	}
	return nil
}

func (v *View) reset(data []byte, lim Limits) {
	v.data = data
	v.limits = lim.orDefault(len(data))
	v.limits.Depth = min(v.limits.Depth, math.MaxUint16-1)
	v.protocol, v.highest, v.fence, v.odd, v.brief = 0, 0, 0, false, false
	v.stack = emptied(v.stack)
	v.marks = emptied(v.marks)
	v.globals = emptied(v.globals)
	v.marked = emptied(v.marked)
	v.memory.reset()
	v.shape.reset()
	v.parts = [maxShown]part{}
}

// emptied returns s without elements, or nothing if it is large.
func emptied[T any](s []T) []T {
	if cap(s) > keptView {
		return nil
	}
	return s[:0]
}

func (v *View) fail(at int, err error) error {
	op := byte(opStop)
	if at < len(v.data) {
		op = v.data[at]
	}
	return &SyntaxError{Op: op, Offset: at, Err: err}
}

// Protocol is what the pickle says it is of; those of protocols 0 and 1 look
// the same and are Protocol0.
func (v *View) Protocol() Protocol {
	if v.protocol == 0 {
		return Protocol0
	}
	return Protocol(v.protocol)
}

// Globals yields module and name of every global that the scanned pickle names.
func (v *View) Globals() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, g := range v.globals {
			module, name := v.global(g)
			if !yield(string(module), string(name)) {
				return
			}
		}
	}
}

// global returns the module and name as they stand in the pickle.
func (v *View) global(g globalRef) (module, name []byte) {
	if v.data[g.at] == opStackGlobal {
		module, _ = v.textAt(g.module)
		name, _ = v.textAt(g.name)
		return module, name
	}
	return v.lineAt(int(g.module)), v.lineAt(int(g.name))
}
