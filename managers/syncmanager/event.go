package syncmanager

import (
	"context"
	"fmt"
	"sync"

	"github.com/brine-go/brine/managers"
)

// An event is a threading.Event.
type event struct {
	mu      sync.Mutex // guards what follows
	on      bool
	waiters waiters[struct{}]
}

var eventType = managers.Type{
	New:       func(context.Context, *managers.Call) (managers.Referent, error) { return new(event), nil },
	Signature: managers.Sig("Event.__init__()"),
	Exposed:   []string{"is_set", "set", "clear", "wait"},
}

var eventMethods = managers.Methods[*event]{
	"is_set": managers.Def((*event).isSet, "Event.is_set()"),
	"set":    managers.Def((*event).set, "Event.set()"),
	"clear":  managers.Def((*event).clear, "Event.clear()"),
	"wait":   managers.Def((*event).wait, "Event.wait(timeout=None)"),
}

func (e *event) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return eventMethods.Call(e, ctx, c, r)
}

func (e *event) isSet(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return r.Return(e.on)
}

func (e *event) set(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.on = true
	for w := range e.waiters.drain() {
		w.Return(true, nil)
	}
	return r.Return(nil)
}

func (e *event) clear(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.on = false
	return r.Return(nil)
}

func (e *event) wait(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.on {
		return r.Return(true)
	}
	timeout, err := durationOf(ctx, c, 0, notGreater)
	if err != nil {
		return err
	}
	if timeout == 0 {
		return r.Return(false)
	}
	e.waiters.park(c, &e.mu, timeout, struct{}{}, func(w *waiting[struct{}]) { w.tell(false) })
	return nil
}

// Repr is that of Python's Event.
func (e *event) Repr() (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	status := "unset"
	if e.on {
		status = "set"
	}
	return fmt.Sprintf("<threading.Event at %p: %s>", e, status), nil
}

// Value fails: an Event cannot be copied.
func (e *event) Value() (any, error) { return noValue("_thread.lock") }
