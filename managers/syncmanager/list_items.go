package syncmanager

import (
	"context"
	"errors"
	"slices"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

func (l *list) getItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	at, err := readSubscript(ctx, c, 0, listIndexType(c))
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.isSlice {
		sp, err := resolve(at.slice, len(l.items))
		if err != nil {
			return err
		}
		return r.Return(pickle.NewList(sp.of(l.items)...))
	}
	i, ok := at.in(len(l.items))
	if !ok {
		return pickle.IndexError.New("list index out of range")
	}
	return r.Return(l.items[i])
}

func (l *list) setItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	at, err := readSubscript(ctx, c, 0, listIndexType(c))
	if err != nil {
		return err
	}
	if at.isSlice {
		values, err := assignable(ctx, c, 1)
		if err != nil {
			return err
		}
		return l.replace(r, values, func(n int) (span, error) { return resolve(at.slice, n) })
	}
	v, err := c.Item(1)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	i, ok := at.in(len(l.items))
	if !ok {
		return pickle.IndexError.New("list assignment index out of range")
	}
	l.watch.see(v)
	l.items[i] = v
	return r.Return(nil)
}

func (l *list) delItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	at, err := readSubscript(ctx, c, 0, listIndexType(c))
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.isSlice {
		sp, err := resolve(at.slice, len(l.items))
		if err != nil {
			return err
		}
		l.items = sp.remove(l.items)
		return r.Return(nil)
	}
	i, ok := at.in(len(l.items))
	if !ok {
		return pickle.IndexError.New("list assignment index out of range")
	}
	l.items = splice(l.items, i, 1, nil)
	return r.Return(nil)
}

func (l *list) getSlice(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	sp, err := between(ctx, c, len(l.items))
	if err != nil {
		return err
	}
	return r.Return(pickle.NewList(sp.of(l.items)...))
}

func (l *list) setSlice(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	values, err := assignable(ctx, c, 2)
	if err != nil {
		return err
	}
	return l.replace(r, values, func(n int) (span, error) { return between(ctx, c, n) })
}

func (l *list) delSlice(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	sp, err := between(ctx, c, len(l.items))
	if err != nil {
		return err
	}
	l.items = sp.remove(l.items)
	return r.Return(nil)
}

// replace puts values where the span is that a list of n items has.
func (l *list) replace(r *managers.Reply, values []any, of func(n int) (span, error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	sp, err := of(len(l.items))
	if err != nil {
		return err
	}
	items, err := sp.replace(l.items, values, "sequence")
	if err != nil {
		return err
	}
	l.watch.see(values...)
	l.items = items
	return r.Return(nil)
}

// assignable returns the elements of parameter i, which a slice is to get.
func assignable(ctx context.Context, c *managers.Call, i int) ([]any, error) {
	values, err := argElements(ctx, c, i)
	if errors.Is(err, pickle.TypeError) {
		return nil, pickle.TypeError.New("must assign iterable to extended slice")
	}
	return values, err
}

func listIndexType(c *managers.Call) func(string) error {
	return func(typeName string) error {
		if c.Dialect().Python2 {
			return pickle.TypeError.New("list indices must be integers, not " + typeName)
		}
		return pickle.TypeError.New("list indices must be integers or slices, not " + typeName)
	}
}

func isIndexError(err error) bool { return errors.Is(err, pickle.IndexError) }

// splice replaces n items from i on.
func splice(items []any, i, n int, values []any) []any {
	return shrunk(slices.Replace(items, i, i+n, values...))
}

// shrunk gives memory back once most of it is unused.
func shrunk(items []any) []any {
	if cap(items) > 64 && len(items) < cap(items)/4 {
		return append(make([]any, 0, 2*len(items)), items...)
	}
	return items
}
