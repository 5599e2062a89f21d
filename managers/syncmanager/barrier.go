package syncmanager

import (
	"context"
	"fmt"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A barrier is a threading.Barrier. It drains at once: whoever comes after the
// last of a round finds it empty.
type barrier struct {
	parties int
	timeout timeout // of waits without one

	mu      sync.Mutex // guards what follows
	broken  bool
	waiters waiters[struct{}]
}

var barrierType = managers.Type{
	New:       newBarrier,
	Signature: managers.Sig("Barrier.__init__(parties, action=None, timeout=None)"),
	Exposed:   []string{"__getattribute__", "wait", "abort", "reset"},
}

var barrierMethods = managers.Methods[*barrier]{
	"__getattribute__": managers.Def((*barrier).attribute, "object.__getattribute__(name, /)"),
	"wait":             managers.Def((*barrier).wait, "Barrier.wait(timeout=None)"),
	"abort":            managers.Def((*barrier).abort, "Barrier.abort()"),
	"reset":            managers.Def((*barrier).reset, "Barrier.reset()"),
}

func newBarrier(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	parties, err := count(ctx, c, 0)
	if err != nil {
		return nil, err
	}
	if parties < 1 {
		return nil, pickle.ValueError.New("parties must be > 0")
	}
	action, err := c.Value(ctx, 1)
	if err != nil {
		return nil, err
	}
	if action != nil {
		return nil, pickle.TypeError.New("brine runs no client code: a Barrier's action must be None")
	}
	t, err := timeoutOf(ctx, c, 2, notAdded)
	if err != nil {
		return nil, err
	}
	return &barrier{parties: parties, timeout: t}, nil
}

func (b *barrier) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return barrierMethods.Call(b, ctx, c, r)
}

func (b *barrier) attribute(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return err
	}
	var name string
	switch v := v.(type) {
	case string:
		name = v
	case pickle.ByteString:
		name = string(v)
	default:
		return pickle.TypeError.New(fmt.Sprintf("attribute name must be string, not '%s'", pickle.TypeName(v)))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch name {
	case "parties":
		return r.Return(int64(b.parties))
	case "n_waiting":
		return r.Return(int64(b.waiters.n))
	case "broken":
		return r.Return(b.broken)
	}
	return pickle.AttributeError.New(fmt.Sprintf("'Barrier' object has no attribute '%s'", name))
}

// wait is answered with the caller's place in its round.
func (b *barrier) wait(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	t, err := timeoutOf(ctx, c, 0, notAdded)
	if err != nil {
		return err
	}
	if !t.given {
		t = b.timeout
	}
	timeout, err := t.duration()
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return pickle.BrokenBarrierError.New()
	}
	if b.waiters.n+1 >= b.parties {
		return r.Return(b.open())
	}
	if timeout == 0 {
		b.breakUp()
		return pickle.BrokenBarrierError.New()
	}
	b.waiters.park(c, &b.mu, timeout, struct{}{}, func(w *waiting[struct{}]) {
		b.breakUp()
		w.fail(pickle.BrokenBarrierError.New())
	})
	return nil
}

// open lets everybody go, and returns the place of the last who came.
func (b *barrier) open() (place int64) {
	for w := range b.waiters.drain() {
		w.Return(place, nil)
		place++
	}
	return place
}

func (b *barrier) abort(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.breakUp()
	return r.Return(nil)
}

// reset begins a new round. Who waits in this one is told that it is broken.
func (b *barrier) reset(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.breakUp()
	b.broken = false
	return r.Return(nil)
}

func (b *barrier) breakUp() {
	b.broken = true
	for w := range b.waiters.drain() {
		w.Raise(pickle.BrokenBarrierError.New())
	}
}

// Repr is that of Python's Barrier.
func (b *barrier) Repr() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	status := fmt.Sprintf("waiters=%d/%d", b.waiters.n, b.parties)
	if b.broken {
		status = "broken"
	}
	return fmt.Sprintf("<threading.Barrier at %p: %s>", b, status), nil
}

// Value fails: a Barrier cannot be copied.
func (b *barrier) Value() (any, error) { return noValue("_thread.lock") }
