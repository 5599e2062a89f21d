package syncmanager

import (
	"context"
	"fmt"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
)

// timeoutError is what is raised to who waited in vain.
const timeoutError pickle.ExceptionClass = "multiprocessing.TimeoutError"

var asyncResultType = managers.Type{
	New:       newIterator, // only a pool makes others
	Signature: managers.Sig("AsyncResult(*args, **kwds)"),
	Exposed:   []string{"get", "ready", "successful", "wait"},
}

// An asyncResult is multiprocessing.pool.AsyncResult.
type asyncResult struct {
	pool *workerPool

	mu      sync.Mutex // guards what follows
	ready   bool
	value   any
	err     error
	waiters waiters[wants]
}

// wants is what a waiter is told when there is a result.
type wants bool

const (
	itsEnd   wants = false // wait: None
	theValue wants = true  // get
)

var asyncResultMethods = managers.Methods[*asyncResult]{
	"get":        managers.Def((*asyncResult).get, "ApplyResult.get(timeout=None)"),
	"ready":      managers.Def((*asyncResult).isReady, "ApplyResult.ready()"),
	"successful": managers.Def((*asyncResult).successful, "ApplyResult.successful()"),
	"wait":       managers.Def((*asyncResult).wait, "ApplyResult.wait(timeout=None)"),
}

func (a *asyncResult) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return asyncResultMethods.Call(a, ctx, c, r)
}

// newResult makes what a client gets for r. One of good and bad is called with
// the outcome, where it is not nil.
func (p *workerPool) newResult(r *pool.AsyncResult, good, bad *callback) *asyncResult {
	a := &asyncResult{pool: p}
	p.hold()
	p.callbacks.expect(good, bad)
	r.Notify(func() {
		v, err := r.Item(context.Background())
		p.callbacks.happened(v, err, good, bad, func() { a.settle(v, err) })
	})
	return a
}

func (a *asyncResult) settle(v any, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ready, a.value, a.err = true, v, err
	for w := range a.waiters.drain() {
		switch {
		case w.wants == itsEnd:
			w.Return(nil, nil)
		case err != nil:
			w.Raise(raised(err))
		default:
			w.Return(v, nil)
		}
	}
}

func (a *asyncResult) get(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ready {
		if a.err != nil {
			return raised(a.err)
		}
		return r.Return(a.value)
	}
	return a.park(ctx, c, theValue, func(w *waiting[wants]) { w.fail(timeoutError.New()) })
}

func (a *asyncResult) wait(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ready {
		return r.Return(nil)
	}
	return a.park(ctx, c, itsEnd, func(w *waiting[wants]) { w.tell(nil) })
}

func (a *asyncResult) park(ctx context.Context, c *managers.Call, what wants, expired func(*waiting[wants])) error {
	timeout, err := durationOf(ctx, c, 0, notGreater)
	if err != nil {
		return err
	}
	a.waiters.park(c, &a.mu, timeout, what, expired)
	return nil
}

func (a *asyncResult) isReady(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return r.Return(a.ready)
}

func (a *asyncResult) successful(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.ready {
		text, _ := a.Repr()
		return pickle.ValueError.New(text + " not ready")
	}
	return r.Return(a.err == nil)
}

// Close lets go of the pool.
func (a *asyncResult) Close() { a.pool.Close() }

// Repr is Python's.
func (a *asyncResult) Repr() (string, error) {
	return fmt.Sprintf("<multiprocessing.pool.ApplyResult object at %p>", a), nil
}
