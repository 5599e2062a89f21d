package process

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
)

// A worker is a child process and our conversation with it: tasks go out,
// answers come back in the same order.
type worker struct {
	slot    *slot
	queue   *pool.Queue
	process *engine.Process
	conn    *connection.Conn
	life    *connection.Conn // closed by the kernel when we die; nil for Go
	codec   pickle.Codec
	out     *output
	tasks   *spool // what is too large for conn; feed's
	results *spool // likewise; read's
	journal *journal
	most    int64 // bytes in a message

	ready   chan struct{}  // closed when it has answered the hello
	ended   chan struct{}  // closed when the process has, and all answers were read
	running sync.WaitGroup // read; close waits for it
	room    chan struct{}  // has one when flight got shorter

	taking sync.Mutex  // held by who takes answers
	view   pickle.View // its
	record []byte      // likewise

	batches bool        // it knows them
	glance  *time.Timer // to look into the journal

	mu      sync.Mutex    // guards what follows
	flight  []*pool.Task  // sent; the first is being run
	since   time.Time     // when the first was begun
	number  uint32        // of the answers that came, with that to the hello
	pause   time.Duration // until glance
	pace    pace
	sent    int
	leaving bool   // it gets no more tasks
	over    bool   // what was in flight has been settled
	reason  string // why we killed it
	memory  memory

	done int  // tasks answered; read after ended
	died bool // it ended in a way that nobody asked for
}

// Jobs that no task has.
const (
	helloJob  = -1 // the first message
	unreadJob = -2 // in an answer: the task could not be unpickled
)

// work gives the worker tasks until it ends, and ends it when there are none.
func (w *worker) work(ctx context.Context) {
	feeding, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-w.ended: // then nobody reads what is written
		case <-feeding.Done():
		}
		stop()
	})
	if w.feed(feeding) {
		w.dismiss(ctx)
	}
	stop()
	watch.Wait()
	<-w.ended
	w.close()
}

// feed takes tasks and sends them. It is true when the worker should leave, and
// has not ended yet.
func (w *worker) feed(ctx context.Context) bool {
	tags := w.slot.group.Tags
	for {
		n, idle, like, ok := w.capacity()
		if !ok {
			return ctx.Err() == nil
		}
		var tasks []*pool.Task
		switch {
		case idle:
			if tasks = w.queue.Take(ctx, tags, n, like); len(tasks) == 0 {
				return ctx.Err() == nil
			}
		case n > 0:
			tasks = w.queue.TakeAhead(tags, n, like)
		}
		if len(tasks) > 0 {
			w.send(ctx, tasks)
			continue
		}
		select {
		case <-w.room:
		case <-ctx.Done():
			return false
		}
	}
}

// capacity is how many tasks the worker may get now, those that are like what
// it has had. ok is false when it gets no more.
func (w *worker) capacity() (n int, idle bool, like any, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	most := w.slot.group.MaxTasksPerChild
	if w.leaving || most > 0 && w.sent >= most {
		return 0, false, nil, false
	}
	n = w.pace.room(len(w.flight))
	if most > 0 {
		n = min(n, most-w.sent)
	}
	return n, len(w.flight) == 0, w.pace.like, true
}

// send sends tasks. Those that cannot be pickled fail, the others are the
// worker's from now on.
func (w *worker) send(ctx context.Context, tasks []*pool.Task) {
	var bodies [][]byte
	for len(tasks) > 0 {
		n := 1
		if w.batches {
			n = max(n, alike(tasks))
		}
		if body := w.message(ctx, tasks[:n]); body != nil {
			bodies = append(bodies, body)
		}
		tasks = tasks[n:]
	}
	if len(bodies) == 1 {
		w.conn.SendBytes(ctx, bodies[0])
	} else {
		w.conn.SendAll(ctx, bodies)
	}
	// A write that fails is a worker that died: the reader knows.
}

// message is that with the tasks, or nil when the worker gets none of them.
func (w *worker) message(ctx context.Context, tasks []*pool.Task) []byte {
	if len(tasks) > 1 {
		if tasks = w.carry(tasks); len(tasks) == 0 {
			return nil
		}
		body, err := batch(ctx, w.codec, tasks)
		if err != nil { // what is plain can be pickled
			w.reject(err)
			return nil
		}
		return body
	}
	pieces, err := w.pieces(ctx, tasks[0])
	if err != nil {
		tasks[0].Finish(nil, fmt.Errorf("pool: the task cannot be pickled: %w", err))
		return nil
	}
	var body []byte
	if total(pieces) >= largeMessage {
		body, _ = w.tasks.write(pieces...)
	}
	if body == nil {
		body = slices.Concat(pieces...)
	}
	if len(w.carry(tasks)) == 0 {
		return nil
	}
	return body
}

