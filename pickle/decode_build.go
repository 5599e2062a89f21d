package pickle

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// What containers are charged for, with the tables behind them.
const (
	listSize   = 32
	dictSize   = 64
	entrySize  = 64
	itemSize   = 24
	objectSize = 128
	memoSize   = 32
)

var emptyTuple any = Tuple{} // boxed once

var errOdd = errors.New("a key without a value")

// tuple executes the opcodes that make a tuple of values on the stack.
func (d *decoder) tuple(op byte) error {
	var height int
	switch op {
	case opTuple:
		var err error
		if height, err = d.unmark(); err != nil {
			return err
		}
	default:
		n := int(op-opTuple1) + 1
		if err := d.need(n); err != nil {
			return err
		}
		height = len(d.stack) - n
	}
	values := d.stack[height:]
	if err := d.charge(24 + 16*len(values)); err != nil {
		return err
	}
	if op == opTuple && len(values) > 0 && len(values) <= shortItems {
		d.mould.width = len(values)
	}
	t := d.boxTuple(values)
	return d.pushNested(t, d.cut(height)+1)
}

func (d *decoder) list() error {
	height, err := d.unmark()
	if err != nil {
		return err
	}
	items := d.stack[height:]
	if err := d.charge(listSize + 16*len(items)); err != nil {
		return err
	}
	l := &List{slices.Clone(items)}
	return d.pushNested(l, d.cut(height)+1)
}

// batch takes values off the stack that go into the container below them:
// those above the mark, or n without one.
func (d *decoder) batch(marked bool, n int) (items []any, target any, depth int, err error) {
	height := len(d.stack) - n
	if marked {
		if height, err = d.unmark(); err != nil {
			return nil, nil, 0, err
		}
	}
	if height <= d.fence {
		return nil, nil, 0, ErrUnderflow
	}
	items = d.stack[height:]
	depth = d.cut(height)
	return items, d.stack[height-1], depth, nil
}

func (d *decoder) append(op byte) error {
	items, target, depth, err := d.batch(op == opAppends, 1)
	if err != nil || len(items) == 0 {
		return err
	}
	if err := d.charge(itemSize * len(items)); err != nil {
		return err
	}
	switch t := target.(type) {
	case *List:
		if len(d.seen) > 0 && d.seen[t] {
			return d.later(t, Op{Kind: Append, Items: items, extend: op == opAppends}, depth)
		}
		if t.Items == nil && len(items) < batchSize {
			t.Items = d.itemsOf(items)
			break
		}
		d.reserveItems(t, len(items))
		t.Items = append(t.Items, items...)
	case *Object, Global, PersistentID, Extension:
		if err := d.change(Append, items); err != nil {
			return err
		}
		o := d.stack[len(d.stack)-1].(*Object)
		o.Ops[len(o.Ops)-1].extend = op == opAppends
	case *Deque:
		t.extend(items)
	default:
		return fmt.Errorf("cannot append to %s", describe(target))
	}
	return d.deepen(depth)
}

// reserveItems makes room for n more items, and for those of the batches that follow.
func (d *decoder) reserveItems(l *List, n int) {
	need := len(l.Items) + n
	if need <= cap(l.Items) || n < batchSize {
		return // append does
	}
	if more := d.following(n, need); int64(more) < d.memory/32 {
		d.memory -= 16 * int64(more)
		l.Items = slices.Grow(l.Items, n+more)
	}
}

func (d *decoder) dict() error {
	height, err := d.unmark()
	if err != nil {
		return err
	}
	if err := d.charge(dictSize); err != nil {
		return err
	}
	m := d.newDict()
	if err := d.fill(m, d.stack[height:]); err != nil {
		return err
	}
	return d.pushNested(m, d.cut(height)+1)
}

func (d *decoder) setItems(op byte) error {
	items, target, depth, err := d.batch(op == opSetItems, 2)
	if err != nil || len(items) == 0 {
		return err
	}
	switch t := target.(type) {
	case *Dict:
		if len(d.seen) > 0 && d.seen[t] {
			return d.later(t, Op{Kind: SetItems, Items: items}, depth)
		}
		if t.entries == nil && d.fillAlike(t, items) {
			return d.deepen(depth)
		}
		err = d.fill(t, items)
	case *Object, Global, PersistentID, Extension:
		if len(items)%2 != 0 {
			return errOdd
		}
		err = d.change(SetItems, items)
	default:
		if m, ok := dictOf(target); ok {
			err = d.fill(m, items)
			break
		}
		err = fmt.Errorf("cannot set items of %s", describe(target))
	}
	if err != nil {
		return err
	}
	return d.deepen(depth)
}

// walkFor returns the budget for a key: all costly keys of a pickle share one.
// A long key may come again and again, each time in two bytes: hashing it is
// charged as if it took memory.
func (d *decoder) walkFor(key any) (*walk, error) {
	size := 0
	switch k := key.(type) {
	case string:
		if len(k) < longText {
			return nil, nil
		}
		size = len(k)
	case int64:
		return nil, nil
	case []byte:
		size = len(k)
	case ByteString:
		size = len(k)
	case *big.Int:
		size = k.BitLen() / 8
	}
	if d.walk == nil {
		d.walk = newWalk()
		d.walk.apart = true
	}
	d.walk.begin()
	return d.walk, d.charge(size / 16)
}

func (d *decoder) addItems() error {
	items, target, depth, err := d.batch(true, 0)
	if err != nil || len(items) == 0 {
		return err
	}
	switch t := target.(type) {
	case *Set:
		if len(d.seen) > 0 && d.seen[t] {
			return d.later(t, Op{Kind: AddItems, Items: items}, depth)
		}
		err = d.fillSet(&t.table, items)
	case *Object, Global, PersistentID, Extension:
		err = d.change(AddItems, items)
	default:
		err = fmt.Errorf("cannot add items to %s", describe(target))
	}
	if err != nil {
		return err
	}
	return d.deepen(depth)
}

func (d *decoder) fillSet(t *table, items []any) error {
	if err := d.charge(entrySize * len(items)); err != nil {
		return err
	}
	if len(t.keys) == 0 {
		t.init(len(items))
	}
	for _, item := range items {
		w, err := d.walkFor(item)
		if err != nil {
			return err
		}
		if _, err := t.addItem(w, item); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) frozenSet() error {
	height, err := d.unmark()
	if err != nil {
		return err
	}
	if err := d.charge(dictSize); err != nil {
		return err
	}
	s := new(FrozenSet)
	if err := d.fillSet(&s.table, d.stack[height:]); err != nil {
		return err
	}
	return d.pushNested(s, d.cut(height)+1)
}
