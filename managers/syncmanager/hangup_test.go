package syncmanager

import (
	"path/filepath"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/managers"
)

// A client that has just hung up may be given what it waited for: only the answer, which a Unix socket
// refuses, tells the server. It is repeated, since the server may also learn of it in time.
const hangUps = 20

func hangingUp(t *testing.T) *stage {
	return newStageAt(t, Config{}, connection.Address{Path: filepath.Join(t.TempDir(), "s")})
}

// TestLockForOneWhoHungUp: it is free for the next.
func TestLockForOneWhoHungUp(t *testing.T) {
	s := hangingUp(t)
	for _, typeid := range []string{"Lock", "RLock", "Semaphore", "BoundedSemaphore"} {
		for range hangUps {
			p, m := makes[monitor](s, typeid)
			g := m.room()
			s.thread("holder").does(p, yes, "acquire")
			waiter := s.thread("waiter")
			waiter.calls(p, "acquire")
			s.await(&g.mu, 1, func() int { return g.queue.n })
			g.mu.Lock()
			waiter.c.Close()
			m.yield(new(managers.Owner))
			g.pass(m)
			g.mu.Unlock()
			s.thread("next").does(p, yes, "acquire", true, 20)
		}
	}
}

// TestItemForOneWhoHungUp: it is there for the next.
func TestItemForOneWhoHungUp(t *testing.T) {
	s := hangingUp(t)
	for range hangUps {
		p, q := makes[*queue](s, "Queue")
		getter := s.thread("getter")
		getter.calls(p, "get")
		s.await(&q.mu, 1, func() int { return q.getters.n })
		q.mu.Lock()
		getter.c.Close()
		q.add(int64(7))
		q.mu.Unlock()
		s.thread("next").does(p, item(7), "get", true, 20)
	}
}

// TestNotifyForOneWhoHungUp: the next hears of it.
func TestNotifyForOneWhoHungUp(t *testing.T) {
	s := hangingUp(t)
	for range hangUps {
		p, c := makes[*condition](s, "Condition")
		first, second := s.waitIn(c, 1, p), s.waitIn(c, 1, p)
		room := c.lock.room()
		room.mu.Lock()
		first.c.Close()
		c.wake(1)
		room.mu.Unlock()
		second.wants(yes)
	}
}
