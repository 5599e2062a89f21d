package pool

import (
	"context"
	"sync"

	"github.com/brine-go/brine/pickle"
)

// An AsyncResult is the answer to come of ApplyAsync, MapAsync or StarmapAsync.
type AsyncResult struct {
	pool *Pool
	done chan struct{} // closed when there is an answer
	stop func() bool   // ends the watch on the caller's context

	mu     sync.Mutex // guards what follows
	value  any
	err    error
	notify []func()
}

func (p *Pool) newResult() *AsyncResult { return &AsyncResult{pool: p, done: make(chan struct{})} }

// failed is a result that is an error from the beginning.
func (p *Pool) failed(err error) *AsyncResult {
	r := p.newResult()
	r.settle(nil, err)
	return r
}

// settle gives the answer.
func (r *AsyncResult) settle(v any, err error) {
	r.mu.Lock()
	r.value, r.err = v, err
	notify := r.notify
	r.notify = nil
	close(r.done)
	r.mu.Unlock()
	for _, f := range notify {
		f()
	}
}

// watch gives up tasks when ctx ends before there is an answer.
func (r *AsyncResult) watch(ctx context.Context, giveUp func(error)) {
	if ctx.Done() == nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { giveUp(context.Cause(ctx)) })
	r.Notify(func() { stop() })
}

// Done is closed when there is an answer.
func (r *AsyncResult) Done() <-chan struct{} { return r.done }

// Ready tells whether there is an answer.
func (r *AsyncResult) Ready() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// Wait waits for the answer as long as ctx lasts.
func (r *AsyncResult) Wait(ctx context.Context) error {
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		if r.Ready() {
			return nil
		}
		return ctx.Err()
	}
}

// Get waits for the answer as long as ctx lasts, and returns it. That of
// MapAsync and StarmapAsync is a *pickle.List. Text and bytes in an answer of more
// than 64 KiB share its memory, those of another Get as well. The end of ctx does
// not stop the task: that of the context it was submitted with does.
func (r *AsyncResult) Get(ctx context.Context) (any, error) {
	if err := r.Wait(ctx); err != nil {
		return nil, err
	}
	v, err := r.Item(ctx)
	if raw, ok := v.(pickle.Raw); ok && err == nil {
		codec := r.pool.engine.Connection().Codec
		codec.Alias = raw.Size() > largeAnswer
		return raw.Value(ctx, codec)
	}
	return v, err
}

// largeAnswer is a size from which what is in an answer is not copied once more.
const largeAnswer = 64 << 10

// Item is the answer that is there, as it is best passed on: it may be a
// pickle.Raw.
func (r *AsyncResult) Item(ctx context.Context) (any, error) {
	r.mu.Lock()
	v, err := r.value, r.err
	r.mu.Unlock()
	if cs, ok := v.(chunks); ok && err == nil {
		return cs.list(ctx, r.pool)
	}
	return v, err
}

// Notify has f called when there is an answer: at once if there is one, else by
// who gives it. f must not wait. Python's callback and error_callback are made
// of it.
func (r *AsyncResult) Notify(f func()) {
	r.mu.Lock()
	if !r.Ready() {
		r.notify = append(r.notify, f)
		r.mu.Unlock()
		return
	}
	r.mu.Unlock()
	f()
}

// Apply calls a function on a worker and returns what it returns. fn is a
// pickle.Global, or what else Python can call: a partial, or a Raw.
func (p *Pool) Apply(ctx context.Context, fn any, args ...any) (any, error) {
	return p.ApplyAsync(ctx, fn, args...).Get(context.WithoutCancel(ctx))
}

// ApplyAsync is Apply that does not wait. When ctx ends, the task is dropped or
// stopped.
func (p *Pool) ApplyAsync(ctx context.Context, fn any, args ...any) *AsyncResult {
	return p.Submit(ctx, fn, args, nil)
}

// Submit is ApplyAsync with keyword arguments.
func (p *Pool) Submit(ctx context.Context, fn any, args pickle.Tuple, kwargs *pickle.Dict) *AsyncResult {
	r := p.newResult()
	t := p.task(p.jobs.Add(1), 0, fn)
	t.Args, t.Kwargs, t.owner = args, kwargs, applied{r}
	if err := p.submit(ctx, t); err != nil {
		return p.failed(err)
	}
	r.watch(ctx, t.giveUp)
	return r
}

func (p *Pool) task(job, i int64, fn any) *Task {
	t := new(Task)
	p.prepare(t, job, i, fn)
	return t
}

func (p *Pool) prepare(t *Task, job, i int64, fn any) {
	t.Job, t.Index, t.Func, t.opts, t.queue = job, i, fn, &p.opts, p.queue
}

func (p *Pool) submit(ctx context.Context, tasks ...*Task) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := p.check(); err != nil {
		return err
	}
	return p.queue.push(tasks...)
}

// applied collects the one answer of a call.
type applied struct{ r *AsyncResult }

func (a applied) collect(_ *Task, v any, err error) {
	if f := a.r.pool.opts.Progress; f != nil {
		f(oneDone(err))
	}
	a.r.settle(v, err)
}

func oneDone(err error) Progress {
	p := Progress{Done: 1, Total: 1}
	if err != nil {
		p.Failed = 1
	}
	return p
}
