package syncmanager

import (
	"context"
	"fmt"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// An event is Python's threading.Event.
type event struct {
	mu   sync.Mutex // guards what follows
	set  bool
	line line[struct{}]
}

var eventType = managers.Type{
	New: func(context.Context, *managers.Call) (managers.Referent, error) {
		return new(event), nil
	},
	Signature: managers.Sig("Event.__init__()"),
	Exposed:   []string{"is_set", "set", "clear", "wait"},
}

var eventMethods = managers.Methods[*event]{
	"clear":  managers.Def((*event).clear, "Event.clear()"),
	"is_set": managers.Def((*event).isSet, "Event.is_set()"),
	"isSet":  managers.Def((*event).isSet, "Event.isSet()"),
	"set":    managers.Def((*event).setFlag, "Event.set()"),
	"wait":   managers.Def((*event).wait, "Event.wait(timeout=None)"),
}

func (e *event) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return eventMethods.Call(e, ctx, c, r)
}

// Repr is as in "<threading.Event at 0x…: unset>".
func (e *event) Repr() (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	state := "unset"
	if e.set {
		state = "set"
	}
	return fmt.Sprintf("<threading.Event at %p: %s>", e, state), nil
}

// Value refuses: an event is no value.
func (e *event) Value() (any, error) {
	return nil, pickle.TypeError.New("cannot pickle '_thread.lock' object")
}

func (e *event) isSet(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return r.Return(e.set)
}

func (e *event) clear(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.set = false
	return r.Return(nil)
}

func (e *event) setFlag(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.set = true
	for p := e.line.next(); p != nil; p = e.line.next() {
		p.w.Return(true, nil)
	}
	return r.Return(nil)
}

func (e *event) wait(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	timeout, err := waitTimeout(ctx, c, 0)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.set || timeout == 0 {
		return r.Return(e.set)
	}
	p := new(place[struct{}])
	p.w = c.Park(timeout, func(w *managers.Waiter, why managers.Reason) {
		e.mu.Lock()
		e.line.leave(p)
		e.mu.Unlock()
		if why == managers.Expired {
			w.Return(false, nil)
		}
	})
	e.line.join(p)
	return nil
}
