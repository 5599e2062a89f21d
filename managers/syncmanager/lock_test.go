package syncmanager

import (
	"testing"

	"github.com/brine-go/brine/managers"
)

func TestLockGoesToTheFirstInLine(t *testing.T) {
	s := newStage(t, Config{})
	for _, typeid := range []string{"Lock", "RLock", "Semaphore"} {
		p, m := makes[monitor](s, typeid)
		g := m.room()
		holder := s.thread("holder")
		holder.does(p, yes, "acquire")
		var line []*thread
		for i := range 3 {
			th := s.thread("waiter")
			th.calls(p, "acquire")
			s.await(&g.mu, i+1, func() int { return g.queue.n })
			line = append(line, th)
		}
		s.thread("late").does(p, no, "acquire", false)
		for i, next := range line {
			holder.does(p, none, "release")
			next.wants(yes)
			s.await(&g.mu, len(line)-i-1, func() int { return g.queue.n })
			holder = next
		}
		holder.does(p, none, "release")
		s.thread("next").does(p, yes, "acquire", false)
	}
}

func TestWhoGoesLeavesTheLine(t *testing.T) {
	s := newStage(t, Config{})
	for _, typeid := range []string{"Lock", "RLock", "BoundedSemaphore"} {
		p, m := makes[monitor](s, typeid)
		g := m.room()
		holder, first, second := s.thread("holder"), s.thread("first"), s.thread("second")
		holder.does(p, yes, "acquire")
		first.calls(p, "acquire")
		s.await(&g.mu, 1, func() int { return g.queue.n })
		second.calls(p, "acquire")
		s.await(&g.mu, 2, func() int { return g.queue.n })
		first.c.Close()
		s.await(&g.mu, 1, func() int { return g.queue.n })
		holder.does(p, none, "release")
		second.wants(yes)
		holder.does(p, no, "acquire", false)
		second.does(p, none, "release")
	}
}

func TestAcquireTimesOut(t *testing.T) {
	s := newStage(t, Config{})
	for _, typeid := range []string{"Lock", "RLock", "Semaphore"} {
		p, m := makes[monitor](s, typeid)
		holder, other := s.thread("holder"), s.thread("other")
		holder.does(p, yes, "acquire")
		other.does(p, no, "acquire", true, 0.001)
		other.does(p, no, "acquire", true, 0)
		s.await(&m.room().mu, 0, func() int { return m.room().queue.n })
		holder.does(p, none, "release")
		other.does(p, yes, "acquire", true, 1)
	}
}

// TestUndeliveredLock: a lock whose new holder cannot be told goes on.
func TestUndeliveredLock(t *testing.T) {
	for _, m := range []monitor{
		&lock{}, newRLock(), &semaphore{value: 1}, &semaphore{value: 1, initial: 1, bounded: true},
		&lock{lease: true}, &semaphore{value: 1, lease: true},
	} {
		g, a, b := m.room(), new(managers.Owner), new(managers.Owner)
		undo := g.later(m, m.take(a, 1))
		if m.free() {
			t.Fatalf("%T: free after take", m)
		}
		undo()
		if !m.free() {
			t.Fatalf("%T: not free after the undo", m)
		}
		undo = g.later(m, m.take(a, 1))
		m.yield(a)
		m.take(b, 1)
		if _, fungible := m.(*semaphore); fungible {
			continue
		}
		undo() // too late: another has it
		if m.free() {
			t.Errorf("%T: the undo for one owner took the lock from the next", m)
		}
	}
}

func TestRLockBelongsToItsOwner(t *testing.T) {
	s := newStage(t, Config{})
	p, _ := makes[*rlock](s, "RLock")
	const notOwner = "('#ERROR', RuntimeError('cannot release un-acquired lock'))"
	owner, other := s.thread("owner"), s.thread("other")
	owner.does(p, yes, "acquire")
	owner.does(p, yes, "acquire")
	other.does(p, notOwner, "release")
	owner.does(p, none, "release")
	other.does(p, no, "acquire", false)
	owner.does(p, none, "release")
	owner.does(p, notOwner, "release")
	other.does(p, yes, "acquire", false)
}

func TestOwnerOfRLockGoes(t *testing.T) {
	s := newStage(t, Config{})
	for _, typeid := range []string{"RLock", "Condition"} {
		p := create(t, s.client, typeid)
		owner, next := s.thread("owner"), s.thread("next")
		owner.does(p, yes, "acquire")
		owner.does(p, yes, "acquire")
		next.calls(p, "acquire")
		owner.c.Close()
		next.wants(yes)
	}
}

func TestLeases(t *testing.T) {
	for _, leased := range []bool{false, true} {
		s := newStage(t, Config{ReleaseDeadLocks: leased})
		for _, typeid := range []string{"Lock", "Semaphore", "BoundedSemaphore"} {
			p, m := makes[monitor](s, typeid)
			g := m.room()
			owner, next := s.thread("owner"), s.thread("next")
			owner.does(p, yes, "acquire")
			owner.c.Close()
			if leased {
				next.does(p, yes, "acquire", true, patience.Seconds())
				continue
			}
			next.calls(p, "acquire")
			s.await(&g.mu, 1, func() int { return g.queue.n })
			s.thread("anyone").does(p, none, "release")
			next.wants(yes)
		}
	}
}

// TestLeaseOfAReturnedPermit: a permit that another client returned does not
// come back once more when its first holder goes.
func TestLeaseOfAReturnedPermit(t *testing.T) {
	for _, bounded := range []bool{false, true} {
		s := &semaphore{name: "Semaphore", value: 2, initial: 2, bounded: bounded, lease: true}
		a, b := new(managers.Owner), new(managers.Owner)
		s.take(a, 1)
		s.take(a, 1)
		s.settle(b, 1)
		s.value++
		if lost := s.OwnerGone(a); lost == "" || s.value != 2 {
			t.Errorf("bounded %v: lost %q, %d permits, want one lost and 2", bounded, lost, s.value)
		}
		if lost := s.OwnerGone(a); lost != "" || s.value != 2 {
			t.Errorf("bounded %v: lost %q twice, %d permits", bounded, lost, s.value)
		}
	}
}

func TestSemaphoreReleasesMany(t *testing.T) {
	s := newStage(t, Config{})
	p, sem := makes[*semaphore](s, "Semaphore", 0)
	var line []*thread
	for i := range 2 {
		th := s.thread("waiter")
		th.calls(p, "acquire")
		s.await(&sem.mu, i+1, func() int { return sem.queue.n })
		line = append(line, th)
	}
	other := s.thread("other")
	other.does(p, none, "release", 3)
	for _, th := range line {
		th.wants(yes)
	}
	other.does(p, yes, "acquire", false)
	other.does(p, no, "acquire", false)
}
