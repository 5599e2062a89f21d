package syncmanager

import (
	"context"
	"fmt"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// An iterator is what iter(d) returns, or the one argument of
// create('Iterator', x).
type iterator struct {
	mu     sync.Mutex // guards what source remembers
	source source     // nil if x is no iterator: it has no methods then
	value  any        // x
}

// A source is where an iterator takes its items from.
type source interface {
	// next returns the next item; ok is false at the end, for ever.
	next() (v any, ok bool, err error)
	// rest returns the items still to come.
	rest() []any
	// name is the name of the iterator's class.
	name() string
}

var iteratorType = managers.Type{
	New:       newIterator,
	Signature: managers.Sig("Iterator(*args, **kwds)"),
	Exposed:   []string{"__next__", "send", "throw", "close"},
}

// An iterator over a dict or a list has none of a generator's methods, though
// the proxy does.
var iteratorMethods = managers.Methods[*iterator]{
	"__next__": managers.Def((*iterator).next, "wrapper __next__(/)"),
	"next":     managers.Def((*iterator).next, "wrapper next(/)"), // Python 2's
}

func newIterator(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	v, err := onlyArgument(ctx, c)
	if err != nil {
		return nil, err
	}
	it := &iterator{value: v}
	if o, ok := v.(*pickle.Object); ok && isIterator(o) {
		items, err := newBudget().objectElements(ctx, o)
		if err != nil {
			return nil, err
		}
		it.source = &itemSource{items: items}
	}
	return it, nil
}

// onlyArgument is what a typeid without a function of its own is made of.
func onlyArgument(ctx context.Context, c *managers.Call) (any, error) {
	wrong := pickle.ValueError.New("Without callable, must have one non-keyword argument")
	if c.NArgs() != 1 {
		return nil, wrong
	}
	if err := c.Keywords(func(string, any) error { return wrong }); err != nil {
		return nil, err
	}
	v, err := c.Arg(0)
	if err != nil {
		return nil, err
	}
	return built(ctx, v)
}

// isIterator tells the iterators that objectElements knows.
func isIterator(o *pickle.Object) bool {
	g, ok := o.Class.(pickle.Global)
	if !ok || g.Module != "builtins" {
		return false
	}
	switch g.Name {
	case "iter", "reversed", "enumerate", "zip":
		return true
	}
	return false
}

func newDictIterator(d *dict) *iterator {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &iterator{source: &keySource{d: d, size: d.table.Len(), left: d.table.Len()}}
}

func (it *iterator) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	if it.source == nil {
		return managers.ErrNoMethod
	}
	return iteratorMethods.Call(it, ctx, c, r)
}

// Repr is Python's repr: class and address.
func (it *iterator) Repr() (string, error) {
	if it.source == nil {
		return pickle.Repr(it.value)
	}
	return fmt.Sprintf("<%s object at %p>", it.source.name(), it), nil
}

// Value returns an iterator over the items still to come.
func (it *iterator) Value() (any, error) {
	if it.source == nil {
		return it.value, nil
	}
	it.mu.Lock()
	defer it.mu.Unlock()
	return iterOver(it.source.rest()), nil
}

// Held yields what the items to come may hold.
func (it *iterator) Held(yield func(v any) bool) {
	if it.source == nil {
		yield(it.value)
		return
	}
	it.mu.Lock()
	items := it.source.rest()
	it.mu.Unlock()
	yieldAll(watch(true).held(items), yield)
}

// snapshot uses the iterator up, as iterating over it does.
func (it *iterator) snapshot(ctx context.Context) ([]any, error) {
	if it.source == nil {
		return newBudget().elements(ctx, it.value)
	}
	it.mu.Lock()
	defer it.mu.Unlock()
	var items []any
	for {
		v, ok, err := it.source.next()
		if !ok || err != nil {
			return items, err
		}
		items = append(items, v)
	}
}

func (it *iterator) next(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	it.mu.Lock()
	v, ok, err := it.source.next()
	it.mu.Unlock()
	if err != nil {
		return err
	}
	if !ok {
		return pickle.StopIteration.New()
	}
	return r.Return(v)
}

// A keySource goes through the keys of a dict that may change meanwhile.
type keySource struct {
	d    *dict // nil at the end
	pos  int
	size int // of the dict when the iterator was made; -1 once it was found changed
	left int
}

func (s *keySource) next() (any, bool, error) {
	if s.d == nil {
		return nil, false, nil
	}
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if s.d.table.Len() != s.size {
		s.size = -1
		return nil, false, pickle.RuntimeError.New("dictionary changed size during iteration")
	}
	key, _, pos, ok := s.d.table.Next(s.pos)
	switch {
	case !ok:
		s.d = nil
		return nil, false, nil
	case s.left == 0:
		s.size = -1
		return nil, false, pickle.RuntimeError.New("dictionary keys changed during iteration")
	}
	s.pos = pos
	s.left--
	return key, true, nil
}

func (s *keySource) rest() []any {
	if s.d == nil {
		return nil
	}
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	var keys []any
	for key, _, pos, ok := s.d.table.Next(s.pos); ok; key, _, pos, ok = s.d.table.Next(pos) {
		keys = append(keys, key)
	}
	return keys
}

func (s *keySource) name() string { return "dict_keyiterator" }

// An itemSource goes through items that nobody changes.
type itemSource struct{ items []any }

func (s *itemSource) next() (any, bool, error) {
	if len(s.items) == 0 {
		return nil, false, nil
	}
	v := s.items[0]
	s.items = s.items[1:]
	return v, true, nil
}

func (s *itemSource) rest() []any  { return s.items }
func (s *itemSource) name() string { return "list_iterator" }

// iterOver is iter(items) as a value: Python pickles most iterators so.
func iterOver(items []any) *pickle.Object {
	return &pickle.Object{
		Class: pickle.Global{Module: "builtins", Name: "iter"},
		Args:  pickle.Tuple{pickle.NewList(items...)},
	}
}

// reversedOver is reversed(items) as a value: the state is where it stands.
func reversedOver(items []any) *pickle.Object {
	o := &pickle.Object{
		Class: pickle.Global{Module: "builtins", Name: "reversed"},
		Args:  pickle.Tuple{pickle.NewList(items...)},
	}
	if len(items) > 0 {
		o.Ops = []pickle.Op{{Kind: pickle.Build, Items: []any{int64(len(items) - 1)}}}
	}
	return o
}
