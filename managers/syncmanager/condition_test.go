package syncmanager

import (
	"testing"

	"github.com/brine-go/brine/managers"
)

const notOwned = "('#ERROR', RuntimeError('cannot notify on un-acquired lock'))"

// waitIn has a new thread acquire a condition, levels deep, and wait in it.
func (s *stage) waitIn(c *condition, levels int, p *managers.Proxy, args ...any) *thread {
	s.t.Helper()
	room := c.lock.room()
	room.mu.Lock()
	n := c.waiters.n
	room.mu.Unlock()
	th := s.thread("waiter")
	for range levels {
		th.does(p, yes, "acquire")
	}
	th.calls(p, "wait", args...)
	s.await(&room.mu, n+1, func() int { return c.waiters.n })
	return th
}

func TestNotify(t *testing.T) {
	s := newStage(t, Config{})
	lock := create(t, s.client, "Lock")
	semaphore := create(t, s.client, "Semaphore", 1)
	for _, tt := range []struct {
		name   string
		args   []any
		levels int
	}{
		{"own RLock", nil, 2},
		{"an RLock", []any{create(t, s.client, "RLock")}, 2},
		{"a Lock", []any{lock}, 1},
		{"a Semaphore", []any{semaphore}, 1},
		{"another's lock", []any{create(t, s.client, "Condition")}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, c := makes[*condition](s, "Condition", tt.args...)
			teller := s.thread("teller")
			teller.does(p, notOwned, "notify")
			first := s.waitIn(c, tt.levels, p)
			second := s.waitIn(c, tt.levels, p)
			teller.does(p, yes, "acquire")
			teller.does(p, none, "notify")
			teller.does(p, none, "notify_all")
			teller.does(p, none, "release")
			first.wants(yes)
			teller.does(p, no, "acquire", false) // first has it, as deep as before
			for range tt.levels {
				first.does(p, none, "release")
			}
			second.wants(yes)
			for range tt.levels {
				second.does(p, none, "release")
			}
			teller.does(p, yes, "acquire", false)
			teller.does(p, none, "release")
		})
	}
}

// TestNotifyCounts: a notify wakes as many as it says, and notify_all the rest.
func TestNotifyCounts(t *testing.T) {
	s := newStage(t, Config{})
	p, c := makes[*condition](s, "Condition")
	var waiters []*thread
	for range 6 {
		waiters = append(waiters, s.waitIn(c, 1, p))
	}
	teller := s.thread("teller")
	teller.does(p, yes, "acquire")
	for _, tt := range []struct {
		method string
		args   []any
		left   int
	}{
		{"notify", nil, 5}, {"notify", []any{0}, 5}, {"notify", []any{2}, 3}, {"notify_all", nil, 0}, {"notify", []any{9}, 0},
	} {
		teller.does(p, none, tt.method, tt.args...)
		s.await(&c.lock.room().mu, tt.left, func() int { return c.waiters.n })
	}
	teller.does(p, none, "release")
	for _, w := range waiters {
		w.wants(yes)
		w.does(p, none, "release")
	}
}

func TestConditionOfAnotherKind(t *testing.T) {
	s := newStage(t, Config{})
	for _, arg := range []any{5, create(t, s.client, "Queue")} {
		if _, err := s.client.Create(t.Context(), "Condition", arg); err == nil {
			t.Errorf("Condition(%v) was made", arg)
		}
	}
}

func TestWaitTimesOut(t *testing.T) {
	s := newStage(t, Config{})
	p, c := makes[*condition](s, "Condition")
	th := s.thread("waiter")
	th.does(p, "('#ERROR', RuntimeError('cannot wait on un-acquired lock'))", "wait", 1)
	th.does(p, yes, "acquire")
	th.does(p, no, "wait", 0)
	th.does(p, no, "wait", 0.001)

	// The wait for the lock has no timeout.
	room, other := c.lock.room(), s.thread("other")
	other.calls(p, "acquire")
	s.await(&room.mu, 1, func() int { return room.queue.n })
	th.calls(p, "wait", 0.001)
	other.wants(yes)
	s.await(&room.mu, 1, func() int { return room.queue.n })
	other.does(p, none, "notify_all") // too late for it
	other.does(p, none, "release")
	th.wants(no)
	th.does(p, none, "release")
}

// TestNotifiedAndGone: who goes before it has the lock passes the notification
// on.
func TestNotifiedAndGone(t *testing.T) {
	s := newStage(t, Config{})
	p, c := makes[*condition](s, "Condition")
	first, second := s.waitIn(c, 1, p), s.waitIn(c, 1, p)
	room := c.lock.room()
	teller := s.thread("teller")
	teller.does(p, yes, "acquire")
	teller.does(p, none, "notify")
	first.c.Close()
	s.await(&room.mu, 0, func() int { return c.waiters.n })
	s.await(&room.mu, 1, func() int { return room.queue.n })
	teller.does(p, none, "release")
	second.wants(yes)
}

func TestWaiterOfConditionGoes(t *testing.T) {
	s := newStage(t, Config{})
	p, c := makes[*condition](s, "Condition")
	first, second := s.waitIn(c, 1, p), s.waitIn(c, 1, p)
	first.c.Close()
	s.await(&c.lock.room().mu, 1, func() int { return c.waiters.n })
	teller := s.thread("teller")
	teller.does(p, yes, "acquire")
	teller.does(p, none, "notify")
	teller.does(p, none, "release")
	second.wants(yes)
}
