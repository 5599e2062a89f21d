package synchronize

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/engine"
)

// A Semaphore is Python's multiprocessing.Semaphore: a number of permits.
type Semaphore struct{ *semLock }

// NewSemaphore makes one with that many permits. Close it when all who are to
// have it have it.
func NewSemaphore(e *engine.Engine, value int) (*Semaphore, error) {
	s, err := newSemLock(e, counting, value, maxValue)
	if err != nil {
		return nil, err
	}
	return &Semaphore{s}, nil
}

// Acquire takes a permit and waits for it as long as ctx lasts. Where there is
// one it does not look at ctx.
func (s *Semaphore) Acquire(ctx context.Context) error { return s.acquire(ctx) }

// TryAcquire takes a permit if there is one.
func (s *Semaphore) TryAcquire() bool { return s.tryAcquire() }

// Release gives a permit back, or adds one.
func (s *Semaphore) Release() error { return s.release() }

// Value is how many permits there are now.
func (s *Semaphore) Value() int { return s.sem.value() }

// String is Python's repr.
func (s *Semaphore) String() string { return fmt.Sprintf("<Semaphore(value=%d)>", s.Value()) }

// A BoundedSemaphore is a Semaphore that never has more permits than at first:
// to release more is Python's ValueError.
type BoundedSemaphore struct{ Semaphore }

// NewBoundedSemaphore makes one with that many permits.
func NewBoundedSemaphore(e *engine.Engine, value int) (*BoundedSemaphore, error) {
	s, err := newSemLock(e, counting, value, value)
	if err != nil {
		return nil, err
	}
	return &BoundedSemaphore{Semaphore{s}}, nil
}

// String is Python's repr.
func (s *BoundedSemaphore) String() string {
	return fmt.Sprintf("<BoundedSemaphore(value=%d, maxvalue=%d)>", s.Value(), s.max)
}
