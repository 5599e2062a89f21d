package pool

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/brine-go/brine/engine"
)

// A Pool runs tasks on workers. It is Python's multiprocessing.Pool.
type Pool struct {
	*core
	opts Options
}

// A core is what the Pools of With share.
type core struct {
	engine  *engine.Engine
	backend Backend
	queue   *Queue
	jobs    atomic.Int64
	stop    context.CancelFunc // ends the backend's context

	running sync.WaitGroup // the backend, and the readers of IMap's items
	ended   chan struct{}  // closed when the backend has returned
	err     error          // its; read after ended

	here here // the goroutines of MapFunc, Do and Go
}

// New starts a pool. Close or Terminate ends it, Join waits for its end.
func New(e *engine.Engine, cfg Config) (*Pool, error) {
	if cfg.Backend == nil {
		cfg.Backend = Goroutines{}
	}
	n := cfg.Backend.Workers()
	if n < 1 {
		return nil, fmt.Errorf("pool: a backend with %d workers", n)
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &core{engine: e, backend: cfg.Backend, queue: newQueue(e, n), stop: stop, ended: make(chan struct{})}
	p := &Pool{core: c, opts: cfg.Options}
	if err := p.check(); err != nil {
		stop()
		return nil, err
	}
	c.running.Go(func() { // Join waits for it
		defer close(c.ended)
		c.err = c.backend.Run(ctx, c.queue)
		switch {
		case c.err != nil:
			c.queue.fail(c.err)
		case ctx.Err() != nil:
			c.queue.fail(ErrTerminated)
		default:
			c.queue.fail(ErrClosed)
		}
		stop()
	})
	return p, nil
}

// With is the same pool; what is submitted through it has these Options.
func (p *Pool) With(o Options) *Pool { return &Pool{core: p.core, opts: o} }

// check refuses a tag that no worker has: its tasks would wait for ever.
func (p *Pool) check() error {
	if tag := p.opts.Tag; tag != "" && !p.backend.Serves(tag) {
		return fmt.Errorf("pool: no worker has the tag %q", tag)
	}
	return nil
}

// Engine is what the pool was made from.
func (c *core) Engine() *engine.Engine { return c.engine }

// Stats are those of this moment.
func (c *core) Stats() Stats { return c.queue.snapshot() }

// Close takes no more work. What was submitted is still done.
func (c *core) Close() {
	c.queue.close()
	c.here.close()
}

// Terminate drops the tasks that wait, stops those that run and answers all of
// them with ErrTerminated.
func (c *core) Terminate() {
	c.queue.fail(ErrTerminated)
	c.here.terminate()
	c.stop()
}

// Join waits until nothing is left of a pool that was closed or terminated. Its
// error is that of the backend, or of ctx.
func (c *core) Join(ctx context.Context) error {
	done := make(chan struct{})
	go func() { // ends with the pool
		c.running.Wait()
		c.here.wait()
		close(done)
	}()
	select {
	case <-done:
		return c.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
