package syncmanager

import (
	"context"
	"fmt"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A queue is a queue.Queue. An item goes from its put to the first waiting
// get without resting, so nobody waits in get while there are items, nor in
// put while there is room.
type queue struct {
	maxsize float64 // not positive: no bound

	mu         sync.Mutex // guards what follows
	items      deque
	watch      watch
	unfinished int  // items that no task_done answered
	closed     bool // shut down
	getters    waiters[shutDown]
	putters    waiters[offer]
	joiners    waiters[struct{}]
}

// shutDown is what a call raises on a queue that is shut down.
type shutDown = pickle.ExceptionClass

// An offer is an item that waits for room.
type offer struct {
	item     any
	shutDown shutDown
}

var queueType = managers.Type{
	New:       newQueue,
	Signature: managers.Sig("Queue.__init__(maxsize=0)"),
	Exposed: []string{"empty", "full", "get", "get_nowait", "join", "put", "put_nowait", "qsize",
		"shutdown", "task_done"},
}

var queueMethods = managers.Methods[*queue]{
	"put":        managers.Def((*queue).put, "Queue.put(item, block=True, timeout=None)"),
	"get":        managers.Def((*queue).get, "Queue.get(block=True, timeout=None)"),
	"put_nowait": managers.Def((*queue).putNowait, "Queue.put_nowait(item)"),
	"get_nowait": managers.Def((*queue).getNowait, "Queue.get_nowait()"),
	"qsize":      managers.Def((*queue).qsize, "Queue.qsize()"),
	"empty":      managers.Def((*queue).empty, "Queue.empty()"),
	"full":       managers.Def((*queue).full, "Queue.full()"),
	"join":       managers.Def((*queue).join, "Queue.join()"),
	"task_done":  managers.Def((*queue).taskDone, "Queue.task_done()"),
	"shutdown":   managers.Def((*queue).shutdown, "Queue.shutdown(immediate=False)"),
}

func newQueue(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	q := new(queue)
	if !c.Has(0) {
		return q, nil
	}
	v, err := c.Value(ctx, 0)
	if err != nil {
		return nil, err
	}
	maxsize, ok := real64(v)
	if !ok { // Python says so at the first put
		return nil, pickle.TypeError.New(fmt.Sprintf(notGreater, pickle.TypeName(v)))
	}
	q.maxsize = maxsize
	return q, nil
}

func (q *queue) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return queueMethods.Call(q, ctx, c, r)
}

func (q *queue) put(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	block, err := flag(ctx, c, 1, true)
	if err != nil {
		return err
	}
	return q.offer(ctx, c, r, block, 2)
}

func (q *queue) putNowait(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return q.offer(ctx, c, r, false, 0)
}

// offer puts the first argument. timeoutAt is the position of the timeout.
func (q *queue) offer(ctx context.Context, c *managers.Call, r *managers.Reply, block bool, timeoutAt int) error {
	item, err := c.Item(0)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return closedPut(c).New()
	}
	if q.maxsize > 0 {
		t, err := q.patience(ctx, c, block, timeoutAt)
		if err != nil {
			return err
		}
		if q.isFull() {
			return q.waitForRoom(c, t, offer{item, closedPut(c)})
		}
	}
	q.add(item)
	return r.Return(nil)
}

// patience reads the timeout of a call that may wait.
func (q *queue) patience(ctx context.Context, c *managers.Call, block bool, i int) (timeout, error) {
	if !block {
		return timeout{given: true}, nil
	}
	t, err := timeoutOf(ctx, c, i, notLess)
	if err == nil && t.negative() {
		err = pickle.ValueError.New("'timeout' must be a non-negative number")
	}
	return t, err
}

func (q *queue) waitForRoom(c *managers.Call, t timeout, o offer) error {
	d, err := t.duration()
	if err != nil {
		return err
	}
	if d == 0 {
		return pickle.QueueFull.New()
	}
	q.watch.see(o.item)
	q.putters.park(c, &q.mu, d, o, func(w *waiting[offer]) { w.fail(pickle.QueueFull.New()) })
	return nil
}

// add hands an item to the first who waits for one, or keeps it.
func (q *queue) add(item any) {
	q.unfinished++
	if !q.hand(item) {
		q.watch.see(item)
		q.items.push(item)
	}
}

