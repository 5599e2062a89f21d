package syncmanager

import (
	"context"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A callback is a bound method of a proxy for an object of this server. Any
// other callback would be the client's code.
type callback struct {
	proxy  *managers.ProxyRef
	method string
}

var getattr = pickle.Global{Module: "builtins", Name: "getattr"}

// callbackOf reads parameter i.
func (p *workerPool) callbackOf(ctx context.Context, c *managers.Call, i int) (*callback, error) {
	v, err := c.Value(ctx, i)
	if err != nil || v == nil {
		return nil, err
	}
	owner, method := boundMethod(v)
	if proxy, ok := owner.(*managers.ProxyRef); ok && method != "" && proxy.Referent() != nil {
		return &callback{proxy, method}, nil
	}
	return nil, pickle.TypeError.New("a callback runs in the server, which runs no code of its clients: " +
		"pass a bound method of a proxy of this server, such as manager.list().append, not " + pickle.TypeName(v))
}

var (
	dillType     = pickle.Global{Module: "dill._dill", Name: "_load_type"}
	dillFunction = pickle.Global{Module: "dill._dill", Name: "_create_function"}
)

// boundMethod takes a method apart: getattr(owner, name), or what dill makes of
// it, types.MethodType(function, owner), where the function is sent as code. That
// is not run; only its name counts.
func boundMethod(v any) (owner any, name string) {
	class, args := call2(v)
	if class == getattr {
		name, _ = args[1].(string)
		return args[0], name
	}
	made, _ := class.(*pickle.Object)
	if made == nil || made.Class != dillType {
		return nil, ""
	}
	if what, _ := made.Args.(pickle.Tuple); len(what) != 1 || what[0] != "MethodType" {
		return nil, ""
	}
	function, _ := args[0].(*pickle.Object)
	if function == nil || function.Class != dillFunction {
		return nil, ""
	}
	// (code, globals, name, ...)
	if parts, _ := function.Args.(pickle.Tuple); len(parts) > 2 {
		name, _ = parts[2].(string)
	}
	return args[1], name
}

// call2 takes apart what a pickle computes by a call with two arguments.
func call2(v any) (callee any, args pickle.Tuple) {
	o, _ := v.(*pickle.Object)
	if o == nil || len(o.Ops) > 0 {
		return nil, nil
	}
	if args, _ = o.Args.(pickle.Tuple); len(args) != 2 {
		return nil, nil
	}
	return o.Class, args
}

// callbacks are those of a pool, called one after the other.
type callbacks struct {
	engine *engine.Engine

	mu      sync.Mutex // guards what follows
	pending map[*callback]int
	queue   []happening
	running bool // a goroutine works on the queue
	closed  bool
	done    sync.WaitGroup // that goroutine; close waits for it
	client  *managers.Client
}

// A happening is a callback to call, with a value or an exception, and what
// comes after that.
type happening struct {
	*callback
	with any
	then func()
}

// expect keeps the objects of callbacks alive until one of them has been called.
func (cs *callbacks) expect(all ...*callback) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, c := range all {
		if c != nil {
			if cs.pending == nil {
				cs.pending = make(map[*callback]int)
			}
			cs.pending[c]++
		}
	}
}

// happened calls the right one of them, and settle after it: as in Python, who
// waits for the result finds the callback called.
func (cs *callbacks) happened(v any, err error, good, bad *callback, settle func()) {
	h := happening{good, v, settle}
	other := bad
	if err != nil {
		h = happening{bad, exceptionValue(err), settle}
		other = good
	}
	if !cs.enqueue(h, other) {
		settle()
	}
}

func (cs *callbacks) enqueue(h happening, other *callback) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.pending, other)
	if h.callback == nil || cs.closed {
		return false
	}
	cs.queue = append(cs.queue, h)
	if !cs.running {
		cs.running = true
		cs.done.Go(cs.work)
	}
	return true
}

// exceptionValue is the error as a callback gets it: like Python's, without
// the worker's traceback.
func exceptionValue(err error) any {
	switch e := raised(err).(type) {
	case *managers.Raised:
		return e.Value
	case *pickle.Exception:
		plain := *e
		plain.Cause = nil
		return &plain
	}
	return nil
}

// callTime is how long a callback may take, which may wait: a Queue's put does.
const callTime = time.Minute

func (cs *callbacks) work() {
	for {
		cs.mu.Lock()
		if len(cs.queue) == 0 {
			cs.running = false
			cs.mu.Unlock()
			return
		}
		h := cs.queue[0]
		cs.queue = cs.queue[1:]
		closed := cs.closed
		cs.mu.Unlock()
		if closed {
			h.then()
			continue
		}
		if err := cs.call(h); err != nil {
			cs.engine.Logger().Warn("a callback of a pool failed", "method", h.method, "error", err)
		}
		cs.mu.Lock()
		delete(cs.pending, h.callback)
		cs.mu.Unlock()
		h.then()
	}
}

// call calls as any client does, so that the method may wait.
func (cs *callbacks) call(h happening) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	client, err := cs.dial(ctx, h)
	if err != nil {
		return err
	}
	proxy, err := client.Proxy(ctx, *h.proxy.Token)
	if err != nil {
		return err
	}
	defer proxy.Close(ctx)
	_, err = proxy.Call(ctx, h.method, h.with)
	return err
}

// dial returns the client that calls, which the first call makes.
func (cs *callbacks) dial(ctx context.Context, h happening) (*managers.Client, error) {
	cs.mu.Lock()
	client := cs.client
	cs.mu.Unlock()
	if client != nil {
		return client, nil
	}
	address, err := connection.FromPython(h.proxy.Token.Address)
	if err != nil {
		return nil, err
	}
	client, err = managers.Dial(ctx, cs.engine, address, managers.ClientConfig{})
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.client = client
	return client, err
}

// held yields the proxies of callbacks that have not been called.
func (cs *callbacks) held(yield func(v any) bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for c := range cs.pending {
		if !yield(c.proxy) {
			return
		}
	}
}

// close drops what has not been called.
func (cs *callbacks) close() {
	cs.mu.Lock()
	cs.closed = true
	client := cs.client
	cs.mu.Unlock()
	if client != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		client.Close(ctx)
	}
	cs.done.Wait()
}
