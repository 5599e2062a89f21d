package synchronize

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/brine-go/brine/engine"
)

// A Mutex is a Lock or an RLock.
type Mutex interface {
	fmt.Stringer
	Close() error
	lock(ctx context.Context, o *Owner) error
	unlock(o *Owner) error
	depth(o *Owner) int // how often o has it
}

// A Condition is Python's multiprocessing.Condition. Its methods take the Owner
// who has its RLock; where it has a Lock they may be given nil.
type Condition struct {
	mutex    Mutex
	ours     bool       // we made the mutex
	sleeping *Semaphore // who has begun to wait since the last notify
	woken    *Semaphore // who of these has ended
	wake     *Semaphore // a permit to end for each
}

// NewCondition makes a condition with that lock; nil makes an RLock for it.
// Close it when all who are to have it have it.
func NewCondition(e *engine.Engine, m Mutex) (c *Condition, err error) {
	c = &Condition{mutex: m, ours: m == nil}
	if c.ours {
		if c.mutex, err = NewRLock(e); err != nil {
			return nil, err
		}
	}
	for _, s := range []**Semaphore{&c.sleeping, &c.woken, &c.wake} {
		if *s, err = NewSemaphore(e, 0); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Close removes the names. Who has the condition goes on using it.
func (c *Condition) Close() (err error) {
	if c.ours {
		err = c.mutex.Close()
	}
	for _, s := range []*Semaphore{c.sleeping, c.woken, c.wake} {
		if s != nil {
			err = errors.Join(err, s.Close())
		}
	}
	return err
}

// Acquire takes the lock for o.
func (c *Condition) Acquire(ctx context.Context, o *Owner) error { return c.mutex.lock(ctx, o) }

// Release undoes one Acquire of o.
func (c *Condition) Release(o *Owner) error { return c.mutex.unlock(o) }

// Wait releases the lock, waits for a Notify and takes the lock again as often
// as o had it, all before it returns; also when ctx has ended, which is then
// the error.
func (c *Condition) Wait(ctx context.Context, o *Owner) error {
	depth := c.mutex.depth(o)
	if depth == 0 {
		return errWaitUnowned
	}
	if err := c.sleeping.Release(); err != nil {
		return err
	}
	for range depth {
		if err := c.mutex.unlock(o); err != nil {
			return err
		}
	}
	err := c.wake.Acquire(ctx)
	// A notifier waits for this, and then for nothing of ours.
	if failed := c.woken.Release(); failed != nil {
		return failed
	}
	for range depth {
		if failed := c.mutex.lock(context.WithoutCancel(ctx), o); failed != nil {
			return failed
		}
	}
	return err
}

// WaitFor waits until ready returns true, which it is asked with the lock held.
func (c *Condition) WaitFor(ctx context.Context, o *Owner, ready func() bool) error {
	for !ready() {
		if err := c.Wait(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// Notify wakes up to n who wait, and returns when they have left. Those who have
// not when ctx ends wait on, for the next Notify: so does, for ever, one that was
// killed while it waited, and each Notify that counts it takes until its ctx ends.
func (c *Condition) Notify(ctx context.Context, o *Owner, n int) error {
	if c.mutex.depth(o) == 0 {
		return errNotUnowned
	}
	// Those who gave up since the last Notify do not wait any more.
	for c.woken.TryAcquire() {
		c.sleeping.TryAcquire()
	}
	woken := 0
	for ; woken < n && c.sleeping.TryAcquire(); woken++ {
		if err := c.wake.Release(); err != nil {
			return err
		}
	}
	if woken == 0 {
		return nil
	}
	for left := range woken {
		if err := c.woken.Acquire(ctx); err != nil {
			return errors.Join(err, c.takeBack(woken-left))
		}
	}
	for c.wake.TryAcquire() { // of those who gave up just now
	}
	return nil
}

// takeBack has n who were to leave, and have not said that they do, wait again.
// One that leaves all the same counts as one that has given up.
func (c *Condition) takeBack(n int) (err error) {
	for c.wake.TryAcquire() {
	}
	for range n {
		err = errors.Join(err, c.sleeping.Release())
	}
	return err
}

// NotifyAll wakes all who wait.
func (c *Condition) NotifyAll(ctx context.Context, o *Owner) error {
	return c.Notify(ctx, o, math.MaxInt)
}

// String is Python's repr.
func (c *Condition) String() string { return c.Repr(nil) }

// Repr is Python's repr as the thread o sees it.
func (c *Condition) Repr(o *Owner) string {
	mutex := c.mutex.String()
	if l, ok := c.mutex.(*RLock); ok {
		mutex = l.Repr(o)
	}
	return fmt.Sprintf("<Condition(%s, %d)>", mutex, c.sleeping.Value()-c.woken.Value())
}

// With runs f while m is held, by an owner of its own. One that panics does not
// keep it.
func With(ctx context.Context, m Mutex, f func() error) (err error) {
	o := new(Owner)
	if err := m.lock(ctx, o); err != nil {
		return err
	}
	defer func() {
		if failed := m.unlock(o); err == nil {
			err = failed
		}
	}()
	return f()
}