// pieces are the pickle of a task. What is long in it stays where it is.
func (w *worker) pieces(ctx context.Context, t *pool.Task) (pieces [][]byte, err error) {
	var refs []pickle.Ref
	codec := w.codec
	codec.Refs = &refs
	b, err := codec.Marshal(ctx, t.Tuple())
	at := 0
	for _, r := range refs {
		pieces = append(pieces, b[at:r.At], r.Bytes)
		at = r.At
	}
	return append(pieces, b[at:]), err
}

// carry makes the worker responsible for tasks, and returns those that it is.
func (w *worker) carry(tasks []*pool.Task) []*pool.Task {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over { // it died while they were on their way here
		for _, t := range tasks {
			t.Requeue()
		}
		return nil
	}
	for len(w.flight) == 0 && len(tasks) > 0 {
		t := tasks[0]
		if w.reach(t) {
			break
		}
		t.Finish(nil, context.Canceled) // nobody wants it
		tasks = tasks[1:]
	}
	w.flight = append(w.flight, tasks...)
	w.sent += len(tasks)
	w.watchJournal(glanceTime)
	return tasks
}

// reach makes it the task that the worker is at. w.mu is locked.
func (w *worker) reach(t *pool.Task) bool {
	w.since = time.Now()
	return t.Begin(func(error) { w.expire(t) })
}

// writer is the task that has written something: if it was marked, that which
// is answered with the number.
func (w *worker) writer(marked bool, number uint32) *pool.Task {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := 0
	if ahead := int32(number - w.number); marked && ahead >= 0 {
		at = int(ahead)
	} else {
		w.pace.slow()
	}
	if at >= len(w.flight) {
		return nil // it writes between tasks
	}
	return w.flight[at]
}

const (
	glanceTime = 2 * time.Millisecond // longer than an answer stays in the journal, unless its successor takes long
	maxGlance  = 128 * time.Millisecond
)

// watchJournal has the journal looked at if the worker does not tell of what it
// has done, because it is at a task that takes long. w.mu is locked.
func (w *worker) watchJournal(after time.Duration) {
	if len(w.flight) > 1 && w.glance != nil {
		w.pause = after
		w.glance.Reset(after)
	}
}

// glanceAtJournal is run by glance, less and less often as long as nothing happens.
func (w *worker) glanceAtJournal() {
	w.peek()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watchJournal(min(2*w.pause, maxGlance))
}

// stopGrace is how long a task that was given up may still take: a new worker
// costs more.
const stopGrace = 20 * time.Millisecond

// expire kills the worker if it is still at the task after a moment.
func (w *worker) expire(t *pool.Task) {
	time.AfterFunc(stopGrace, func() {
		w.peek()
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.flight) > 0 && w.flight[0] == t {
			w.kill("its task was given up")
		}
	})
}

// kill ends the process. w.mu is locked.
func (w *worker) kill(reason string) {
	if w.reason == "" {
		w.reason = reason
	}
	w.leaving = true
	w.process.Kill()
}

// dismiss ends a worker that is to leave: what it has it still does.
func (w *worker) dismiss(ctx context.Context) {
	w.mu.Lock()
	w.leaving = true
	w.mu.Unlock()
	w.conn.Send(ctx, nil) // None: it leaves its loop
	select {
	case <-w.drained():
	case <-ctx.Done():
		return
	}
	select {
	case <-w.ended:
	case <-ctx.Done():
	case <-time.After(w.slot.group.Process.Grace + leaveTime):
		w.mu.Lock()
		w.kill("it did not leave")
		w.mu.Unlock()
	}
}

// leaveTime is what a worker may take for what it does at its exit.
const leaveTime = 10 * time.Second

// drained is closed when the worker has answered all that it has, or ended.
func (w *worker) drained() <-chan struct{} {
	c := make(chan struct{})
	go func() { // ends with the worker at the latest
		defer close(c)
		for {
			w.mu.Lock()
			n := len(w.flight)
			w.mu.Unlock()
			if n == 0 {
				return
			}
			select {
			case <-w.room:
			case <-w.ended:
				return
			}
		}
	}()
	return c
}

// close frees what is left of a worker that has ended.
func (w *worker) close() {
	w.running.Wait()
	w.conn.Close()
	w.tasks.close()
	w.results.close()
	w.taking.Lock()
	defer w.taking.Unlock()
	w.journal.close()
	if w.life != nil {
		w.life.Close()
	}
}
