package synchronize

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/heap"
	"github.com/brine-go/brine/pickle"
)

// A Barrier is Python's multiprocessing.Barrier: its parties wait until all of
// them do. As in Python, one that is killed while it waits is counted for ever,
// and the others need a new barrier.
type Barrier struct {
	// Action is what the last to come calls before all go on, unless nil: a
	// function by the name that it has in all the parties' programs, in Go's by
	// [engine.Engine.Func]. One that fails, or that a program does not have,
	// breaks the barrier.
	Action any
	// Timeout bounds each Wait, as a context does; 0 is no bound.
	Timeout time.Duration

	engine    *engine.Engine
	parties   int
	condition *Condition
	block     *heap.Block
	shared    *barrierState
}

// Phases of a barrier, as Python numbers them.
const (
	filling   = 0
	draining  = 1
	resetting = -1
	broken    = -2
)

// NewBarrier makes a barrier for so many parties. Its Action and Timeout are set
// before it is used or given to others. Close it when all who are to have it have
// it.
func NewBarrier(e *engine.Engine, parties int) (*Barrier, error) {
	if parties < 1 {
		return nil, pickle.ValueError.New("parties must be > 0")
	}
	c, err := NewCondition(e, nil)
	if err != nil {
		return nil, err
	}
	block, err := heap.Malloc(e, barrierSize)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("synchronize: %w", err), c.Close())
	}
	return &Barrier{engine: e, parties: parties, condition: c, block: block, shared: barrierStateIn(block.Bytes())}, nil
}

// Close removes the names. Who has the barrier goes on using it.
func (b *Barrier) Close() error { return b.condition.Close() }

// Parties is how many must wait.
func (b *Barrier) Parties() int { return b.parties }

// Wait waits until all parties do, and returns in which place this one came,
// from 0 on. If ctx ends before, the barrier is broken for all: that is
// threading.BrokenBarrierError until Reset.
func (b *Barrier) Wait(ctx context.Context) (place int, err error) {
	cut := b.block.Guard(func() { place, err = b.wait(ctx) })
	return place, cmp.Or(cut, err)
}

func (b *Barrier) wait(ctx context.Context) (place int, err error) {
	if b.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, b.Timeout)
		defer cancel()
	}
	o := new(Owner)
	if err := b.condition.Acquire(ctx, o); err != nil {
		return 0, err
	}
	defer b.condition.Release(o)
	if err := b.enter(ctx, o); err != nil {
		return 0, err
	}
	place = b.shared.arrive()
	if place+1 == b.parties {
		err = b.release(ctx, o)
	} else {
		err = b.await(ctx, o)
	}
	if b.shared.leave() == 0 && b.shared.phase() != filling && b.shared.phase() != broken {
		err = errors.Join(err, b.enterPhase(ctx, o, filling))
	}
	return place, err
}

// enter waits until the last round is over.
func (b *Barrier) enter(ctx context.Context, o *Owner) error {
	err := b.condition.WaitFor(ctx, o, func() bool {
		return b.shared.phase() != draining && b.shared.phase() != resetting
	})
	if err == nil && b.shared.phase() == broken {
		err = pickle.BrokenBarrierError.New()
	}
	return err
}

// release ends the round.
func (b *Barrier) release(ctx context.Context, o *Owner) error {
	if b.Action != nil {
		if _, err := b.engine.Call(ctx, b.Action, nil, nil); err != nil {
			err = fmt.Errorf("synchronize: the barrier's action, which the last to come runs: %w", err)
			return errors.Join(err, b.enterPhase(ctx, o, broken))
		}
	}
	return b.enterPhase(ctx, o, draining)
}

// await waits for the round to end.
func (b *Barrier) await(ctx context.Context, o *Owner) error {
	err := b.condition.WaitFor(ctx, o, func() bool { return b.shared.phase() != filling })
	if err != nil && b.shared.phase() == filling {
		return errors.Join(err, b.enterPhase(ctx, o, broken))
	}
	if b.shared.phase() < 0 {
		return pickle.BrokenBarrierError.New()
	}
	return nil
}

