package syncmanager

import (
	"context"
	"fmt"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A condition is Python's threading.Condition. Its own mutex is locked before
// that of its lock.
type condition struct {
	lock *mutex
	text func() (string, error) // the lock's repr

	mu   sync.Mutex // guards line
	line line[int]  // of waiters; how many levels of the lock each gave up
}

var conditionType = managers.Type{
	New:       newCondition,
	Signature: managers.Sig("Condition.__init__(lock=None)"),
	Exposed:   []string{"acquire", "release", "wait", "notify", "notify_all", "locked"},
}

var conditionMethods = managers.Methods[*condition]{
	"acquire":    managers.Def((*condition).acquire, "RLock.acquire(blocking=True, timeout=-1)"),
	"locked":     managers.Def((*condition).locked, "RLock.locked(/)"),
	"notify":     managers.Def((*condition).notify, "Condition.notify(n=1)"),
	"notify_all": managers.Def((*condition).notifyAll, "Condition.notify_all()"),
	"notifyAll":  managers.Def((*condition).notifyAll, "Condition.notifyAll()"),
	"release":    managers.Def((*condition).release, "RLock.release(/)"),
	"wait":       managers.Def((*condition).wait, "Condition.wait(timeout=None)"),
}

func newCondition(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return nil, err
	}
	if v == nil {
		l := newRLock()
		return &condition{lock: &l.mutex, text: l.Repr}, nil
	}
	if p, ok := v.(*managers.ProxyRef); ok {
		switch l := p.Referent().(type) {
		case *lock:
			return &condition{lock: &l.mutex, text: l.Repr}, nil
		case *rlock:
			return &condition{lock: &l.mutex, text: l.Repr}, nil
		}
	}
	return nil, pickle.TypeError.New("brine: a Condition takes a Lock or RLock of this server, not " + pickle.TypeName(v))
}

func (cd *condition) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return conditionMethods.Call(cd, ctx, c, r)
}

// Repr is as in "<Condition(<unlocked _thread.RLock …>, 0)>".
func (cd *condition) Repr() (string, error) {
	cd.mu.Lock()
	n := cd.line.len()
	cd.mu.Unlock()
	text, err := cd.text()
	return fmt.Sprintf("<Condition(%s, %d)>", text, n), err
}

// Value refuses: a condition is no value.
func (cd *condition) Value() (any, error) {
	return nil, pickle.TypeError.New("cannot pickle '_thread.RLock' object")
}

func (cd *condition) acquire(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return acquireMutex(ctx, cd.lock, c, r)
}

func (cd *condition) locked(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	return r.Return(cd.lock.locked())
}

func (cd *condition) release(_ context.Context, c *managers.Call, r *managers.Reply) error {
	if err := cd.lock.release(c.Owner()); err != nil {
		return err
	}
	return r.Return(nil)
}

// wait gives the lock up, waits to be notified, and takes it again before it
// answers. So the answer may come later than the timeout.
func (cd *condition) wait(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	timeout, err := waitTimeout(ctx, c, 0)
	if err != nil {
		return err
	}
	cd.mu.Lock()
	defer cd.mu.Unlock()
	if !cd.lock.owned(c.Owner()) {
		return pickle.RuntimeError.New("cannot wait on un-acquired lock")
	}
	p := new(place[int])
	p.w = c.Park(timeout, func(w *managers.Waiter, why managers.Reason) {
		cd.mu.Lock()
		cd.line.leave(p)
		levels := p.what
		cd.mu.Unlock()
		if why == managers.Expired {
			cd.lock.reacquire(w, levels, false)
		}
	})
	cd.line.join(p)
	p.what = cd.lock.releaseAll()
	return nil
}

func (cd *condition) notify(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	n, err := c.Int(ctx, 0, 1)
	if err != nil {
		return err
	}
	return cd.wake(c, r, n)
}

func (cd *condition) notifyAll(_ context.Context, c *managers.Call, r *managers.Reply) error {
	return cd.wake(c, r, -1)
}

// wake sends n waiters, or all, to wait for the lock instead.
func (cd *condition) wake(c *managers.Call, r *managers.Reply, n int) error {
	cd.mu.Lock()
	defer cd.mu.Unlock()
	if !cd.lock.owned(c.Owner()) {
		return pickle.RuntimeError.New("cannot notify on un-acquired lock")
	}
	for ; n != 0; n-- {
		p := cd.line.next()
		if p == nil {
			break
		}
		cd.lock.reacquire(p.w, p.what, true)
	}
	return r.Return(nil)
}
