package syncmanager

import (
	"context"
	"iter"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A Dict is a proxy for a dict of a manager, whose keys and values are read into
// Ks and Vs. A key that is missing is pickle.KeyError.
type Dict[K, V any] struct{ managers.Proxy }

// NewDict makes a dict of the entries of m, which may be nil.
func NewDict[K comparable, V any](ctx context.Context, c *managers.Client, m map[K]V) (*Dict[K, V], error) {
	if m == nil {
		m = map[K]V{}
	}
	p, err := c.Create(ctx, "dict", m)
	if err != nil {
		return nil, err
	}
	return &Dict[K, V]{*p}, nil
}

// Get returns the value of a key.
func (d *Dict[K, V]) Get(ctx context.Context, key K) (V, error) {
	return managers.CallFor[V](ctx, &d.Proxy, "__getitem__", key)
}

// GetOr returns the value of a key, or fallback where there is none.
func (d *Dict[K, V]) GetOr(ctx context.Context, key K, fallback V) (V, error) {
	return managers.CallFor[V](ctx, &d.Proxy, "get", key, fallback)
}

// Set gives a key a value.
func (d *Dict[K, V]) Set(ctx context.Context, key K, v V) error {
	return d.Do(ctx, "__setitem__", key, v)
}

// SetDefault gives a key a value if it has none, and returns the one that it has
// then.
func (d *Dict[K, V]) SetDefault(ctx context.Context, key K, v V) (V, error) {
	return managers.CallFor[V](ctx, &d.Proxy, "setdefault", key, v)
}

// Delete removes a key.
func (d *Dict[K, V]) Delete(ctx context.Context, key K) error {
	return d.Do(ctx, "__delitem__", key)
}

// Pop removes a key and returns the value that it had.
func (d *Dict[K, V]) Pop(ctx context.Context, key K) (V, error) {
	return managers.CallFor[V](ctx, &d.Proxy, "pop", key)
}

// A pair is one of a dict's items.
type pair[K, V any] struct {
	_     struct{} `pickle:",tuple"`
	Key   K
	Value V
}

// PopLast removes the last key and returns it with its value: Python's popitem.
func (d *Dict[K, V]) PopLast(ctx context.Context) (key K, v V, err error) {
	e, err := managers.CallFor[pair[K, V]](ctx, &d.Proxy, "popitem")
	return e.Key, e.Value, err
}

// Has tells whether a key has a value.
func (d *Dict[K, V]) Has(ctx context.Context, key K) (bool, error) {
	return managers.CallFor[bool](ctx, &d.Proxy, "__contains__", key)
}

// Len returns the number of keys.
func (d *Dict[K, V]) Len(ctx context.Context) (int, error) {
	return managers.CallFor[int](ctx, &d.Proxy, "__len__")
}

// Update sets the entries of another, which is anything that Python's update
// takes: a map, or a proxy of a dict.
func (d *Dict[K, V]) Update(ctx context.Context, from any) error {
	return d.Do(ctx, "update", from)
}

// Clear removes all keys.
func (d *Dict[K, V]) Clear(ctx context.Context) error { return d.Do(ctx, "clear") }

// Keys returns the keys in the order in which they were set first.
func (d *Dict[K, V]) Keys(ctx context.Context) ([]K, error) {
	return managers.CallFor[[]K](ctx, &d.Proxy, "keys")
}

// Values returns the values in the order of Keys.
func (d *Dict[K, V]) Values(ctx context.Context) ([]V, error) {
	return managers.CallFor[[]V](ctx, &d.Proxy, "values")
}

// All yields the entries that the dict has when the loop begins. An error is
// what it yields last.
func (d *Dict[K, V]) All(ctx context.Context) iter.Seq2[pickle.Entry[K, V], error] {
	return func(yield func(pickle.Entry[K, V], error) bool) {
		entries, err := managers.CallFor[[]pair[K, V]](ctx, &d.Proxy, "items")
		if err != nil {
			yield(pickle.Entry[K, V]{}, err)
			return
		}
		for _, e := range entries {
			if !yield(pickle.Entry[K, V]{Key: e.Key, Value: e.Value}, nil) {
				return
			}
		}
	}
}

// Iter returns an iterator over the keys. It fails when the dict changes.
func (d *Dict[K, V]) Iter(ctx context.Context) (*Iterator[K], error) {
	return managers.CallFor[*Iterator[K]](ctx, &d.Proxy, "__iter__")
}
