package pool

import (
	"context"
	"slices"
	"sync"

	"github.com/brine-go/brine/engine"
)

// A Queue has the tasks of a pool that are not answered, and gives them to
// workers: the most urgent first, of equals the oldest.
type Queue struct {
	engine  *engine.Engine
	workers int

	mu     sync.Mutex // guards what follows
	lanes  map[string]*lane
	takers []*taker // who waits; the last is served first, being the warmest
	first  *Task    // of those not answered
	stats  Stats
	seq    uint64
	closed bool
	err    error // set when no worker is left: the answer to all tasks
}

// A taker waits for tasks of its lanes.
type taker struct {
	tags []string
	wake chan struct{} // has room for one
}

func newQueue(e *engine.Engine, workers int) *Queue {
	return &Queue{engine: e, workers: workers, lanes: make(map[string]*lane)}
}

// Engine is that of the pool.
func (q *Queue) Engine() *engine.Engine { return q.engine }

// Take returns tasks for an idle worker with these tags, besides those for any
// worker. It waits for one, and returns none when ctx has ended, or the pool is
// closed and all tasks are answered. There are several, n at most, if they are
// as the worker has had them before (see Task.Like) and more than enough for
// all workers.
func (q *Queue) Take(ctx context.Context, tags []string, n int, like any) []*Task {
	w := &taker{tags: tags, wake: make(chan struct{}, 1)}
	for {
		q.mu.Lock()
		tasks := q.pop(tags, n, like)
		if len(tasks) > 0 || q.ended() || ctx.Err() != nil {
			q.mu.Unlock()
			return tasks
		}
		q.takers = append(q.takers, w)
		q.mu.Unlock()
		select {
		case <-w.wake:
		case <-ctx.Done():
			q.withdraw(w)
			return nil
		}
	}
}

// TakeAhead returns tasks for a worker that has some, if there are more than
// enough of those that it has had before.
func (q *Queue) TakeAhead(tags []string, n int, like any) []*Task {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l := q.most(tags); l == nil || l.len() < plenty*q.workers || l.first().Like() != like {
		return nil
	}
	return q.pop(tags, n, like)
}

// plenty is how many tasks for each worker are enough to send some ahead, from
// which no other worker can take them.
const plenty = 4

// Ended tells whether Take returns none at once.
func (q *Queue) Ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ended()
}

func (q *Queue) ended() bool { return q.err != nil || q.closed && q.first == nil }

// withdraw takes back a taker's offer. Who woke it wakes another.
func (q *Queue) withdraw(w *taker) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.takers, w); i >= 0 {
		q.takers = slices.Delete(q.takers, i, i+1)
		return
	}
	for tag, l := range q.lanes {
		if l.len() > 0 {
			q.wake(tag)
		}
	}
}

// wake wakes one who may take a task with the tag.
func (q *Queue) wake(tag string) {
	for i := len(q.takers) - 1; i >= 0; i-- {
		w := q.takers[i]
		if tag == "" || slices.Contains(w.tags, tag) {
			q.takers = slices.Delete(q.takers, i, i+1)
			w.wake <- struct{}{}
			return
		}
	}
}

// pop takes out a task, or up to n that are alike if there are plenty.
func (q *Queue) pop(tags []string, n int, like any) (tasks []*Task) {
	l := q.most(tags)
	for l != nil {
		if len(tasks) == 0 {
			n = max(1, min(n, l.len()/(plenty*q.workers)))
			if l.first().Like() != like {
				n = 1
			}
		} else if l.first().Like() != like {
			break
		}
		t := l.pop()
		t.taken = true
		q.stats.Waiting--
		q.stats.Running++
		if tasks = append(tasks, t); len(tasks) == n {
			break
		}
		l = q.most(tags)
	}
	return tasks
}

// most is the lane with the most urgent task. Tasks that were given up while
// they waited go.
func (q *Queue) most(tags []string) (best *lane) {
	look := func(tag string) {
		l := q.lanes[tag]
		for l != nil && l.len() > 0 && l.first().GivenUp() {
			l.pop()
		}
		if l == nil || l.len() == 0 {
			return
		}
		if best == nil || before(l.first(), best.first()) {
			best = l
		}
	}
	look("")
	for _, tag := range tags {
		look(tag)
	}
	return best
}

// before tells whether a is the more urgent one, or the older.
func before(a, b *Task) bool {
	if a.opts.Priority != b.opts.Priority {
		return a.opts.Priority > b.opts.Priority
	}
	return a.seq < b.seq
}

// push adds new tasks.
func (q *Queue) push(tasks ...*Task) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.err != nil:
		return q.err
	case q.closed:
		return ErrClosed
	}
	q.add(tasks)
	return nil
}

// more adds tasks of a job that was let in before Close.
func (q *Queue) more(tasks ...*Task) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return q.err
	}
	q.add(tasks)
	return nil
}

func (q *Queue) add(tasks []*Task) {
	for _, t := range tasks {
		if t.gone { // given up before it came here
			continue
		}
		t.listed = true
		t.next = q.first
		if q.first != nil {
			q.first.prev = t
		}
		q.first = t
		q.seq++
		t.seq = q.seq
		q.offer(t)
	}
}

func (q *Queue) offer(t *Task) {
	l := q.lanes[t.opts.Tag]
	if l == nil {
		l = new(lane)
		q.lanes[t.opts.Tag] = l
	}
	l.push(t)
	q.stats.Waiting++
	q.wake(t.opts.Tag)
}

// again offers a task once more that a worker failed to do.
func (q *Queue) again(t *Task) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return false
	}
	if t.listed {
		q.stats.Retried++
		q.put(t)
	}
	return true
}

// back offers a task that was taken and not begun. Being older it goes first.
func (q *Queue) back(t *Task) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return false
	}
	if t.listed {
		q.put(t)
	}
	return true
}

func (q *Queue) put(t *Task) {
	if t.taken {
		t.taken = false
		q.stats.Running--
	}
	q.offer(t)
}

// leave counts a task that is answered.
func (q *Queue) leave(t *Task, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !t.listed {
		t.gone = true
		return
	}
	t.listed = false
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		q.first = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
	if t.taken {
		q.stats.Running--
	} else {
		q.stats.Waiting--
	}
	q.stats.Done++
	if err != nil {
		q.stats.Failed++
	}
	if q.ended() {
		q.wakeAll()
	}
}

func (q *Queue) wakeAll() {
	for _, w := range q.takers {
		w.wake <- struct{}{}
	}
	q.takers = nil
}

// close takes no more tasks of new jobs.
func (q *Queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if q.ended() {
		q.wakeAll()
	}
}

// fail answers all tasks, and those to come, with err.
func (q *Queue) fail(err error) {
	q.mu.Lock()
	if q.err == nil {
		q.err = err
	}
	q.closed = true
	var left []*Task
	for t := q.first; t != nil; t = t.next {
		left = append(left, t)
	}
	clear(q.lanes)
	q.wakeAll()
	q.mu.Unlock()
	for _, t := range left {
		t.giveUp(err)
	}
}

// Abandon counts goroutines that go on with a task that was given up: n more,
// or fewer.
func (q *Queue) Abandon(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stats.Abandoned += n
}

func (q *Queue) snapshot() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.stats
	s.Workers = q.workers
	return s
}
