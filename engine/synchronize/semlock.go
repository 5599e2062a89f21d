package synchronize

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pyinterop/tracker"
)

// A semLock is a semaphore by name and who waits for it in this process. It is
// Python's SemLock, from which all locks derive.
type semLock struct {
	engine *engine.Engine
	sem    *semaphore
	name   string // "/mp-k2j3h4g5"
	kind   int    // Python's: recursiveMutex or counting
	max    int    // the largest value that Release leaves
	ours   bool   // we made it, so we remove it
	line   line
	hb     happens
}

// Kinds of Python's SemLock.
const (
	recursiveMutex = 0
	counting       = 1
)

// newSemLock makes a semaphore under a new name.
func newSemLock(e *engine.Engine, kind, value, limit int) (*semLock, error) {
	s := &semLock{engine: e, kind: kind, max: limit, ours: true}
	if value < 0 || value > maxValue {
		return nil, fmt.Errorf("synchronize: a semaphore cannot begin with %d: 0 to %d is wanted", value, maxValue)
	}
	var err error
	for range 100 {
		s.name = randomName()
		s.sem, err = createSemaphore(s.name, uint32(value))
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	if err := e.Track(tracker.Semaphore, s.name); err != nil {
		shm.Unlink(shm.Semaphore(s.name))
		return nil, fmt.Errorf("synchronize: %w", err)
	}
	return s, nil
}

// randomName is a name as Python makes them.
func randomName() string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789_"
	b := make([]byte, 8)
	rand.Read(b)
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return "/mp-" + string(b)
}

// Close removes the name. Who has the lock goes on using it; nobody can be
// given it any more.
func (s *semLock) Close() error {
	if !s.ours {
		return nil
	}
	err := shm.Unlink(shm.Semaphore(s.name))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, s.engine.Untrack(tracker.Semaphore, s.name))
}

// acquire takes one, and waits for it as long as ctx lasts.
func (s *semLock) acquire(ctx context.Context) error {
	// Who comes while others are in line joins them.
	if s.line.length.Load() == 0 && s.sem.try() {
		s.hb.acquired()
		return nil
	}
	return s.await(ctx)
}

func (s *semLock) await(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := s.line.wait(ctx, func() error { return s.sem.wait(ctx) })
	if err == nil {
		s.hb.acquired()
	}
	return err
}

func (s *semLock) tryAcquire() bool {
	ok := s.sem.try()
	if ok {
		s.hb.acquired()
	}
	return ok
}

func (s *semLock) release() error {
	s.hb.releasing()
	if !s.sem.post(uint32(s.max)) {
		return errOverRelease
	}
	return nil
}
