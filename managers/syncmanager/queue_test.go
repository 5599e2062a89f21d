package syncmanager

import (
	"fmt"
	"testing"
)

const (
	empty = "('#ERROR', Empty())"
	full  = "('#ERROR', Full())"
	shut  = "('#ERROR', ShutDown())"
)

func item(v any) string { return fmt.Sprintf("('#RETURN', %v)", v) }

func TestGetsAreServedInOrder(t *testing.T) {
	s := newStage(t, Config{})
	p, q := makes[*queue](s, "Queue")
	var getters []*thread
	for i := range 3 {
		th := s.thread("getter")
		th.calls(p, "get")
		s.await(&q.mu, i+1, func() int { return q.getters.n })
		getters = append(getters, th)
	}
	getters[1].c.Close()
	s.await(&q.mu, 2, func() int { return q.getters.n })
	putter := s.thread("putter")
	for i := range 3 {
		putter.does(p, none, "put", i)
	}
	getters[0].wants(item(0))
	getters[2].wants(item(1))
	putter.does(p, item(2), "get")
	putter.does(p, empty, "get", false)
	putter.does(p, empty, "get", true, 0.001)
}

func TestPutsAreServedInOrder(t *testing.T) {
	s := newStage(t, Config{})
	p, q := makes[*queue](s, "Queue", 1)
	getter := s.thread("getter")
	getter.does(p, none, "put", 0)
	getter.does(p, full, "put", 9, true, 0.001)
	getter.does(p, full, "put_nowait", 9)
	var putters []*thread
	for i := range 3 {
		th := s.thread("putter")
		th.calls(p, "put", i+1)
		s.await(&q.mu, i+1, func() int { return q.putters.n })
		putters = append(putters, th)
	}
	putters[0].c.Close()
	s.await(&q.mu, 2, func() int { return q.putters.n })
	for _, want := range []int{0, 2, 3} {
		getter.does(p, item(want), "get")
	}
	putters[1].wants(none)
	putters[2].wants(none)
	getter.does(p, item(0), "qsize")
}

// TestUndeliveredItem: an item whose receiver could not be told is the next
// that somebody gets, once.
func TestUndeliveredItem(t *testing.T) {
	s := newStage(t, Config{})
	p, q := makes[*queue](s, "Queue", 2)
	th := s.thread("client")
	th.does(p, none, "put", 1)
	th.does(p, none, "put", 2)
	q.putBack(int64(0))
	for i := range 3 {
		th.does(p, item(i), "get")
	}
	th.calls(p, "get")
	s.await(&q.mu, 1, func() int { return q.getters.n })
	q.putBack(int64(3))
	th.wants(item(3))
	th.does(p, none, "task_done")
	th.does(p, none, "task_done")
	th.does(p, "('#ERROR', ValueError('task_done() called too many times'))", "task_done")
}

func TestJoin(t *testing.T) {
	s := newStage(t, Config{})
	p, q := makes[*queue](s, "JoinableQueue")
	worker, joiner := s.thread("worker"), s.thread("joiner")
	joiner.does(p, none, "join")
	worker.does(p, none, "put", 1)
	worker.does(p, none, "put", 2)
	joiner.calls(p, "join")
	s.await(&q.mu, 1, func() int { return q.joiners.n })
	worker.does(p, item(1), "get")
	worker.does(p, none, "task_done")
	s.await(&q.mu, 1, func() int { return q.joiners.n })
	worker.does(p, item(2), "get")
	worker.does(p, none, "task_done")
	joiner.wants(none)
}

func TestShutdownOfQueue(t *testing.T) {
	s := newStage(t, Config{})
	p, q := makes[*queue](s, "Queue", 1)
	a, b := s.thread("a"), s.thread("b")
	a.calls(p, "get")
	s.await(&q.mu, 1, func() int { return q.getters.n })
	b.does(p, none, "shutdown")
	a.wants(shut)
	b.does(p, shut, "put", 1)
	b.does(p, shut, "get", false)

	p, q = makes[*queue](s, "Queue", 1)
	b.does(p, none, "put", 1)
	a.calls(p, "put", 2)
	s.await(&q.mu, 1, func() int { return q.putters.n })
	b.does(p, none, "shutdown")
	a.wants(shut)
	b.does(p, item(1), "get") // what is in may still be had
	b.does(p, shut, "get")

	// At once: what is in is gone, but for what was taken and is not done.
	p, q = makes[*queue](s, "Queue")
	for i := range 2 {
		b.does(p, none, "put", i)
	}
	b.does(p, item(0), "get")
	a.calls(p, "join")
	s.await(&q.mu, 1, func() int { return q.joiners.n })
	b.does(p, none, "shutdown", true)
	b.does(p, shut, "get")
	s.await(&q.mu, 1, func() int { return q.joiners.n })
	b.does(p, none, "task_done")
	a.wants(none)
}

func TestDeque(t *testing.T) {
	var d deque
	var want []int
	for i := range 1000 { // grows, wraps around, and shrinks at the end
		d.push(i)
		want = append(want, i)
		if i%3 == 2 {
			d.pushFront(-i)
			want = append([]int{-i}, want...)
		}
		for range i % 2 {
			if got := d.pop(); got != want[0] {
				t.Fatalf("pop gave %v, want %v", got, want[0])
			}
			want = want[1:]
		}
	}
	if d.len() != len(want) {
		t.Fatalf("%d values, want %d", d.len(), len(want))
	}
	i := 0
	for v := range d.all() {
		if v != want[i] {
			t.Fatalf("value %d is %v, want %v", i, v, want[i])
		}
		i++
	}
	for d.len() > 0 {
		d.pop()
	}
	if len(d.ring) > smallRing {
		t.Errorf("an empty deque keeps room for %d values", len(d.ring))
	}
}
