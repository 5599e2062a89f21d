package syncmanager

import (
	"context"

	"github.com/brine-go/brine/managers"
)

// A Condition is a proxy for a threading.Condition of a manager. It has a lock,
// and the methods are for the Caller that has acquired it: to others they are
// pickle.RuntimeError.
type Condition struct{ managers.Proxy }

// NewCondition makes a condition with an RLock of its own, or with the lock that
// is given: a *Lock or *RLock.
func NewCondition(ctx context.Context, c *managers.Client, lock ...any) (*Condition, error) {
	p, err := c.Create(ctx, "Condition", lock...)
	if err != nil {
		return nil, err
	}
	return &Condition{*p}, nil
}

// Acquire waits for the lock.
func (c *Condition) Acquire(ctx context.Context, k *managers.Caller) error {
	return c.By(k).Do(ctx, "acquire")
}

// TryAcquire takes the lock if nobody else has it.
func (c *Condition) TryAcquire(ctx context.Context, k *managers.Caller) (bool, error) {
	return managers.CallFor[bool](ctx, c.By(k), "acquire", false)
}

// Release gives the lock back.
func (c *Condition) Release(ctx context.Context, k *managers.Caller) error {
	return c.By(k).Do(ctx, "release")
}

// Wait gives the lock back, waits until it is notified, and takes the lock
// again. If ctx ends before, that is the error; k has the lock all the same.
func (c *Condition) Wait(ctx context.Context, k *managers.Caller) error {
	return c.By(k).Do(ctx, "wait")
}

// WaitFor waits until reached returns true, which is called with the lock held.
func (c *Condition) WaitFor(ctx context.Context, k *managers.Caller, reached func() (bool, error)) error {
	for {
		if ok, err := reached(); ok || err != nil {
			return err
		}
		if err := c.Wait(ctx, k); err != nil {
			return err
		}
	}
}

// Notify wakes n of those that wait.
func (c *Condition) Notify(ctx context.Context, k *managers.Caller, n int) error {
	return c.By(k).Do(ctx, "notify", n)
}

// NotifyAll wakes all that wait.
func (c *Condition) NotifyAll(ctx context.Context, k *managers.Caller) error {
	return c.By(k).Do(ctx, "notify_all")
}
