package syncmanager

import (
	"context"

	"github.com/brine-go/brine/managers"
)

// A Namespace is a proxy for a Namespace of a manager: attributes and nothing
// else. One that is missing is pickle.AttributeError.
type Namespace struct{ managers.Proxy }

// NewNamespace makes a Namespace of the attributes.
func NewNamespace(ctx context.Context, c *managers.Client, attrs managers.Kwargs) (*Namespace, error) {
	p, err := c.Create(ctx, "Namespace", attrs)
	if err != nil {
		return nil, err
	}
	return &Namespace{*p}, nil
}

// Get returns an attribute. See Attr for one of a known type.
func (ns *Namespace) Get(ctx context.Context, name string) (any, error) {
	return ns.Call(ctx, "__getattribute__", name)
}

// Attr returns an attribute as a T.
func Attr[T any](ctx context.Context, ns *Namespace, name string) (T, error) {
	return managers.CallFor[T](ctx, &ns.Proxy, "__getattribute__", name)
}

// Set sets an attribute.
func (ns *Namespace) Set(ctx context.Context, name string, v any) error {
	return ns.Do(ctx, "__setattr__", name, v)
}

// Delete removes an attribute.
func (ns *Namespace) Delete(ctx context.Context, name string) error {
	return ns.Do(ctx, "__delattr__", name)
}
