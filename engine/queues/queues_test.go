package queues

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func newQueue(t testing.TB, maxsize int) *Queue {
	t.Helper()
	q, err := New(enginetest.New(t, Register), maxsize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		q.Abandon()
		if err := q.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return q
}

func TestEachItemOnce(t *testing.T) {
	q := newQueue(t, 10)
	const writers, each = 4, 500
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for i := range each {
				if err := q.Put(enginetest.Soon(t), pickle.Tuple{int64(w), int64(i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	next := [writers]int64{}
	for range writers * each {
		v, err := q.Get(enginetest.Soon(t))
		if err != nil {
			t.Fatal(err)
		}
		item := v.(pickle.Tuple)
		if w := item[0].(int64); item[1] != next[w] {
			t.Fatalf("writer %d: item %v, want %d", w, item[1], next[w])
		} else {
			next[w]++
		}
	}
	running.Wait()
	if _, err := q.TryGet(t.Context()); !errors.Is(err, ErrEmpty) || q.Len() != 0 {
		t.Errorf("%d items are left, %v", q.Len(), err)
	}
}

// pipeOf returns the end that items are written to, and the frame of one, for which
// the queue has taken room.
func pipeOf(t *testing.T, q *Queue, v any) (pipe *os.File, frame []byte) {
	t.Helper()
	pipe, _, _, err := q.out.conn.File()
	if err != nil {
		t.Fatal(err)
	}
	item, err := pickle.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	q.room.TryAcquire()
	return pipe, append([]byte{0, 0, 0, byte(len(item))}, item...)
}

// TestGetThatGaveUpInsideAnItem: the item comes in three parts, and whoever gets
// it gives up after the first.
func TestGetThatGaveUpInsideAnItem(t *testing.T) {
	q := newQueue(t, 0)
	pipe, frame := pipeOf(t, q, "whole")
	pipe.Write(frame[:7])
	if _, err := q.Get(enginetest.Moment(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("half an item: %v", err)
	}
	if _, err := q.Get(enginetest.Moment(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("half an item, again: %v", err)
	}
	if q.in.lock.TryAcquire() {
		t.Fatal("others may read the other half")
	}
	got := make(chan any, 1)
	go func() {
		v, err := q.Get(enginetest.Soon(t))
		if err != nil {
			t.Error(err)
		}
		got <- v
	}()
	pipe.Write(frame[7:9])
	pipe.Write(frame[9:])
	if v := <-got; v != "whole" {
		t.Errorf("got %v", v)
	}
	if err := q.Put(enginetest.Soon(t), "next"); err != nil {
		t.Fatal(err)
	}
	if v, err := q.Get(enginetest.Soon(t)); v != "next" || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if q.Len() != 0 {
		t.Errorf("%d items are left", q.Len())
	}
}

// TestOneWaitsWhileAnotherGivesUp: the one who waits gets the item that the other
// had begun to read, also where another process waits for the next by then.
func TestOneWaitsWhileAnotherGivesUp(t *testing.T) {
	q := newQueue(t, 0)
	pipe, frame := pipeOf(t, q, "whole")
	ctx, giveUp := context.WithCancel(t.Context())
	gaveUp, got, other := make(chan error, 1), make(chan any, 1), make(chan error, 1)
	go func() { _, err := q.Get(ctx); gaveUp <- err }()
	pipe.Write(frame[:7])
	enginetest.Until(t, "the first has read that", func() bool { return !q.in.conn.Ready() })
	go func() { other <- q.in.lock.Acquire(enginetest.Soon(t)) }() // keeps it, as an idle reader does
	go func() {
		v, err := q.Get(enginetest.Soon(t))
		if err != nil {
			t.Error(err)
		}
		got <- v
	}()
	enginetest.Until(t, "both wait", func() bool { return waiters(t) == 2 })
	giveUp()
	if err := <-gaveUp; err != context.Canceled {
		t.Fatal(err)
	}
	pipe.Write(frame[7:])
	if v := <-got; v != "whole" {
		t.Errorf("got %v", v)
	}
	if err := errors.Join(<-other, q.in.lock.Release()); err != nil {
		t.Error(err)
	}
}

// waiters counts the goroutines that wait for a lock, or their turn to.
func waiters(t *testing.T) int {
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 2); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, stack := range strings.Split(text.String(), "\n\n") {
		waits := strings.Contains(stack, "[select") && strings.Contains(stack, "(*inbox).get")
		if waits || strings.Contains(stack, "synchronize.(*semaphore).wait") || strings.Contains(stack, "synchronize.(*line).wait") {
			n++
		}
	}
	return n
}

// TestTryGetWaitsForNobody: another process may wait for the next item, and has
// the lock meanwhile.
func TestTryGetWaitsForNobody(t *testing.T) {
	q := newQueue(t, 0)
	if err := errors.Join(q.Put(enginetest.Soon(t), 1), q.Join(enginetest.Soon(t))); err != nil {
		t.Fatal(err)
	}
	if !q.in.lock.TryAcquire() { // the other
		t.Fatal("the lock is taken")
	}
	if v, err := q.TryGet(enginetest.Soon(t)); err != ErrEmpty {
		t.Errorf("where another reads: %v, %v", v, err)
	}
	q.in.lock.Release()
	if v, err := q.TryGet(enginetest.Soon(t)); v != int64(1) || err != nil {
		t.Errorf("where nobody reads: %v, %v", v, err)
	}
}

// TestCloseEndsGet: also one that waits for its turn, or for another process.
func TestCloseEndsGet(t *testing.T) {
	q := newQueue(t, 0)
	if !q.in.lock.TryAcquire() { // as another process
		t.Fatal("the lock is taken")
	}
	errs := make(chan error)
	for range 2 {
		go func() { _, err := q.Get(enginetest.Soon(t)); errs <- err }()
	}
	enginetest.Until(t, "both wait", func() bool { return waiters(t) == 2 })
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-errs; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Get of a queue that is closed: %v", err)
		}
	}
	if _, err := q.TryGet(enginetest.Soon(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("TryGet: %v", err)
	}
	for v, err := range q.All(enginetest.Soon(t)) {
		t.Fatalf("All: %v, %v", v, err)
	}
}

// TestJoinWhileOthersPut: those who join see the feeder end, and begin again.
func TestJoinWhileOthersPut(t *testing.T) {
	q := newQueue(t, 0)
	const n = 500
	var running sync.WaitGroup
	running.Go(func() {
		for i := range n {
			if err := q.Put(enginetest.Soon(t), i); err != nil {
				t.Error(err)
			}
		}
	})
	running.Go(func() {
		for range n {
			if _, err := q.Get(enginetest.Soon(t)); err != nil {
				t.Error(err)
			}
		}
	})
	for range n {
		if err := q.Join(enginetest.Soon(t)); err != nil {
			t.Fatal(err)
		}
	}
	running.Wait()
}

// TestPutIntoAClosedQueue: it is told so at once, also where there is no room,
// and nothing is counted that nobody will do.
func TestPutIntoAClosedQueue(t *testing.T) {
	q, err := NewJoinable(enginetest.New(t, Register), 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx := enginetest.Soon(t)
	if err := errors.Join(q.Put(ctx, 1), q.Join(ctx)); err != nil {
		t.Fatal(err)
	}
	if err := q.TryPut(ctx, 2); err != ErrFull {
		t.Errorf("into a full queue: %v", err)
	}
	waits := make(chan error)
	go func() { waits <- q.Put(ctx, 3) }() // for room, while it is closed
	enginetest.Until(t, "it waits", func() bool { return waiters(t) == 1 })
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"Put": q.Put(ctx, 2), "TryPut": q.TryPut(ctx, 2)} {
		if err != errClosed {
			t.Errorf("%s into a closed queue: %v", name, err)
		}
	}
	q.room.Release()
	if err := <-waits; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Put into a queue that was closed meanwhile: %v", err)
	}
	if n := q.unfinished.Value(); n != 1 || q.Full() {
		t.Errorf("%d items are unfinished, want 1, and one has room: %t", n, !q.Full())
	}
	for _, want := range []error{nil, errTaskDone} {
		if err := q.TaskDone(ctx); err != want {
			t.Errorf("done: %v, want %v", err, want)
		}
	}
}

func TestClosedQueue(t *testing.T) {
	q := newQueue(t, 0)
	pipe, _, _, err := q.in.conn.File()
	if err != nil {
		t.Fatal(err)
	}
	other, err := reduction.NewDupFD(pipe).Detach(t.Context()) // another process's
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := q.Put(enginetest.Soon(t), make([]byte, 1<<20)); err != nil { // more than the pipe holds
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := q.Put(enginetest.Soon(t), 1); err != errClosed {
		t.Errorf("put into a closed queue: %v", err)
	}
	if err := q.Join(enginetest.Moment(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody reads: %v", err)
	}
	q.Abandon()
	if err := q.Join(enginetest.Soon(t)); err == nil {
		t.Error("what was abandoned was written")
	}
	if _, err := q.Get(enginetest.Soon(t)); err == nil {
		t.Error("got from a closed queue")
	}
}

func TestAll(t *testing.T) {
	q := newQueue(t, 0)
	for i := range 3 {
		if err := q.Put(enginetest.Soon(t), i); err != nil {
			t.Fatal(err)
		}
	}
	sum := int64(0)
	for v, err := range q.All(enginetest.Soon(t)) {
		if err != nil {
			t.Fatal(err)
		}
		if sum += v.(int64); v == int64(2) {
			break
		}
	}
	if sum != 3 {
		t.Errorf("sum %d, want 3", sum)
	}
}

func TestStatesThatAreNone(t *testing.T) {
	e := enginetest.New(t, Register)
	for _, q := range []stateful{new(Queue), new(SimpleQueue), new(JoinableQueue)} {
		for _, n := range []int{0, 4, 8, 10} {
			if err := q.setState(e, make(pickle.Tuple, n)); err == nil {
				t.Errorf("a %T took %d Nones", q, n)
			}
		}
	}
}

func BenchmarkPutGet(b *testing.B) {
	q := newQueue(b, 0)
	ctx := b.Context()
	for b.Loop() {
		q.Put(ctx, 1)
		q.Get(ctx)
	}
}
