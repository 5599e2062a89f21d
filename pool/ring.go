package pool

import (
	"context"
	"sync/atomic"
)

// A ring is a queue of bounded length between goroutines, without a lock: each
// cell has a turn, which says whose it is. (Vyukov's bounded queue.)
type ring struct {
	cells [ringSize]cell
	_     [64]byte // producers and consumers write to cache lines of their own
	tail  atomic.Uint64
	_     [64]byte
	head  atomic.Uint64
	_     [64]byte
}

const (
	ringSize = 1 << 10
	shut     = 1 << 63 // in tail: no producer gets a cell any more
)

// A cell holds something to run. Its turn is its position while it is empty,
// one more when it is full, and ringSize more for the next round.
type cell struct {
	turn atomic.Uint64
	ctx  context.Context
	work runner
}

// A runner is what a ring carries.
type runner interface {
	run(ctx context.Context)
	drop() // the pool was terminated before it ran
}

func (r *ring) init() {
	for i := range r.cells {
		r.cells[i].turn.Store(uint64(i))
	}
}

// push is false when the ring is full or shut.
func (r *ring) push(ctx context.Context, w runner) bool {
	for {
		at := r.tail.Load()
		if at&shut != 0 {
			return false
		}
		c := &r.cells[at%ringSize]
		switch turn := c.turn.Load(); {
		case turn == at:
			if r.tail.CompareAndSwap(at, at+1) {
				c.ctx, c.work = ctx, w
				c.turn.Store(at + 1)
				return true
			}
		case turn < at:
			return false
		}
	}
}

// pop is false when the ring is empty.
func (r *ring) pop() (ctx context.Context, w runner, ok bool) {
	for {
		at := r.head.Load()
		c := &r.cells[at%ringSize]
		switch turn := c.turn.Load(); {
		case turn == at+1:
			if r.head.CompareAndSwap(at, at+1) {
				ctx, w = c.ctx, c.work
				c.ctx, c.work = nil, nil
				c.turn.Store(at + ringSize)
				return ctx, w, true
			}
		case turn < at+1:
			return nil, nil, false
		}
	}
}

// empty tells whether pop would be false, for the moment.
func (r *ring) empty() bool { return r.head.Load() == r.tail.Load()&^shut }

// shut lets no producer in any more.
func (r *ring) shut() { r.tail.Or(shut) }

func (r *ring) isShut() bool { return r.tail.Load()&shut != 0 }
