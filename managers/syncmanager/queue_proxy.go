package syncmanager

import (
	"context"
	"errors"
	"iter"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A Queue is a proxy for a queue.Queue of a manager.
//
// The end of a context that Put or Get waits with ends the call, and loses no
// item: one that comes in that moment is returned, or stays in the queue.
type Queue[T any] struct{ managers.Proxy }

// NewQueue makes a queue that holds maxsize items at most; 0 is any number.
func NewQueue[T any](ctx context.Context, c *managers.Client, maxsize int) (*Queue[T], error) {
	p, err := c.Create(ctx, "Queue", maxsize)
	if err != nil {
		return nil, err
	}
	return &Queue[T]{*p}, nil
}

// Put adds an item, and waits while the queue is full.
func (q *Queue[T]) Put(ctx context.Context, v T) error { return q.Do(ctx, "put", v) }

// TryPut adds an item unless the queue is full, which is pickle.QueueFull.
func (q *Queue[T]) TryPut(ctx context.Context, v T) error { return q.Do(ctx, "put", v, false) }

// Get takes the oldest item, and waits while there is none.
func (q *Queue[T]) Get(ctx context.Context) (T, error) {
	return managers.CallFor[T](ctx, &q.Proxy, "get")
}

// TryGet takes the oldest item; that there is none is pickle.QueueEmpty.
func (q *Queue[T]) TryGet(ctx context.Context) (T, error) {
	return managers.CallFor[T](ctx, &q.Proxy, "get", false)
}

// All takes items until ctx ends or the queue is shut down, which is no error.
// Any other is what it yields last.
func (q *Queue[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			v, err := q.Get(ctx)
			if errors.Is(err, pickle.QueueShutDown) || err != nil && ctx.Err() != nil {
				return
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// Len returns the number of items, which may be another by now.
func (q *Queue[T]) Len(ctx context.Context) (int, error) {
	return managers.CallFor[int](ctx, &q.Proxy, "qsize")
}

// Empty tells whether there is no item.
func (q *Queue[T]) Empty(ctx context.Context) (bool, error) {
	return managers.CallFor[bool](ctx, &q.Proxy, "empty")
}

// Full tells whether there is no room for another.
func (q *Queue[T]) Full(ctx context.Context) (bool, error) {
	return managers.CallFor[bool](ctx, &q.Proxy, "full")
}

// Shutdown lets no more items in: Put is pickle.QueueShutDown, and so is Get
// once there are none left. At once drops what is there. It came with Python
// 3.13.
func (q *Queue[T]) Shutdown(ctx context.Context, atOnce bool) error {
	return q.Do(ctx, "shutdown", atOnce)
}

// A JoinableQueue is a Queue that knows when all of its items have been worked
// on.
type JoinableQueue[T any] struct{ Queue[T] }

// NewJoinableQueue makes a queue that holds maxsize items at most; 0 is any
// number.
func NewJoinableQueue[T any](ctx context.Context, c *managers.Client, maxsize int) (*JoinableQueue[T], error) {
	p, err := c.Create(ctx, "JoinableQueue", maxsize)
	if err != nil {
		return nil, err
	}
	return &JoinableQueue[T]{Queue[T]{*p}}, nil
}

// TaskDone tells that the work on an item is done. More than there were items is
// pickle.ValueError.
func (q *JoinableQueue[T]) TaskDone(ctx context.Context) error {
	return q.Do(ctx, "task_done")
}

// Join waits until TaskDone was called for every item.
func (q *JoinableQueue[T]) Join(ctx context.Context) error { return q.Do(ctx, "join") }
