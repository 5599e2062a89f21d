package syncmanager

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

type list struct {
	mu    sync.Mutex // guards what follows
	items []any
	watch watch
}

var listType = managers.Type{
	New:       newList,
	Signature: managers.Sig("list(iterable=(), /)"),
	Exposed: []string{"__add__", "__contains__", "__delitem__", "__getitem__", "__len__", "__mul__", "__reversed__",
		"__rmul__", "__setitem__", "append", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
		"__imul__"},
}

var listMethods = managers.Methods[*list]{
	"append":       managers.Def((*list).append, "list.append(object, /)"),
	"clear":        managers.Def((*list).clear, "list.clear(/)"),
	"copy":         managers.Def((*list).copy, "list.copy(/)"),
	"count":        managers.Def((*list).count, "list.count(value, /)"),
	"extend":       managers.Def((*list).extend, "list.extend(iterable, /)"),
	"index":        managers.Def((*list).index, "list.index(value, start=0, stop=9223372036854775807, /)"),
	"insert":       managers.Def((*list).insert, "list.insert(index, object, /)"),
	"pop":          managers.Def((*list).pop, "list.pop(index=-1, /)"),
	"remove":       managers.Def((*list).remove, "list.remove(value, /)"),
	"reverse":      managers.Def((*list).reverse, "list.reverse(/)"),
	"sort":         managers.Def((*list).sort, "sort(*, key=None, reverse=False)"),
	"__add__":      managers.Def((*list).add, "wrapper __add__(value, /)"),
	"__contains__": managers.Def((*list).contains, "wrapper __contains__(key, /)"),
	"__delitem__":  managers.Def((*list).delItem, "wrapper __delitem__(key, /)"),
	"__getitem__":  managers.Def((*list).getItem, "list.__getitem__(index, /)"),
	"__imul__":     managers.Def((*list).imul, "wrapper __imul__(value, /)"),
	"__len__":      managers.Def((*list).len, "wrapper __len__(/)"),
	"__mul__":      managers.Def((*list).mul, "wrapper __mul__(value, /)"),
	"__reversed__": managers.Def((*list).reversed, "list.__reversed__(/)"),
	"__rmul__":     managers.Def((*list).mul, "wrapper __rmul__(value, /)"),
	"__setitem__":  managers.Def((*list).setItem, "wrapper __setitem__(key, value, /)"),

	// Python 2's
	"__delslice__": managers.Def((*list).delSlice, "wrapper __delslice__(i, j, /)"),
	"__getslice__": managers.Def((*list).getSlice, "wrapper __getslice__(i, j, /)"),
	"__setslice__": managers.Def((*list).setSlice, "wrapper __setslice__(i, j, sequence, /)"),
}

func newList(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	l := new(list)
	if c.Has(0) {
		items, err := argElements(ctx, c, 0)
		if err != nil {
			return nil, err
		}
		l.items = slices.Clone(items)
		l.watch.see(items...)
	}
	return l, nil
}

// argElements returns what iterating over parameter i yields.
func argElements(ctx context.Context, c *managers.Call, i int) ([]any, error) {
	v, err := c.Value(ctx, i)
	if err != nil {
		return nil, err
	}
	return newBudget().elements(ctx, v)
}

func (l *list) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return listMethods.Call(l, ctx, c, r)
}

// Repr is Python's repr.
func (l *list) Repr() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return pickle.Repr(l.value())
}

// Value returns a copy as a list.
func (l *list) Value() (any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return pickle.NewList(slices.Clone(l.items)...), nil
}

// Held yields the items that may hold proxies.
func (l *list) Held(yield func(v any) bool) {
	l.mu.Lock()
	held := l.watch.held(l.items)
	l.mu.Unlock()
	yieldAll(held, yield)
}

func (l *list) snapshot(context.Context) ([]any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.items), nil
}

// value shows the list to the encoder while it is locked.
func (l *list) value() *pickle.List { return &pickle.List{Items: l.items} }

func (l *list) append(_ context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Item(0)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watch.see(v)
	l.items = append(l.items, v)
	return r.Return(nil)
}

func (l *list) clear(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = nil
	return r.Return(nil)
}

func (l *list) copy(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return r.Return(l.value())
}

func (l *list) count(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var n int64
	for _, item := range l.items {
		eq, err := pickle.Equal(item, v)
		if err != nil {
			return err
		}
		if eq {
			n++
		}
	}
	return r.Return(n)
}

func (l *list) extend(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	items, err := argElements(ctx, c, 0)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := checkSize(len(l.items) + len(items)); err != nil {
		return err
	}
	l.watch.see(items...)
	l.items = append(l.items, items...)
	return r.Return(nil)
}

func (l *list) index(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	start, err := position(ctx, c, 1, 0)
	if err != nil {
		return err
	}
	stop, err := position(ctx, c, 2, math.MaxInt)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	i, err := l.find(v, start, stop)
	if err != nil {
		return err
	}
	if i >= 0 {
		return r.Return(int64(i))
	}
	text, err := pickle.Repr(v)
	if err != nil {
		return err
	}
	return pickle.ValueError.New(text + " is not in list")
}

