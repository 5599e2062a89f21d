package queues

import (
	"context"
	"errors"
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

// TestGetThatGaveUpInsideAnItem: the item comes in three parts, and whoever gets
// it gives up after the first.
func TestGetThatGaveUpInsideAnItem(t *testing.T) {
	q := newQueue(t, 0)
	pipe, _, _, err := q.out.conn.File()
	if err != nil {
		t.Fatal(err)
	}
	item, _ := pickle.Marshal("whole")
	frame := append([]byte{0, 0, 0, byte(len(item))}, item...)
	q.room.TryAcquire()
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
