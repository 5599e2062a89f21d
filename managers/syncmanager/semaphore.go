package syncmanager

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A semaphore is Python's threading.Semaphore, or BoundedSemaphore.
type semaphore struct {
	kind    string
	initial int // of a bounded one, which never has more; else -1
	leased  bool

	mu    sync.Mutex // guards what follows
	value int
	line  line[struct{}]
	held  map[*managers.Owner]int // permits, when leased
}

func semaphoreType(kind string, cfg Config) managers.Type {
	return managers.Type{
		New: func(ctx context.Context, c *managers.Call) (managers.Referent, error) {
			n, err := c.Int(ctx, 0, 1)
			if err != nil {
				return nil, err
			}
			if n < 0 {
				return nil, pickle.ValueError.New("semaphore initial value must be >= 0")
			}
			s := &semaphore{kind: kind, value: n, initial: -1, leased: cfg.ReleaseDeadLocks}
			if kind == "BoundedSemaphore" {
				s.initial = n
			}
			if s.leased {
				s.held = make(map[*managers.Owner]int)
			}
			return s, nil
		},
		Signature: managers.Sig(kind + ".__init__(value=1)"),
		Exposed:   []string{"acquire", "release"},
	}
}

var semaphoreMethods = managers.Methods[*semaphore]{
	"acquire": managers.Def((*semaphore).acquire, "Semaphore.acquire(blocking=True, timeout=None)"),
	"release": managers.Def((*semaphore).release, "Semaphore.release(n=1)"),
}

func (s *semaphore) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return semaphoreMethods.Call(s, ctx, c, r)
}

// Repr is as in "<threading.Semaphore at 0x…: value=1>".
func (s *semaphore) Repr() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value := fmt.Sprint(s.value)
	if s.initial >= 0 {
		value += fmt.Sprintf("/%d", s.initial)
	}
	return fmt.Sprintf("<threading.%s at %p: value=%s>", s.kind, s, value), nil
}

// Value refuses: a semaphore is no value.
func (s *semaphore) Value() (any, error) {
	return nil, pickle.TypeError.New("cannot pickle '_thread.lock' object")
}

func (s *semaphore) acquire(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	blocking, err := flag(ctx, c, 0, true)
	if err != nil {
		return err
	}
	timeout, err := waitTimeout(ctx, c, 1)
	if err != nil {
		return err
	}
	if !blocking {
		if timeout != forever {
			return pickle.ValueError.New("can't specify timeout for non-blocking acquire")
		}
		timeout = 0
	}
	return s.take(c, r, timeout)
}

func (s *semaphore) take(c *managers.Call, r *managers.Reply, timeout time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value > 0 {
		s.value--
		o := c.Owner()
		s.hold(o)
		r.Undo(func() { s.giveBack(o) })
		return r.Return(true)
	}
	if timeout == 0 {
		return r.Return(false)
	}
	p := new(place[struct{}])
	p.w = c.Park(timeout, func(w *managers.Waiter, why managers.Reason) {
		s.mu.Lock()
		s.line.leave(p)
		s.mu.Unlock()
		if why == managers.Expired {
			w.Return(false, nil)
		}
	})
	s.line.join(p)
	return nil
}

// put returns a permit: to the head of the line, if there is one.
func (s *semaphore) put() {
	p := s.line.next()
	if p == nil {
		s.value++
		return
	}
	o := p.w.Owner
	s.hold(o)
	p.w.Return(true, func() { s.giveBack(o) })
}

func (s *semaphore) giveBack(o *managers.Owner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(o)
	s.put()
}

func (s *semaphore) release(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	n, err := c.Int(ctx, 0, 1)
	if err != nil {
		return err
	}
	if n < 1 {
		return pickle.ValueError.New("n must be one or more")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.initial >= 0 && n > s.initial-s.value {
		return pickle.ValueError.New("Semaphore released too many times")
	}
	for ; n > 0 && s.line.len() > 0; n-- {
		s.drop(c.Owner())
		s.put()
	}
	s.drop(c.Owner())
	s.value += n
	return r.Return(nil)
}

func (s *semaphore) hold(o *managers.Owner) {
	if s.leased {
		s.held[o]++
		o.Hold(s)
	}
}

// drop notes that a permit is back. Anyone may return it.
func (s *semaphore) drop(o *managers.Owner) {
	if s.held[o] == 0 {
		return
	}
	if s.held[o]--; s.held[o] == 0 {
		delete(s.held, o)
		o.Drop(s)
	}
}

// OwnerGone returns the permits that o still had.
func (s *semaphore) OwnerGone(o *managers.Owner) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.held[o]
	delete(s.held, o)
	for range n {
		if s.initial < 0 || s.value < s.initial {
			s.put()
		}
	}
	if n == 0 {
		return ""
	}
	return s.kind
}