// enterPhase tells all who wait. One that was killed while it waited holds it up
// until ctx ends, and a little longer, so that the others hear of it also then.
func (b *Barrier) enterPhase(ctx context.Context, o *Owner, phase int32) error {
	b.shared.setPhase(phase)
	longer, cancel := outlasting(ctx)
	defer cancel()
	if err := b.condition.NotifyAll(longer, o); err != nil {
		return fmt.Errorf("synchronize: some who wait at the barrier do not leave: %w", cmp.Or(ctx.Err(), err))
	}
	return nil
}

// leaveTime is how long those who wait have to leave once a context has ended.
const leaveTime = time.Second

// outlasting returns a context that ends leaveTime after ctx.
func outlasting(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(leaveTime, cancel) })
	return longer, func() { stop(); cancel() }
}

// with runs f with the lock.
func (b *Barrier) with(ctx context.Context, f func(o *Owner) error) (err error) {
	o := new(Owner)
	if err := b.condition.Acquire(ctx, o); err != nil {
		return err
	}
	cut := b.block.Guard(func() { err = f(o) })
	return errors.Join(cut, err, b.condition.Release(o))
}

// Abort breaks the barrier: who waits gets threading.BrokenBarrierError.
func (b *Barrier) Abort(ctx context.Context) error {
	return b.with(ctx, func(o *Owner) error { return b.enterPhase(ctx, o, broken) })
}

// Reset makes the barrier new: who waits gets threading.BrokenBarrierError.
func (b *Barrier) Reset(ctx context.Context) error {
	return b.with(ctx, func(o *Owner) error {
		phase := b.shared.phase()
		switch waiting := b.shared.waiting(); {
		case waiting == 0:
			phase = filling
		case phase == filling || phase == broken:
			phase = resetting
		}
		return b.enterPhase(ctx, o, phase)
	})
}

// Waiting is how many wait now; while a round ends, none.
func (b *Barrier) Waiting() (n int) {
	b.block.Guard(func() {
		if b.shared.phase() == filling {
			n = b.shared.waiting()
		}
	})
	return n
}

// Broken tells whether the barrier is broken, or its memory gone.
func (b *Barrier) Broken() bool {
	phase := int32(broken)
	b.block.Guard(func() { phase = b.shared.phase() })
	return phase == broken
}

// String is Python's repr, of 3.10 and later.
func (b *Barrier) String() string {
	const class = "multiprocessing.synchronize.Barrier"
	if b.Broken() {
		return fmt.Sprintf("<%s at %p: broken>", class, b)
	}
	return fmt.Sprintf("<%s at %p: waiters=%d/%d>", class, b, b.Waiting(), b.parties)
}

func (b *Barrier) state() any {
	var timeout any
	if b.Timeout > 0 {
		timeout = b.Timeout.Seconds()
	}
	return pickle.Tuple{int64(b.parties), b.Action, timeout, b.condition, b.block}
}

func (b *Barrier) setState(e *engine.Engine, state any) error {
	t, _ := state.(pickle.Tuple)
	if len(t) != 5 {
		return badState(state, "(parties, action, timeout, condition, memory)")
	}
	parties, err1 := pickle.As[int](t[0])
	timeout, err2 := seconds(t[2])
	c, ok1 := t[3].(*Condition)
	block, ok2 := t[4].(*heap.Block)
	if err1 != nil || err2 != nil || !ok1 || !ok2 || len(block.Bytes()) < barrierSize {
		return badState(state, "parties, a timeout, a condition and 8 bytes")
	}
	*b = Barrier{
		Action: t[1], Timeout: timeout,
		engine: e, parties: parties, condition: c, block: block, shared: barrierStateIn(block.Bytes()),
	}
	return nil
}

// seconds is a timeout of Python's. None is 0; to Python 0 and less are over
// before they begin, as is the shortest time here.
func seconds(v any) (time.Duration, error) {
	if v == nil {
		return 0, nil
	}
	s, err := pickle.As[float64](v)
	if err != nil || math.IsNaN(s) {
		return 0, fmt.Errorf("synchronize: %v is no timeout", v)
	}
	return time.Duration(max(1, min(s*1e9, math.MaxInt64/2))), nil
}
