package pickle

import (
	"iter"
	"slices"
)

// The dicts of Python's collections have the methods of Dict, and are equal to
// one that holds the same; two OrderedDicts must hold it in the same order.
type (
	// An OrderedDict is Python's collections.OrderedDict.
	OrderedDict struct {
		Dict
		State any // what BUILD sets: the attributes of the instance, or nil
	}
	// A DefaultDict is Python's collections.defaultdict.
	DefaultDict struct {
		Dict
		Factory any // a Global, another callable, or nil
	}
	// A Counter is Python's collections.Counter.
	Counter struct {
		Dict
		State any // as of an OrderedDict
	}
)

// A Deque is Python's collections.deque.
type Deque struct {
	Items  []any
	MaxLen *int // how many there may be, the last ones; nil if any number
}

// All yields the items, first to last.
func (q *Deque) All() iter.Seq[any] { return slices.Values(q.Items) }

// A SimpleNamespace is Python's types.SimpleNamespace: a Dict of its attributes.
type SimpleNamespace struct{ Dict }

// A mutable is an instance of a class of the standard library, with an identity.
type mutable interface {
	writer
	class() Global
}

func (*OrderedDict) class() Global     { return Global{"collections", "OrderedDict"} }
func (*DefaultDict) class() Global     { return Global{"collections", "defaultdict"} }
func (*Counter) class() Global         { return Global{"collections", "Counter"} }
func (*Deque) class() Global           { return Global{"collections", "deque"} }
func (*SimpleNamespace) class() Global { return Global{"types", "SimpleNamespace"} }

// dictOf returns the Dict that a value is, or has by inheritance.
func dictOf(v any) (*Dict, bool) {
	switch x := v.(type) {
	case *Dict:
		return x, true
	case *OrderedDict:
		return &x.Dict, true
	case *DefaultDict:
		return &x.Dict, true
	case *Counter:
		return &x.Dict, true
	}
	return nil, false
}

func makeOrderedDict(d *decoder, args Tuple) (any, bool, error) {
	o := new(OrderedDict)
	if err := d.charge(dictSize); err != nil {
		return nil, false, err
	}
	if len(args) == 0 {
		return o, true, nil
	}
	pairs, ok, err := d.pairsOf(args) // of Python 2
	if !ok || err != nil {
		return nil, false, err
	}
	return o, true, d.fill(&o.Dict, pairs)
}

// pairsOf returns the keys and values of a list of pairs.
func (d *decoder) pairsOf(args Tuple) ([]any, bool, error) {
	items, ok := elements(args)
	if err := d.charge(itemSize * len(items)); !ok || err != nil {
		return nil, false, err
	}
	flat := make([]any, 0, 2*len(items))
	for _, item := range items {
		pair, ok := elements(Tuple{item})
		if !ok || len(pair) != 2 {
			return nil, false, nil
		}
		flat = append(flat, pair...)
	}
	return flat, true, nil
}

func makeDefaultDict(d *decoder, args Tuple) (any, bool, error) {
	m := new(DefaultDict)
	if len(args) > 1 || len(args) == 1 && args[0] != nil && !callable(args[0]) {
		return nil, false, nil
	}
	if len(args) == 1 {
		m.Factory = args[0]
	}
	return m, true, d.charge(dictSize)
}

func makeCounter(d *decoder, args Tuple) (any, bool, error) {
	c := new(Counter)
	if err := d.charge(dictSize); err != nil {
		return nil, false, err
	}
	switch len(args) {
	case 0:
		return c, true, nil
	case 1:
		if counts, ok := args[0].(*Dict); ok {
			return c, true, d.fill(&c.Dict, counts.flat())
		}
	}
	return nil, false, nil
}

// flat returns the keys and values, one after the other.
func (d *Dict) flat() []any {
	items := make([]any, 0, 2*d.Len())
	for k, v := range d.All() {
		items = append(items, k, v)
	}
	return items
}

func makeDeque(d *decoder, args Tuple) (any, bool, error) {
	q := new(Deque)
	if len(args) == 2 {
		n, ok := args[1].(int64)
		if !ok && args[1] != nil || n < 0 || int64(int(n)) != n {
			return nil, false, nil
		}
		if ok {
			q.MaxLen = new(int)
			*q.MaxLen = int(n)
		}
		args = args[:1]
	}
	items, ok := elements(args)
	if !ok {
		return nil, false, nil
	}
	if err := d.charge(64 + 16*len(items)); err != nil {
		return nil, false, err
	}
	q.extend(items)
	return q, true, nil
}

// extend appends items; the first ones leave if they become too many.
func (q *Deque) extend(items []any) {
	q.Items = append(q.Items, items...)
	if q.MaxLen != nil {
		q.Items = q.Items[max(0, len(q.Items)-*q.MaxLen):]
	}
}

func makeSimpleNamespace(d *decoder, args Tuple) (any, bool, error) {
	return new(SimpleNamespace), len(args) == 0, d.charge(dictSize)
}

func (o *OrderedDict) setState(_ *decoder, state any) error {
	o.State = state
	return nil
}

func (c *Counter) setState(_ *decoder, state any) error {
	c.State = state
	return nil
}

func (n *SimpleNamespace) setState(d *decoder, state any) error {
	attributes, ok := state.(*Dict)
	if !ok {
		return ErrUnclaimed
	}
	if err := d.charge(32 * attributes.Len()); err != nil { // one state may come again and again
		return err
	}
	return d.fill(&n.Dict, attributes.flat())
}

func (o *OrderedDict) write(e *encoder) error { return e.dictInstance(o, &o.Dict, o.State) }
func (c *Counter) write(e *encoder) error     { return e.dictInstance(c, &c.Dict, c.State) }

// dictInstance writes a dict that has attributes. Python passes what it holds
// to some classes as an argument, but all take it afterwards, as dicts do.
func (e *encoder) dictInstance(v mutable, d *Dict, state any) error {
	return e.instance(v, nil, func() error {
		if err := e.pairs(d); err != nil || state == nil {
			return err
		}
		err := e.value(state)
		e.op(opBuild)
		return err
	})
}

func (m *DefaultDict) write(e *encoder) error {
	args := []any{m.Factory}
	if m.Factory == nil {
		args = nil
	}
	return e.instance(m, args, func() error { return e.pairs(&m.Dict) })
}

func (q *Deque) write(e *encoder) error {
	var args []any
	if q.MaxLen != nil {
		args = []any{Tuple{}, int64(*q.MaxLen)}
	}
	return e.instance(q, args, func() error { return e.items(q.Items, opAppend, opAppends) })
}

func (n *SimpleNamespace) write(e *encoder) error {
	return e.instance(n, nil, func() error {
		if n.Len() == 0 {
			return nil
		}
		e.emptyDict()
		if err := e.pairs(&n.Dict); err != nil {
			return err
		}
		e.op(opBuild)
		return nil
	})
}

// instance writes the call of the class and then what the instance holds.
func (e *encoder) instance(v mutable, args []any, fill func() error) error {
	k := keyOf(v)
	if e.again(k) {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	class := v.class()
	if err := e.call(class.Module, class.Name, args...); err != nil {
		return err
	}
	if n := e.find(k.at, k.size); n >= 0 { // an argument led back to it
		e.op(opPop)
		e.refer(n)
		e.leave()
		return nil
	}
	e.made(k)
	err := fill()
	e.leave()
	return err
}
