package syncmanager

import (
	"context"
	"iter"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A List is a proxy for a list of a manager, whose items are read into Ts. Of
// indices, negative ones count from the end; one that is beyond either end is
// pickle.IndexError.
//
// This and the other proxies here hold a [managers.Proxy], which closes them
// and has their other methods. For an object that is there already:
//
//	p, err := client.Create(ctx, "get_tasks") // a typeid of your own
//	tasks := &syncmanager.List[string]{Proxy: *p}
type List[T any] struct{ managers.Proxy }

// NewList makes a list of the items.
func NewList[T any](ctx context.Context, c *managers.Client, items ...T) (*List[T], error) {
	p, err := c.Create(ctx, "list", items)
	if err != nil {
		return nil, err
	}
	return &List[T]{*p}, nil
}

// Get returns the item at an index.
func (l *List[T]) Get(ctx context.Context, i int) (T, error) {
	return managers.CallFor[T](ctx, &l.Proxy, "__getitem__", i)
}

// Set replaces the item at an index.
func (l *List[T]) Set(ctx context.Context, i int, v T) error {
	return l.Do(ctx, "__setitem__", i, v)
}

// Delete removes the item at an index.
func (l *List[T]) Delete(ctx context.Context, i int) error {
	return l.Do(ctx, "__delitem__", i)
}

// Slice returns the items from index i up to j, as l[i:j] does.
func (l *List[T]) Slice(ctx context.Context, i, j int) ([]T, error) {
	return managers.CallFor[[]T](ctx, &l.Proxy, "__getitem__", pickle.Slice{Start: int64(i), Stop: int64(j)})
}

// Values returns all items.
func (l *List[T]) Values(ctx context.Context) ([]T, error) {
	return managers.CallFor[[]T](ctx, &l.Proxy, "__getitem__", pickle.Slice{})
}

// chunk is how many items All asks for at a time.
const chunk = 1000

// All yields the items, of which it asks for many at a time. Others may change
// the list meanwhile, with the effect that it has in Python. An error is what it
// yields last.
func (l *List[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := 0; ; i += chunk {
			items, err := l.Slice(ctx, i, i+chunk)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if len(items) < chunk {
				return
			}
		}
	}
}

// Len returns the number of items.
func (l *List[T]) Len(ctx context.Context) (int, error) {
	return managers.CallFor[int](ctx, &l.Proxy, "__len__")
}

// Append adds an item to the end.
func (l *List[T]) Append(ctx context.Context, v T) error { return l.Do(ctx, "append", v) }

// Extend adds items to the end.
func (l *List[T]) Extend(ctx context.Context, items ...T) error {
	return l.Do(ctx, "extend", items)
}

// Insert puts an item before the one at an index.
func (l *List[T]) Insert(ctx context.Context, i int, v T) error {
	return l.Do(ctx, "insert", i, v)
}

// Pop removes the item at an index and returns it: -1 is the last.
func (l *List[T]) Pop(ctx context.Context, i int) (T, error) {
	return managers.CallFor[T](ctx, &l.Proxy, "pop", i)
}

// Remove removes the first item that equals v: pickle.ValueError if none does.
func (l *List[T]) Remove(ctx context.Context, v T) error { return l.Do(ctx, "remove", v) }

// Index returns where the first item is that equals v: pickle.ValueError if none
// does.
func (l *List[T]) Index(ctx context.Context, v T) (int, error) {
	return managers.CallFor[int](ctx, &l.Proxy, "index", v)
}

// Count returns how many items equal v.
func (l *List[T]) Count(ctx context.Context, v T) (int, error) {
	return managers.CallFor[int](ctx, &l.Proxy, "count", v)
}

// Has tells whether an item equals v.
func (l *List[T]) Has(ctx context.Context, v T) (bool, error) {
	return managers.CallFor[bool](ctx, &l.Proxy, "__contains__", v)
}

// Reverse turns the list around.
func (l *List[T]) Reverse(ctx context.Context) error { return l.Do(ctx, "reverse") }

// Sort puts the items in Python's order, or its reverse.
func (l *List[T]) Sort(ctx context.Context, reverse bool) error {
	return l.Do(ctx, "sort", managers.Kwargs{"reverse": reverse})
}

// Clear removes all items.
func (l *List[T]) Clear(ctx context.Context) error {
	return l.Do(ctx, "__delitem__", pickle.Slice{})
}
