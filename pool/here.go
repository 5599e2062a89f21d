package pool

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/brine-go/brine/engine"
)

// here are goroutines that run Go functions of this process as they are. They
// start with the first function.
type here struct {
	start   sync.Once
	ring    *ring
	log     *slog.Logger
	running sync.WaitGroup
	dropped atomic.Bool // Terminate was called

	idle atomic.Int32  // goroutines that wait for wake and were sent no token
	wake chan struct{} // has room for a token for each of them

	full atomic.Int32  // producers that wait for room
	room chan struct{} // has a token when there may be some
}

// looks is how often a goroutine without work looks for some before it sleeps:
// what comes within a microsecond costs no wake-up.
const looks = 200

func (c *core) begin() *here {
	h := &c.here
	h.start.Do(func() {
		n := max(c.backend.Workers(), 1)
		h.ring, h.log = new(ring), c.engine.Logger()
		h.ring.init()
		h.wake, h.room = make(chan struct{}, n), make(chan struct{}, 1)
		for range n {
			h.running.Go(h.work)
		}
	})
	return h
}

// close lets no new function in.
func (h *here) close() {
	h.start.Do(func() {})
	if h.ring == nil {
		return
	}
	h.ring.shut()
	for range cap(h.wake) {
		h.rouse()
	}
	h.passRoom()
}

func (h *here) terminate() {
	h.dropped.Store(true)
	h.close()
}

func (h *here) wait() { h.running.Wait() }

// submit waits for room as long as ctx lasts.
func (h *here) submit(ctx context.Context, w runner) error {
	if h.ring == nil { // closed before anything was begun
		return ErrClosed
	}
	if !h.ring.push(ctx, w) {
		if err := h.submitSlowly(ctx, w); err != nil {
			return err
		}
	}
	h.rouse()
	return nil
}

