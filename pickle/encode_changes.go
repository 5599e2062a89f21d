package pickle

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

// A construction is an object whose arguments are being written.
type construction struct {
	o     *Object
	first uint32 // when the earliest of it and those around it was made
}

// A late is a change of an object that waits until another one is made.
type late struct {
	key key // of the changed object
	op  *Op
}

// memoizes tells whether an object gets a memo entry, which makes its POP no
// effect: where it had one, or is needed once more for changes that wait.
func (e *encoder) memoizes(o *Object) bool {
	if o.memoized || len(e.late[o]) > 0 {
		return true
	}
	for i := range o.Ops {
		if e.waitsFor(&o.Ops[i]) != nil {
			return true
		}
	}
	return false
}

// changes writes ops, what was done to a value. Where the value is the object o, what
// waited for o comes between them, each at its time; an op without a time was added by a
// program and comes last. A change that is younger than an object whose arguments are being
// written may need that object: it waits for the outermost such.
func (e *encoder) changes(o *Object, ops []Op, k key) error {
	waiting := e.takeLate(o)
	for i := range ops {
		op := &ops[i]
		due := 0
		for due < len(waiting) && (waiting[due].op.seq < op.seq || op.seq == 0) {
			due++
		}
		if err := e.changeLate(waiting[:due]); err != nil {
			return err
		}
		waiting = waiting[due:]
		if until := e.waitsFor(op); until != nil {
			if e.late == nil {
				e.late = map[*Object][]late{}
			}
			e.late[until] = append(e.late[until], late{k, op})
			continue
		}
		if err := e.change(op); err != nil {
			return inChange(err, i)
		}
	}
	return e.changeLate(waiting)
}

// begin notes that the arguments of o are being written.
func (e *encoder) begin(o *Object) {
	first := o.seq
	if first == 0 { // made here, not decoded: nothing waits for it
		first = math.MaxUint32
	}
	if n := len(e.building); n > 0 {
		first = min(first, e.building[n-1].first)
	}
	e.building = append(e.building, construction{o, first})
}

// waitsFor returns the outermost object being built that was made before the
// change, or nil. Inwards, first only falls.
func (e *encoder) waitsFor(op *Op) *Object {
	i := sort.Search(len(e.building), func(i int) bool { return e.building[i].first < op.seq })
	if i == len(e.building) {
		return nil
	}
	return e.building[i].o
}

// takeLate returns the changes that waited for the object, in the order in which they
// were made. Where the object leads back to itself, its arguments are still being written
// around it: what is done to it then waits too, and all of it comes after those.
func (e *encoder) takeLate(o *Object) []late {
	waiting := e.late[o]
	if len(waiting) == 0 || slices.ContainsFunc(e.building, func(c construction) bool { return c.o == o }) {
		return nil
	}
	delete(e.late, o)
	slices.SortStableFunc(waiting, func(a, b late) int { return cmp.Compare(a.op.seq, b.op.seq) })
	return waiting
}

// changeLate writes changes that waited, those of one value under one reference.
func (e *encoder) changeLate(waiting []late) error {
	for len(waiting) > 0 {
		k := waiting[0].key
		e.again(k)
		for ; len(waiting) > 0 && waiting[0].key == k; waiting = waiting[1:] {
			if err := e.change(waiting[0].op); err != nil {
				return err
			}
		}
		e.op(opPop)
	}
	return nil
}

func (e *encoder) change(op *Op) error {
	switch op.Kind {
	case Build, Effect:
		if len(op.Items) != 1 {
			return fmt.Errorf("an Op with %d items instead of one", len(op.Items))
		}
		if err := e.value(op.Items[0]); err != nil {
			return err
		}
		if op.Kind == Build {
			e.op(opBuild)
		} else {
			e.op(opPop)
		}
		return nil
	case Append:
		if op.extend && e.version > 0 {
			return e.items(op.Items, 0, opAppends)
		}
		return e.items(op.Items, opAppend, opAppends)
	case AddItems:
		if e.version < 4 {
			return errAddItems
		}
		return e.items(op.Items, 0, opAddItems)
	}
	if len(op.Items)%2 != 0 {
		return errOdd
	}
	if len(op.Items) == 0 {
		return nil
	}
	marked := e.beginPairs(len(op.Items) / 2)
	for i := 0; i < len(op.Items); i += 2 {
		if err := e.pair(op.Items[i], op.Items[i+1], marked); err != nil {
			return err
		}
	}
	e.endPairs(marked)
	return nil
}
