package synchronize

import (
	"errors"
	"fmt"

	"github.com/brine-go/brine/pickle"
)

// A LayoutError tells that a semaphore is not one of this machine's glibc.
type LayoutError struct {
	Name  string
	Found string
}

func (e *LayoutError) Error() string {
	return fmt.Sprintf("synchronize: the semaphore %q has %s; locks can be shared with 64-bit glibc only, not with musl (Alpine) or 32-bit programs",
		e.Name, e.Found)
}

// ErrHolderDied tells that a lock will not be released, since the process that
// has it has ended: see RLock.RecordHolder.
var ErrHolderDied = errors.New("synchronize: the process that holds the lock has died")

var errNotMaker = errors.New("synchronize: only the process that made a lock can have its holders recorded")

// What Python raises.
var (
	errOverRelease = pickle.ValueError.New("semaphore or lock released too many times")
	errNotOwner    = pickle.AssertionError.New("attempt to release recursive lock not owned by thread")
	errWaitUnowned = pickle.AssertionError.New("must acquire() condition before using wait()")
	errNotUnowned  = pickle.AssertionError.New("lock is not owned")
)
