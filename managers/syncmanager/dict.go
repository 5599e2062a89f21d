package syncmanager

import (
	"context"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

type dict struct {
	mu    sync.Mutex  // guards what follows
	table pickle.Dict // keys are built, values are as they came
	watch watch
}

var dictType = managers.Type{
	New:       newDict,
	Signature: managers.Sig("dict(iterable=(), /, **kwargs)"),
	Exposed: []string{"__contains__", "__delitem__", "__getitem__", "__iter__", "__len__", "__setitem__", "clear",
		"copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"},
	Python2: []string{"has_key"},
}

var dictMethods = managers.Methods[*dict]{
	"clear":        managers.Def((*dict).clear, "dict.clear(/)"),
	"copy":         managers.Def((*dict).copy, "dict.copy(/)"),
	"fromkeys":     managers.Def((*dict).fromKeys, "dict.fromkeys(iterable, value=None, /)"),
	"get":          managers.Def((*dict).get, "dict.get(key, default=None, /)"),
	"has_key":      managers.Def((*dict).contains, "dict.has_key(key, /)"), // Python 2's
	"items":        managers.Def((*dict).items, "dict.items(/)"),
	"keys":         managers.Def((*dict).keys, "dict.keys(/)"),
	"pop":          managers.Def((*dict).pop, "dict.pop(key, default=None, /)"),
	"popitem":      managers.Def((*dict).popItem, "dict.popitem(/)"),
	"setdefault":   managers.Def((*dict).setDefault, "dict.setdefault(key, default=None, /)"),
	"update":       managers.Def((*dict).update, "dict.update(other=(), /, **kwargs)"),
	"values":       managers.Def((*dict).values, "dict.values(/)"),
	"__contains__": managers.Def((*dict).contains, "dict.__contains__(key, /)"),
	"__delitem__":  managers.Def((*dict).delItem, "wrapper __delitem__(key, /)"),
	"__getitem__":  managers.Def((*dict).getItem, "dict.__getitem__(key, /)"),
	"__ior__":      managers.Def((*dict).ior, "wrapper __ior__(value, /)"),
	"__iter__":     managers.Def((*dict).iter, "wrapper __iter__(/)"),
	"__len__":      managers.Def((*dict).len, "wrapper __len__(/)"),
	"__or__":       managers.Def((*dict).or, "wrapper __or__(value, /)"),
	"__reversed__": managers.Def((*dict).reversed, "dict.__reversed__(/)"),
	"__ror__":      managers.Def((*dict).ror, "wrapper __ror__(value, /)"),
	"__setitem__":  managers.Def((*dict).setItem, "wrapper __setitem__(key, value, /)"),
}

func newDict(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	d := new(dict)
	entries, err := argEntries(ctx, c)
	if err == nil {
		err = d.set(entries)
	}
	return d, err
}

// argEntries returns the entries that dict.update's arguments name. With an
// error come the entries before the bad one.
func argEntries(ctx context.Context, c *managers.Call) ([]entry, error) {
	var entries []entry
	if c.Has(0) {
		v, err := c.Value(ctx, 0)
		if err != nil {
			return nil, err
		}
		if entries, err = newBudget().entriesOf(ctx, v); err != nil {
			return entries, err
		}
	}
	err := c.Keywords(func(name string, v any) error {
		entries = append(entries, entry{nativeText(c, name), v})
		return nil
	})
	return entries, err
}

// nativeText is text, such as a keyword argument's name, as the client's own
// kind of str.
func nativeText(c *managers.Call, name string) any {
	if c.Dialect().Python2 {
		return pickle.ByteString(name)
	}
	return name
}

// set stores entries one after the other.
func (d *dict) set(entries []entry) error {
	for _, e := range entries {
		if err := d.table.Set(e.key, e.value); err != nil {
			return err
		}
		d.watch.see(e.key, e.value)
	}
	return nil
}

func (d *dict) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return dictMethods.Call(d, ctx, c, r)
}

// Repr is Python's repr.
func (d *dict) Repr() (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return pickle.Repr(&d.table)
}

// Value returns a copy as a dict.
func (d *dict) Value() (any, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return cloneDict(&d.table)
}

// Held yields keys and values that may hold proxies.
func (d *dict) Held(yield func(v any) bool) {
	d.mu.Lock()
	held := d.watch.heldIn(func(add func(any) bool) {
		for key, v := range d.table.All() {
			if !add(key) || !add(v) {
				return
			}
		}
	})
	d.mu.Unlock()
	yieldAll(held, yield)
}

func (d *dict) snapshot(context.Context) ([]any, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return dictKeys(&d.table), nil
}

func (d *dict) entries() []entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	return dictEntries(&d.table)
}

func cloneDict(d *pickle.Dict) (*pickle.Dict, error) {
	clone := pickle.NewDict(d.Len())
	return clone, merge(clone, d)
}

