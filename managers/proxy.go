package managers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/brine-go/brine/pickle"
)

// A Proxy is an object that a manager owns. It is Python's BaseProxy, and safe
// for use by many goroutines. It may be an argument, or part of one: whoever
// gets the value has a proxy for the same object.
//
// Close gives the object up; what is dropped without it is given up when the
// garbage collector finds it.
//
// A call takes whichever connection is free, so calls of several goroutines do
// not wait for each other. What a manager ties to a thread (who holds an RLock
// or a Condition) needs a [Caller]; see By.
type Proxy struct {
	c  *Client
	by *Caller // nil: any connection
	*hold
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
	h := &hold{r}
	runtime.AddCleanup(h, c.lose, r)
	return &Proxy{c: c, hold: h}, nil
}

func sortedRefs(refs map[*reference]struct{}) []*reference {
	return slices.SortedFunc(maps.Keys(refs), func(a, b *reference) int { return cmp.Compare(a.id, b.id) })
}

// Token names the object to others.
func (p *Proxy) Token() Token {
	return Token{TypeID: p.typeid, Address: p.c.addr.Python(), ID: p.id}
}

// Client is whose proxy it is.
func (p *Proxy) Client() *Client { return p.c }

// Exposed lists the methods that may be called.
func (p *Proxy) Exposed() []string { return slices.Clone(p.exposed) }

func (p *Proxy) String() string {
	return fmt.Sprintf("<proxy of %s %s at %s>", p.typeid, p.id, p.c.addr)
}

// By returns the same proxy, whose calls are those of k.
func (p *Proxy) By(k *Caller) *Proxy { return &Proxy{c: p.c, by: k, hold: p.hold} }

// Call calls a method of the object. An exception that it raises is the error,
// a *pickle.Exception; a *RemoteError comes from the manager. A method that
// returns a new object, such as an iterator, returns a *Proxy.
//
// The end of ctx ends the call: the manager is made to stop waiting, where the
// method is one of those that wait (get, put, acquire, wait) and can tell. If
// it succeeds in the same moment then Call does, too, and nothing is lost.
// Any other method runs to its end unseen.
//
// A connection that was lost before the request could be sent is made again,
// and so it is where the method may run twice; otherwise the error is a
// *LostError.
func (p *Proxy) Call(ctx context.Context, method string, args ...any) (any, error) {
	var u untyped
	err := p.do(ctx, method, args, &u)
	return u.v, err
}

// Do calls a method whose result says nothing.
func (p *Proxy) Do(ctx context.Context, method string, args ...any) error {
	return p.do(ctx, method, args, noResult{})
}

// do calls a method with arguments of which the last may be Kwargs.
func (p *Proxy) do(ctx context.Context, method string, args []any, out result) error {
	positional, kwds, err := keywordsOf(args)
	if err != nil {
		return err
	}
	if p.closed.Load() {
		return errProxyClosed
	}
	defer runtime.KeepAlive(p.hold)
	if w, ok := p.waits[method]; ok && ctx.Done() != nil {
		if full, timeout, ok := w.arguments(positional, kwds); ok {
			_, err := w.slices(ctx, full, timeout, func(ctx context.Context, args pickle.Tuple) (any, error) {
				var u untyped
				if err := p.invoke(ctx, method, args, nil, &u); err != nil {
					return nil, err
				}
				return u.v, out.set(ctx, p.c.cfg.Codec, u.v)
			})
			return err
		}
	}
	return p.invoke(ctx, method, positional, kwds, out)
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
func (p *Proxy) Close(ctx context.Context) error { return p.c.drop(ctx, p.reference) }

var errProxyClosed = errors.New("managers: the proxy is closed")
