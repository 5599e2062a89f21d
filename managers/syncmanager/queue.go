package syncmanager

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A queue is Python's queue.Queue. Items are kept as they came.
type queue struct {
	maxsize int // 0 is no bound

	mu         sync.Mutex // guards what follows
	items      []any
	unfinished int
	shut       bool
	getters    line[struct{}]
	putters    line[any] // with their items
	joiners    line[struct{}]
	watch      watch
}

var queueType = managers.Type{
	New:       newQueue,
	Signature: managers.Sig("Queue.__init__(maxsize=0)"),
	Exposed: []string{"empty", "full", "get", "get_nowait", "join", "put", "put_nowait", "qsize",
		"shutdown", "task_done"},
}

var queueMethods = managers.Methods[*queue]{
	"empty":      managers.Def((*queue).empty, "Queue.empty()"),
	"full":       managers.Def((*queue).full, "Queue.full()"),
	"get":        managers.Def((*queue).get, "Queue.get(block=True, timeout=None)"),
	"get_nowait": managers.Def((*queue).getNoWait, "Queue.get_nowait()"),
	"join":       managers.Def((*queue).join, "Queue.join()"),
	"put":        managers.Def((*queue).put, "Queue.put(item, block=True, timeout=None)"),
	"put_nowait": managers.Def((*queue).putNoWait, "Queue.put_nowait(item)"),
	"qsize":      managers.Def((*queue).qsize, "Queue.qsize()"),
	"shutdown":   managers.Def((*queue).shutdown, "Queue.shutdown(immediate=False)"),
	"task_done":  managers.Def((*queue).taskDone, "Queue.task_done()"),
}

func newQueue(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	n, err := c.Int(ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	return &queue{maxsize: max(n, 0)}, nil
}

func (q *queue) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return queueMethods.Call(q, ctx, c, r)
}

// Repr is as in "<queue.Queue object at 0x…>".
func (q *queue) Repr() (string, error) { return fmt.Sprintf("<queue.Queue object at %p>", q), nil }

// Value refuses: a queue is no value.
func (q *queue) Value() (any, error) {
	return nil, pickle.TypeError.New("cannot pickle '_thread.lock' object")
}

// Held yields what may hold proxies.
func (q *queue) Held(yield func(any) bool) {
	q.mu.Lock()
	held := q.watch.held(q.items)
	for _, p := range q.putters.places {
		held = append(held, p.what)
	}
	q.mu.Unlock()
	yieldAll(held, yield)
}

// blockTimeout reads (block, timeout) from parameter i on.
func blockTimeout(ctx context.Context, c *managers.Call, i int) (time.Duration, error) {
	block, err := flag(ctx, c, i, true)
	if err != nil {
		return 0, err
	}
	if !block {
		return 0, nil
	}
	s, ok, err := seconds(ctx, c, i+1)
	if err != nil || !ok {
		return forever, err
	}
	if s < 0 {
		return 0, pickle.ValueError.New("'timeout' must be a non-negative number")
	}
	return duration(s)
}

// shutDown is what the caller gets from a queue that was shut down: Pythons
// without that class get the nearest one they know.
func shutDown(c *managers.Call, before pickle.ExceptionClass) error {
	if c.Modern() {
		return pickle.QueueShutDown.New()
	}
	return before.New()
}

func (q *queue) put(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	timeout, err := blockTimeout(ctx, c, 1)
	if err != nil {
		return err
	}
	return q.add(c, r, timeout)
}

func (q *queue) putNoWait(_ context.Context, c *managers.Call, r *managers.Reply) error {
	return q.add(c, r, 0)
}

func (q *queue) add(c *managers.Call, r *managers.Reply, timeout time.Duration) error {
	item, err := c.Item(0)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.shut:
		return shutDown(c, pickle.QueueFull)
	case q.maxsize == 0 || len(q.items) < q.maxsize:
		q.enqueue(item)
		return r.Return(nil)
	case timeout == 0:
		return pickle.QueueFull.New()
	}
	p := &place[any]{what: item}
	p.w = c.Park(timeout, func(w *managers.Waiter, why managers.Reason) {
		q.mu.Lock()
		q.putters.leave(p)
		q.mu.Unlock()
		if why == managers.Expired {
			w.Raise(pickle.QueueFull.New())
		}
	})
	q.putters.join(p)
	return nil
}

