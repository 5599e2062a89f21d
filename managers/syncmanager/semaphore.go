package syncmanager

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A semaphore is a threading.Semaphore, or a BoundedSemaphore.
type semaphore struct {
	gate
	name    string // of its class
	bounded bool
	initial int
	value   int

	lease   bool              // permits of an owner that is gone come back
	holders []*managers.Owner // of leased permits, oldest first
}

func semaphoreType(name string, cfg Config) managers.Type {
	return managers.Type{
		New: func(ctx context.Context, c *managers.Call) (managers.Referent, error) {
			n, err := count(ctx, c, 0)
			if err != nil {
				return nil, err
			}
			if n < 0 {
				return nil, pickle.ValueError.New("semaphore initial value must be >= 0")
			}
			return &semaphore{
				name: name, bounded: name == "BoundedSemaphore", lease: cfg.ReleaseDeadLocks,
				initial: n, value: n,
			}, nil
		},
		Signature: managers.Sig(name + ".__init__(value=1)"),
		Exposed:   acquirer,
	}
}

// count reads a number of permits; 1 when it is not given.
func count(ctx context.Context, c *managers.Call, i int) (int, error) {
	if !c.Has(i) {
		return 1, nil
	}
	v, err := c.Value(ctx, i)
	if err != nil {
		return 0, err
	}
	if _, ok := real64(v); !ok {
		return 0, pickle.TypeError.New(fmt.Sprintf(notLess, pickle.TypeName(v)))
	}
	return managers.Index(v)
}

var semaphoreMethods = managers.Methods[*semaphore]{
	"acquire": managers.Def((*semaphore).acquire, "Semaphore.acquire(blocking=True, timeout=None)"),
	"release": managers.Def((*semaphore).release, "Semaphore.release(n=1)"),
}

func (s *semaphore) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return semaphoreMethods.Call(s, ctx, c, r)
}

func (s *semaphore) acquire(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	blocking, err := flag(ctx, c, 0, true)
	if err != nil {
		return err
	}
	t, err := timeoutOf(ctx, c, 1, notAdded)
	if err != nil {
		return err
	}
	if !blocking && t.given {
		return pickle.ValueError.New("can't specify timeout for non-blocking acquire")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var wait time.Duration
	if blocking && !s.free() {
		if wait, err = t.duration(); err != nil {
			return err
		}
	}
	return s.enter(s, c, r, wait)
}

func (s *semaphore) release(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	n, err := count(ctx, c, 0)
	if err != nil {
		return err
	}
	if n < 1 {
		return pickle.ValueError.New("n must be one or more")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bounded && n > s.initial-s.value {
		return pickle.ValueError.New("Semaphore released too many times")
	}
	if s.value+n < s.value {
		return pickle.OverflowError.New("semaphore value out of range")
	}
	s.settle(c.Owner(), n)
	s.value += n
	s.pass(s)
	return r.Return(nil)
}

func (s *semaphore) free() bool { return s.value > 0 }

// owned is Python's guess: nobody else could get in.
func (s *semaphore) owned(*managers.Owner) bool { return !s.free() }

func (s *semaphore) take(o *managers.Owner, _ int) (undo func()) {
	s.value--
	if s.lease {
		s.holders = append(s.holders, o)
		o.Hold(s)
	}
	return func() {
		if !s.lease || s.forget(o) {
			s.value = s.capped(s.value + 1)
		}
	}
}

func (s *semaphore) yield(o *managers.Owner) (levels int) {
	s.settle(o, 1)
	s.value = s.capped(s.value + 1)
	return 1
}

// capped keeps a bounded semaphore within its bound where a permit comes back
// that somebody may have released already.
func (s *semaphore) capped(value int) int {
	if s.bounded {
		return min(value, s.initial)
	}
	return value
}

// settle ends the leases of n permits that o releases: its own, or else the
// oldest, since anyone may release.
func (s *semaphore) settle(o *managers.Owner, n int) {
	for ; n > 0 && len(s.holders) > 0; n-- {
		if !s.forget(o) {
			s.forget(s.holders[0])
		}
	}
}

// forget ends one lease of o, if it has one.
func (s *semaphore) forget(o *managers.Owner) bool {
	i := slices.Index(s.holders, o)
	if i < 0 {
		return false
	}
	s.holders = slices.Delete(s.holders, i, i+1)
	if !slices.Contains(s.holders, o) {
		o.Drop(s)
	}
	return true
}

// OwnerGone ends the leases of o.
func (s *semaphore) OwnerGone(o *managers.Owner) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for s.forget(o) {
		s.value = s.capped(s.value + 1)
		n++
	}
	if n == 0 {
		return ""
	}
	s.pass(s)
	return fmt.Sprintf("%s (%d)", s.name, n)
}

// Repr is that of Python's class of that name.
func (s *semaphore) Repr() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value := fmt.Sprint(s.value)
	if s.bounded {
		value = fmt.Sprintf("%d/%d", s.value, s.initial)
	}
	return fmt.Sprintf("<threading.%s at %p: value=%s>", s.name, s, value), nil
}

// Value fails: a semaphore cannot be copied.
func (s *semaphore) Value() (any, error) { return noValue("_thread.lock") }