// hand gives an item to the first who waits. If that client turns out to be
// gone, the item comes back.
func (q *queue) hand(item any) bool {
	w := q.getters.next()
	if w != nil {
		w.Return(item, func() { q.putBack(item) })
	}
	return w != nil
}

// putBack returns an item that was not delivered to its place: the front.
func (q *queue) putBack(item any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.hand(item) {
		q.watch.see(item)
		q.items.pushFront(item)
	}
}

func (q *queue) get(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	block, err := flag(ctx, c, 0, true)
	if err != nil {
		return err
	}
	return q.take(ctx, c, r, block)
}

func (q *queue) getNowait(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return q.take(ctx, c, r, false)
}

func (q *queue) take(ctx context.Context, c *managers.Call, r *managers.Reply, block bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed && q.items.len() == 0 {
		return closedGet(c).New()
	}
	t, err := q.patience(ctx, c, block, 1)
	if err != nil {
		return err
	}
	if q.items.len() == 0 {
		return q.waitForItem(c, t)
	}
	item := q.items.pop()
	if w := q.admit(); w != nil {
		w.Return(nil, nil)
	}
	r.Undo(func() { q.putBack(item) })
	return r.Return(item)
}

func (q *queue) waitForItem(c *managers.Call, t timeout) error {
	d, err := t.duration()
	if err != nil {
		return err
	}
	if d == 0 {
		return pickle.QueueEmpty.New()
	}
	q.getters.park(c, &q.mu, d, closedGet(c), func(w *waiting[shutDown]) { w.fail(pickle.QueueEmpty.New()) })
	return nil
}

// admit takes the item of the first who waits for room, if there is some.
func (q *queue) admit() *waiting[offer] {
	if q.isFull() {
		return nil
	}
	w := q.putters.next()
	if w != nil {
		q.add(w.wants.item)
	}
	return w
}

func (q *queue) isFull() bool { return q.maxsize > 0 && float64(q.items.len()) >= q.maxsize }

func (q *queue) qsize(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return r.Return(int64(q.items.len()))
}

func (q *queue) empty(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return r.Return(q.items.len() == 0)
}

func (q *queue) full(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return r.Return(q.isFull())
}

func (q *queue) join(_ context.Context, c *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.unfinished == 0 {
		return r.Return(nil)
	}
	q.joiners.park(c, &q.mu, forever, struct{}{}, nil)
	return nil
}

func (q *queue) taskDone(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.unfinished == 0 {
		return pickle.ValueError.New("task_done() called too many times")
	}
	q.done(1)
	return r.Return(nil)
}

func (q *queue) done(n int) {
	q.unfinished = max(q.unfinished-n, 0)
	if q.unfinished > 0 {
		return
	}
	for w := range q.joiners.drain() {
		w.Return(nil, nil)
	}
}

// shutdown ends all puts, and all gets once there is nothing to get.
func (q *queue) shutdown(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	immediate, err := flag(ctx, c, 0, false)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if immediate {
		q.done(q.items.len())
		q.items = deque{}
	}
	for w := range q.getters.drain() {
		w.Raise(w.wants.New())
	}
	for w := range q.putters.drain() {
		w.Raise(w.wants.shutDown.New())
	}
	return r.Return(nil)
}

// ShutDown came with Python 3.13. Older clients cannot import it, and are told
// the nearest that they know.
func closedPut(c *managers.Call) shutDown {
	if c.Modern() {
		return pickle.QueueShutDown
	}
	return pickle.QueueFull
}

func closedGet(c *managers.Call) shutDown {
	if c.Modern() {
		return pickle.QueueShutDown
	}
	return pickle.QueueEmpty
}

// Held yields what may hold proxies: items, also those that wait for room.
func (q *queue) Held(yield func(v any) bool) {
	q.mu.Lock()
	held := q.watch.heldIn(q.items.all())
	if q.watch {
		for w := q.putters.first; w != nil; w = w.next {
			held = append(held, w.wants.item)
		}
	}
	q.mu.Unlock()
	yieldAll(held, yield)
}

// Repr is that of Python's Queue.
func (q *queue) Repr() (string, error) { return fmt.Sprintf("<queue.Queue object at %p>", q), nil }

// Value fails: a Queue cannot be copied.
func (q *queue) Value() (any, error) { return noValue("_thread.lock") }
