package syncmanager

import (
	"fmt"
	"sync"
	"time"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A mutex is what Lock and RLock have in common: a holder and a line. It is
// handed to the head of the line directly, so nobody overtakes.
type mutex struct {
	kind      string // for the log
	reentrant bool   // an RLock: only the owner releases, and it may acquire again
	leased    bool   // released when its owner is gone

	mu     sync.Mutex // guards what follows
	owner  *managers.Owner
	levels int // how often owner has acquired it; 0 is free
	line   line[claim]
}

// A claim is what somebody in the line wants.
type claim struct {
	levels int
	answer any // to give with the lock
}

// acquire answers with whether the caller got it.
func (m *mutex) acquire(c *managers.Call, r *managers.Reply, timeout time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := c.Owner()
	switch {
	case m.levels == 0:
		m.take(o, 1)
	case m.reentrant && m.owner == o:
		m.levels++
	case timeout == 0:
		return r.Return(false)
	default:
		p := &place[claim]{what: claim{1, true}}
		p.w = c.Park(timeout, func(w *managers.Waiter, why managers.Reason) {
			m.mu.Lock()
			m.line.leave(p)
			m.mu.Unlock()
			if why == managers.Expired {
				w.Return(false, nil)
			}
		})
		m.line.join(p)
		return nil
	}
	r.Undo(func() { m.giveBack(o) })
	return r.Return(true)
}

// take makes o the owner of a free mutex.
func (m *mutex) take(o *managers.Owner, levels int) {
	m.owner, m.levels = o, levels
	if m.leased {
		o.Hold(m)
	}
}

// free lets go of it, and hands it to the next in the line.
func (m *mutex) free() {
	if m.leased && m.owner != nil {
		m.owner.Drop(m)
	}
	m.owner, m.levels = nil, 0
	p := m.line.next()
	if p == nil {
		return
	}
	o := p.w.Owner
	m.take(o, p.what.levels)
	p.w.Return(p.what.answer, func() { m.giveBack(o) })
}

// giveBack undoes an acquisition that nobody has heard of.
func (m *mutex) giveBack(o *managers.Owner) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.owner == o && m.levels > 0 {
		if m.levels--; m.levels == 0 {
			m.free()
		}
	}
}

// release lets go of one level.
func (m *mutex) release(o *managers.Owner) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.reentrant {
		if m.levels == 0 || m.owner != o {
			return pickle.RuntimeError.New("cannot release un-acquired lock")
		}
		if m.levels--; m.levels > 0 {
			return nil
		}
	} else if m.levels == 0 {
		return pickle.RuntimeError.New("release unlocked lock")
	}
	m.free()
	return nil
}

// owned tells whether o may wait or notify on a condition of this mutex. A
// Lock does not know its holder: it is enough that it is held.
func (m *mutex) owned(o *managers.Owner) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.levels > 0 && (!m.reentrant || m.owner == o)
}

// releaseAll lets go of every level, and returns how many there were.
func (m *mutex) releaseAll() (levels int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	levels = m.levels
	m.free()
	return levels
}

// reacquire gives a settled waiter the lock back, then the answer.
func (m *mutex) reacquire(w *managers.Waiter, levels int, answer any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.levels > 0 {
		m.line.join(&place[claim]{w: w, what: claim{levels, answer}, sure: true})
		return
	}
	m.take(w.Owner, levels)
	w.Return(answer, func() { m.giveBackAll(w.Owner) })
}

func (m *mutex) giveBackAll(o *managers.Owner) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.owner == o && m.levels > 0 {
		m.free()
	}
}

// locked tells whether somebody holds it.
func (m *mutex) locked() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.levels > 0
}

// OwnerGone frees it if its owner held it to the end.
func (m *mutex) OwnerGone(o *managers.Owner) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.owner != o || m.levels == 0 {
		return ""
	}
	m.free()
	return m.kind
}

func (m *mutex) repr(class string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	state := "unlocked"
	if m.levels > 0 {
		state = "locked"
	}
	if m.reentrant {
		var owner uint64
		if m.owner != nil {
			fmt.Sscanf(fmt.Sprintf("%p", m.owner), "0x%x", &owner)
		}
		return fmt.Sprintf("<%s %s object owner=%d count=%d at %p>", state, class, owner, m.levels, m)
	}
	return fmt.Sprintf("<%s %s object at %p>", state, class, m)
}
