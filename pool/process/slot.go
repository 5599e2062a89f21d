package process

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A slot is the place of one worker, and of those that replace it.
type slot struct {
	backend *Backend
	group   *group
	name    string
}

const (
	// maxFails is how many starts in a row may fail, of all workers of a group.
	maxFails = 5
	// backoff is the pause after the first of them; each is twice as long.
	backoff = 50 * time.Millisecond
	// idleBackoff is the pause after a worker that died before it had done
	// anything; it grows likewise.
	idleBackoff    = 5 * time.Millisecond
	maxIdleBackoff = 100 * time.Millisecond
)

// A StartError tells that a pool was given up, since its workers do not start. It
// is the answer to all of its tasks.
type StartError struct {
	N   int // starts that failed in a row
	Err error
}

func (e *StartError) Error() string {
	return fmt.Sprintf("pool/process: %d starts of a worker failed in a row, the last because %v", e.N, e.Err)
}

func (e *StartError) Unwrap() error { return e.Err }

// run has one worker after the other until the pool has ended. It fails when
// workers do not start.
func (s *slot) run(ctx context.Context) error {
	idle := 0 // workers in a row that died before they had done anything
	for ctx.Err() == nil && !s.backend.queue.Ended() {
		w, err := s.start(ctx)
		if err == nil {
			s.backend.add(w)
			w.sample()
			w.work(ctx)
			s.backend.remove(w)
		}
		pause := time.Duration(0)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			n := s.group.failed()
			if n >= maxFails {
				return &StartError{N: n, Err: err}
			}
			s.backend.queue.Engine().Logger().Warn("a worker did not start", "worker", s.name, "error", err)
			pause = backoff << (n - 1)
		case w.done == 0 && w.died:
			idle++
			pause = min(idleBackoff<<min(idle-1, 10), maxIdleBackoff)
		default:
			idle = 0
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	return nil
}

// failed returns how many starts of the group failed in a row.
func (g *group) failed() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails++
	return g.fails
}

func (g *group) succeeded() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails = 0
}

// errStartTimeout is why a worker was ended that did not get ready.
var errStartTimeout = errors.New("it was not ready in time")

// start starts a worker and waits until it is ready.
func (s *slot) start(ctx context.Context) (*worker, error) {
	w, err := s.launch(ctx)
	if err != nil {
		return nil, err
	}
	timeout := time.NewTimer(s.group.StartTimeout)
	defer timeout.Stop()
	select {
	case <-w.ready:
		s.group.succeeded()
		return w, nil
	case <-w.ended:
		err = w.process.Wait(context.WithoutCancel(ctx)) // it has ended
		if err == nil {
			err = errors.New("it ended at once")
		}
	case <-timeout.C:
		err = fmt.Errorf("%w: %v", errStartTimeout, s.group.StartTimeout)
		w.process.Kill()
		<-w.ended
	}
	w.close()
	return nil, err
}
