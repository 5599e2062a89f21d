package managers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	log  *slog.Logger

	mu      sync.Mutex // guards what follows
	closed  bool
	idle    []*line // that no call uses, the one used last at the end
	callers map[*Caller]struct{}
	made    int // callers so far
	refs    map[*reference]struct{}
	garbage garbage
}

// Dial makes sure that a manager that knows the key answers at a.
func Dial(ctx context.Context, e *engine.Engine, a connection.Address, cfg ClientConfig) (*Client, error) {
	registerProxies(e.Registry())
	conf := e.Connection()
	if cfg.Authkey != nil {
		conf.Authkey = slices.Clone(cfg.Authkey)
	}
	conf.Codec.Protocol = cfg.Protocol
	conf.Codec.Dialect.Python2 = cfg.Protocol == pickle.Protocol2
	c := &Client{
		addr: a, cfg: conf, name: e.Name(), log: e.Logger(),
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
	positional, kwds, err := keywordsOf(args)
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

// Ask calls a function of the manager itself, such as debug_info, on a connection
// of its own.
func (c *Client) Ask(ctx context.Context, function string, args ...any) (any, error) {
	positional, kwds, err := keywordsOf(args)
	if err != nil {
		return nil, err
	}
	return c.dispatch(ctx, function, positional, kwds)
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
	return c.close(ctx, func(refs []*reference) error {
		for _, r := range refs {
			if _, err := c.dispatch(ctx, "decref", pickle.Tuple{r.id}, nil); err != nil {
				return err // the others would fail alike
			}
		}
		return nil
	})
}

// close calls giveUp with the references that are left, and closes all
// connections.
func (c *Client) close(ctx context.Context, giveUp func([]*reference) error) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.garbage.stop(ctx)
	c.mu.Lock()
	refs, callers, idle := sortedRefs(c.refs), c.callers, c.idle
	c.refs, c.callers, c.idle = nil, nil, nil
	c.mu.Unlock()

	err := giveUp(refs)
	for k := range callers {
		k.Close()
	}
	for _, l := range idle {
		l.hang()
	}
	return err
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

// keywordsOf splits off the keyword arguments, which come last.
func keywordsOf(args []any) (positional []any, kwds *pickle.Dict, err error) {
	for i, a := range args {
		named, ok := a.(Kwargs)
		if !ok {
			continue
		}
		if i != len(args)-1 {
			return nil, nil, errors.New("managers: Kwargs must be the last argument")
		}
		kwds = pickle.NewDict(len(named))
		for _, name := range sortedKeys(named) {
			if err := kwds.Set(name, named[name]); err != nil {
				return nil, nil, err
			}
		}
		return args[:i], kwds, nil
	}
	return args, nil, nil
}
