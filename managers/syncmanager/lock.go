package syncmanager

import (
	"context"
	"time"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A lock is Python's threading.Lock: whoever likes may release it.
type lock struct{ mutex }

func lockType(cfg Config) managers.Type {
	return managers.Type{
		New: func(context.Context, *managers.Call) (managers.Referent, error) {
			return &lock{mutex{kind: "Lock", leased: cfg.ReleaseDeadLocks}}, nil
		},
		Signature: managers.Sig("_thread.lock(/)"),
		Exposed:   []string{"acquire", "release", "locked"},
	}
}

var lockMethods = managers.Methods[*lock]{
	"acquire": managers.Def((*lock).acquireCall, "lock.acquire(blocking=True, timeout=-1)"),
	"locked":  managers.Def((*lock).lockedCall, "lock.locked(/)"),
	"release": managers.Def((*lock).releaseCall, "lock.release(/)"),
}

func (l *lock) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return lockMethods.Call(l, ctx, c, r)
}

func (l *lock) Repr() (string, error) { return l.repr("_thread.lock"), nil }

// Value refuses: a lock is no value.
func (l *lock) Value() (any, error) {
	return nil, pickle.TypeError.New("cannot pickle '_thread.lock' object")
}

func (l *lock) acquireCall(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return acquireMutex(ctx, &l.mutex, c, r)
}

func (l *lock) lockedCall(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	return r.Return(l.locked())
}

func (l *lock) releaseCall(_ context.Context, c *managers.Call, r *managers.Reply) error {
	if err := l.release(c.Owner()); err != nil {
		return err
	}
	return r.Return(nil)
}

// acquireMutex is acquire(blocking=True, timeout=-1) of Lock and RLock.
func acquireMutex(ctx context.Context, m *mutex, c *managers.Call, r *managers.Reply) error {
	if c.NArgs() == 0 && !c.Has(0) && !c.Has(1) {
		return m.acquire(c, r, forever)
	}
	timeout, err := acquireTimeout(ctx, c)
	if err != nil {
		return err
	}
	return m.acquire(c, r, timeout)
}

func acquireTimeout(ctx context.Context, c *managers.Call) (time.Duration, error) {
	blocking, err := flag(ctx, c, 0, true)
	if err != nil {
		return 0, err
	}
	s, given := -1.0, false
	if c.Has(1) {
		if s, given, err = seconds(ctx, c, 1); err != nil {
			return 0, err
		}
		if !given {
			return 0, pickle.TypeError.New("'NoneType' object cannot be interpreted as an integer")
		}
	}
	switch {
	case !blocking && s != -1:
		return 0, pickle.ValueError.New("can't specify a timeout for a non-blocking call")
	case !blocking:
		return 0, nil
	case s == -1:
		return forever, nil
	case s < 0:
		return 0, pickle.ValueError.New("timeout value must be a non-negative number")
	}
	return duration(s)
}
