package syncmanager

import (
	"strings"
	"testing"

	"github.com/brine-go/brine/managers"
)

const broken = "('#ERROR', BrokenBarrierError())"

// arrive has a new thread wait at a barrier, as the nth of its round.
func (s *stage) arrive(b *barrier, p *managers.Proxy, n int, args ...any) *thread {
	s.t.Helper()
	th := s.thread("party")
	th.calls(p, "wait", args...)
	s.await(&b.mu, n, func() int { return b.waiters.n })
	return th
}

func TestBarrierRounds(t *testing.T) {
	s := newStage(t, Config{})
	p, b := makes[*barrier](s, "Barrier", 3)
	for range 2 {
		first, gone := s.arrive(b, p, 1), s.arrive(b, p, 2)
		gone.c.Close()
		s.await(&b.mu, 1, func() int { return b.waiters.n })
		second := s.arrive(b, p, 2)
		last := s.thread("last")
		last.does(p, item(2), "__getattribute__", "n_waiting")
		last.does(p, item(2), "wait")
		first.wants(item(0))
		second.wants(item(1))
		last.does(p, item(0), "__getattribute__", "n_waiting")
		last.does(p, no, "__getattribute__", "broken")
	}
}

func TestBarrierBreaks(t *testing.T) {
	s := newStage(t, Config{})
	for _, how := range []struct {
		name   string
		broken string // afterwards
		action func(p *managers.Proxy, th *thread)
	}{
		{"abort", yes, func(p *managers.Proxy, th *thread) { th.does(p, none, "abort") }},
		{"reset", no, func(p *managers.Proxy, th *thread) { th.does(p, none, "reset") }},
		{"timeout", yes, func(p *managers.Proxy, th *thread) { th.does(p, broken, "wait", 0.001) }},
		{"no time", yes, func(p *managers.Proxy, th *thread) { th.does(p, broken, "wait", 0) }},
	} {
		t.Run(how.name, func(t *testing.T) {
			p, b := makes[*barrier](s, "Barrier", 3)
			waiter, other := s.arrive(b, p, 1), s.thread("other")
			how.action(p, other)
			waiter.wants(broken)
			other.does(p, how.broken, "__getattribute__", "broken")
			if how.broken == yes {
				other.does(p, broken, "wait")
			}
			other.does(p, none, "reset")
			other.does(p, no, "__getattribute__", "broken")
		})
	}
}

func TestBarrierRunsNoAction(t *testing.T) {
	s := newStage(t, Config{})
	_, err := s.client.Create(t.Context(), "Barrier", 2, "an action")
	if err == nil || !strings.Contains(err.Error(), "runs no client code") {
		t.Errorf("the error is %v; want one that names the limit", err)
	}
}

func TestEventWakesAll(t *testing.T) {
	s := newStage(t, Config{})
	p, e := makes[*event](s, "Event")
	var waiting []*thread
	for i := range 3 {
		th := s.thread("waiter")
		th.calls(p, "wait")
		s.await(&e.mu, i+1, func() int { return e.waiters.n })
		waiting = append(waiting, th)
	}
	waiting[0].c.Close()
	s.await(&e.mu, 2, func() int { return e.waiters.n })
	other := s.thread("other")
	other.does(p, no, "wait", 0.001)
	other.does(p, no, "is_set")
	other.does(p, none, "set")
	waiting[1].wants(yes)
	waiting[2].wants(yes)
	other.does(p, yes, "wait", 0)
	other.does(p, none, "clear")
	other.does(p, no, "wait", 0)
}
