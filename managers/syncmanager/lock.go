package syncmanager

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A lock is a threading.Lock: whoever has it, anyone may release it.
type lock struct {
	gate
	lease  bool            // released when the holder is gone
	holder *managers.Owner // who acquired it; nil when free
}

func lockType(cfg Config) managers.Type {
	return managers.Type{
		New: func(context.Context, *managers.Call) (managers.Referent, error) {
			return &lock{lease: cfg.ReleaseDeadLocks}, nil
		},
		Signature: managers.Sig("allocate_lock(/)"),
		Exposed:   acquirer,
	}
}

// acquirer is what a proxy of a lock or semaphore exposes.
var acquirer = []string{"acquire", "release"}

var lockMethods = managers.Methods[*lock]{
	"acquire": managers.Def((*lock).acquire, "acquire(blocking=True, timeout=-1, *more)"),
	"release": managers.Def((*lock).release, "lock.release(/)"),
	"locked":  managers.Def((*lock).locked, "lock.locked(/)"),
}

func (l *lock) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return lockMethods.Call(l, ctx, c, r)
}

func (l *lock) acquire(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	timeout, err := lockTimeout(ctx, c)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.enter(l, c, r, timeout)
}

func (l *lock) release(_ context.Context, c *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free() {
		class := pickle.RuntimeError
		if c.Dialect().Python2 {
			class = "thread.error"
		}
		return class.New("release unlocked lock")
	}
	l.open()
	l.pass(l)
	return r.Return(nil)
}

func (l *lock) locked(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return r.Return(!l.free())
}

func (l *lock) free() bool { return l.holder == nil }

// owned is Python's guess: somebody has it.
func (l *lock) owned(*managers.Owner) bool { return !l.free() }

func (l *lock) take(o *managers.Owner, _ int) (undo func()) {
	l.holder = o
	if l.lease {
		o.Hold(l)
	}
	return func() {
		if l.holder == o {
			l.open()
		}
	}
}

func (l *lock) yield(*managers.Owner) (levels int) {
	l.open()
	return 1
}

func (l *lock) open() {
	if l.lease {
		l.holder.Drop(l)
	}
	l.holder = nil
}

// OwnerGone ends a lease.
func (l *lock) OwnerGone(o *managers.Owner) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder != o {
		return ""
	}
	l.open()
	l.pass(l)
	return "Lock"
}

// Repr is that of Python's lock.
func (l *lock) Repr() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("<%s _thread.lock object at %p>", word(l.free()), l), nil
}

// Value fails: a lock cannot be copied.
func (l *lock) Value() (any, error) { return noValue("_thread.lock") }
