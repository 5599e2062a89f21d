package managers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// A ClientConfig says how to reach a manager.
type ClientConfig struct {
	// Authkey is the manager's, which is usually not the engine's. nil is the
	// engine's.
	Authkey []byte
	// Protocol is what requests are pickled in. The default suits every
	// Python 3; a manager that Python 2.7 runs needs pickle.Protocol2.
	Protocol pickle.Protocol
}

// A Client talks to one manager, Python's or ours. It is a BaseManager after
// connect(), and safe for use by many goroutines.
type Client struct {
	addr connection.Address
	cfg  connection.Config
	name string

	mu      sync.Mutex
	closed  bool
	idle    []*connection.Conn // served connections that no call uses
	callers map[*Caller]struct{}
	made    int // callers so far
	refs    map[*reference]struct{}
}

// maxIdle is how many connections wait for the next calls.
const maxIdle = 16

// Dial makes sure that a manager that knows the key answers at a.
func Dial(ctx context.Context, e *engine.Engine, a connection.Address, cfg ClientConfig) (*Client, error) {
	conf := e.Connection()
	if cfg.Authkey != nil {
		conf.Authkey = slices.Clone(cfg.Authkey)
	}
	conf.Codec.Protocol = cfg.Protocol
	conf.Codec.Dialect.Python2 = cfg.Protocol == pickle.Protocol2
	c := &Client{
		addr: a, cfg: conf, name: e.Name(),
		callers: make(map[*Caller]struct{}), refs: make(map[*reference]struct{}),
	}
	if _, err := c.dispatch(ctx, "dummy", nil, nil); err != nil {
		return nil, err
	}
	return c, nil
}

// Addr is the manager's address.
func (c *Client) Addr() connection.Address { return c.addr }

// Kwargs are keyword arguments; they are the last of a call's arguments.
type Kwargs map[string]any

// Create has the manager make an object of that typeid.
func (c *Client) Create(ctx context.Context, typeid string, args ...any) (*Proxy, error) {
	positional, kwds, err := arguments(args)
	if err != nil {
		return nil, err
	}
	v, err := c.dispatch(ctx, "create", append(pickle.Tuple{typeid}, positional...), kwds)
	if err != nil {
		return nil, err
	}
	made, ok := v.(pickle.Tuple)
	if !ok || len(made) != 2 {
		return nil, fmt.Errorf("managers: create(%q) answered with %s, want (id, exposed)", typeid, pickle.TypeName(v))
	}
	id, exposed := textOf(made[0]), names(made[1])
	if id == "" {
		return nil, fmt.Errorf("managers: create(%q) answered without an id", typeid)
	}
	return c.own(typeid, id, exposed)
}

// Proxy returns a proxy for an object that the manager already has, and counts
// one more reference to it.
func (c *Client) Proxy(ctx context.Context, t Token) (*Proxy, error) {
	if _, err := c.dispatch(ctx, "incref", pickle.Tuple{t.ID}, nil); err != nil {
		return nil, err
	}
	token := tokenObject(t.TypeID, c.addr.Python(), t.ID)
	v, err := c.dispatch(ctx, "get_methods", pickle.Tuple{token}, nil)
	if err != nil {
		return nil, err
	}
	return c.own(t.TypeID, t.ID, names(v))
}

// NumberOfObjects is how many objects the manager has.
func (c *Client) NumberOfObjects(ctx context.Context) (int, error) {
	v, err := c.dispatch(ctx, "number_of_objects", nil, nil)
	n, ok := v.(int64)
	if err == nil && !ok {
		err = fmt.Errorf("managers: number_of_objects answered with %s, want int", pickle.TypeName(v))
	}
	return int(n), err
}

// DebugInfo lists the manager's objects as text.
func (c *Client) DebugInfo(ctx context.Context) (string, error) {
	v, err := c.dispatch(ctx, "debug_info", nil, nil)
	return textOf(v), err
}

// Shutdown ends the manager, if it lets clients do so.
func (c *Client) Shutdown(ctx context.Context) error {
	_, err := c.dispatch(ctx, "shutdown", nil, nil)
	return err
}

// Close gives up the references of all proxies that are still open, and closes
// all connections. Calls that are under way fail.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	refs, callers, idle := sortedRefs(c.refs), c.callers, c.idle
	c.refs, c.callers, c.idle = nil, nil, nil
	c.mu.Unlock()

	var errs []error
	for _, r := range refs {
		if _, err := c.dispatch(ctx, "decref", pickle.Tuple{r.id}, nil); err != nil {
			errs = append(errs, err)
			break // the others would fail alike
		}
	}
	for k := range callers {
		k.Close()
	}
	for _, conn := range idle {
		conn.Close()
	}
	return errors.Join(errs...)
}

var errClientClosed = errors.New("managers: the client is closed")

// dispatch calls a function of the server itself, on a connection of its own
// as the protocol wants it.
func (c *Client) dispatch(ctx context.Context, function string, args pickle.Tuple, kwds *pickle.Dict) (any, error) {
	conn, err := connection.Dial(ctx, c.addr, c.cfg)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	r, err := converse(ctx, conn, nil, function, args, kwds)
	if err != nil {
		return nil, err
	}
	return r.value(c)
}

// serve opens a connection on which methods can be called.
func (c *Client) serve(ctx context.Context, name string) (*connection.Conn, error) {
	conn, err := connection.Dial(ctx, c.addr, c.cfg)
	if err != nil {
		return nil, err
	}
	r, err := converse(ctx, conn, nil, "accept_connection", pickle.Tuple{name}, nil)
	if err == nil {
		_, err = r.value(c)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// take returns a connection that no other call uses.
func (c *Client) take(ctx context.Context) (*connection.Conn, error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, errClientClosed
	}
	if n := len(c.idle); n > 0 {
		conn := c.idle[n-1]
		c.idle = c.idle[:n-1]
		c.mu.Unlock()
		return conn, nil
	}
	c.mu.Unlock()
	return c.serve(ctx, c.name)
}

// put returns what take gave.
func (c *Client) put(conn *connection.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.idle) >= maxIdle {
		conn.Close()
		return
	}
	c.idle = append(c.idle, conn)
}

// arguments splits what a caller gave as Python does.
func arguments(args []any) (pickle.Tuple, *pickle.Dict, error) {
	positional := make(pickle.Tuple, 0, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case Kwargs:
			if i != len(args)-1 {
				return nil, nil, errors.New("managers: Kwargs must be the last argument")
			}
			kwds := pickle.NewDict(len(a))
			for _, name := range sortedKeys(a) {
				if err := kwds.Set(name, argument(a[name])); err != nil {
					return nil, nil, err
				}
			}
			return positional, kwds, nil
		default:
			positional = append(positional, argument(a))
		}
	}
	return positional, nil, nil
}

func argument(a any) any {
	if p, ok := a.(*Proxy); ok {
		return p.rebuild()
	}
	return a
}
