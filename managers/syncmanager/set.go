package syncmanager

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

type set struct {
	mu    sync.Mutex // guards what follows
	items *pickle.Set
	watch watch
}

var setType = managers.Type{
	New:       newSet,
	Signature: managers.Sig("set(iterable=(), /)"),
	Exposed:   setMethods.Names(),
}

var setMethods = managers.Methods[*set]{
	"add":                         managers.Def((*set).add, "set.add(object, /)"),
	"clear":                       managers.Def((*set).clear, "set.clear(/)"),
	"copy":                        managers.Def((*set).copy, "set.copy(/)"),
	"difference":                  managers.Def(setMany(difference, answer), "set.difference(*others, /)"),
	"difference_update":           managers.Def((*set).differenceUpdate, "set.difference_update(*others, /)"),
	"discard":                     managers.Def((*set).discard, "set.discard(object, /)"),
	"intersection":                managers.Def(setMany(intersection, answer), "set.intersection(*others, /)"),
	"intersection_update":         managers.Def(setMany(intersection, keep), "set.intersection_update(*others, /)"),
	"isdisjoint":                  managers.Def((*set).isDisjoint, "set.isdisjoint(other, /)"),
	"issubset":                    managers.Def((*set).isSubset, "set.issubset(other, /)"),
	"issuperset":                  managers.Def((*set).isSuperset, "set.issuperset(other, /)"),
	"pop":                         managers.Def((*set).pop, "set.pop(/)"),
	"remove":                      managers.Def((*set).remove, "set.remove(object, /)"),
	"symmetric_difference":        managers.Def(setMany(symmetricDifference, answer), "set.symmetric_difference(other, /)"),
	"symmetric_difference_update": managers.Def(setMany(symmetricDifference, keep), "set.symmetric_difference_update(other, /)"),
	"union":                       managers.Def(setMany(union, answer), "set.union(*others, /)"),
	"update":                      managers.Def((*set).update, "set.update(*others, /)"),
	"__and__":                     managers.Def(setOperator(intersection), "wrapper __and__(value, /)"),
	"__class_getitem__":           managers.Def((*set).classGetItem, "set.__class_getitem__(item, /)"),
	"__contains__":                managers.Def((*set).contains, "set.__contains__(object, /)"),
	"__ge__":                      managers.Def(setComparison(">="), "wrapper __ge__(value, /)"),
	"__gt__":                      managers.Def(setComparison(">"), "wrapper __gt__(value, /)"),
	"__iand__":                    managers.Def(setAssignment(intersection), "wrapper __iand__(value, /)"),
	"__ior__":                     managers.Def((*set).ior, "wrapper __ior__(value, /)"),
	"__isub__":                    managers.Def(setAssignment(difference), "wrapper __isub__(value, /)"),
	"__iter__":                    managers.Def((*set).iter, "wrapper __iter__(/)"),
	"__ixor__":                    managers.Def(setAssignment(symmetricDifference), "wrapper __ixor__(value, /)"),
	"__le__":                      managers.Def(setComparison("<="), "wrapper __le__(value, /)"),
	"__len__":                     managers.Def((*set).len, "wrapper __len__(/)"),
	"__lt__":                      managers.Def(setComparison("<"), "wrapper __lt__(value, /)"),
	"__or__":                      managers.Def(setOperator(union), "wrapper __or__(value, /)"),
	"__rand__":                    managers.Def(setReflected(intersection), "wrapper __rand__(value, /)"),
	"__ror__":                     managers.Def(setReflected(union), "wrapper __ror__(value, /)"),
	"__rsub__":                    managers.Def(setReflected(difference), "wrapper __rsub__(value, /)"),
	"__rxor__":                    managers.Def(setReflected(symmetricDifference), "wrapper __rxor__(value, /)"),
	"__sub__":                     managers.Def(setOperator(difference), "wrapper __sub__(value, /)"),
	"__xor__":                     managers.Def(setOperator(symmetricDifference), "wrapper __xor__(value, /)"),
}

