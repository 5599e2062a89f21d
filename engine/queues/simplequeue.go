package queues

import (
	"context"
	"errors"
	"fmt"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
)

// A SimpleQueue is Python's multiprocessing.SimpleQueue: a pipe with two locks.
// Put waits until the item is in the pipe, which holds 64 KiB.
type SimpleQueue struct {
	engine *engine.Engine
	in     inbox
	out    outbox
	ours   bool
}

// NewSimple makes a queue.
func NewSimple(e *engine.Engine) (*SimpleQueue, error) {
	q := &SimpleQueue{engine: e, ours: true}
	var err error
	if q.in.conn, q.out.conn, err = newPipe(e); err != nil {
		return nil, err
	}
	q.in.start()
	if q.in.lock, err = synchronize.NewLock(e); err == nil {
		if q.out.lock, err = synchronize.NewLock(e); err == nil {
			return q, nil
		}
		err = errors.Join(err, q.in.lock.Close())
	}
	q.in.conn.Close()
	q.out.conn.Close()
	return nil, err
}

// Put writes v, and waits as long as ctx lasts. One that ends inside an item
// ends the queue for all writers.
func (q *SimpleQueue) Put(ctx context.Context, v any) error {
	item, err := q.engine.Connection().Codec.Marshal(ctx, v)
	if err != nil {
		return fmt.Errorf("queues: cannot put the item: %w", err)
	}
	return q.out.write(ctx, [][]byte{item})
}

// Get takes the oldest item, and waits for one as long as ctx lasts.
func (q *SimpleQueue) Get(ctx context.Context) (any, error) {
	item, err := q.in.get(ctx, func() {})
	if err != nil {
		return nil, err
	}
	v, err := q.engine.Connection().Codec.Decode(ctx, item)
	if err != nil {
		return nil, fmt.Errorf("queues: the item that came cannot be read: %w", err)
	}
	return v, nil
}

// Empty tells how it was a moment ago.
func (q *SimpleQueue) Empty() bool { return !q.in.ready() }

// Close ends putting and getting in this process.
func (q *SimpleQueue) Close() error {
	q.out.conn.Close()
	q.in.close()
	if !q.ours {
		return nil
	}
	return errors.Join(q.in.lock.Close(), q.out.lock.Close())
}

// state is (reader, writer, rlock, wlock).
func (q *SimpleQueue) state() pickle.Tuple {
	return pickle.Tuple{q.in.conn, q.out.conn, q.in.lock, q.out.lock}
}

func (q *SimpleQueue) setState(e *engine.Engine, t pickle.Tuple) error {
	if len(t) != 4 {
		return badState("SimpleQueue", len(t), 4)
	}
	q.engine = e
	return setPipe("SimpleQueue", &q.in, &q.out, t)
}
