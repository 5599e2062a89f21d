package syncmanager

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/brine-go/brine/connection"
)

// A client that has gone may be given what it waited for before the server knows. Only the answer
// tells, which a Unix socket refuses; so it is here for one that lives and does not listen any more.

func onSocket(t *testing.T) *stage {
	return newStageAt(t, Config{}, connection.Address{Path: filepath.Join(t.TempDir(), "s")})
}

func (th *thread) deafen() {
	th.t.Helper()
	socket, stop, err := th.c.UnixSocket(th.t.Context())
	if err != nil {
		th.t.Fatal(err)
	}
	defer stop()
	socket.Control(func(fd uintptr) { err = syscall.Shutdown(int(fd), syscall.SHUT_RD) })
	if err != nil {
		th.t.Fatal(err)
	}
}

// TestLockForTheGone: it is free for the next.
func TestLockForTheGone(t *testing.T) {
	s := onSocket(t)
	for _, typeid := range []string{"Lock", "RLock", "Semaphore", "BoundedSemaphore"} {
		p, m := makes[monitor](s, typeid)
		holder, gone := s.thread("holder"), s.thread("gone")
		holder.does(p, yes, "acquire")
		gone.calls(p, "acquire")
		s.await(&m.room().mu, 1, func() int { return m.room().queue.n })
		gone.deafen()
		holder.does(p, none, "release")
		s.thread("next").does(p, yes, "acquire", true, 20)
	}
}

// TestItemForTheGone: it is there for the next.
func TestItemForTheGone(t *testing.T) {
	s := onSocket(t)
	p, q := makes[*queue](s, "Queue")
	putter, gone := s.thread("putter"), s.thread("gone")
	gone.calls(p, "get")
	s.await(&q.mu, 1, func() int { return q.getters.n })
	gone.deafen()
	putter.does(p, none, "put", 1)
	s.await(&q.mu, 1, func() int { return q.items.len() })
	again := s.thread("gone again")
	again.deafen()
	again.calls(p, "get") // which need not wait
	putter.does(p, item(1), "get", true, 20)
}

// TestNotifyForTheGone: the next hears of it.
func TestNotifyForTheGone(t *testing.T) {
	s := onSocket(t)
	p, c := makes[*condition](s, "Condition")
	gone, next, teller := s.waitIn(c, 1, p), s.waitIn(c, 1, p), s.thread("teller")
	teller.does(p, yes, "acquire")
	gone.deafen()
	teller.does(p, none, "notify")
	teller.does(p, none, "release")
	next.wants(yes)
}
