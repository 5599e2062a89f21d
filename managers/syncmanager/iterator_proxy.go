package syncmanager

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// An Iterator is a proxy for an iterator of a manager.
type Iterator[T any] struct{ managers.Proxy }

// Next returns the next item; that there is none is pickle.StopIteration.
func (it *Iterator[T]) Next(ctx context.Context) (T, error) {
	method := "__next__"
	if exposed := it.Exposed(); slices.Contains(exposed, "next") && !slices.Contains(exposed, method) {
		method = "next" // of Python 2
	}
	return managers.CallFor[T](ctx, &it.Proxy, method)
}

// All yields the items that are left, and closes the proxy. An error is what it
// yields last.
func (it *Iterator[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		defer it.Close(context.WithoutCancel(ctx))
		for {
			v, err := it.Next(ctx)
			if errors.Is(err, pickle.StopIteration) {
				return
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}
