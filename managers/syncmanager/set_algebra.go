package syncmanager

import (
	"context"
	"iter"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A setFunc makes a new set of two. Of equal items it takes the one that
// Python takes.
type setFunc func(a setLike, b *operand) (*pickle.Set, error)

func union(a setLike, b *operand) (*pickle.Set, error) {
	out, err := cloneSet(a)
	if err == nil {
		err = addAll(out, b.all())
	}
	return out, err
}

func intersection(a setLike, b *operand) (*pickle.Set, error) {
	through, in := b.all(), a
	if b.whole != nil && b.whole.Len() > a.Len() {
		through, in = a.All(), b.whole
	}
	return filter(through, in, true)
}

func difference(a setLike, b *operand) (*pickle.Set, error) {
	others, err := b.set()
	if err != nil {
		return nil, err
	}
	return filter(a.All(), others, false)
}

func symmetricDifference(a setLike, b *operand) (*pickle.Set, error) {
	others, err := b.set()
	if err != nil {
		return nil, err
	}
	out, err := filter(a.All(), others, false)
	if err != nil {
		return nil, err
	}
	more, err := filter(others.All(), a, false)
	if err != nil {
		return nil, err
	}
	return out, addAll(out, more.All())
}

// filter returns the items that are in the set, or are not.
func filter(items iter.Seq[any], in setLike, wanted bool) (*pickle.Set, error) {
	out := pickle.NewSet(0)
	for item := range items {
		found, err := in.Has(item)
		if err != nil {
			return nil, err
		}
		if found == wanted {
			if _, err := out.Add(item); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func cloneSet(s setLike) (*pickle.Set, error) {
	out := pickle.NewSet(s.Len())
	return out, addAll(out, s.All())
}

func addAll(s *pickle.Set, items iter.Seq[any]) error {
	for item := range items {
		if _, err := s.Add(item); err != nil {
			return err
		}
	}
	return nil
}

type setMethod = func(*set, context.Context, *managers.Call, *managers.Reply) error

// setMany is the method that applies f to each argument in turn, and does
// with the result what end says.
func setMany(f setFunc, end func(*set, *pickle.Set, *managers.Reply) error) setMethod {
	return func(s *set, ctx context.Context, c *managers.Call, r *managers.Reply) error {
		others, err := readOperands(ctx, c)
		if err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		result := s.items
		for _, other := range others {
			if result, err = f(result, other); err != nil {
				return err
			}
		}
		return end(s, result, r)
	}
}

func answer(_ *set, result *pickle.Set, r *managers.Reply) error { return r.Return(result) }

func keep(s *set, result *pickle.Set, r *managers.Reply) error {
	s.become(result)
	return r.Return(nil)
}

// setOperator is the method of a binary operator. It does not take what is
// only iterable, or a proxy.
func setOperator(f setFunc) setMethod {
	return operator(func(s *set, other *operand, r *managers.Reply) error {
		result, err := f(s.items, other)
		if err != nil {
			return err
		}
		return r.Return(result)
	})
}

// setReflected is an operator whose left operand is the argument: the result
// is of its type.
func setReflected(f setFunc) setMethod {
	return operator(func(s *set, other *operand, r *managers.Reply) error {
		result, err := f(other.whole, &operand{value: s.items, whole: s.items})
		if err != nil {
			return err
		}
		if _, ok := other.value.(*pickle.FrozenSet); !ok {
			return r.Return(result)
		}
		frozen, err := pickle.NewFrozenSet(collect(result.Len(), result.All())...)
		if err != nil {
			return err
		}
		return r.Return(frozen)
	})
}

// setAssignment is an operator such as |=, which answers with the set.
func setAssignment(f setFunc) setMethod {
	return operator(func(s *set, other *operand, r *managers.Reply) error {
		result, err := f(s.items, other)
		if err != nil {
			return err
		}
		s.become(result)
		return r.Return(s.items)
	})
}

func (s *set) ior(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return operator(func(s *set, other *operand, r *managers.Reply) error {
		if err := s.addAll(other.all()); err != nil {
			return err
		}
		return r.Return(s.items)
	})(s, ctx, c, r)
}

func setComparison(op pickle.CompareOp) setMethod {
	return operator(func(s *set, other *operand, r *managers.Reply) error {
		ok, err := pickle.Compare(s.items, op, other.value)
		if err != nil {
			return err
		}
		return r.Return(ok)
	})
}

// operator calls do, under the lock, if the argument is a set or frozenset.
func operator(do func(s *set, other *operand, r *managers.Reply) error) setMethod {
	return func(s *set, ctx context.Context, c *managers.Call, r *managers.Reply) error {
		v, err := c.Value(ctx, 0)
		if err != nil {
			return err
		}
		other, ok := v.(setLike)
		if !ok {
			return r.Return(pickle.NotImplemented)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return do(s, &operand{value: v, whole: other}, r)
	}
}
