package synchronize

import (
	"context"
	"errors"
	"fmt"

	"github.com/brine-go/brine/engine"
)

// An Event is Python's multiprocessing.Event: a flag to wait for.
type Event struct {
	condition *Condition // over a Lock
	flag      *Semaphore // 1 is set
}

// NewEvent makes an event that is not set. Close it when all who are to have it
// have it.
func NewEvent(e *engine.Engine) (*Event, error) {
	l, err := NewLock(e)
	if err != nil {
		return nil, err
	}
	c, err := NewCondition(e, l)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	flag, err := NewSemaphore(e, 0)
	if err != nil {
		return nil, errors.Join(err, c.Close(), l.Close())
	}
	return &Event{c, flag}, nil
}

// Close removes the names. Who has the event goes on using it.
func (e *Event) Close() error {
	return errors.Join(e.condition.Close(), e.condition.mutex.Close(), e.flag.Close())
}

// with runs f with the event's lock.
func (e *Event) with(ctx context.Context, f func() error) error {
	if err := e.condition.Acquire(ctx, nil); err != nil {
		return err
	}
	return errors.Join(f(), e.condition.Release(nil))
}

// isSet is asked with the lock held.
func (e *Event) isSet() bool {
	set := e.flag.TryAcquire()
	if set {
		e.flag.Release()
	}
	return set
}

// IsSet tells whether the event is set.
func (e *Event) IsSet(ctx context.Context) (set bool, err error) {
	err = e.with(ctx, func() error { set = e.isSet(); return nil })
	return set, err
}

// Set sets the event and wakes all who wait for it.
func (e *Event) Set(ctx context.Context) error {
	return e.with(ctx, func() error {
		e.flag.TryAcquire()
		return errors.Join(e.flag.Release(), e.condition.NotifyAll(ctx, nil))
	})
}

// Clear takes it back.
func (e *Event) Clear(ctx context.Context) error {
	return e.with(ctx, func() error { e.flag.TryAcquire(); return nil })
}

// Wait waits until the event is set. It returns also where another has cleared
// it since.
func (e *Event) Wait(ctx context.Context) error {
	return e.with(ctx, func() error {
		if e.isSet() {
			return nil
		}
		return e.condition.Wait(ctx, nil)
	})
}

// String is Python's repr, of 3.11 and later.
func (e *Event) String() string {
	state := "unset"
	if e.flag.Value() > 0 {
		state = "set"
	}
	return fmt.Sprintf("<Event at %p %s>", e, state)
}
