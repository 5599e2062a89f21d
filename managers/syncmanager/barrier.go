package syncmanager

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A barrier is Python's threading.Barrier.
type barrier struct {
	parties int
	timeout time.Duration // of a wait that names none

	mu     sync.Mutex // guards what follows
	broken bool
	line   line[struct{}]
}

var barrierType = managers.Type{
	New:       newBarrier,
	Signature: managers.Sig("Barrier.__init__(parties, action=None, timeout=None)"),
	Exposed:   []string{"__getattribute__", "wait", "abort", "reset"},
}

var barrierMethods = managers.Methods[*barrier]{
	"__getattribute__": managers.Def((*barrier).getAttribute, "wrapper __getattribute__(name, /)"),
	"abort":            managers.Def((*barrier).abort, "Barrier.abort()"),
	"reset":            managers.Def((*barrier).reset, "Barrier.reset()"),
	"wait":             managers.Def((*barrier).wait, "Barrier.wait(timeout=None)"),
}

func newBarrier(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	parties, err := c.Int(ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	action, err := c.Item(1)
	if err != nil {
		return nil, err
	}
	if raw, ok := action.(pickle.Raw); ok {
		if action, err = raw.Value(ctx, pickle.Codec{}); err != nil {
			return nil, err
		}
	}
	if action != nil {
		return nil, pickle.TypeError.New("brine runs no client code: a Barrier's action must be None")
	}
	timeout, err := waitTimeout(ctx, c, 2)
	if err != nil {
		return nil, err
	}
	if parties < 1 {
		return nil, pickle.ValueError.New("parties must be > 0")
	}
	return &barrier{parties: parties, timeout: timeout}, nil
}

func (b *barrier) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return barrierMethods.Call(b, ctx, c, r)
}

// Repr is as in "<threading.Barrier at 0x…: waiters=0/2>".
func (b *barrier) Repr() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return fmt.Sprintf("<threading.Barrier at %p: broken>", b), nil
	}
	return fmt.Sprintf("<threading.Barrier at %p: waiters=%d/%d>", b, b.line.len(), b.parties), nil
}

// Value refuses: a barrier is no value.
func (b *barrier) Value() (any, error) {
	return nil, pickle.TypeError.New("cannot pickle '_thread.lock' object")
}

func (b *barrier) getAttribute(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	name, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch text(name) {
	case "parties":
		return r.Return(int64(b.parties))
	case "n_waiting":
		return r.Return(int64(b.line.len()))
	case "broken":
		return r.Return(b.broken)
	}
	return pickle.AttributeError.New(fmt.Sprintf("'Barrier' object has no attribute '%s'", text(name)))
}

// wait answers with a number from 0 to parties-1, another for each.
func (b *barrier) wait(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	timeout, err := waitTimeout(ctx, c, 0)
	if err != nil {
		return err
	}
	if timeout == forever {
		timeout = b.timeout
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return pickle.BrokenBarrierError.New()
	}
	if b.line.len()+1 >= b.parties {
		return b.open(r)
	}
	if timeout == 0 {
		b.tear()
		return pickle.BrokenBarrierError.New()
	}
	p := new(place[struct{}])
	p.w = c.Park(timeout, func(w *managers.Waiter, why managers.Reason) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.line.leave(p)
		if why == managers.Expired {
			b.tear()
			w.Raise(pickle.BrokenBarrierError.New())
		}
	})
	b.line.join(p)
	return nil
}

// open lets everyone through.
func (b *barrier) open(r *managers.Reply) error {
	n := int64(0)
	for p := b.line.next(); p != nil; p = b.line.next() {
		p.w.Return(n, nil)
		n++
	}
	return r.Return(int64(b.parties - 1))
}

// tear breaks the barrier for all who wait.
func (b *barrier) tear() {
	b.broken = true
	for p := b.line.next(); p != nil; p = b.line.next() {
		p.w.Raise(pickle.BrokenBarrierError.New())
	}
}

func (b *barrier) abort(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tear()
	return r.Return(nil)
}

func (b *barrier) reset(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tear()
	b.broken = false
	return r.Return(nil)
}
