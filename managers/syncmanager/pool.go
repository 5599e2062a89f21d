package syncmanager

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
)

// PoolConfig says who runs the functions that clients give to a Pool. With the
// zero PoolConfig there is no Pool.
type PoolConfig struct {
	// Engine is that of the server. The Go functions that it knows are run on
	// goroutines of this process.
	Engine *engine.Engine
	// Workers run all other functions, which are the clients' code: each Pool
	// starts some, as many as the client asks for and at most N. Where N is 0
	// these functions are refused.
	Workers process.Group
}

// noPool is why there is no Pool.
const noPool = "brine serves no Pool unless told to, since a Pool runs code of its clients: " +
	"brine serve --pool-python python3 lets it start Python workers (see --pool-workers and --pool-path), " +
	"which may do whatever a client asks for. Or use a multiprocessing.Pool of your own process"

func poolType(cfg PoolConfig) managers.Type {
	return managers.Type{
		New: func(ctx context.Context, c *managers.Call) (managers.Referent, error) {
			if cfg.Engine == nil {
				return nil, pickle.NotImplementedError.New(noPool)
			}
			return newWorkerPool(ctx, c, cfg)
		},
		Signature: managers.Sig("Pool(processes=None, initializer=None, initargs=(), maxtasksperchild=None)"),
		Exposed: []string{"apply", "apply_async", "close", "imap", "imap_unordered", "join",
			"map", "map_async", "starmap", "starmap_async", "terminate"},
	}
}

// A workerPool is a multiprocessing.Pool of a client.
type workerPool struct {
	cfg    PoolConfig
	golang *pool.Pool
	python *pool.Pool // nil where there are no workers

	mu        sync.Mutex // guards what follows
	users     int        // the object itself, its results and its iterators
	closing   bool
	callbacks callbacks
}

var poolMethods = managers.Methods[*workerPool]{
	"apply":          managers.Def((*workerPool).apply, "Pool.apply(func, args=(), kwds={})"),
	"apply_async":    managers.Def((*workerPool).applyAsync, "Pool.apply_async(func, args=(), kwds={}, callback=None, error_callback=None)"),
	"map":            managers.Def((*workerPool).mapItems, "Pool.map(func, iterable, chunksize=None)"),
	"map_async":      managers.Def((*workerPool).mapAsync, "Pool.map_async(func, iterable, chunksize=None, callback=None, error_callback=None)"),
	"starmap":        managers.Def((*workerPool).starmap, "Pool.starmap(func, iterable, chunksize=None)"),
	"starmap_async":  managers.Def((*workerPool).starmapAsync, "Pool.starmap_async(func, iterable, chunksize=None, callback=None, error_callback=None)"),
	"imap":           managers.Def((*workerPool).imap, "Pool.imap(func, iterable, chunksize=1)"),
	"imap_unordered": managers.Def((*workerPool).imapUnordered, "Pool.imap_unordered(func, iterable, chunksize=1)"),
	"close":          managers.Def((*workerPool).close, "Pool.close()"),
	"terminate":      managers.Def((*workerPool).terminate, "Pool.terminate()"),
	"join":           managers.Def((*workerPool).join, "Pool.join()"),
}

func (p *workerPool) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return poolMethods.Call(p, ctx, c, r)
}

func newWorkerPool(ctx context.Context, c *managers.Call, cfg PoolConfig) (*workerPool, error) {
	g := cfg.Workers
	processes, given, err := optionalInt(ctx, c, 0)
	if err != nil {
		return nil, err
	}
	if given && processes < 1 {
		return nil, pickle.ValueError.New("Number of processes must be at least 1")
	}
	if given {
		g.N = min(g.N, processes)
	}
	if g.Initializer, err = c.Item(1); err != nil {
		return nil, err
	}
	if g.InitArgs, err = tuple(ctx, c, 2); err != nil {
		return nil, err
	}
	most, given, err := optionalInt(ctx, c, 3)
	if err != nil {
		return nil, err
	}
	if given && most < 1 {
		return nil, pickle.ValueError.New("maxtasksperchild must be a positive int or None")
	}
	g.MaxTasksPerChild = most
	p := &workerPool{cfg: cfg, users: 1}
	p.callbacks.engine = cfg.Engine
	if p.golang, err = pool.New(cfg.Engine, pool.Config{}); err != nil {
		return nil, err
	}
	if cfg.Workers.N > 0 {
		if p.python, err = pool.New(cfg.Engine, pool.Config{Backend: process.NewBackend(g)}); err != nil {
			p.golang.Close()
			return nil, err
		}
	}
	return p, nil
}

