package synchronize

import (
	"context"

	"github.com/brine-go/brine/engine"
)

// A Lock is Python's multiprocessing.Lock. Any goroutine of any process may
// release it.
type Lock struct {
	*semLock
	held held
}

// NewLock makes a lock. Close it when all who are to have it have it.
func NewLock(e *engine.Engine) (*Lock, error) {
	s, err := newSemLock(e, counting, 1, 1)
	if err != nil {
		return nil, err
	}
	return &Lock{semLock: s}, nil
}

// Acquire waits for the lock as long as ctx lasts. Where the lock is free it
// does not look at ctx.
func (l *Lock) Acquire(ctx context.Context) error {
	err := l.acquire(ctx)
	if err == nil {
		l.held.set(true)
	}
	return err
}

// TryAcquire takes the lock if it is free.
func (l *Lock) TryAcquire() bool {
	ok := l.tryAcquire()
	if ok {
		l.held.set(true)
	}
	return ok
}

// Release frees the lock. One that is free already is Python's ValueError.
func (l *Lock) Release() error {
	l.held.set(false)
	return l.release()
}

// String is Python's repr: who holds the lock, as far as this process knows.
func (l *Lock) String() string {
	owner := "SomeOtherProcess"
	switch {
	case l.sem.value() == 1:
		owner = "None"
	case l.held.get():
		owner = l.engine.Name()
	}
	return "<Lock(owner=" + owner + ")>"
}

// The methods by which a Condition uses its lock: the owner is nobody's.
func (l *Lock) lock(ctx context.Context, _ *Owner) error { return l.Acquire(ctx) }
func (l *Lock) unlock(*Owner) error                      { return l.Release() }
func (l *Lock) depth(*Owner) int {
	if l.held.get() {
		return 1
	}
	return 0
}
