package synchronize

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/brine-go/brine/engine"
)

// An Owner stands for whom an RLock belongs to: what a thread is in Python. A
// goroutine that uses one makes it, with new(Owner), and keeps it.
type Owner struct{ _ byte }

// An RLock is Python's multiprocessing.RLock: its owner may take it again, and
// must release it as often. Other processes see only that it is taken.
type RLock struct {
	*semLock
	owner atomic.Pointer[Owner]
	count int // how often the owner has it; guarded by the lock itself
}

// NewRLock makes a lock. Close it when all who are to have it have it.
func NewRLock(e *engine.Engine) (*RLock, error) {
	s, err := newSemLock(e, recursiveMutex, 1, 1)
	if err != nil {
		return nil, err
	}
	return &RLock{semLock: s}, nil
}

// Acquire takes the lock for o and waits for it as long as ctx lasts.
func (l *RLock) Acquire(ctx context.Context, o *Owner) error {
	if l.again(o) {
		return nil
	}
	if err := l.acquire(ctx); err != nil {
		return err
	}
	l.take(o)
	return nil
}

// TryAcquire takes the lock for o if it is free or o's.
func (l *RLock) TryAcquire(o *Owner) bool {
	if l.again(o) {
		return true
	}
	if !l.tryAcquire() {
		return false
	}
	l.take(o)
	return true
}

func (l *RLock) again(o *Owner) bool {
	if o == nil {
		panic("synchronize: an RLock needs an Owner: new(Owner), kept by who takes and releases it")
	}
	if l.owner.Load() != o {
		return false
	}
	l.count++
	return true
}

func (l *RLock) take(o *Owner) {
	l.owner.Store(o)
	l.count = 1
}

// Release undoes one Acquire of o. One that is not o's is Python's
// AssertionError.
func (l *RLock) Release(o *Owner) error {
	if o == nil || l.owner.Load() != o {
		return errNotOwner
	}
	if l.count--; l.count > 0 {
		return nil
	}
	l.owner.Store(nil)
	return l.release()
}

// Count is how often o has the lock.
func (l *RLock) Count(o *Owner) int {
	if o == nil || l.owner.Load() != o {
		return 0
	}
	return l.count
}

// String is Python's repr for a thread that does not own the lock.
func (l *RLock) String() string { return l.Repr(nil) }

// Repr is Python's repr as the thread o sees it: only the owner knows how often
// it has the lock.
func (l *RLock) Repr(o *Owner) string {
	switch owner := l.owner.Load(); {
	case owner != nil && owner == o:
		return fmt.Sprintf("<RLock(%s, %d)>", l.engine.Name(), l.count)
	case l.sem.value() == 1:
		return "<RLock(None, 0)>"
	case owner != nil:
		return "<RLock(SomeOtherThread, nonzero)>"
	}
	return "<RLock(SomeOtherProcess, nonzero)>"
}

// The methods by which a Condition uses its lock.
func (l *RLock) lock(ctx context.Context, o *Owner) error { return l.Acquire(ctx, o) }
func (l *RLock) unlock(o *Owner) error                    { return l.Release(o) }
func (l *RLock) depth(o *Owner) int                       { return l.Count(o) }
