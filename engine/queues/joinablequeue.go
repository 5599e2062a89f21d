package queues

import (
	"context"
	"errors"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
)

// A JoinableQueue is Python's multiprocessing.JoinableQueue: who gets an item
// says when it is done, and others wait until all are.
type JoinableQueue struct {
	Queue
	condition  *synchronize.Condition
	unfinished *synchronize.Semaphore
}

// NewJoinable makes a queue for so many items at a time; 0 is no limit.
func NewJoinable(e *engine.Engine, maxsize int) (*JoinableQueue, error) {
	q := new(JoinableQueue)
	err := q.make(e, maxsize)
	if err == nil {
		q.condition, err = synchronize.NewCondition(e, nil)
	}
	if err == nil {
		if q.unfinished, err = synchronize.NewSemaphore(e, 0); err != nil {
			err = errors.Join(err, q.condition.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(err, q.closeParts())
	}
	return q, nil
}

// Put is Queue.Put; the item is unfinished until TaskDone.
func (q *JoinableQueue) Put(ctx context.Context, v any) error {
	return q.putCounted(ctx, v, func() error { return q.room.Acquire(ctx) })
}

// TryPut is Queue.TryPut; the item is unfinished until TaskDone.
func (q *JoinableQueue) TryPut(ctx context.Context, v any) error {
	return q.putCounted(ctx, v, func() error {
		if !q.room.TryAcquire() {
			return ErrFull
		}
		return nil
	})
}

// putCounted counts the item before anybody can get it.
func (q *JoinableQueue) putCounted(ctx context.Context, v any, take func() error) error {
	return q.put(ctx, v, func() error {
		if err := take(); err != nil {
			return err
		}
		err := q.with(ctx, func(*synchronize.Owner) error { return q.unfinished.Release() })
		if err != nil {
			return errors.Join(err, q.room.Release())
		}
		return nil
	}, func() error {
		return errors.Join(q.room.Release(), q.TaskDone(ctx))
	})
}

// with runs f with the condition's lock.
func (q *JoinableQueue) with(ctx context.Context, f func(o *synchronize.Owner) error) error {
	o := new(synchronize.Owner)
	if err := q.condition.Acquire(ctx, o); err != nil {
		return err
	}
	err := f(o)
	if failed := q.condition.Release(o); err == nil {
		err = failed
	}
	return err
}

// TaskDone says that an item is done. Once too often is Python's ValueError.
func (q *JoinableQueue) TaskDone(ctx context.Context) error {
	return q.with(ctx, func(o *synchronize.Owner) error {
		switch {
		case !q.unfinished.TryAcquire():
			return errTaskDone
		case q.unfinished.Value() == 0:
			return q.condition.NotifyAll(ctx, o)
		}
		return nil
	})
}

// JoinTasks is Python's join: it waits until all items are done.
func (q *JoinableQueue) JoinTasks(ctx context.Context) error {
	return q.with(ctx, func(o *synchronize.Owner) error {
		return q.condition.WaitFor(ctx, o, func() bool { return q.unfinished.Value() == 0 })
	})
}

// Close is Queue.Close.
func (q *JoinableQueue) Close() error {
	err := q.Queue.Close()
	if q.ours {
		err = errors.Join(err, q.condition.Close(), q.unfinished.Close())
	}
	return err
}

// state is that of a Queue, and (condition, unfinished).
func (q *JoinableQueue) state() pickle.Tuple {
	return append(q.Queue.state(), q.condition, q.unfinished)
}

func (q *JoinableQueue) setState(e *engine.Engine, t pickle.Tuple) error {
	if len(t) != 10 {
		return badState("JoinableQueue", len(t), 10)
	}
	var ok1, ok2 bool
	q.condition, ok1 = t[8].(*synchronize.Condition)
	q.unfinished, ok2 = t[9].(*synchronize.Semaphore)
	if !ok1 || !ok2 {
		return badPart("JoinableQueue", "condition and a semaphore", t[8])
	}
	return q.Queue.setState(e, t[:8])
}
