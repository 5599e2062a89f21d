package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/pickle"
)

// An anyQueue is what the three kinds have in common.
type anyQueue interface {
	Put(ctx context.Context, v any) error
	Get(ctx context.Context) (any, error)
	Close() error
}

// made fails the test of one who could not make a value.
func made[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestQueuesOfBothWithItemsOfAnySize(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		fam.do(t, "q1, q2, q3 = ctx.SimpleQueue(), ctx.Queue(3), ctx.JoinableQueue()", "None")
		kinds := map[string]anyQueue{
			"q1": take[*queues.SimpleQueue](t, fam, "q1"),
			"q2": take[*queues.Queue](t, fam, "q2"),
			"q3": take[*queues.JoinableQueue](t, fam, "q3"),
			"q4": made(queues.NewSimple(fam.engine))(t),
			"q5": made(queues.New(fam.engine, 3))(t),
			"q6": made(queues.NewJoinable(fam.engine, 0))(t),
		}
		for name, q := range kinds {
			if name > "q3" {
				fam.give(t, name, q)
			}
			for _, size := range []int{0, 16 << 10, 16<<10 + 1, 1 << 20} {
				// To Python, which must read while we write much.
				fam.python.Send(t, fmt.Sprintf("%s.get() == bytes(%d)", name, size))
				if err := q.Put(bounded(t), make([]byte, size)); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if got := fam.python.Line(t); got != "True" {
					t.Fatalf("%s: Python got another item of %d bytes: %s", name, size, got)
				}
				// And back.
				fam.python.Send(t, fmt.Sprintf("%s.put(bytes(%d))", name, size))
				v, err := q.Get(bounded(t))
				if b, ok := v.([]byte); err != nil || !ok || !bytes.Equal(b, make([]byte, size)) {
					t.Fatalf("%s: got a %T, %v", name, v, err)
				}
				fam.python.Line(t)
			}
			if _, err := q.Get(short(t)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: got from an empty queue: %v", name, err)
			}
			fam.do(t, name+".put(1)", "None")
			if v, err := q.Get(bounded(t)); v != int64(1) || err != nil {
				t.Errorf("%s: after the time-out: %v, %v", name, v, err)
			}
			if err := q.Close(); err != nil {
				t.Errorf("%s: Close: %v", name, err)
			}
		}
	})
}

// TestTwoReadersOfASimpleQueue: a Python and we read one pipe under one lock,
// while another of us fills it.
func TestTwoReadersOfASimpleQueue(t *testing.T) {
	const total = 2000
	eachFamily(t, func(t *testing.T, fam family) {
		q := made(queues.NewSimple(fam.engine))(t)
		defer q.Close()
		fam.give(t, "q", q)
		fam.do(t, "got = []", "None")
		fam.python.Send(t, "[got.append(int(item)) for item in iter(q.get, None)] and None")
		filled := make(chan error, 1)
		go func() { // 64 KiB are in the pipe at most, so that there is room for few
			var err error
			for i := 0; i < total && err == nil; i++ {
				err = q.Put(bounded(t), fmt.Sprintf("%01000d", i))
			}
			filled <- errors.Join(err, q.Put(bounded(t), nil), q.Put(bounded(t), nil)) // one for each reader
		}()
		var times [total]int
		for {
			v := made(q.Get(bounded(t)))(t)
			if v == nil {
				break
			}
			times[made(strconv.Atoi(v.(string)))(t)]++
		}
		if err := <-filled; err != nil {
			t.Fatal(err)
		}
		if got := fam.python.Line(t); got != "None" && got != "[]" {
			t.Fatalf("Python: %s", got)
		}
		for _, i := range strings.Fields(strings.Trim(fam.python.Ask(t, "' '.join(map(str, got))"), "'")) {
			times[made(strconv.Atoi(i))(t)]++
		}
		for i, n := range times {
			if n != 1 {
				t.Fatalf("item %d came %d times", i, n)
			}
		}
	})
}

