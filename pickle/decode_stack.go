package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
)

func protocolError(v byte) error { return fmt.Errorf("%w: %d", ErrProtocol, v) }

// charge takes n bytes from the memory that the pickle may cost.
func (d *decoder) charge(n int) error {
	if d.memory -= int64(n); d.memory < 0 {
		return d.tooMuch()
	}
	return nil
}

func (d *decoder) tooMuch() error { return &LimitError{"Memory", d.limits.Memory} }

// push pushes a value that contains no other.
func (d *decoder) push(v any) { d.stack = append(d.stack, v) }

// pushNew pushes an empty container of so many bytes.
func (d *decoder) pushNew(v any, size int) error {
	if err := d.charge(size); err != nil {
		return err
	}
	return d.pushNested(v, 1)
}

// pushNested pushes a container that nests so deep.
func (d *decoder) pushNested(v any, depth int) error {
	if depth > d.limits.Depth {
		return d.tooDeep()
	}
	if depth > 0 {
		d.nests = append(doubled(d.nests), nest{int32(len(d.stack)), int32(depth)})
	}
	d.stack = append(doubled(d.stack), v)
	return nil
}

// doubled returns the slice with room for one more. append would give a long one
// a quarter of its length, and leave four times that behind in the end.
func doubled[T any](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	return slices.Grow(s, max(len(s), 1))
}

// cut takes the stack down to a height and returns how deep what was above it
// nests. The values above stay readable until the next push.
func (d *decoder) cut(height int) (depth int) {
	d.high = max(d.high, len(d.stack))
	d.stack = d.stack[:height]
	n := len(d.nests)
	for n > 0 && int(d.nests[n-1].at) >= height {
		depth = max(depth, int(d.nests[n-1].depth))
		n--
	}
	d.nests = d.nests[:n]
	return depth
}

// deepen notes that the value on top now holds one that nests so deep.
func (d *decoder) deepen(depth int) error {
	if depth++; depth > d.limits.Depth {
		return d.tooDeep()
	}
	if n := len(d.nests); n > 0 && int(d.nests[n-1].at) == len(d.stack)-1 {
		d.nests[n-1].depth = max(d.nests[n-1].depth, int32(depth))
	}
	return nil
}

// depth tells how deep the value on top nests.
func (d *decoder) depth() int {
	if n := len(d.nests); n > 0 && int(d.nests[n-1].at) == len(d.stack)-1 {
		return int(d.nests[n-1].depth)
	}
	return 0
}

func (d *decoder) pop() (any, error) {
	top := len(d.stack) - 1
	if top < d.fence {
		return nil, ErrUnderflow
	}
	v := d.stack[top]
	d.cut(top)
	return v, nil
}

func (d *decoder) top() (any, error) {
	if len(d.stack) <= d.fence {
		return nil, ErrUnderflow
	}
	return d.stack[len(d.stack)-1], nil
}

// need fails unless n values lie above the last mark.
func (d *decoder) need(n int) error {
	if len(d.stack)-d.fence < n {
		return ErrUnderflow
	}
	return nil
}

// unmark removes the last mark and returns its height.
func (d *decoder) unmark() (height int, err error) {
	n := len(d.marks) - 1
	if n < 0 {
		return 0, ErrNoMark
	}
	m := d.marks[n]
	d.marks, d.batchAt = d.marks[:n], m.at
	d.fence = 0
	if n > 0 {
		d.fence = d.marks[n-1].height
	}
	return m.height, nil
}

// shuffle executes POP, POP_MARK and DUP.
func (d *decoder) shuffle(op byte) error {
	switch op {
	case opPopMark:
		return d.dropMarked()
	case opPop:
		return d.drop()
	}
	v, err := d.top()
	if err != nil {
		return err
	}
	d.see(v)
	d.back = true
	return d.pushNested(v, d.depth())
}

// drop executes POP, which also takes a mark away.
func (d *decoder) drop() error {
	if n := len(d.marks); n > 0 && d.fence == len(d.stack) {
		_, err := d.unmark()
		return err
	}
	depth := d.depth()
	v, err := d.pop()
	if err != nil {
		return err
	}
	return d.dropped(v, depth)
}

