package syncmanager

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A namespace is an object with attributes and nothing else.
type namespace struct {
	mu    sync.Mutex  // guards what follows
	attrs pickle.Dict // names are built, values are as they came
	watch watch
}

var namespaceType = managers.Type{
	New:       newNamespace,
	Signature: managers.Sig("Namespace.__init__(*, **kwds)"),
	Exposed:   []string{"__getattribute__", "__setattr__", "__delattr__"},
}

var namespaceMethods = managers.Methods[*namespace]{
	"__delattr__":      managers.Def((*namespace).delAttr, "wrapper __delattr__(name, /)"),
	"__getattribute__": managers.Def((*namespace).getAttribute, "wrapper __getattribute__(name, /)"),
	"__setattr__":      managers.Def((*namespace).setAttr, "wrapper __setattr__(name, value, /)"),
}

var namespaceClass = pickle.Global{Module: "multiprocessing.managers", Name: "Namespace"}

func newNamespace(_ context.Context, c *managers.Call) (managers.Referent, error) {
	ns := new(namespace)
	err := c.Keywords(func(name string, v any) error {
		ns.watch.see(v)
		return ns.attrs.Set(nativeText(c, name), v)
	})
	return ns, err
}

func (ns *namespace) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return namespaceMethods.Call(ns, ctx, c, r)
}

// Repr shows the public attributes, sorted by their text.
func (ns *namespace) Repr() (string, error) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	var fields []string
	for key, v := range ns.attrs.All() {
		name := text(key)
		if strings.HasPrefix(name, "_") {
			continue
		}
		value, err := pickle.Repr(v)
		if err != nil {
			return "", err
		}
		fields = append(fields, name+"="+value)
	}
	slices.Sort(fields)
	return "Namespace(" + strings.Join(fields, ", ") + ")", nil
}

// Value returns a copy, an instance of Python's Namespace.
func (ns *namespace) Value() (any, error) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	attrs, err := cloneDict(&ns.attrs)
	if err != nil {
		return nil, err
	}
	return instance(namespaceClass, attrs), nil
}

// instance is an instance of a plain class with those attributes.
func instance(class pickle.Global, attrs *pickle.Dict) *pickle.Object {
	o := &pickle.Object{How: pickle.NewObj, Class: class, Args: pickle.Tuple{}}
	if attrs.Len() > 0 {
		o.Ops = []pickle.Op{{Kind: pickle.Build, Items: []any{attrs}}}
	}
	return o
}

// Held yields the values that may hold proxies.
func (ns *namespace) Held(yield func(v any) bool) {
	ns.mu.Lock()
	held := ns.watch.heldIn(func(add func(any) bool) {
		for _, v := range ns.attrs.All() {
			if !add(v) {
				return
			}
		}
	})
	ns.mu.Unlock()
	yieldAll(held, yield)
}

func (ns *namespace) getAttribute(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := attributeName(ctx, c)
	if err != nil {
		return err
	}
	ns.mu.Lock()
	defer ns.mu.Unlock()
	switch text(key) {
	case "__dict__":
		return r.Return(&ns.attrs)
	case "__class__":
		return r.Return(namespaceClass)
	}
	v, ok, err := ns.attrs.Get(key)
	if err != nil {
		return err
	}
	if !ok {
		return noAttribute(key)
	}
	return r.Return(v)
}

func (ns *namespace) setAttr(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := attributeName(ctx, c)
	if err != nil {
		return err
	}
	if name := text(key); name == "__dict__" || name == "__class__" {
		return pickle.TypeError.New("this manager's Namespace keeps its " + name + ": set the attributes one by one")
	}
	v, err := c.Item(1)
	if err != nil {
		return err
	}
	ns.mu.Lock()
	defer ns.mu.Unlock()
	if err := ns.attrs.Set(key, v); err != nil {
		return err
	}
	ns.watch.see(v)
	return r.Return(nil)
}

func (ns *namespace) delAttr(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	key, err := attributeName(ctx, c)
	if err != nil {
		return err
	}
	ns.mu.Lock()
	defer ns.mu.Unlock()
	_, ok, err := ns.attrs.Delete(key)
	if err != nil {
		return err
	}
	if !ok {
		return noAttribute(key)
	}
	return r.Return(nil)
}

// attributeName reads the first parameter, which must be a str.
func attributeName(ctx context.Context, c *managers.Call) (any, error) {
	key, err := c.Value(ctx, 0)
	if err != nil {
		return nil, err
	}
	switch key.(type) {
	case string, pickle.ByteString:
		return key, nil
	}
	return nil, pickle.TypeError.New("attribute name must be string, not '" + pickle.TypeName(key) + "'")
}

func noAttribute(key any) error {
	return pickle.AttributeError.New("'Namespace' object has no attribute '" + text(key) + "'")
}

// text returns the characters of a str of either Python.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case pickle.ByteString:
		return string(v)
	}
	return ""
}