// enqueue takes an item in; whoever waits longest gets the oldest.
func (q *queue) enqueue(item any) {
	q.unfinished++
	q.watch.see(item)
	if len(q.items) == 0 {
		if p := q.getters.next(); p != nil {
			q.hand(p, item)
			return
		}
	}
	q.items = append(q.items, item)
}

func (q *queue) hand(p *place[struct{}], item any) {
	p.w.Return(item, func() { q.putBack(item) })
}

// putBack returns an item that nobody got, to the front.
func (q *queue) putBack(item any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if p := q.getters.next(); p != nil {
		q.hand(p, item)
		return
	}
	q.items = append([]any{item}, q.items...)
}

func (q *queue) get(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	timeout, err := blockTimeout(ctx, c, 0)
	if err != nil {
		return err
	}
	return q.remove(c, r, timeout)
}

func (q *queue) getNoWait(_ context.Context, c *managers.Call, r *managers.Reply) error {
	return q.remove(c, r, 0)
}

func (q *queue) remove(c *managers.Call, r *managers.Reply, timeout time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case len(q.items) > 0:
		item := q.items[0]
		if err := r.Return(item); err != nil {
			return err // it stays
		}
		q.items[0] = nil
		q.items = q.items[1:]
		q.admit()
		r.Undo(func() { q.putBack(item) })
		return nil
	case q.shut:
		return shutDown(c, pickle.QueueEmpty)
	case timeout == 0:
		return pickle.QueueEmpty.New()
	}
	p := new(place[struct{}])
	p.w = c.Park(timeout, func(w *managers.Waiter, why managers.Reason) {
		q.mu.Lock()
		q.getters.leave(p)
		q.mu.Unlock()
		if why == managers.Expired {
			w.Raise(pickle.QueueEmpty.New())
		}
	})
	q.getters.join(p)
	return nil
}

// admit lets putters in while there is room.
func (q *queue) admit() {
	for q.maxsize == 0 || len(q.items) < q.maxsize {
		p := q.putters.next()
		if p == nil {
			return
		}
		q.enqueue(p.what)
		p.w.Return(nil, nil)
	}
}

func (q *queue) taskDone(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.unfinished <= 0 {
		return pickle.ValueError.New("task_done() called too many times")
	}
	q.unfinished--
	q.joined()
	return r.Return(nil)
}

// joined lets go whoever waits for the last task, once it is done.
func (q *queue) joined() {
	if q.unfinished > 0 {
		return
	}
	for p := q.joiners.next(); p != nil; p = q.joiners.next() {
		p.w.Return(nil, nil)
	}
}

func (q *queue) join(_ context.Context, c *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.unfinished <= 0 {
		return r.Return(nil)
	}
	p := new(place[struct{}])
	p.w = c.Park(forever, func(*managers.Waiter, managers.Reason) {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.joiners.leave(p)
	})
	q.joiners.join(p)
	return nil
}

func (q *queue) qsize(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return r.Return(int64(len(q.items)))
}

func (q *queue) empty(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return r.Return(len(q.items) == 0)
}

func (q *queue) full(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return r.Return(q.maxsize > 0 && len(q.items) >= q.maxsize)
}

// shutdown ends the queue: at once, or when it is empty.
func (q *queue) shutdown(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	immediate, err := flag(ctx, c, 0, false)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.shut = true
	if immediate {
		q.unfinished = max(q.unfinished-len(q.items), 0)
		q.items = nil
		for p := q.joiners.next(); p != nil; p = q.joiners.next() {
			p.w.Return(nil, nil)
		}
	}
	for p := q.getters.next(); p != nil; p = q.getters.next() {
		p.w.Raise(pickle.QueueShutDown.New())
	}
	for p := q.putters.next(); p != nil; p = q.putters.next() {
		p.w.Raise(pickle.QueueShutDown.New())
	}
	return r.Return(nil)
}
