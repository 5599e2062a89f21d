package syncmanager

import (
	"context"
	"errors"
	"time"

	"github.com/brine-go/brine/managers"
)

// An Event is a proxy for a threading.Event of a manager.
type Event struct{ managers.Proxy }

// NewEvent makes an event that is not set.
func NewEvent(ctx context.Context, c *managers.Client) (*Event, error) {
	p, err := c.Create(ctx, "Event")
	if err != nil {
		return nil, err
	}
	return &Event{*p}, nil
}

// Set sets the event, for all who wait.
func (e *Event) Set(ctx context.Context) error { return e.Do(ctx, "set") }

// Clear takes that back.
func (e *Event) Clear(ctx context.Context) error { return e.Do(ctx, "clear") }

// IsSet tells whether the event is set.
func (e *Event) IsSet(ctx context.Context) (bool, error) {
	return managers.CallFor[bool](ctx, &e.Proxy, "is_set")
}

// Wait waits until the event is set.
func (e *Event) Wait(ctx context.Context) error { return e.Do(ctx, "wait") }

// A Barrier is a proxy for a threading.Barrier of a manager: a place where a
// number of parties wait for each other.
type Barrier struct{ managers.Proxy }

// NewBarrier makes a barrier for n parties.
func NewBarrier(ctx context.Context, c *managers.Client, n int) (*Barrier, error) {
	p, err := c.Create(ctx, "Barrier", n)
	if err != nil {
		return nil, err
	}
	return &Barrier{*p}, nil
}

// abortTime is how long the manager gets to hear that a party gave up.
const abortTime = 5 * time.Second

// Wait waits until all parties do. They get different numbers, from 0 on. If ctx
// ends before, the barrier is broken for all: to the others that is
// pickle.BrokenBarrierError.
func (b *Barrier) Wait(ctx context.Context) (int, error) {
	i, err := managers.CallFor[int](ctx, &b.Proxy, "wait")
	if err != nil && ctx.Err() != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
		defer cancel()
		err = errors.Join(err, b.Abort(ctx))
	}
	return i, err
}

// Abort breaks the barrier.
func (b *Barrier) Abort(ctx context.Context) error { return b.Do(ctx, "abort") }

// Reset makes the barrier as new, and is an error to those who wait.
func (b *Barrier) Reset(ctx context.Context) error { return b.Do(ctx, "reset") }

// Parties is how many must come.
func (b *Barrier) Parties(ctx context.Context) (int, error) {
	return managers.CallFor[int](ctx, &b.Proxy, "__getattribute__", "parties")
}

// Waiting is how many have come.
func (b *Barrier) Waiting(ctx context.Context) (int, error) {
	return managers.CallFor[int](ctx, &b.Proxy, "__getattribute__", "n_waiting")
}

// Broken tells whether the barrier is broken.
func (b *Barrier) Broken(ctx context.Context) (bool, error) {
	return managers.CallFor[bool](ctx, &b.Proxy, "__getattribute__", "broken")
}
