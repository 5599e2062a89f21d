package pool

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/brine-go/brine/pickle"
)

// MapAsync calls fn with each item, in chunks. As in Python all chunks are
// run, also when one fails; the answer then is the first error.
func (p *Pool) MapAsync(ctx context.Context, fn any, items []any) *AsyncResult {
	return p.mapAsync(ctx, MapItems, fn, items)
}

// StarmapAsync calls fn with each item as its arguments: a pickle.Tuple or a
// *pickle.List.
func (p *Pool) StarmapAsync(ctx context.Context, fn any, items []any) *AsyncResult {
	return p.mapAsync(ctx, StarItems, fn, items)
}

func (p *Pool) mapAsync(ctx context.Context, kind Kind, fn any, items []any) *AsyncResult {
	r, _ := p.startMap(ctx, kind, fn, items)
	return r
}

// A mapping is a Map in progress.
type mapping struct {
	*AsyncResult
	kind  Kind
	fn    any
	items []any
	job   int64

	mu       sync.Mutex // guards what follows
	size     int        // of a chunk; 0 is adaptive
	adaptive adaptive
	begun    map[*Task]time.Time // when adaptive chunks were submitted
	next     int                 // the first item that no task has
	tasks    []*Task
	slab     []Task // for tasks to come
	chunks   chunks // answers, in the order of items
	left     int    // items without an answer
	failed   int
	err      error // the first
	given    error // why it was given up
}

func (p *Pool) startMap(ctx context.Context, kind Kind, fn any, items []any) (*AsyncResult, *mapping) {
	m := &mapping{AsyncResult: p.newResult(), kind: kind, fn: fn, items: items, job: p.jobs.Add(1),
		left: len(items)}
	workers := p.backend.Workers()
	ahead := len(items)
	switch size := p.opts.ChunkSize; {
	case size > 0:
		m.size = size
	case size == Adaptive:
		m.begun = make(map[*Task]time.Time)
		ahead = 2 * workers
	default:
		m.size = pythonChunk(len(items), workers)
	}
	if m.size > 0 {
		n := (len(items) + m.size - 1) / m.size
		m.slab, m.chunks = make([]Task, n), make(chunks, 0, n)
	}
	tasks := make([]*Task, 0, max(len(m.slab), 1))
	for len(tasks) < ahead && m.next < len(items) {
		tasks = append(tasks, m.cut())
	}
	m.tasks = tasks
	if err := p.submit(ctx, tasks...); err != nil {
		return p.failed(err), m
	}
	if len(items) == 0 {
		m.settle(chunks(nil), nil)
	}
	m.watch(ctx, m.giveUp)
	return m.AsyncResult, m
}

// cut makes the next chunk a task, whose index is that of its first item.
func (m *mapping) cut() *Task {
	size := m.size
	if size == 0 {
		size = m.adaptive.size(len(m.items)-m.next, m.pool.backend.Workers())
	}
	end := min(m.next+size, len(m.items))
	var t *Task
	if len(m.slab) > 0 {
		t, m.slab = &m.slab[0], m.slab[1:]
	} else {
		t = new(Task)
	}
	m.pool.prepare(t, m.job, int64(m.next), m.fn)
	t.Kind, t.Args, t.owner, t.place = m.kind, m.items[m.next:end:end], m, len(m.chunks)
	m.chunks = append(m.chunks, chunk{})
	m.next = end
	if m.begun != nil {
		m.begun[t] = time.Now()
	}
	return t
}

func (m *mapping) giveUp(err error) {
	m.mu.Lock()
	m.given = err
	tasks := m.tasks
	m.tasks = nil
	m.mu.Unlock()
	for _, t := range tasks {
		t.giveUp(err)
	}
}

func (m *mapping) collect(t *Task, v any, err error) {
	m.mu.Lock()
	n := len(t.Args)
	m.left -= n
	if err == nil {
		m.chunks[t.place] = chunk{v, n}
	} else {
		m.failed += n
		if m.err == nil {
			m.err = err
		}
	}
	if f := m.pool.opts.Progress; f != nil {
		f(Progress{Done: len(m.items) - m.left, Failed: m.failed, Total: len(m.items)})
	}
	more := m.refill(t)
	done := m.left == 0
	m.mu.Unlock()
	if more != nil {
		if err := m.pool.queue.more(more); err != nil {
			more.giveUp(err)
		}
	}
	if done {
		m.finish()
	}
}