func (h *here) submitSlowly(ctx context.Context, w runner) error {
	h.full.Add(1)
	defer h.passRoom() // if there is more
	defer h.full.Add(-1)
	for !h.ring.push(ctx, w) {
		if h.ring.isShut() {
			return ErrClosed
		}
		select {
		case <-h.room:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// passRoom tells a producer that waits to look again.
func (h *here) passRoom() {
	if h.full.Load() == 0 {
		return
	}
	select {
	case h.room <- struct{}{}:
	default:
	}
}

// rouse wakes a goroutine that sleeps, if one does.
func (h *here) rouse() {
	if h.stand() {
		h.wake <- struct{}{}
	}
}

// stand lets the caller run something in the place of a goroutine that sleeps, if
// one does. That one goes on sleeping until give.
func (h *here) stand() bool {
	for {
		n := h.idle.Load()
		if n == 0 {
			return false
		}
		if h.idle.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// give ends what stand began.
func (h *here) give() {
	h.idle.Add(1)
	if !h.ring.empty() || h.ring.isShut() {
		h.rouse()
	}
}

func (h *here) work() {
	for {
		ctx, w, ok := h.ring.pop()
		if !ok {
			if ctx, w, ok = h.sleep(); !ok {
				return
			}
		}
		h.passRoom()
		h.run(ctx, w)
	}
}

// sleep waits for something to run; ok is false when nothing will come.
func (h *here) sleep() (ctx context.Context, w runner, ok bool) {
	for {
		// Who waits for what we have just done may be next on this processor, and
		// have more for us.
		runtime.Gosched()
		for range looks {
			if ctx, w, ok = h.ring.pop(); ok {
				return ctx, w, true
			}
		}
		h.idle.Add(1)
		switch {
		case !h.ring.empty():
			h.rouse() // ourselves, unless somebody did
		case h.ring.isShut() && h.stand():
			return nil, nil, false
		}
		<-h.wake
	}
}

func (h *here) run(ctx context.Context, w runner) {
	defer func() {
		if p := recover(); p != nil {
			h.log.Error("a function of a pool panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	if h.dropped.Load() {
		w.drop()
		return
	}
	w.run(ctx)
}

// Go has f called, with ctx, by a goroutine of the pool, of which there are as
// many as workers. It waits while a thousand functions are queued. Join waits
// for f; a panic of it is logged.
func (p *Pool) Go(ctx context.Context, f func(context.Context)) error {
	return p.begin().submit(ctx, function(f))
}

// A function is a runner without an answer.
type function func(context.Context)

func (f function) run(ctx context.Context) { f(ctx) }
func (f function) drop()                   {}

// Do has f called by a goroutine of the pool, or in the place of one that has
// nothing to do, and returns what it returns. When ctx ends before, so does Do: f
// goes on until it heeds its context.
func Do[R any](ctx context.Context, p *Pool, f func(context.Context) (R, error)) (R, error) {
	h := p.begin()
	if ctx.Done() == nil && h.stand() { // we need not return before f does
		return standIn(ctx, h, f)
	}
	c := &call[R]{f: f, done: make(chan struct{})}
	if err := h.submit(ctx, c); err != nil {
		return c.value, err
	}
	select {
	case <-c.done:
		return c.value, c.err
	case <-ctx.Done():
		var none R
		return none, context.Cause(ctx)
	}
}

func standIn[R any](ctx context.Context, h *here, f func(context.Context) (R, error)) (v R, err error) {
	defer h.give()
	if h.ring.isShut() {
		return v, ErrClosed
	}
	defer catch(&err)
	return f(ctx)
}

// A call is a runner with an answer.
type call[R any] struct {
	f     func(context.Context) (R, error)
	value R
	err   error
	done  chan struct{}
}

func (c *call[R]) run(ctx context.Context) {
	defer close(c.done)
	defer catch(&c.err)
	if c.err = ctx.Err(); c.err == nil {
		c.value, c.err = c.f(ctx)
	}
}

func (c *call[R]) drop() {
	c.err = ErrTerminated
	close(c.done)
}

// catch makes a panic an error.
func catch(err *error) {
	if p := recover(); p != nil {
		*err = &engine.PanicError{Value: p, Stack: string(debug.Stack())}
	}
}

// MapFunc calls fn with each item on goroutines of this process, and returns
// the results in order. The caller's is one of them, so that a MapFunc within
// another does not wait for it. The first error, or panic, ends what has not
// begun, and is returned.
func MapFunc[R, T any](ctx context.Context, p *Pool, fn func(context.Context, T) (R, error), items []T) ([]R, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	h := p.begin()
	if h.ring == nil || h.ring.isShut() {
		return nil, ErrClosed
	}
	if len(items) == 0 {
		return nil, nil
	}
	workers := cap(h.wake)
	m := &share[R, T]{fn: fn, items: items, results: make([]R, len(items)), done: make(chan struct{})}
	m.size = int64(max(1, min(len(items)/(workers*32), 1024)))
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	m.cancel = cancel
	stop := context.AfterFunc(ctx, func() { m.fail(-1, context.Cause(ctx)) })
	defer stop()
	for range min(workers, len(items)) - 1 {
		if !h.ring.push(inner, m) {
			break // they are busy: we do it alone
		}
		h.rouse()
	}
	m.run(inner)
	<-m.done
	if m.failed.Load() {
		m.mu.Lock()
		defer m.mu.Unlock()
		return nil, m.err
	}
	return m.results, nil
}

// A share is a MapFunc in progress, for whoever takes part in it.
type share[R, T any] struct {
	fn      func(context.Context, T) (R, error)
	items   []T
	results []R
	size    int64 // of a chunk
	cancel  context.CancelCauseFunc
	done    chan struct{} // closed when all chunks are

	next     atomic.Int64 // the first item that nobody has
	finished atomic.Int64 // items of chunks that are done

	failed atomic.Bool
	mu     sync.Mutex // guards what follows
	err    error
	at     int // the item it is of
}

// run does chunks until there are none.
func (m *share[R, T]) run(ctx context.Context) {
	n := int64(len(m.items))
	for {
		from := m.next.Add(m.size) - m.size
		if from >= n {
			return
		}
		to := min(from+m.size, n)
		m.chunk(ctx, int(from), int(to))
		if m.finished.Add(to-from) == n {
			close(m.done)
			return
		}
	}
}

// drop leaves it to the caller.
func (m *share[R, T]) drop() {}

func (m *share[R, T]) chunk(ctx context.Context, from, to int) {
	i := from
	defer func() {
		if p := recover(); p != nil {
			m.fail(i, &engine.PanicError{Value: p, Stack: string(debug.Stack())})
		}
	}()
	for ; i < to && !m.failed.Load(); i++ {
		v, err := m.fn(ctx, m.items[i])
		if err != nil {
			m.fail(i, err)
			return
		}
		m.results[i] = v
	}
}

// fail keeps the error of the first item, in order, that has one.
func (m *share[R, T]) fail(i int, err error) {
	m.mu.Lock()
	if !m.failed.Load() || i < m.at {
		if i >= 0 {
			err = fmt.Errorf("pool: item %d: %w", i, err)
		}
		m.err, m.at = err, i
	}
	m.failed.Store(true)
	m.mu.Unlock()
	m.cancel(err)
}
