package synchronize

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/brine-go/brine/engine"
)

// An Owner stands for whom an RLock belongs to: what a thread is in Python. A
// goroutine that uses one makes it, with new(Owner), and keeps it.
type Owner struct{ _ byte }

// An RLock is Python's multiprocessing.RLock: its owner may take it again, and
// must release it as often. Other processes see only that it is taken.
type RLock struct {
	*semLock
	owner  atomic.Pointer[Owner]
	count  int     // how often the owner has it; guarded by the lock itself
	record *record // nil unless RecordHolder was called where the lock was made
}

// NewRLock makes a lock. Close it when all who are to have it have it.
func NewRLock(e *engine.Engine) (*RLock, error) {
	s, err := newSemLock(e, recursiveMutex, 1, 1)
	if err != nil {
		return nil, err
	}
	return &RLock{semLock: s}, nil
}

// RecordHolder has every Go process that is given the lock write down when it
// has it, so that others are told when it dies: Acquire then returns
// ErrHolderDied within a second. Call it where the lock was made, before another
// process has it. A lock costs two stores more then.
//
// Processes of a PID namespace other than the maker's, and Pythons, write
// nothing: one that dies with the lock is waited for until the context ends. So
// is a process that dies in the instants between taking the lock and writing,
// or between the two at its release.
func (l *RLock) RecordHolder() (err error) {
	switch {
	case l.record != nil:
		return nil
	case !l.ours:
		return errNotMaker
	}
	l.record, err = createRecord(l.engine, l.name)
	return err
}

// Close removes the names. Who has the lock goes on using it; nobody can be
// given it any more.
func (l *RLock) Close() error {
	err := l.semLock.Close()
	if l.ours && l.record != nil {
		err = errors.Join(err, removeRecord(l.engine, l.name))
	}
	return err
}

// Acquire takes the lock for o and waits for it as long as ctx lasts, or until
// its holder is known to have died: that is ErrHolderDied.
func (l *RLock) Acquire(ctx context.Context, o *Owner) error {
	if l.again(o) {
		return nil
	}
	wait := l.acquire
	if l.record != nil {
		wait = l.acquireWatching
	}
	if err := wait(ctx); err != nil {
		return err
	}
	l.take(o)
	return nil
}

// watchEvery is how often a waiter looks whether the holder lives.
const watchEvery = 250 * time.Millisecond

// acquireWatching is acquire for a lock whose holder is recorded.
func (l *RLock) acquireWatching(ctx context.Context) error {
	if l.line.length.Load() == 0 && l.tryAcquire() {
		return nil
	}
	err := l.line.wait(ctx, func() error {
		for !l.record.known() {
			slice, stop := context.WithTimeout(ctx, watchEvery)
			err := l.sem.wait(slice)
			stop()
			if err == nil || ctx.Err() != nil {
				return err
			}
			l.record.look()
		}
		return fmt.Errorf("%w: process %d", ErrHolderDied, identity(l.record.buried.Load()).pid())
	})
	if err == nil {
		l.hb.acquired()
	}
	return err
}

// Inherit takes the lock for o from a process that has died with it, after
// ErrHolderDied: what the lock guards may be half done, and is o's to mend. It
// returns false where the holder lives, is not known, or another was faster.
func (l *RLock) Inherit(o *Owner) bool {
	if l.again(o) {
		return true
	}
	if l.record == nil || !l.record.inherit() {
		return false
	}
	l.hb.acquired()
	l.set(o)
	return true
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
	if l.record != nil {
		l.record.taken()
	}
	l.set(o)
}

func (l *RLock) set(o *Owner) {
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
	if l.record != nil {
		l.record.released()
	}
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
