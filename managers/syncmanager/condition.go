package syncmanager

import (
	"context"
	"fmt"
	"math"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A condition is a threading.Condition. Its lock may be an object of its own,
// which other Conditions share.
type condition struct {
	lock    monitor
	waiters waiters[turn] // guarded by the lock's mutex
}

var conditionType = managers.Type{
	New:       newCondition,
	Signature: managers.Sig("Condition.__init__(lock=None)"),
	Exposed:   []string{"acquire", "release", "wait", "notify", "notify_all"},
}

var conditionMethods = managers.Methods[*condition]{
	"wait":       managers.Def((*condition).wait, "Condition.wait(timeout=None)"),
	"notify":     managers.Def((*condition).notify, "Condition.notify(n=1)"),
	"notify_all": managers.Def((*condition).notifyAll, "Condition.notify_all()"),
}

func newCondition(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return nil, err
	}
	if v == nil {
		l := newRLock()
		cond := &condition{lock: l}
		l.self = cond
		return cond, nil
	}
	p, ok := v.(*managers.ProxyRef)
	if !ok {
		return nil, pickle.AttributeError.New(fmt.Sprintf("'%s' object has no attribute 'acquire'", pickle.TypeName(v)))
	}
	switch ref := p.Referent().(type) {
	case monitor:
		return &condition{lock: ref}, nil
	case *condition:
		return &condition{lock: ref.lock}, nil
	case nil:
		return nil, pickle.TypeError.New("a Condition cannot use a lock of another manager")
	}
	return nil, pickle.AttributeError.New(fmt.Sprintf("'%s' object has no attribute 'acquire'", p.Token.TypeID))
}

// Call runs the lock's own acquire, release and locked.
func (c *condition) Call(ctx context.Context, call *managers.Call, r *managers.Reply) error {
	if err := conditionMethods.Call(c, ctx, call, r); err != managers.ErrNoMethod {
		return err
	}
	return c.lock.Call(ctx, call, r)
}

// wait gives the lock up, and has it again before it is answered. A timeout
// ends the wait for notify, not the wait for the lock.
func (c *condition) wait(ctx context.Context, call *managers.Call, r *managers.Reply) error {
	room, owner := c.lock.room(), call.Owner()
	room.mu.Lock()
	defer room.mu.Unlock()
	if !c.lock.owned(owner) {
		return pickle.RuntimeError.New("cannot wait on un-acquired lock")
	}
	timeout, err := durationOf(ctx, call, 0, notGreater)
	if err != nil {
		return err
	}
	var notified, late any = true, false
	if call.Dialect().Python2 {
		notified, late = nil, nil
	}
	levels := c.lock.yield(owner)
	c.waiters.park(call, &room.mu, timeout, turn{levels, notified}, func(w *waiting[turn]) {
		w.wants.answer = late
		c.reenter(w)
	})
	room.pass(c.lock)
	return nil
}

// reenter lets w wait for the lock.
func (c *condition) reenter(w *waiting[turn]) {
	room := c.lock.room()
	room.queue.push(w)
	room.pass(c.lock)
}

func (c *condition) notify(ctx context.Context, call *managers.Call, r *managers.Reply) error {
	n, err := count(ctx, call, 0)
	if err != nil {
		return err
	}
	return c.wakeUp(call, r, n)
}

func (c *condition) notifyAll(_ context.Context, call *managers.Call, r *managers.Reply) error {
	return c.wakeUp(call, r, math.MaxInt)
}

func (c *condition) wakeUp(call *managers.Call, r *managers.Reply, n int) error {
	room := c.lock.room()
	room.mu.Lock()
	defer room.mu.Unlock()
	if !c.lock.owned(call.Owner()) {
		return pickle.RuntimeError.New("cannot notify on un-acquired lock")
	}
	c.wake(n)
	return r.Return(nil)
}

// wake sends n of those who wait to the lock. One who goes before it has the
// lock has heard of it for nobody: the next is told instead.
func (c *condition) wake(n int) {
	for ; n > 0; n-- {
		w := c.waiters.pop()
		if w == nil {
			return
		}
		w.gone = func() { c.wake(1) }
		c.reenter(w)
	}
}

// OwnerGone releases the lock of its own that c has.
func (c *condition) OwnerGone(o *managers.Owner) string {
	if lock, ok := c.lock.(*rlock); ok && lock.OwnerGone(o) != "" {
		return "Condition"
	}
	return ""
}

// Repr is that of Python's Condition.
func (c *condition) Repr() (string, error) {
	lock, err := c.lock.Repr()
	room := c.lock.room()
	room.mu.Lock()
	defer room.mu.Unlock()
	return fmt.Sprintf("<Condition(%s, %d)>", lock, c.waiters.n), err
}

// Value fails: a lock cannot be copied.
func (c *condition) Value() (any, error) { return c.lock.Value() }
