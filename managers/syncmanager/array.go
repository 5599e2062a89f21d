package syncmanager

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// An array holds items of one machine type, as Python's array.array does.
type array struct {
	code typecode

	mu    sync.Mutex // guards what follows
	items []any      // built, and checked by code
}

var arrayType = managers.Type{
	New:       newArray,
	Signature: managers.Sig("Array(typecode, sequence, lock=True)"),
	Exposed:   []string{"__len__", "__getitem__", "__setitem__"},
}

var arrayMethods = managers.Methods[*array]{
	"__getitem__": managers.Def((*array).getItem, "wrapper __getitem__(key, /)"),
	"__len__":     managers.Def((*array).len, "wrapper __len__(/)"),
	"__setitem__": managers.Def((*array).setItem, "wrapper __setitem__(key, value, /)"),

	// Python 2's
	"__getslice__": managers.Def((*array).getSlice, "wrapper __getslice__(i, j, /)"),
	"__setslice__": managers.Def((*array).setSlice, "wrapper __setslice__(i, j, value, /)"),
}

func newArray(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return nil, err
	}
	code, err := parseTypecode(v)
	if err != nil {
		return nil, err
	}
	if v, err = c.Value(ctx, 1); err != nil {
		return nil, err
	}
	if !code.readBy(c) {
		if _, ok := v.(string); ok { // which Python looks at first
			return nil, code.refuseText()
		}
		return nil, badTypecode
	}
	items, err := code.initial(ctx, v)
	return &array{code: code, items: items}, err
}

func (a *array) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return arrayMethods.Call(a, ctx, c, r)
}

// Repr is Python's repr: "array('i', [1, 2])".
func (a *array) Repr() (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.items) == 0 {
		return "array('" + string(a.code) + "')", nil
	}
	content, err := pickle.Repr(a.code.content(a.items))
	return "array('" + string(a.code) + "', " + content + ")", err
}

// Value returns a copy, an instance of Python's array.array.
func (a *array) Value() (any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.code.array(slices.Clone(a.items)), nil
}

func (a *array) snapshot(context.Context) ([]any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.items), nil
}

func (a *array) getItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	at, err := readSubscript(ctx, c, 0, arrayIndexType)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if at.isSlice {
		sp, err := resolve(at.slice, len(a.items))
		if err != nil {
			return err
		}
		return r.Return(a.code.array(sp.of(a.items)))
	}
	i, ok := at.in(len(a.items))
	if !ok {
		return pickle.IndexError.New("array index out of range")
	}
	return r.Return(a.items[i])
}

func (a *array) len(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return r.Return(int64(len(a.items)))
}

func (a *array) setItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	at, err := readSubscript(ctx, c, 0, arrayIndexType)
	if err != nil {
		return err
	}
	v, err := c.Value(ctx, 1)
	if err != nil {
		return err
	}
	if at.isSlice {
		return a.replace(r, v, func(n int) (span, error) { return resolve(at.slice, n) })
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	i, ok := at.in(len(a.items))
	if !ok {
		return pickle.IndexError.New("array assignment index out of range")
	}
	if v, err = a.code.item(v); err != nil {
		return err
	}
	a.items[i] = v
	return r.Return(nil)
}

func (a *array) getSlice(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	sp, err := between(ctx, c, len(a.items))
	if err != nil {
		return err
	}
	return r.Return(a.code.array(sp.of(a.items)))
}

func (a *array) setSlice(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 2)
	if err != nil {
		return err
	}
	return a.replace(r, v, func(n int) (span, error) { return between(ctx, c, n) })
}

// replace puts the items of v, an array of the same type code, where the span
// is that an array of n items has.
func (a *array) replace(r *managers.Reply, v any, of func(n int) (span, error)) error {
	var other *array
	o, ok := v.(*pickle.Object)
	if ok {
		other, ok = arrayOf(o)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	sp, err := of(len(a.items))
	switch {
	case err != nil:
		return err
	case !ok:
		return pickle.TypeError.New(`can only assign array (not "` + pickle.TypeName(v) + `") to array slice`)
	case other.code != a.code:
		return pickle.TypeError.New("bad argument type for built-in operation")
	case len(other.items) == 0: // deletes from a slice with gaps, too
		a.items = sp.remove(a.items)
		return r.Return(nil)
	}
	items, err := sp.replace(a.items, other.items, "array")
	if err != nil {
		return err
	}
	a.items = items
	return r.Return(nil)
}

func arrayIndexType(string) error { return pickle.TypeError.New("array indices must be integers") }

// arrayOf reads an array.array that came as an argument.
func arrayOf(o *pickle.Object) (*array, bool) {
	args, ok := o.Args.(pickle.Tuple)
	if !ok || len(args) == 0 {
		return nil, false
	}
	switch o.Class {
	case pickle.Global{Module: "array", Name: "array"}:
		code, err := parseTypecode(args[0])
		if err != nil {
			return nil, false
		}
		a := &array{code: code}
		if len(args) > 1 {
			if a.items, err = code.initial(context.Background(), args[1]); err != nil {
				return nil, false
			}
		}
		return a, true
	case pickle.Global{Module: "array", Name: "_array_reconstructor"}:
		a, err := reconstructed(args)
		return a, err == nil
	}
	return nil, false
}

var errNotArray = errors.New("syncmanager: not an array")

// reconstructed reads array._array_reconstructor's arguments: class, type
// code, machine format and bytes.
func reconstructed(args pickle.Tuple) (*array, error) {
	if len(args) != 4 {
		return nil, errNotArray
	}
	code, err := parseTypecode(args[1])
	if err != nil {
		return nil, err
	}
	n, ok := args[2].(int64)
	b, ok2 := args[3].([]byte)
	if !ok || !ok2 || n < 0 || int(n) >= len(machineFormats) {
		return nil, errNotArray
	}
	items, err := machineFormats[n].decode(b)
	for i := range items {
		if err == nil {
			items[i], err = code.item(items[i])
		}
	}
	return &array{code: code, items: items}, err
}
