package queues

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"net"
	"os"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
)

// A Queue is Python's multiprocessing.Queue.
type Queue struct {
	engine  *engine.Engine
	maxsize int
	in      inbox
	out     outbox
	room    *synchronize.BoundedSemaphore // one for each item that may still be put
	opid    int                           // of the process that made it
	ours    bool
}

// noLimit is what a queue without one has.
const noLimit = math.MaxInt32

// New makes a queue for so many items at a time; 0 is no limit.
func New(e *engine.Engine, maxsize int) (*Queue, error) {
	q := new(Queue)
	if err := q.make(e, maxsize); err != nil {
		return nil, errors.Join(err, q.closeParts())
	}
	return q, nil
}

func (q *Queue) make(e *engine.Engine, maxsize int) (err error) {
	if maxsize <= 0 || maxsize > noLimit {
		maxsize = noLimit
	}
	q.engine, q.maxsize, q.opid, q.ours = e, maxsize, os.Getpid(), true
	if q.in.conn, q.out.conn, err = newPipe(q.engine); err != nil {
		return err
	}
	q.in.start()
	if q.in.lock, err = synchronize.NewLock(q.engine); err != nil {
		return err
	}
	if q.out.lock, err = synchronize.NewLock(q.engine); err != nil {
		return err
	}
	q.room, err = synchronize.NewBoundedSemaphore(q.engine, q.maxsize)
	return err
}

// newPipe makes the pipe of a queue: readers take no more than their item.
func newPipe(e *engine.Engine) (r, w *connection.Conn, err error) {
	cfg := e.Connection()
	cfg.Exact = true
	return connection.Pipe(false, cfg)
}

// Put puts v, and waits for room as long as ctx lasts. v is pickled before Put
// returns.
func (q *Queue) Put(ctx context.Context, v any) error {
	return q.put(ctx, v, func() error { return q.room.Acquire(ctx) }, q.room.Release)
}

// TryPut puts v if there is room, or returns ErrFull.
func (q *Queue) TryPut(ctx context.Context, v any) error {
	return q.put(ctx, v, func() error {
		if !q.room.TryAcquire() {
			return ErrFull
		}
		return nil
	}, q.room.Release)
}

// put puts v into the room that take takes, and that giveBack gives back where v
// cannot be put.
func (q *Queue) put(ctx context.Context, v any, take, giveBack func() error) error {
	if err := q.out.open(); err != nil {
		return err
	}
	item, err := q.pickle(ctx, v)
	if err != nil {
		return err
	}
	if err := take(); err != nil {
		return err
	}
	if err := q.out.put(item); err != nil {
		return errors.Join(err, giveBack())
	}
	return nil
}

func (q *Queue) pickle(ctx context.Context, v any) ([]byte, error) {
	item, err := q.engine.Connection().Codec.Marshal(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("queues: cannot put the item: %w", err)
	}
	return item, nil
}

// Get takes the oldest item, and waits for one as long as ctx lasts.
func (q *Queue) Get(ctx context.Context) (any, error) {
	item, err := q.in.get(ctx, q.taken)
	return q.unpickle(ctx, item, err)
}

func (q *Queue) unpickle(ctx context.Context, item []byte, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	v, err := q.engine.Connection().Codec.Decode(ctx, item)
	if err != nil {
		return nil, fmt.Errorf("queues: the item that came cannot be read: %w", err)
	}
	return v, nil
}

// TryGet takes the oldest item, or returns ErrEmpty where none is seen or another
// is at it. It waits, as long as ctx lasts, for the rest of an item only.
func (q *Queue) TryGet(ctx context.Context) (any, error) {
	item, err := q.in.tryGet(ctx, q.taken)
	return q.unpickle(ctx, item, err)
}

// taken gives back the room of an item that has left the pipe.
func (q *Queue) taken() { q.room.Release() }

// All yields items as they come, until ctx ends, the queue is closed or the loop
// is left. What is wrong with an item is yielded beside nil; where there can be
// no more items, that is the last.
func (q *Queue) All(ctx context.Context) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for {
			item, failed := q.in.get(ctx, q.taken)
			if failed != nil && (ctx.Err() != nil || errors.Is(failed, net.ErrClosed)) {
				return
			}
			if v, err := q.unpickle(ctx, item, failed); !yield(v, err) || failed != nil {
				return
			}
		}
	}
}

// Len is Python's qsize: how many items are in the queue, or about to be.
func (q *Queue) Len() int { return q.maxsize - q.room.Value() }

// Empty and Full tell how it was a moment ago.
func (q *Queue) Empty() bool { return !q.in.ready() }
func (q *Queue) Full() bool  { return q.room.Value() == 0 }

// Close ends putting and getting in this process, which are net.ErrClosed from
// then on; what was put is still written,
// and Join waits for it. The queue's names go, so all processes that are to have
// it must have it.
func (q *Queue) Close() error {
	q.out.close()
	q.in.close()
	return q.closeNames()
}

// Join waits until what this process put has been written.
func (q *Queue) Join(ctx context.Context) error { return q.out.flush(ctx) }

// Abandon gives up what has not been written, because nobody reads it. It is
// Python's cancel_join_thread, after Close.
func (q *Queue) Abandon() { q.out.abandon() }

func (q *Queue) closeNames() (err error) {
	if !q.ours {
		return nil
	}
	if q.in.lock != nil {
		err = q.in.lock.Close()
	}
	if q.out.lock != nil {
		err = errors.Join(err, q.out.lock.Close())
	}
	if q.room != nil {
		err = errors.Join(err, q.room.Close())
	}
	return err
}

// closeParts is for a queue that could not be made.
func (q *Queue) closeParts() error {
	for _, c := range []*connection.Conn{q.in.conn, q.out.conn} {
		if c != nil {
			c.Close()
		}
	}
	return q.closeNames()
}

// state is (ignore_epipe, maxsize, reader, writer, rlock, wlock, sem, opid).
func (q *Queue) state() pickle.Tuple {
	return pickle.Tuple{false, int64(q.maxsize), q.in.conn, q.out.conn, q.in.lock, q.out.lock, q.room, int64(q.opid)}
}

func (q *Queue) setState(e *engine.Engine, t pickle.Tuple) error {
	if len(t) != 8 {
		return badState("Queue", len(t), 8)
	}
	maxsize, err := pickle.As[int](t[1])
	opid, err2 := pickle.As[int](t[7])
	if err = errors.Join(err, err2); err != nil {
		return fmt.Errorf("queues: the state of a Queue: %w", err)
	}
	room, ok := t[6].(*synchronize.BoundedSemaphore)
	if !ok {
		return badPart("Queue", "semaphore", t[6])
	}
	if err := setPipe("Queue", &q.in, &q.out, t[2:6]); err != nil {
		return err
	}
	q.engine, q.maxsize, q.room, q.opid = e, maxsize, room, opid
	return nil
}