func TestQueueLimits(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		fam.do(t, "import queue", "None")
		fam.do(t, "of_python = ctx.Queue(2)", "None")
		of := map[string]*queues.Queue{
			"of_python": take[*queues.Queue](t, fam, "of_python"), "of_go": made(queues.New(fam.engine, 2))(t),
		}
		fam.give(t, "of_go", of["of_go"])
		for name, q := range of {
			if err := errors.Join(q.Put(bounded(t), "a"), q.Put(bounded(t), "b")); err != nil {
				t.Fatal(err)
			}
			if err := q.TryPut(bounded(t), "c"); !errors.Is(err, queues.ErrFull) {
				t.Errorf("%s: put into a full queue: %v", name, err)
			}
			if got := fam.python.Ask(t, name+".put('c', False)"); !strings.HasPrefix(got, "Full") {
				t.Errorf("%s: Python put into a full queue: %s", name, got)
			}
			fam.do(t, name+".qsize(), "+name+".full()", "(2, True)")
			if !q.Full() || q.Len() != 2 {
				t.Errorf("%s: full %t, %d items", name, q.Full(), q.Len())
			}
			done := make(chan error, 1)
			go func() { done <- q.Put(bounded(t), "c") }()
			fam.do(t, name+".get()", "'a'") // makes room
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			// The other way round; the feeders may come in any order.
			room := fam.semaphoreOf(t, name+"._sem")
			fam.python.Send(t, name+".put('d', True, 30)")
			room.awaited(t, 1)
			if v, err := q.Get(bounded(t)); v != "b" || err != nil {
				t.Fatalf("%s: got %v, %v", name, v, err)
			}
			if got := fam.python.Line(t); got != "None" {
				t.Fatalf("%s: Python was not let in: %s", name, got)
			}
			fam.do(t, "sorted(["+name+".get(), "+name+".get()])", "['c', 'd']")
			if !q.Empty() || q.Len() != 0 {
				t.Errorf("%s: empty %t, %d items", name, q.Empty(), q.Len())
			}
			if _, err := q.TryGet(bounded(t)); !errors.Is(err, queues.ErrEmpty) {
				t.Errorf("%s: got from an empty queue: %v", name, err)
			}
			fam.python.Send(t, name+".get(True, 30)")
			if err := q.Put(bounded(t), "late"); err != nil {
				t.Fatal(err)
			}
			if got := fam.python.Line(t); got != "'late'" {
				t.Errorf("%s: Python waited for %s", name, got)
			}
			// An item that Python cannot pickle is dropped there.
			fam.do(t, name+".put(lambda: 0)", "None")
			fam.do(t, name+".put('after')", "None")
			if v, err := q.Get(bounded(t)); v != "after" || err != nil {
				t.Errorf("%s: after an item that is none: %v, %v", name, v, err)
			}
			if err := q.Put(bounded(t), make(chan int)); err == nil {
				t.Errorf("%s: put a channel", name)
			}
			lost := 0
			if fam.python.Ask(t, "sys.version_info < (3, 7)") == "True" {
				lost = 1 // 3.6 never gives the place back
			}
			if q.Len() != lost {
				t.Errorf("%s: %d items after one that could not be put, want %d", name, q.Len(), lost)
			}
		}
	})
}

func TestTasksOfJoinableQueues(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		q := made(queues.NewJoinable(fam.engine, 0))(t)
		fam.give(t, "q", q)
		fam.do(t, "q.put(1), q.put(2)", "(None, None)")
		for range 2 {
			made(q.Get(bounded(t)))(t)
		}
		joined := fam.semaphoreOf(t, "q._cond._wait_semaphore")
		fam.python.Send(t, "q.join()")
		joined.awaited(t, 1)
		if err := q.TaskDone(bounded(t)); err != nil || joined.waiters(t) != 1 {
			t.Errorf("one of two is done: %v, and %d join on", err, joined.waiters(t))
		}
		if err := q.TaskDone(bounded(t)); err != nil {
			t.Fatal(err)
		}
		if got := fam.python.Line(t); got != "None" {
			t.Errorf("Python's join: %s", got)
		}
		if err := q.TaskDone(bounded(t)); !errors.Is(err, pickle.ValueError) {
			t.Errorf("done too often: %v", err)
		}
		if err := q.Put(bounded(t), 3); err != nil {
			t.Fatal(err)
		}
		if err := q.JoinTasks(short(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nothing is done: %v", err)
		}
		done := make(chan error, 1)
		go func() { done <- q.JoinTasks(bounded(t)) }()
		joined.awaited(t, 1)
		fam.do(t, "q.get(), q.task_done()", "(3, None)")
		if err := <-done; err != nil {
			t.Errorf("JoinTasks: %v", err)
		}
	})
}