// dropMarked executes POP_MARK.
func (d *decoder) dropMarked() error {
	height, err := d.unmark()
	if err != nil {
		return err
	}
	values := d.stack[height:]
	depth := d.cut(height)
	for i := 0; i < len(values); i++ { // those readable yet: what is noted takes no room of theirs
		if err := d.dropped(values[i], depth); err != nil {
			return err
		}
	}
	return nil
}

// dropped keeps a call whose result is dropped: it was made for its side effect on the
// value below, as pickles call state setters, or, where nothing is below, on what the
// pickle does not show. One that was memoized may be fetched yet: only at the end it is
// known whether it led to nothing. Recode makes all of them where they were made.
func (d *decoder) dropped(v any, depth int) error {
	call, ok := v.(*Object)
	if !ok || call.met || d.replaced(call) {
		return nil
	}
	if d.belongsBelow(call) {
		if err := d.change(Effect, []any{call}); err != nil {
			return err
		}
		return d.deepen(depth)
	}
	return d.aside(call)
}

// belongsBelow tells whether a call is an effect on the value below it. A list or the like
// behind a MARK stays what it is to Go programs.
func (d *decoder) belongsBelow(call *Object) bool {
	top := len(d.stack) - 1
	switch {
	case top < 0:
		return false
	case d.seen != nil:
		return true
	case call.memoized:
		return false
	}
	_, isObject := d.stack[top].(*Object)
	return isObject || top >= d.fence
}

// aside notes a call that leads to nothing, as far as is known.
func (d *decoder) aside(call *Object) error {
	d.effects = append(d.effects, call)
	return d.charge(64 + 32)
}

// replaced tells whether an object that was dropped comes from the memo next:
// it led back to itself through its arguments, and was made for them first.
func (d *decoder) replaced(call *Object) bool {
	rest := d.data[d.pos:]
	var i uint64
	switch {
	case len(rest) >= 2 && rest[0] == opBinGet:
		i = uint64(rest[1])
	case len(rest) >= 5 && rest[0] == opLongBinGet:
		i = uint64(binary.LittleEndian.Uint32(rest[1:]))
	case len(rest) > 0 && rest[0] == opGet:
		line, _, _ := bytes.Cut(rest[1:min(len(rest), 21)], []byte("\n"))
		i, _ = strconv.ParseUint(string(line), 10, 63)
	default:
		return false
	}
	v, _ := d.recall(d.entry(i))
	made, ok := v.(*Object)
	return ok && made.How == call.How && sameClass(made.Class, call.Class) && d.sameArguments(made.Args, call.Args)
}

// sameArguments tells whether two calls have the same values for arguments, of which one
// may lead back to what they make.
func (d *decoder) sameArguments(a, b any) bool {
	x, ok1 := a.(Tuple)
	y, ok2 := b.(Tuple)
	if !ok1 || !ok2 || len(x) == 0 || len(x) != len(y) {
		return false
	}
	d.memory -= int64(len(x)) // the search takes time
	return slices.EqualFunc(x, y, sameBoxes)
}

// sameClass tells whether two callables are one.
func sameClass(a, b any) bool {
	switch a.(type) {
	case Global, *Object, Extension:
		return a == b
	}
	return false
}

func (d *decoder) tooDeep() error { return &LimitError{"Depth", int64(d.limits.Depth)} }

// memoAt executes the memo opcodes that name an index.
func (d *decoder) memoAt(op byte) error {
	var i uint64
	switch op {
	case opPut, opGet:
		line, err := d.line()
		if err != nil {
			return err
		}
		if i, err = strconv.ParseUint(string(line), 10, 63); err != nil {
			return fmt.Errorf("%w %q", ErrMemo, clip(line))
		}
	case opBinPut, opBinGet:
		b, err := d.take(1)
		if err != nil {
			return err
		}
		i = uint64(b[0])
	default:
		n, err := d.uint32()
		if err != nil {
			return err
		}
		i = uint64(n)
	}
	switch op {
	case opPut, opBinPut, opLongBinPut:
		return d.put(i)
	}
	return d.get(i)
}
