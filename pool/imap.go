package pool

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// IMap calls fn with each item on the workers and yields the results in order,
// each converted as pickle.As does, or the error in its place. Items are read,
// on another goroutine, no further ahead of the loop than Options.Window tasks.
// Leaving the loop stops the tasks that it has not seen; when ctx ends, its
// cause is yielded last.
func IMap[R, T any](ctx context.Context, p *Pool, fn any, items iter.Seq[T]) iter.Seq2[R, error] {
	return imap[R](ctx, p, fn, items, true)
}

// IMapUnordered is IMap that yields results as they come.
func IMapUnordered[R, T any](ctx context.Context, p *Pool, fn any, items iter.Seq[T]) iter.Seq2[R, error] {
	return imap[R](ctx, p, fn, items, false)
}

func imap[R, T any](ctx context.Context, p *Pool, fn any, items iter.Seq[T], ordered bool) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		if err := p.check(); err != nil {
			yield(none, err)
			return
		}
		f := newFlow(ctx, p, fn, ordered)
		defer f.leave(errLeft)
		p.running.Go(func() { read(f, items) })
		for {
			a, ok := f.wait(ctx)
			if !ok {
				return
			}
			if a.last {
				yield(none, a.err)
				return
			}
			f.room <- struct{}{}
			if a.err != nil {
				if !yield(none, a.err) {
					return
				}
				continue
			}
			values, err := answers[R](ctx, p, a)
			if err != nil && !yield(none, err) {
				return
			}
			for _, v := range values {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}

// answers are the results in an answer.
func answers[R any](ctx context.Context, p *Pool, a answer) ([]R, error) {
	if a.chunk.n > 0 {
		return chunkItems[R](ctx, p, a.chunk)
	}
	v, err := convert[R](ctx, p, a.chunk.v)
	return []R{v}, err
}

// An answer is that to a task of an IMap.
type answer struct {
	chunk // n is 0 where the task was a call
	err   error
	last  bool // nothing comes behind it
}

// A flow is an IMap in progress: items go in at one end, answers come out at
// the other.
type flow struct {
	pool    *Pool
	fn      any
	job     int64
	ordered bool
	room    chan struct{} // has a token for each task that may be submitted
	wake    chan struct{} // has one when the loop should look again

	mu     sync.Mutex // guards what follows
	tasks  map[*Task]struct{}
	ready  map[int64]answer // by index; of an unordered flow in order of arrival
	came   int64            // answers that came
	next   int64            // the index of the answer to yield
	sent   int64            // tasks that were made
	ended  bool             // there are no more items
	left   error            // why nobody wants answers
	panics any              // what reading the items panicked with
	done   Progress
}

func newFlow(ctx context.Context, p *Pool, fn any, ordered bool) *flow {
	window := p.opts.Window
	if window <= 0 {
		window = 4 * p.backend.Workers()
	}
	f := &flow{pool: p, fn: fn, job: p.jobs.Add(1), ordered: ordered,
		room: make(chan struct{}, window+1), wake: make(chan struct{}, 1),
		tasks: make(map[*Task]struct{}), ready: make(map[int64]answer)}
	f.done.Total = -1
	for range window {
		f.room <- struct{}{}
	}
	return f
}

// read makes tasks of the items.
func read[T any](f *flow, items iter.Seq[T]) {
	var chunk pickle.Tuple
	size := max(f.pool.opts.ChunkSize, 1)
	defer func() {
		if p := recover(); p != nil {
			f.end(&engine.PanicError{Value: p, Stack: string(debug.Stack())})
			return
		}
		f.end(nil)
	}()
	for item := range items {
		if chunk = append(chunk, item); len(chunk) < size {
			continue
		}
		if !f.submit(chunk, size > 1) {
			return
		}
		chunk = nil
	}
	if len(chunk) > 0 {
		f.submit(chunk, size > 1)
	}
}

// submit is false when nobody wants more.
func (f *flow) submit(args pickle.Tuple, chunk bool) bool {
	<-f.room
	f.mu.Lock()
	if f.left != nil {
		f.mu.Unlock()
		return false
	}
	t := f.pool.task(f.job, f.sent, f.fn)
	t.Args, t.owner = args, f
	if chunk {
		t.Kind = MapItems
	}
	f.sent++
	f.tasks[t] = struct{}{}
	f.mu.Unlock()
	if err := f.pool.queue.push(t); err != nil {
		t.giveUp(err)
		return false
	}
	return true
}

// end says that there are no more items.
func (f *flow) end(panicked any) {
	f.mu.Lock()
	f.ended, f.panics = true, panicked
	f.done.Total = f.done.Done
	for t := range f.tasks {
		f.done.Total += len(t.Args)
	}
	f.mu.Unlock()
	f.look()
}

func (f *flow) look() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *flow) collect(t *Task, v any, err error) {
	f.mu.Lock()
	delete(f.tasks, t)
	a := answer{chunk: chunk{v: v}, err: err}
	if t.Kind != Call {
		a.n = len(t.Args)
	}
	at := f.came
	if f.ordered {
		at = t.Index
	}
	f.ready[at] = a
	f.came++
	f.done.Done += len(t.Args)
	if err != nil {
		f.done.Failed += len(t.Args)
	}
	if p := f.pool.opts.Progress; p != nil {
		p(f.done)
	}
	f.mu.Unlock()
	f.look()
}

// wait returns the next answer; ok is false at the end.
func (f *flow) wait(ctx context.Context) (a answer, ok bool) {
	for {
		f.mu.Lock()
		a, ok = f.ready[f.next]
		delete(f.ready, f.next)
		over := f.ended && f.next == f.sent
		if ok {
			f.next++
		}
		panics := f.panics
		f.mu.Unlock()
		switch {
		case ok:
			return a, true
		case over && panics != nil:
			panic(panics) // of the caller's iterator, where he sees it
		case over:
			return answer{}, false
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			f.leave(context.Cause(ctx))
			return answer{err: context.Cause(ctx), last: true}, true
		}
	}
}

// errLeft gives up tasks of a loop that was left.
var errLeft = fmt.Errorf("pool: the loop over the results was left: %w", context.Canceled)

// leave drops or stops the tasks that are not answered, and lets read end.
func (f *flow) leave(err error) {
	f.mu.Lock()
	if f.left == nil {
		f.left = err
	}
	var tasks []*Task
	for t := range f.tasks {
		tasks = append(tasks, t)
	}
	f.mu.Unlock()
	for _, t := range tasks {
		t.giveUp(err)
	}
	select {
	case f.room <- struct{}{}:
	default:
	}
}
