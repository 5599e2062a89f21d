package managers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// Proxies travel inside of values: here, those of a client.

// A clientKey is where a context has the client that reads a value.
type clientKey struct{}

// rebuildName is in every pickle that has a proxy.
var rebuildName = []byte("RebuildProxy")

// receive makes a proxy of one that came in a value. The manager has the object
// as long as the answer is not done with. A proxy of another manager stays what
// it is: who wants to use it dials that one.
func (c *Client) receive(ctx context.Context, p *ProxyRef) (any, error) {
	if a, err := connection.FromPython(p.Token.Address); err != nil || a.Path != c.addr.Path || a.Port != c.addr.Port {
		return p, nil
	}
	_, err := c.dispatch(ctx, "incref", pickle.Tuple{p.Token.ID}, nil)
	if _, remote := errors.AsType[*RemoteError](err); remote { // one of another host, at the same port
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	return c.own(p.Token.TypeID, p.Token.ID, p.exposed())
}

// exposed are the methods of the object as far as the value tells: an AutoProxy
// carries them, others have those of their class.
func (p *ProxyRef) exposed() []string {
	if v, ok, _ := p.Kwds.Get("exposed"); ok {
		return names(v)
	}
	return stock[p.Token.TypeID]
}

// MarshalPickle makes a proxy an argument, or part of one. It must stay open until
// the receiver has counted a reference of its own: until the call has returned,
// where that is the manager.
func (p *Proxy) MarshalPickle() (any, error) {
	if p.closed.Load() {
		return nil, errProxyClosed
	}
	return p.rebuild(), nil
}

// UnmarshalPickle takes a proxy that came in a value.
func (p *Proxy) UnmarshalPickle(v any) error {
	from, ok := v.(*Proxy)
	if !ok {
		return fmt.Errorf("managers: want a proxy of this manager, got %s", pickle.TypeName(v))
	}
	*p = *from
	return nil
}

// rebuild is the proxy as an argument: Python's RebuildProxy with the class
// that Python has for the typeid.
func (p *Proxy) rebuild() *pickle.Object {
	class, kwds := proxyClasses[p.typeid], pickle.NewDict(1)
	if class == "" {
		class = "AutoProxy"
		exposed := make(pickle.Tuple, len(p.exposed))
		for i, name := range p.exposed {
			exposed[i] = name
		}
		kwds.Set("exposed", exposed) // a str is hashable
	}
	return &pickle.Object{
		Class: pickle.Global{Module: pythonManagers, Name: "RebuildProxy"},
		Args: pickle.Tuple{
			pickle.Global{Module: pythonManagers, Name: class},
			tokenObject(p.typeid, p.c.addr.Python(), p.id),
			"pickle",
			kwds,
		},
	}
}

// proxyClasses are those that every Python has; a set, which 3.14 brought, goes
// as an AutoProxy.
var proxyClasses = map[string]string{
	"list": "ListProxy", "dict": "DictProxy", "Array": "ArrayProxy", "Value": "ValueProxy",
	"Namespace": "NamespaceProxy", "Iterator": "IteratorProxy", "Event": "EventProxy",
	"Lock": "AcquirerProxy", "RLock": "AcquirerProxy", "Semaphore": "AcquirerProxy",
	"BoundedSemaphore": "AcquirerProxy", "Condition": "ConditionProxy", "Barrier": "BarrierProxy",
}

// stock are the methods of those classes, which a proxy inside a value does not
// list.
var stock = func() map[string][]string {
	exposed := make(map[string][]string)
	for class, methods := range map[string]string{
		"ListProxy": "__add__ __contains__ __delitem__ __getitem__ __imul__ __len__ __mul__ __reversed__ __rmul__ __setitem__ " +
			"append count extend index insert pop remove reverse sort",
		"DictProxy": "__contains__ __delitem__ __getitem__ __iter__ __len__ __setitem__ " +
			"clear copy get items keys pop popitem setdefault update values",
		"ArrayProxy":     "__getitem__ __len__ __setitem__",
		"ValueProxy":     "get set",
		"NamespaceProxy": "__delattr__ __getattribute__ __setattr__",
		"IteratorProxy":  "__next__ close send throw",
		"EventProxy":     "clear is_set set wait",
		"AcquirerProxy":  "acquire release",
		"ConditionProxy": "acquire notify notify_all release wait",
		"BarrierProxy":   "__getattribute__ abort reset wait",
	} {
		for typeid, c := range proxyClasses {
			if c == class {
				exposed[typeid] = strings.Fields(methods)
			}
		}
	}
	return exposed
}()