func merge(into, from *pickle.Dict) error {
	for key, v := range from.All() {
		if err := into.Set(key, v); err != nil {
			return err
		}
	}
	return nil
}

func (d *dict) clear(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.table.Clear()
	return r.Return(nil)
}

func (d *dict) copy(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return r.Return(&d.table)
}

// fromKeys makes a new dict: it is a class method that instances have, too.
func (d *dict) fromKeys(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	keys, err := argElements(ctx, c, 0)
	if err != nil {
		return err
	}
	v, err := c.Item(1)
	if err != nil {
		return err
	}
	made := pickle.NewDict(len(keys))
	for _, key := range keys {
		if key, err = built(ctx, key); err != nil {
			return err
		}
		if err := made.Set(key, v); err != nil {
			return err
		}
	}
	return r.Return(made)
}

func (d *dict) get(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok, err := d.table.Get(key)
	if !ok && err == nil {
		v, err = c.Item(1)
	}
	if err != nil {
		return err
	}
	return r.Return(v)
}

func (d *dict) items(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	items := make([]any, 0, d.table.Len())
	for key, v := range d.table.All() {
		items = append(items, pickle.Tuple{key, v})
	}
	return r.Return(pickle.NewList(items...))
}

func (d *dict) keys(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return r.Return(pickle.NewList(dictKeys(&d.table)...))
}

func (d *dict) pop(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var v any
	ok := false
	if d.table.Len() > 0 { // an empty dict does not look at the key
		if v, ok, err = d.table.Get(key); err != nil {
			return err
		}
	}
	switch {
	case ok:
		if err := r.Return(v); err != nil {
			return err
		}
		_, _, err := d.table.Delete(key)
		return err
	case !c.Has(1):
		return pickle.KeyError.New(key)
	}
	if v, err = c.Item(1); err != nil {
		return err
	}
	return r.Return(v)
}

func (d *dict) popItem(_ context.Context, c *managers.Call, r *managers.Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	key, v, ok := d.table.PopLast()
	if !ok {
		return pickle.KeyError.New(nativeText(c, "popitem(): dictionary is empty"))
	}
	err := r.Return(pickle.Tuple{key, v})
	if err != nil {
		_ = d.table.Set(key, v) // it was there: it is hashable
	}
	return err
}

func (d *dict) setDefault(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	absent, err := c.Item(1)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok, err := d.table.Get(key)
	if err != nil {
		return err
	}
	if !ok {
		v = absent
		if err := d.set([]entry{{key, v}}); err != nil {
			return err
		}
	}
	return r.Return(v)
}

func (d *dict) update(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	entries, failed := argEntries(ctx, c)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.set(entries); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return r.Return(nil)
}

func (d *dict) values(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	values := make([]any, 0, d.table.Len())
	for _, v := range d.table.All() {
		values = append(values, v)
	}
	return r.Return(pickle.NewList(values...))
}

func (d *dict) contains(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok, err := d.table.Get(key)
	if err != nil {
		return err
	}
	return r.Return(ok)
}

func (d *dict) delItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok, err := d.table.Delete(key)
	if err != nil {
		return err
	}
	if !ok {
		return pickle.KeyError.New(key)
	}
	return r.Return(nil)
}

func (d *dict) getItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok, err := d.table.Get(key)
	if err != nil {
		return err
	}
	if !ok {
		return pickle.KeyError.New(key)
	}
	return r.Return(v)
}

// ior is update for one argument; it answers with the dict.
func (d *dict) ior(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	entries, failed := newBudget().entriesOf(ctx, v)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.set(entries); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return r.Return(&d.table)
}

func (d *dict) iter(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	return r.Object("Iterator", newDictIterator(d))
}

func (d *dict) len(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return r.Return(int64(d.table.Len()))
}

func (d *dict) or(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return d.union(ctx, c, r, func(other *pickle.Dict) (a, b *pickle.Dict) { return &d.table, other })
}

func (d *dict) ror(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return d.union(ctx, c, r, func(other *pickle.Dict) (a, b *pickle.Dict) { return other, &d.table })
}

// union answers with a | b, of which one is d and one the argument.
func (d *dict) union(ctx context.Context, c *managers.Call, r *managers.Reply, order func(*pickle.Dict) (a, b *pickle.Dict)) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	other, ok := v.(*pickle.Dict)
	if !ok {
		return r.Return(pickle.NotImplemented)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	a, b := order(other)
	united, err := cloneDict(a)
	if err == nil {
		err = merge(united, b)
	}
	if err != nil {
		return err
	}
	return r.Return(united)
}

func (d *dict) reversed(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return r.Return(iterOver(reversedCopy(dictKeys(&d.table))))
}

func (d *dict) setItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	v, err := c.Item(1)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.table.Set(key, v); err != nil {
		return err
	}
	d.watch.see(key, v)
	return r.Return(nil)
}
