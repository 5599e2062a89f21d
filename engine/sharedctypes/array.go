package sharedctypes

import (
	"context"
	"errors"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// An Array is n Ts that processes share, and the lock that is held for each
// access. It is Python's multiprocessing.Array.
type Array[T any] struct {
	shared
	items []T
}

// NewArray makes an Array of n zeros. A T that no class of ctypes stands for is
// an error.
func NewArray[T any](e *engine.Engine, n int) (*Array[T], error) {
	m, err := memoryFor[T](e, n)
	if err != nil {
		return nil, err
	}
	s, err := newShared(e, m)
	if err != nil {
		return nil, err
	}
	return &Array[T]{s, items[T](m)}, nil
}

// NewRawArray makes an Array without a lock: Python's RawArray.
func NewRawArray[T any](e *engine.Engine, n int) (*Array[T], error) {
	m, err := memoryFor[T](e, n)
	if err != nil {
		return nil, err
	}
	return &Array[T]{shared{memory: m, engine: e}, items[T](m)}, nil
}

func memoryFor[T any](e *engine.Engine, n int) (*Memory, error) {
	if n < 0 {
		return nil, errors.New("sharedctypes: an array cannot have fewer than 0 items")
	}
	return newMemory[T](e, n)
}

// Len is the number of items.
func (a *Array[T]) Len() int { return len(a.items) }

// Get is item i, read under the lock. Beyond the array it is Python's
// IndexError.
func (a *Array[T]) Get(ctx context.Context, i int) (got T, err error) {
	if i < 0 || i >= len(a.items) {
		return got, pickle.IndexError.New("invalid index")
	}
	err = a.With(ctx, func(items []T) { got = items[i] })
	return got, err
}

// Set sets item i under the lock.
func (a *Array[T]) Set(ctx context.Context, i int, v T) error {
	if i < 0 || i >= len(a.items) {
		return pickle.IndexError.New("invalid index")
	}
	return a.With(ctx, func(items []T) { items[i] = v })
}

// With runs f under the lock, with the memory itself; errors are as for a Value.
func (a *Array[T]) With(ctx context.Context, f func(items []T)) error {
	return a.locked(ctx, func() { f(a.items) })
}

// Raw is the memory itself, without the lock: Python's get_obj().
func (a *Array[T]) Raw() []T { return a.items }

// MarshalPickle has it leave as Python's, see Register.
func (a *Array[T]) MarshalPickle() (any, error) { return a.pickled(), nil }

// ArrayOf returns what was unpickled as an Array of Ts. A raw one has no lock:
// With takes none.
func ArrayOf[T any](v any) (*Array[T], error) {
	s, err := sharedOf(v)
	if err != nil {
		return nil, err
	}
	if err := as[T](s.memory, true); err != nil {
		return nil, err
	}
	return &Array[T]{*s, items[T](s.memory)}, nil
}
