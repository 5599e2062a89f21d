package syncmanager

import (
	"context"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A Value is a proxy for a Value of a manager: one variable that all share.
type Value[T any] struct{ managers.Proxy }

// NewValue makes a Value. The type code is one of package array's; managers do
// not look at it.
func NewValue[T any](ctx context.Context, c *managers.Client, typecode byte, v T) (*Value[T], error) {
	p, err := c.Create(ctx, "Value", string(rune(typecode)), v)
	if err != nil {
		return nil, err
	}
	return &Value[T]{*p}, nil
}

// Get returns the value.
func (v *Value[T]) Get(ctx context.Context) (T, error) {
	return managers.CallFor[T](ctx, &v.Proxy, "get")
}

// Set replaces it.
func (v *Value[T]) Set(ctx context.Context, to T) error { return v.Do(ctx, "set", to) }

// An Array is a proxy for an Array of a manager: a fixed number of items of one
// C type. An index beyond either end is pickle.IndexError; an item that does not
// fit the type is pickle.OverflowError or pickle.TypeError.
type Array[T any] struct{ managers.Proxy }

// NewArray makes an Array of the items, whose type code is one of package
// array's, such as 'i' or 'd'.
func NewArray[T any](ctx context.Context, c *managers.Client, typecode byte, items ...T) (*Array[T], error) {
	p, err := c.Create(ctx, "Array", string(rune(typecode)), items)
	if err != nil {
		return nil, err
	}
	return &Array[T]{*p}, nil
}

// Len returns the number of items.
func (a *Array[T]) Len(ctx context.Context) (int, error) {
	return managers.CallFor[int](ctx, &a.Proxy, "__len__")
}

// Get returns the item at an index.
func (a *Array[T]) Get(ctx context.Context, i int) (T, error) {
	return managers.CallFor[T](ctx, &a.Proxy, "__getitem__", i)
}

// Set replaces the item at an index.
func (a *Array[T]) Set(ctx context.Context, i int, v T) error {
	return a.Do(ctx, "__setitem__", i, v)
}

// Slice returns the items from index i up to j, as a[i:j] does.
func (a *Array[T]) Slice(ctx context.Context, i, j int) ([]T, error) {
	return a.part(ctx, pickle.Slice{Start: int64(i), Stop: int64(j)})
}

// Values returns all items.
func (a *Array[T]) Values(ctx context.Context) ([]T, error) { return a.part(ctx, pickle.Slice{}) }

// part reads a slice, which comes as an array.array.
func (a *Array[T]) part(ctx context.Context, s pickle.Slice) (items []T, err error) {
	v, err := a.Call(ctx, "__getitem__", s)
	if err != nil {
		return nil, err
	}
	if o, ok := v.(*pickle.Object); ok {
		if found, ok := arrayOf(o); ok {
			v = pickle.NewList(found.items...)
		}
	}
	err = pickle.Codec{}.Assign(ctx, &items, v)
	return items, err
}
