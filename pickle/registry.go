package pickle

import "context"

// A Registry knows Go types for Python classes and functions.
type Registry struct{ classes classTable }

// A Class is how the Go type T stands for a Python class.
type Class[T any] struct {
	// Reduce returns the recipe by which v leaves.
	Reduce func(ctx context.Context, v T) (*Object, error)
	// Rebuild makes a T of the arguments that the pickle calls the class
	// (or its __new__) with.
	Rebuild func(ctx context.Context, args Tuple, kwargs *Dict) (T, error)
	// SetState takes what BUILD brings. T should then be a pointer.
	SetState func(ctx context.Context, v T, state any) error
}
