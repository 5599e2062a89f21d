package reduction

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// A Birth gives a child the descriptors that it was started with, by number.
type Birth interface {
	Descriptor(number int) (*os.File, error)
}

type birthKey struct{}

// WithBirth returns a context for unpickling, and Detach, in a child.
func WithBirth(ctx context.Context, b Birth) context.Context {
	return context.WithValue(ctx, birthKey{}, b)
}

var errNotBorn = errors.New("reduction: this descriptor is for a child that is being started, and nobody is")

func bornWith(ctx context.Context, number int) (*os.File, error) {
	b, _ := ctx.Value(birthKey{}).(Birth)
	if b == nil {
		return nil, errNotBorn
	}
	f, err := b.Descriptor(number)
	if err != nil {
		return nil, fmt.Errorf("reduction: descriptor %d: %w", number, err)
	}
	return f, nil
}