// refill cuts the chunk that takes the place of t.
func (m *mapping) refill(t *Task) *Task {
	if m.begun == nil {
		return nil
	}
	m.adaptive.note(len(t.Args), time.Since(m.begun[t])/2) // it waited behind another
	delete(m.begun, t)
	if m.given != nil && m.next < len(m.items) { // nobody wants the rest
		m.failed += len(m.items) - m.next
		m.left -= len(m.items) - m.next
		m.next = len(m.items)
	}
	if m.next == len(m.items) {
		return nil
	}
	more := m.cut()
	m.tasks = append(m.tasks, more)
	return more
}

// finish gives the answer: the chunks in order.
func (m *mapping) finish() {
	if m.err != nil {
		m.settle(nil, m.err)
		return
	}
	m.settle(m.chunks, nil)
}

// chunks are the answers to the chunks of a Map.
type chunks []chunk

// A chunk is the answer to a chunk, a list of so many items.
type chunk struct {
	v any
	n int
}

// list puts chunks together. What is one Raw stays it.
func (cs chunks) list(ctx context.Context, p *Pool) (any, error) {
	if len(cs) == 1 {
		return cs[0].v, nil
	}
	all := new(pickle.List)
	for _, c := range cs {
		var err error
		if all.Items, err = appendItems(ctx, p, all.Items, c); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// chunkItems converts the items of a chunk.
func chunkItems[R any](ctx context.Context, p *Pool, c chunk) (items []R, err error) {
	return appendItems(ctx, p, items, c)
}

// appendItems converts the items of a chunk, and appends them.
func appendItems[R any](ctx context.Context, p *Pool, dst []R, c chunk) (_ []R, err error) {
	v := c.v
	if raw, ok := v.(pickle.Raw); ok {
		if v, err = raw.Value(ctx, p.engine.Connection().Codec); err != nil {
			return dst, err
		}
	}
	list, ok := v.(*pickle.List)
	if !ok || len(list.Items) != c.n {
		return dst, fmt.Errorf("pool: a worker returned a %s for a chunk of %d items, not a list of as many", pickle.TypeName(v), c.n)
	}
	if same, ok := any(list.Items).([]R); ok {
		return append(dst, same...), nil
	}
	for _, item := range list.Items {
		r, err := convert[R](ctx, p, item)
		if err != nil {
			return dst, err
		}
		dst = append(dst, r)
	}
	return dst, nil
}

// Map calls fn with each item on the workers and returns the results in order,
// each converted as pickle.As does. Otherwise it is as MapAsync.
func Map[R, T any](ctx context.Context, p *Pool, fn any, items []T) ([]R, error) {
	return results[R](ctx, p, p.MapAsync(ctx, fn, boxed(items)))
}

// Starmap is Map where each item has the arguments of a call.
func Starmap[R any](ctx context.Context, p *Pool, fn any, items []pickle.Tuple) ([]R, error) {
	return results[R](ctx, p, p.StarmapAsync(ctx, fn, boxed(items)))
}

func boxed[T any](items []T) []any {
	if same, ok := any(items).([]any); ok {
		return same
	}
	all := make([]any, len(items))
	for i, item := range items {
		all[i] = item
	}
	return all
}

func results[R any](ctx context.Context, p *Pool, r *AsyncResult) (all []R, err error) {
	<-r.Done() // the end of ctx ends the tasks
	if r.err != nil {
		return nil, r.err
	}
	answers := r.value.(chunks)
	n := 0
	for _, c := range answers {
		n += c.n
	}
	all = make([]R, 0, n)
	for _, c := range answers {
		at := len(all)
		if all, err = appendItems(ctx, p, all, c); err != nil {
			return nil, fmt.Errorf("the results from %d on: %w", at, err)
		}
	}
	return all, nil
}

// convert makes one result an R.
func convert[R any](ctx context.Context, p *Pool, item any) (r R, err error) {
	if raw, ok := item.(pickle.Raw); ok {
		if item, err = raw.Value(ctx, p.engine.Connection().Codec); err != nil {
			return r, err
		}
	}
	if same, ok := item.(R); ok {
		return same, nil
	}
	err = p.engine.Assign(ctx, &r, item)
	return r, err
}
