package managers

import (
	"context"
	"sync"
)

// Shared is a type of which there is one object: whoever creates it gets the
// same. The first makes it, with that client's arguments.
func Shared(t Type) Type {
	var mu sync.Mutex
	var one Referent
	make := t.New
	t.New = func(ctx context.Context, c *Call) (Referent, error) {
		mu.Lock()
		defer mu.Unlock()
		if one != nil {
			return one, nil
		}
		ref, err := make(ctx, c)
		if err == nil {
			one = ref
		}
		return ref, err
	}
	return t
}