// position reads a bound as list.index takes it: beyond the range of ints are
// the ends.
func position(ctx context.Context, c *managers.Call, i, absent int) (int, error) {
	if !c.Has(i) {
		return absent, nil
	}
	v, err := c.Value(ctx, i)
	if err != nil {
		return 0, err
	}
	n, ok := clamped(v)
	if !ok {
		return 0, pickle.TypeError.New("slice indices must be integers or have an __index__ method")
	}
	return n, nil
}

// find returns the index of the first item equal to v between start and stop,
// which may count from the end; -1 if there is none.
func (l *list) find(v any, start, stop int) (int, error) {
	if start < 0 {
		start = max(start+len(l.items), 0)
	}
	if stop < 0 {
		stop += len(l.items)
	}
	for i := start; i < min(stop, len(l.items)); i++ {
		eq, err := pickle.Equal(l.items[i], v)
		if eq || err != nil {
			return i, err
		}
	}
	return -1, nil
}

func (l *list) insert(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	i, err := c.Int(ctx, 0, 0)
	if err != nil {
		return err
	}
	v, err := c.Item(1)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i < 0 {
		i = max(i+len(l.items), 0)
	}
	l.watch.see(v)
	l.items = slices.Insert(l.items, min(i, len(l.items)), v)
	return r.Return(nil)
}

func (l *list) pop(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	i, err := c.Int(ctx, 0, -1)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.items) == 0 {
		return pickle.IndexError.New("pop from empty list")
	}
	i, ok := subscript{index: i}.in(len(l.items))
	if !ok {
		return pickle.IndexError.New("pop index out of range")
	}
	if err := r.Return(l.items[i]); err != nil {
		return err
	}
	l.items = splice(l.items, i, 1, nil)
	return nil
}

func (l *list) remove(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	i, err := l.find(v, 0, math.MaxInt)
	if err != nil {
		return err
	}
	if i < 0 {
		return pickle.ValueError.New("list.remove(x): x not in list")
	}
	l.items = splice(l.items, i, 1, nil)
	return r.Return(nil)
}

func (l *list) reverse(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Reverse(l.items)
	return r.Return(nil)
}

func (l *list) sort(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	if key != nil {
		return pickle.TypeError.New("list.sort(): key must be None: this manager cannot call Python functions; " +
			"sort a copy in the client and assign it: l[:] = sorted(l, key=...)")
	}
	reverse, err := c.Value(ctx, 1)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	sorted, err := builtAll(ctx, l.items)
	if err != nil {
		return err
	}
	if err := pickle.Sort(sorted, truth(reverse)); err != nil {
		return err
	}
	l.watch.see(sorted...)
	l.items = sorted
	return r.Return(nil)
}

// builtAll returns the items as values, in a slice of their own.
func builtAll(ctx context.Context, items []any) ([]any, error) {
	out := make([]any, len(items))
	for i, item := range items {
		v, err := built(ctx, item)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (l *list) add(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	other, ok := v.(*pickle.List)
	if !ok {
		return pickle.TypeError.New(`can only concatenate list (not "` + pickle.TypeName(v) + `") to list`)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return r.Return(pickle.NewList(slices.Concat(l.items, other.Items)...))
}

func (l *list) contains(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	i, err := l.find(v, 0, math.MaxInt)
	if err != nil {
		return err
	}
	return r.Return(i >= 0)
}

func (l *list) imul(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	n, err := times(ctx, c)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	items, err := repeated(l.items, n)
	if err != nil {
		return err
	}
	l.items = items
	return r.Return(l.value())
}

func (l *list) mul(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	n, err := times(ctx, c)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	items, err := repeated(l.items, n)
	if err != nil {
		return err
	}
	return r.Return(pickle.NewList(items...))
}

// times reads how often a list is to be repeated.
func times(ctx context.Context, c *managers.Call) (int, error) {
	at, err := readSubscript(ctx, c, 0, func(typeName string) error {
		return pickle.TypeError.New("'" + typeName + "' object cannot be interpreted as an integer")
	})
	switch {
	case err != nil && isIndexError(err):
		return 0, pickle.OverflowError.New("cannot fit 'int' into an index-sized integer")
	case err == nil && at.isSlice:
		return 0, pickle.TypeError.New("'slice' object cannot be interpreted as an integer")
	}
	return max(at.index, 0), err
}

func repeated(items []any, n int) ([]any, error) {
	if len(items) == 0 || n == 0 {
		return nil, nil
	}
	if n > maxElements/len(items) {
		return nil, pickle.MemoryError.New()
	}
	return slices.Repeat(items, n), nil
}

func (l *list) len(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return r.Return(int64(len(l.items)))
}

func (l *list) reversed(_ context.Context, c *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.Dialect().Python2 { // whose reversed objects cannot be pickled
		return r.Return(iterOver(reversedCopy(l.items)))
	}
	return r.Return(reversedOver(l.items))
}