// optionalInt reads parameter i, a number or None.
func optionalInt(ctx context.Context, c *managers.Call, i int) (n int, given bool, err error) {
	v, err := c.Value(ctx, i)
	if err != nil || v == nil {
		return 0, false, err
	}
	n, err = managers.Index(v)
	return n, true, err
}

// tuple reads parameter i, positional arguments.
func tuple(ctx context.Context, c *managers.Call, i int) (pickle.Tuple, error) {
	if !c.Has(i) {
		return pickle.Tuple{}, nil
	}
	v, err := c.Item(i)
	if err != nil {
		return nil, err
	}
	return newBudget().elements(ctx, v)
}

// function reads parameter 0, and returns the pool that can run it.
func (p *workerPool) function(ctx context.Context, c *managers.Call) (*pool.Pool, any, error) {
	fn, err := c.Item(0)
	if err != nil {
		return nil, nil, err
	}
	if g, ok := nameOf(ctx, fn); ok {
		if _, ok := p.cfg.Engine.Function(g); ok {
			return p.golang, g, nil
		}
	}
	if p.python == nil {
		return nil, nil, pickle.NotImplementedError.New(noPool)
	}
	return p.python, fn, nil
}

// maxName is how long a function's name may be that could be one of ours.
const maxName = 1 << 10

// nameOf returns the name of a function, if that is what fn is.
func nameOf(ctx context.Context, fn any) (g pickle.Global, ok bool) {
	if raw, isRaw := fn.(pickle.Raw); isRaw {
		if raw.Size() > maxName {
			return g, false
		}
		fn, _ = raw.Value(ctx, stored)
	}
	g, ok = fn.(pickle.Global)
	return g, ok
}

// all are the pools.
func (p *workerPool) all() []*pool.Pool {
	if p.python == nil {
		return []*pool.Pool{p.golang}
	}
	return []*pool.Pool{p.golang, p.python}
}

// A starter reads the arguments of a call, and submits what it asks for. cancel
// drops or stops that.
type starter func(ctx context.Context, c *managers.Call) (r *pool.AsyncResult, cancel context.CancelFunc, err error)

