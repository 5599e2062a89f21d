package syncmanager

import (
	"context"

	"github.com/brine-go/brine/managers"
)

// A Lock is a proxy for a threading.Lock of a manager. Anyone may release it.
//
// The end of a context that Acquire waits with, of this and the other locks,
// gives the call up; if the lock comes in that moment, Acquire succeeds.
type Lock struct{ managers.Proxy }

// NewLock makes a lock that nobody has.
func NewLock(ctx context.Context, c *managers.Client) (*Lock, error) {
	p, err := c.Create(ctx, "Lock")
	if err != nil {
		return nil, err
	}
	return &Lock{*p}, nil
}

// Acquire waits for the lock.
func (l *Lock) Acquire(ctx context.Context) error { return l.Do(ctx, "acquire") }

// TryAcquire takes the lock if nobody has it.
func (l *Lock) TryAcquire(ctx context.Context) (bool, error) {
	return managers.CallFor[bool](ctx, &l.Proxy, "acquire", false)
}

// Release gives the lock back. That nobody has it is pickle.RuntimeError.
func (l *Lock) Release(ctx context.Context) error { return l.Do(ctx, "release") }

// An RLock is a proxy for a threading.RLock of a manager: whoever has it may
// take it again, and only they can release it. Who they are, a Caller says.
type RLock struct{ managers.Proxy }

// NewRLock makes a lock that nobody has.
func NewRLock(ctx context.Context, c *managers.Client) (*RLock, error) {
	p, err := c.Create(ctx, "RLock")
	if err != nil {
		return nil, err
	}
	return &RLock{*p}, nil
}

// Acquire waits for the lock, unless k has it already.
func (l *RLock) Acquire(ctx context.Context, k *managers.Caller) error {
	return l.By(k).Do(ctx, "acquire")
}

// TryAcquire takes the lock if nobody else has it.
func (l *RLock) TryAcquire(ctx context.Context, k *managers.Caller) (bool, error) {
	return managers.CallFor[bool](ctx, l.By(k), "acquire", false)
}

// Release undoes one Acquire of k. That k has not got the lock is
// pickle.RuntimeError.
func (l *RLock) Release(ctx context.Context, k *managers.Caller) error {
	return l.By(k).Do(ctx, "release")
}

// A Semaphore is a proxy for a threading.Semaphore of a manager.
type Semaphore struct{ managers.Proxy }

// NewSemaphore makes a semaphore of n permits.
func NewSemaphore(ctx context.Context, c *managers.Client, n int) (*Semaphore, error) {
	p, err := c.Create(ctx, "Semaphore", n)
	if err != nil {
		return nil, err
	}
	return &Semaphore{*p}, nil
}

// Acquire waits for a permit.
func (s *Semaphore) Acquire(ctx context.Context) error { return s.Do(ctx, "acquire") }

// TryAcquire takes a permit if there is one.
func (s *Semaphore) TryAcquire(ctx context.Context) (bool, error) {
	return managers.CallFor[bool](ctx, &s.Proxy, "acquire", false)
}

// Release gives a permit back.
func (s *Semaphore) Release(ctx context.Context) error { return s.Do(ctx, "release") }

// A BoundedSemaphore is a Semaphore that never has more permits than it was made
// with: to release more is pickle.ValueError.
type BoundedSemaphore struct{ Semaphore }

// NewBoundedSemaphore makes a semaphore of n permits.
func NewBoundedSemaphore(ctx context.Context, c *managers.Client, n int) (*BoundedSemaphore, error) {
	p, err := c.Create(ctx, "BoundedSemaphore", n)
	if err != nil {
		return nil, err
	}
	return &BoundedSemaphore{Semaphore{*p}}, nil
}
