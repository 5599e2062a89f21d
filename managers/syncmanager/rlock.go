package syncmanager

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// An rlock is a threading.RLock: its owner may acquire it again, and only its
// owner may release it.
type rlock struct {
	gate
	self  managers.Possession // what clients know it as: the lock, or its Condition
	owner *managers.Owner     // nil when free
	count int
}

func newRLock() *rlock {
	l := new(rlock)
	l.self = l
	return l
}

var rlockType = managers.Type{
	New: func(context.Context, *managers.Call) (managers.Referent, error) { return newRLock(), nil },
	// Python ignores arguments, so far.
	Signature: managers.Sig("RLock(*args, **kwargs)"),
	Exposed:   acquirer,
}

var rlockMethods = managers.Methods[*rlock]{
	"acquire": managers.Def((*rlock).acquire, "acquire(blocking=True, timeout=-1, *more)"),
	"release": managers.Def((*rlock).release, "RLock.release(/)"),
	"locked":  managers.Def((*rlock).locked, "RLock.locked(/)"),
}

func (l *rlock) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return rlockMethods.Call(l, ctx, c, r)
}

func (l *rlock) acquire(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	timeout, err := lockTimeout(ctx, c)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owned(c.Owner()) {
		r.Undo(l.later(l, l.take(l.owner, 1)))
		return r.Return(true)
	}
	return l.enter(l, c, r, timeout)
}

func (l *rlock) release(_ context.Context, c *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.owned(c.Owner()) {
		return pickle.RuntimeError.New("cannot release un-acquired lock")
	}
	l.drop(1)
	l.pass(l)
	return r.Return(nil)
}

func (l *rlock) locked(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return r.Return(!l.free())
}

func (l *rlock) free() bool { return l.owner == nil }

func (l *rlock) owned(o *managers.Owner) bool { return l.owner == o }

func (l *rlock) take(o *managers.Owner, levels int) (undo func()) {
	if l.free() {
		l.owner = o
		o.Hold(l.self)
	}
	l.count += levels
	return func() {
		if l.owned(o) {
			l.drop(levels)
		}
	}
}

func (l *rlock) yield(*managers.Owner) (levels int) {
	levels = l.count
	l.drop(levels)
	return levels
}

func (l *rlock) drop(levels int) {
	l.count -= levels
	if l.count <= 0 {
		l.owner.Drop(l.self)
		l.owner, l.count = nil, 0
	}
}

// OwnerGone releases what nobody else could release.
func (l *rlock) OwnerGone(o *managers.Owner) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.owned(o) {
		return ""
	}
	l.drop(l.count)
	l.pass(l)
	return "RLock"
}

// Repr is that of Python's RLock, but for the owner: it has no number here.
func (l *rlock) Repr() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	owner := "0"
	if !l.free() {
		owner = fmt.Sprintf("%q", l.owner.Name)
	}
	return fmt.Sprintf("<%s _thread.RLock object owner=%s count=%d at %p>", word(l.free()), owner, l.count, l), nil
}

// Value fails: an RLock cannot be copied.
func (l *rlock) Value() (any, error) { return noValue("_thread.RLock") }