func newSet(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	s := &set{items: new(pickle.Set)}
	if c.Has(0) {
		items, err := argElements(ctx, c, 0)
		if err != nil {
			return nil, err
		}
		if items, err = builtAll(ctx, items); err != nil {
			return nil, err
		}
		if err := s.addAll(slices.Values(items)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// addAll adds items one after the other.
func (s *set) addAll(items iter.Seq[any]) error {
	for item := range items {
		if _, err := s.items.Add(item); err != nil {
			return err
		}
		s.watch.see(item)
	}
	return nil
}

// become takes another set's items.
func (s *set) become(items *pickle.Set) {
	s.items = items
	s.watch = false
	for item := range items.All() {
		s.watch.see(item)
	}
}

func (s *set) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return setMethods.Call(s, ctx, c, r)
}

// Repr is Python's repr, with the items in the order in which they came.
func (s *set) Repr() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return pickle.Repr(s.items)
}

// Value returns a copy as a set.
func (s *set) Value() (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cloneSet(s.items)
}

// Held yields the items that may hold proxies.
func (s *set) Held(yield func(v any) bool) {
	s.mu.Lock()
	held := s.watch.heldIn(s.items.All())
	s.mu.Unlock()
	yieldAll(held, yield)
}

func (s *set) snapshot(context.Context) ([]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return collect(s.items.Len(), s.items.All()), nil
}

func (s *set) add(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.items.Add(v); err != nil {
		return err
	}
	s.watch.see(v)
	return r.Return(nil)
}

func (s *set) clear(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items.Clear()
	return r.Return(nil)
}

func (s *set) copy(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.Return(s.items)
}

func (s *set) discard(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	_, _, err := s.take(ctx, c)
	if err != nil {
		return err
	}
	return r.Return(nil)
}

func (s *set) remove(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, ok, err := s.take(ctx, c)
	if err != nil {
		return err
	}
	if !ok {
		return pickle.KeyError.New(v)
	}
	return r.Return(nil)
}

// take removes the argument and tells whether it was there.
func (s *set) take(ctx context.Context, c *managers.Call) (v any, ok bool, err error) {
	if v, err = c.Value(ctx, 0); err != nil {
		return nil, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ok, err = s.items.Remove(v)
	return v, ok, err
}

func (s *set) update(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return s.change(ctx, c, r, func(other *operand) error { return s.addAll(other.all()) })
}

func (s *set) differenceUpdate(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return s.change(ctx, c, r, func(other *operand) error {
		for item := range other.all() {
			if _, err := s.items.Remove(item); err != nil {
				return err
			}
		}
		return nil
	})
}

// change applies each argument in turn.
func (s *set) change(ctx context.Context, c *managers.Call, r *managers.Reply, apply func(other *operand) error) error {
	others, err := readOperands(ctx, c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range others {
		if err := apply(other); err != nil {
			return err
		}
	}
	return r.Return(nil)
}

func (s *set) pop(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.items.PopLast()
	if !ok {
		return pickle.KeyError.New("pop from an empty set")
	}
	err := r.Return(v)
	if err != nil {
		_, _ = s.items.Add(v) // it was there: it is hashable
	}
	return err
}

func (s *set) isDisjoint(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return s.test(ctx, c, r, func(other *operand) (bool, error) {
		for item := range other.all() {
			if found, err := s.items.Has(item); found || err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

func (s *set) isSubset(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return s.test(ctx, c, r, func(other *operand) (bool, error) {
		others, err := other.set()
		if err != nil {
			return false, err
		}
		return pickle.Compare(s.items, "<=", others)
	})
}

func (s *set) isSuperset(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return s.test(ctx, c, r, func(other *operand) (bool, error) {
		for item := range other.all() {
			if found, err := s.items.Has(item); !found || err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// test answers with what holds says of the argument.
func (s *set) test(ctx context.Context, c *managers.Call, r *managers.Reply, holds func(other *operand) (bool, error)) error {
	other, err := newBudget().operand(ctx, c, 0)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ok, err := holds(other)
	if err != nil {
		return err
	}
	return r.Return(ok)
}

// classGetItem is set[item]: a class method that instances have, too.
func (s *set) classGetItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	args, ok := v.(pickle.Tuple)
	if !ok {
		args = pickle.Tuple{v}
	}
	return r.Return(&pickle.Object{
		Class: pickle.Global{Module: "types", Name: "GenericAlias"},
		Args:  pickle.Tuple{pickle.Global{Module: "builtins", Name: "set"}, args},
	})
}

func (s *set) contains(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ok, err := s.items.Has(v)
	if err != nil {
		return err
	}
	return r.Return(ok)
}

// iter answers with an iterator over a copy: the set proxy's __iter__ makes no
// object.
func (s *set) iter(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.Return(iterOver(collect(s.items.Len(), s.items.All())))
}

func (s *set) len(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.Return(int64(s.items.Len()))
}

// An operand is the argument of a set's method.
type operand struct {
	value any   // as it came
	items []any // what iterating over it yields, built
	whole setLike
}

// A setLike is a set or a frozenset.
type setLike interface {
	Len() int
	Has(item any) (bool, error)
	All() iter.Seq[any]
}

func (b *budget) operand(ctx context.Context, c *managers.Call, i int) (*operand, error) {
	v, err := c.Arg(i)
	if err == nil {
		v, err = built(ctx, v)
	}
	if err != nil {
		return nil, err
	}
	if s, ok := v.(setLike); ok {
		return &operand{value: v, whole: s}, nil
	}
	items, err := b.elements(ctx, v)
	if err == nil {
		err = b.spend(len(items)) // a list may be given many times, and is copied each time
	}
	if err == nil {
		items, err = builtAll(ctx, items)
	}
	if err == nil && slices.ContainsFunc(items, isSet) {
		err = pickle.TypeError.New("unhashable type: 'set'") // only what is looked up alone may be a set
	}
	return &operand{value: v, items: items}, err
}

func isSet(v any) bool {
	_, ok := v.(*pickle.Set)
	return ok
}

func readOperands(ctx context.Context, c *managers.Call) ([]*operand, error) {
	b := newBudget()
	others := make([]*operand, c.NArgs())
	for i := range others {
		other, err := b.operand(ctx, c, i)
		if err != nil {
			return nil, err
		}
		others[i] = other
	}
	return others, nil
}

func (o *operand) all() iter.Seq[any] {
	if o.whole != nil {
		return o.whole.All()
	}
	return slices.Values(o.items)
}

// set returns the operand as a set or frozenset.
func (o *operand) set() (setLike, error) {
	if o.whole == nil {
		s := pickle.NewSet(0)
		if err := addAll(s, o.all()); err != nil {
			return nil, err
		}
		o.whole = s
	}
	return o.whole, nil
}
