package syncmanager

import (
	"context"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// An rlock is Python's threading.RLock: its owner, a thread of a client, may
// acquire it again and nobody else may release it.
type rlock struct{ mutex }

var rlockType = managers.Type{
	New: func(context.Context, *managers.Call) (managers.Referent, error) {
		return newRLock(), nil
	},
	Signature: managers.Sig("RLock(/)"),
	Exposed:   []string{"acquire", "release", "locked"},
}

func newRLock() *rlock { return &rlock{mutex{kind: "RLock", reentrant: true, leased: true}} }

var rlockMethods = managers.Methods[*rlock]{
	"acquire": managers.Def((*rlock).acquireCall, "RLock.acquire(blocking=True, timeout=-1)"),
	"locked":  managers.Def((*rlock).lockedCall, "RLock.locked(/)"),
	"release": managers.Def((*rlock).releaseCall, "RLock.release(/)"),
}

func (l *rlock) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return rlockMethods.Call(l, ctx, c, r)
}

func (l *rlock) Repr() (string, error) { return l.repr("_thread.RLock"), nil }

// Value refuses: a lock is no value.
func (l *rlock) Value() (any, error) {
	return nil, pickle.TypeError.New("cannot pickle '_thread.RLock' object")
}

func (l *rlock) acquireCall(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return acquireMutex(ctx, &l.mutex, c, r)
}

func (l *rlock) lockedCall(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	return r.Return(l.locked())
}

func (l *rlock) releaseCall(_ context.Context, c *managers.Call, r *managers.Reply) error {
	if err := l.release(c.Owner()); err != nil {
		return err
	}
	return r.Return(nil)
}