// start is that of apply and apply_async.
func (p *workerPool) start(ctx context.Context, c *managers.Call) (*pool.AsyncResult, context.CancelFunc, error) {
	workers, fn, err := p.function(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	args, err := tuple(ctx, c, 1)
	if err != nil {
		return nil, nil, err
	}
	kwds, err := c.Value(ctx, 2)
	if err != nil {
		return nil, nil, err
	}
	named, ok := kwds.(*pickle.Dict)
	if kwds != nil && !ok {
		return nil, nil, pickle.TypeError.New("argument after ** must be a mapping, not " + pickle.TypeName(kwds))
	}
	wanted, cancel := context.WithCancel(context.Background())
	r := workers.Submit(wanted, fn, args, named)
	return r, cancel, refused(r)
}

// startMap is that of map and map_async.
func (p *workerPool) startMap(ctx context.Context, c *managers.Call) (*pool.AsyncResult, context.CancelFunc, error) {
	return p.startItems(ctx, c, (*pool.Pool).MapAsync)
}

// startStarmap is that of starmap and starmap_async.
func (p *workerPool) startStarmap(ctx context.Context, c *managers.Call) (*pool.AsyncResult, context.CancelFunc, error) {
	return p.startItems(ctx, c, (*pool.Pool).StarmapAsync)
}

func (p *workerPool) startItems(ctx context.Context, c *managers.Call,
	submit func(p *pool.Pool, ctx context.Context, fn any, items []any) *pool.AsyncResult) (*pool.AsyncResult, context.CancelFunc, error) {
	workers, fn, err := p.function(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	items, err := tuple(ctx, c, 1)
	if err != nil {
		return nil, nil, err
	}
	size, given, err := optionalInt(ctx, c, 2)
	if err != nil {
		return nil, nil, err
	}
	if given {
		size = max(size, 1)
	}
	workers = workers.With(pool.Options{ChunkSize: size})
	wanted, cancel := context.WithCancel(context.Background())
	r := submit(workers, wanted, fn, items)
	return r, cancel, refused(r)
}

// refused is what is wrong with a pool that takes nothing.
func refused(r *pool.AsyncResult) error {
	if !r.Ready() {
		return nil
	}
	if _, err := r.Item(context.Background()); errors.Is(err, pool.ErrClosed) || errors.Is(err, pool.ErrTerminated) {
		return pickle.ValueError.New("Pool not running")
	}
	return nil
}

// await submits, and parks the call until there is a result. If the client goes,
// the tasks are dropped or stopped.
func await(ctx context.Context, c *managers.Call, start starter) error {
	r, cancel, err := start(ctx, c)
	if err != nil {
		return err
	}
	w := c.Park(cancel)
	r.Notify(func() {
		defer cancel()
		if !w.Settle() {
			return
		}
		if v, err := r.Item(context.Background()); err != nil {
			w.Raise(raised(err))
		} else {
			w.Return(v, nil)
		}
	})
	return nil
}

// raised is the exception for an error of a task.
func raised(err error) error {
	if e, ok := errors.AsType[*pool.RaisedError](err); ok {
		return &managers.Raised{Value: e.Value}
	}
	return engine.Exception(err)
}

func (p *workerPool) apply(ctx context.Context, c *managers.Call, _ *managers.Reply) error {
	return await(ctx, c, p.start)
}

func (p *workerPool) mapItems(ctx context.Context, c *managers.Call, _ *managers.Reply) error {
	return await(ctx, c, p.startMap)
}

func (p *workerPool) starmap(ctx context.Context, c *managers.Call, _ *managers.Reply) error {
	return await(ctx, c, p.startStarmap)
}

func (p *workerPool) applyAsync(ctx context.Context, c *managers.Call, reply *managers.Reply) error {
	return p.async(ctx, c, reply, p.start)
}

func (p *workerPool) mapAsync(ctx context.Context, c *managers.Call, reply *managers.Reply) error {
	return p.async(ctx, c, reply, p.startMap)
}

func (p *workerPool) starmapAsync(ctx context.Context, c *managers.Call, reply *managers.Reply) error {
	return p.async(ctx, c, reply, p.startStarmap)
}

// async submits and answers with an AsyncResult.
func (p *workerPool) async(ctx context.Context, c *managers.Call, reply *managers.Reply, start starter) error {
	good, err := p.callbackOf(ctx, c, 3)
	if err != nil {
		return err
	}
	bad, err := p.callbackOf(ctx, c, 4)
	if err != nil {
		return err
	}
	r, _, err := start(ctx, c)
	if err != nil {
		return err
	}
	return reply.Object("AsyncResult", p.newResult(r, good, bad))
}

func (p *workerPool) imap(ctx context.Context, c *managers.Call, reply *managers.Reply) error {
	return p.startIMap(ctx, c, reply, true)
}

func (p *workerPool) imapUnordered(ctx context.Context, c *managers.Call, reply *managers.Reply) error {
	return p.startIMap(ctx, c, reply, false)
}

func (p *workerPool) close(_ context.Context, _ *managers.Call, reply *managers.Reply) error {
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	for _, workers := range p.all() {
		workers.Close()
	}
	return reply.Return(nil)
}

func (p *workerPool) terminate(_ context.Context, _ *managers.Call, reply *managers.Reply) error {
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	for _, workers := range p.all() {
		workers.Terminate()
	}
	return reply.Return(nil)
}

func (p *workerPool) join(_ context.Context, c *managers.Call, _ *managers.Reply) error {
	p.mu.Lock()
	closing := p.closing
	p.mu.Unlock()
	if !closing {
		return pickle.ValueError.New("Pool is still running")
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := c.Park(cancel)
	go func() { // ends with the pool, or when the client goes
		defer cancel()
		for _, workers := range p.all() {
			workers.Join(ctx)
		}
		if w.Settle() {
			w.Return(nil, nil)
		}
	}()
	return nil
}

// hold and Close count who still needs the workers: results outlive the pool's
// own proxy.
func (p *workerPool) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users++
}

// joinTime is how long the workers of a pool that nobody has may take to end:
// more than they get before they are killed.
const joinTime = 20 * time.Second

// Close ends the pool when nobody has it any more.
func (p *workerPool) Close() {
	p.mu.Lock()
	p.users--
	left := p.users
	p.mu.Unlock()
	if left > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), joinTime)
	defer cancel()
	for _, workers := range p.all() {
		workers.Terminate()
	}
	for _, workers := range p.all() {
		if err := workers.Join(ctx); err != nil && !errors.Is(err, pool.ErrTerminated) {
			p.cfg.Engine.Logger().Warn("a pool of a client ended badly", "error", err)
		}
	}
	p.callbacks.close()
}

// Held yields the proxies that callbacks to come are methods of.
func (p *workerPool) Held(yield func(v any) bool) { p.callbacks.held(yield) }

// Repr is Python's.
func (p *workerPool) Repr() (string, error) {
	state := "RUN"
	p.mu.Lock()
	if p.closing {
		state = "CLOSE"
	}
	p.mu.Unlock()
	n := p.golang.Stats().Workers
	if p.python != nil {
		n = p.python.Stats().Workers
	}
	return fmt.Sprintf("<multiprocessing.pool.Pool state=%s pool_size=%d>", state, n), nil
}
