package syncmanager

import (
	"context"
	"iter"

	"github.com/brine-go/brine/managers"
)

// A Set is a proxy for a set of a manager: of brine, or of Python 3.14 and later.
type Set[T comparable] struct{ managers.Proxy }

// NewSet makes a set of the items.
func NewSet[T comparable](ctx context.Context, c *managers.Client, items ...T) (*Set[T], error) {
	p, err := c.Create(ctx, "set", items)
	if err != nil {
		return nil, err
	}
	return &Set[T]{*p}, nil
}

// Add adds an item.
func (s *Set[T]) Add(ctx context.Context, v T) error { return s.Do(ctx, "add", v) }

// Remove removes an item: pickle.KeyError if it is not there.
func (s *Set[T]) Remove(ctx context.Context, v T) error { return s.Do(ctx, "remove", v) }

// Discard removes an item if it is there.
func (s *Set[T]) Discard(ctx context.Context, v T) error { return s.Do(ctx, "discard", v) }

// Pop removes an item, any one, and returns it: pickle.KeyError if there is none.
func (s *Set[T]) Pop(ctx context.Context) (T, error) {
	return managers.CallFor[T](ctx, &s.Proxy, "pop")
}

// Has tells whether an item is there.
func (s *Set[T]) Has(ctx context.Context, v T) (bool, error) {
	return managers.CallFor[bool](ctx, &s.Proxy, "__contains__", v)
}

// Len returns the number of items.
func (s *Set[T]) Len(ctx context.Context) (int, error) {
	return managers.CallFor[int](ctx, &s.Proxy, "__len__")
}

// Update adds the items of others, each anything that Python can iterate over: a
// slice, or a proxy of a list or set.
func (s *Set[T]) Update(ctx context.Context, others ...any) error {
	return s.Do(ctx, "update", others...)
}

// Intersect keeps the items that are in all of the others.
func (s *Set[T]) Intersect(ctx context.Context, others ...any) error {
	return s.Do(ctx, "intersection_update", others...)
}

// Subtract removes the items of the others.
func (s *Set[T]) Subtract(ctx context.Context, others ...any) error {
	return s.Do(ctx, "difference_update", others...)
}

// Clear removes all items.
func (s *Set[T]) Clear(ctx context.Context) error { return s.Do(ctx, "clear") }

// Values returns a copy.
func (s *Set[T]) Values(ctx context.Context) (map[T]struct{}, error) {
	return managers.CallFor[map[T]struct{}](ctx, &s.Proxy, "copy")
}

// All yields the items that are there when the loop begins, in no order. An
// error is what it yields last.
func (s *Set[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		items, err := s.Values(ctx)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}
