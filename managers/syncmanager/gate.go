package syncmanager

import (
	"fmt"
	"sync"
	"time"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A gate is what locks have in common: a mutex that guards the lock, and the
// queue before it. Whoever leaves hands the lock to the first in the queue, so
// it is never free while somebody waits.
type gate struct {
	mu    sync.Mutex
	queue waiters[turn]
}

// A turn is what a call before a gate waits for: to hold the lock that many
// levels deep, and to be told so.
type turn struct {
	levels int
	answer any
}

// A monitor is a lock that may belong to Conditions too, whose waiters its
// mutex guards as well. All but room is called under that mutex.
type monitor interface {
	managers.Referent
	managers.Reprer
	managers.Valuer
	room() *gate
	// free tells whether somebody can get in.
	free() bool
	// owned tells whether o, in Python's eyes, has the lock.
	owned(o *managers.Owner) bool
	// take gives o the lock. undo takes it back, if o still has it.
	take(o *managers.Owner, levels int) (undo func())
	// yield takes all levels of the lock from o.
	yield(o *managers.Owner) (levels int)
}

func (g *gate) room() *gate { return g }

// enter answers an acquire: at once, or when it is the caller's turn.
func (g *gate) enter(m monitor, c *managers.Call, r *managers.Reply, timeout time.Duration) error {
	if m.free() {
		r.Undo(g.later(m, m.take(c.Owner(), 1)))
		return r.Return(true)
	}
	if timeout == 0 {
		return r.Return(false)
	}
	g.queue.park(c, &g.mu, timeout, turn{1, true}, func(w *waiting[turn]) { w.tell(false) })
	return nil
}

// pass lets in who can get in.
func (g *gate) pass(m monitor) {
	for m.free() {
		w := g.queue.next()
		if w == nil {
			return
		}
		undo := m.take(w.Owner, w.wants.levels)
		w.Return(w.wants.answer, g.later(m, func() {
			undo()
			if w.gone != nil {
				w.gone()
			}
		}))
	}
}

// later makes undo callable without locks.
func (g *gate) later(m monitor, undo func()) func() {
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		undo()
		g.pass(m)
	}
}

// noValue is the answer to copy.copy of a lock, named by its type in C.
func noValue(name string) (any, error) {
	return nil, pickle.TypeError.New(fmt.Sprintf("cannot pickle '%s' object", name))
}

// word describes a lock in its repr.
func word(free bool) string {
	if free {
		return "unlocked"
	}
	return "locked"
}
