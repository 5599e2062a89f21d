package managers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// A Proxy is an object that a manager owns. It is Python's BaseProxy, and safe
// for use by many goroutines.
//
// A call takes whichever connection is free, so calls of several goroutines do
// not wait for each other. What a manager ties to a thread (who holds an RLock
// or a Condition) needs a [Caller]; see By.
type Proxy struct {
	c   *Client
	by  *Caller // nil: any connection
	ref *reference
}

// A reference is what the manager counts.
type reference struct {
	typeid, id string
	exposed    []string
	waits      map[string]wait // by method
	closed     atomic.Bool
}

// own makes a proxy of a reference that the manager has counted for us.
func (c *Client) own(typeid, id string, exposed []string) (*Proxy, error) {
	r := &reference{typeid: typeid, id: id, exposed: exposed}
	if !c.cfg.Codec.Dialect.Python2 { // whose locks know no timeouts
		r.waits = waitsOf(exposed)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClientClosed
	}
	c.refs[r] = struct{}{}
	return &Proxy{c: c, ref: r}, nil
}

func sortedRefs(refs map[*reference]struct{}) []*reference {
	return slices.SortedFunc(maps.Keys(refs), func(a, b *reference) int { return cmp.Compare(a.id, b.id) })
}

// Token names the object to others.
func (p *Proxy) Token() Token {
	return Token{TypeID: p.ref.typeid, Address: p.c.addr.Python(), ID: p.ref.id}
}

// Exposed lists the methods that may be called.
func (p *Proxy) Exposed() []string { return slices.Clone(p.ref.exposed) }

func (p *Proxy) String() string {
	return fmt.Sprintf("<proxy of %s %s at %s>", p.ref.typeid, p.ref.id, p.c.addr)
}

// By returns the same proxy, whose calls are those of k.
func (p *Proxy) By(k *Caller) *Proxy { return &Proxy{c: p.c, by: k, ref: p.ref} }

// Call calls a method of the object. An exception that it raises is the error,
// a *pickle.Exception; a *RemoteError comes from the manager. A method that
// returns a new object, such as an iterator, returns a *Proxy.
//
// The end of ctx ends the call: the manager is made to stop waiting, where the
// method is one of those that wait (get, put, acquire, wait) and can tell. If
// it succeeds in the same moment then Call does, too, and nothing is lost.
// Any other method runs to its end unseen.
func (p *Proxy) Call(ctx context.Context, method string, args ...any) (any, error) {
	positional, kwds, err := arguments(args)
	if err != nil {
		return nil, err
	}
	if p.ref.closed.Load() {
		return nil, errProxyClosed
	}
	if w, ok := p.ref.waits[method]; ok && ctx.Done() != nil {
		if args, timeout, ok := w.arguments(positional, kwds); ok {
			return w.slices(ctx, args, timeout, func(ctx context.Context, args pickle.Tuple) (any, error) {
				return p.call(ctx, method, args, nil)
			})
		}
	}
	return p.call(ctx, method, positional, kwds)
}

func (p *Proxy) call(ctx context.Context, method string, args pickle.Tuple, kwds *pickle.Dict) (any, error) {
	var a answer
	var err error
	ask := func(conn *connection.Conn) error {
		a, err = converse(ctx, conn, p.ref.id, method, args, kwds)
		return err
	}
	if p.by != nil {
		err = p.by.use(ctx, ask)
	} else {
		err = p.c.use(ctx, ask)
	}
	if err != nil {
		return nil, err
	}
	return a.value(p.c)
}

// use lends a connection to f, and closes it if f fails.
func (c *Client) use(ctx context.Context, f func(*connection.Conn) error) error {
	conn, err := c.take(ctx)
	if err != nil {
		return err
	}
	if err := f(conn); err != nil {
		conn.Close()
		return err
	}
	c.put(conn)
	return nil
}

// Value returns a copy of the object, where it has a value: Python's
// _getvalue.
func (p *Proxy) Value(ctx context.Context) (any, error) { return p.Call(ctx, "#GETVALUE") }

// Repr is what Python's print shows.
func (p *Proxy) Repr(ctx context.Context) (string, error) {
	v, err := p.Call(ctx, "__repr__")
	return textOf(v), err
}

// Close gives up the reference. The manager drops an object that nobody refers
// to.
func (p *Proxy) Close(ctx context.Context) error {
	if p.ref.closed.Swap(true) {
		return nil
	}
	p.c.mu.Lock()
	_, open := p.c.refs[p.ref]
	delete(p.c.refs, p.ref)
	p.c.mu.Unlock()
	if !open { // Client.Close has done it
		return nil
	}
	_, err := p.c.dispatch(ctx, "decref", pickle.Tuple{p.ref.id}, nil)
	return err
}

var errProxyClosed = errors.New("managers: the proxy is closed")

// rebuild is the proxy as an argument: Python's RebuildProxy with the class
// that Python has for the typeid.
func (p *Proxy) rebuild() *pickle.Object {
	class, kwds := proxyClasses[p.ref.typeid], pickle.NewDict(1)
	if class == "" {
		class = "AutoProxy"
		exposed := make(pickle.Tuple, len(p.ref.exposed))
		for i, name := range p.ref.exposed {
			exposed[i] = name
		}
		kwds.Set("exposed", exposed) // a str is hashable
	}
	return &pickle.Object{
		Class: pickle.Global{Module: pythonManagers, Name: "RebuildProxy"},
		Args: pickle.Tuple{
			pickle.Global{Module: pythonManagers, Name: class},
			tokenObject(p.ref.typeid, p.c.addr.Python(), p.ref.id),
			"pickle",
			kwds,
		},
	}
}

var proxyClasses = map[string]string{
	"list": "ListProxy", "dict": "DictProxy", "Array": "ArrayProxy", "Value": "ValueProxy",
	"Namespace": "NamespaceProxy", "Iterator": "IteratorProxy", "Event": "EventProxy",
	"Lock": "AcquirerProxy", "RLock": "AcquirerProxy", "Semaphore": "AcquirerProxy",
	"BoundedSemaphore": "AcquirerProxy", "Condition": "ConditionProxy", "Barrier": "BarrierProxy",
}
