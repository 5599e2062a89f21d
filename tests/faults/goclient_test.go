package faults

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/syncmanager"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// onBothServers runs f on brine and on Python's own manager.
func onBothServers(t *testing.T, f func(t *testing.T, s *harness.Server)) {
	t.Run("brine", func(t *testing.T) { f(t, harness.Brine(t)) })
	t.Run("python", func(t *testing.T) { f(t, harness.PythonManager(t, python(t))) })
}

func goClient(t *testing.T, s *harness.Server) (context.Context, *managers.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	a, err := connection.Parse(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := managers.Dial(ctx, e, a, managers.ClientConfig{Authkey: []byte(s.Authkey)})
	if err != nil {
		t.Fatal(err)
	}
	return ctx, c
}

// TestGivenUpGets ends the contexts of 10,000 calls of Get, most of them while
// they wait. Every item that was put is got once, by a call that succeeded, or
// is in the queue afterwards.
func TestGivenUpGets(t *testing.T) {
	onBothServers(t, func(t *testing.T, s *harness.Server) {
		ctx, c := goClient(t, s)
		q, err := syncmanager.NewQueue[int](ctx, c, 0)
		if err != nil {
			t.Fatal(err)
		}
		const callers, calls = 50, 200
		var running sync.WaitGroup
		got, gaveUp := make([][]int, callers), make([]int, callers)
		for i := range callers {
			running.Go(func() {
				for range calls {
					v, err := impatient(ctx, q)
					switch {
					case err == nil:
						got[i] = append(got[i], v)
					case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
						gaveUp[i]++
					default:
						t.Error(err)
						return
					}
				}
			})
		}
		getting := make(chan struct{})
		go func() { // ends with the calls
			running.Wait()
			close(getting)
		}()
		put := 0
		for getters := true; getters; put++ {
			if err := q.Put(ctx, put); err != nil {
				t.Fatal(err)
			}
			select {
			case <-getting:
				getters = false
			case <-time.After(time.Duration(rand.IntN(3)) * time.Millisecond):
			}
		}
		items := slices.Concat(got...)
		for {
			v, err := q.TryGet(ctx)
			if errors.Is(err, pickle.QueueEmpty) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, v)
		}
		slices.Sort(items)
		for i, v := range items {
			if v != i {
				t.Fatalf("item %d of %d is missing or was got twice", i, put)
			}
		}
		total := 0
		for _, n := range gaveUp {
			total += n
		}
		if len(items) != put || total == 0 {
			t.Errorf("%d items were put, %d got; %d calls gave up", put, len(items), total)
		}
		t.Logf("%d items, %d of %d calls gave up", put, total, callers*calls)
		if err := q.Close(ctx); err != nil {
			t.Error(err)
		}
		if n, err := c.NumberOfObjects(ctx); n != 0 || err != nil {
			t.Errorf("%d objects are left, %v", n, err)
		}
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
	})
}

// impatient calls Get with a context that ends soon, by its deadline or since
// somebody cancels it.
func impatient(ctx context.Context, q *syncmanager.Queue[int]) (int, error) {
	d := time.Duration(rand.IntN(8000)) * time.Microsecond
	if rand.IntN(10) > 0 {
		short, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		return q.Get(short)
	}
	short, cancel := context.WithCancel(ctx)
	defer cancel()
	defer time.AfterFunc(d, cancel).Stop()
	return q.Get(short)
}

// TestServerKilledUnderCalls: calls that wait and calls that do not end with an
// error, and so do those after them; none waits for its context.
func TestServerKilledUnderCalls(t *testing.T) {
	onBothServers(t, func(t *testing.T, s *harness.Server) {
		ctx, c := goClient(t, s)
		q, err := syncmanager.NewQueue[int](ctx, c, 0)
		if err != nil {
			t.Fatal(err)
		}
		d, err := syncmanager.NewDict[string, int](ctx, c, nil)
		if err != nil {
			t.Fatal(err)
		}
		lock, err := syncmanager.NewRLock(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		caller := c.Caller()
		if err := lock.Acquire(ctx, caller); err != nil {
			t.Fatal(err)
		}
		const n = 20
		errs := make(chan error, 2*n)
		var ready sync.WaitGroup
		ready.Add(2 * n)
		for range n {
			go func() { // ends with the server
				ready.Done()
				_, err := q.Get(ctx)
				errs <- err
			}()
			go func() {
				err := d.Set(ctx, "k", 1)
				ready.Done()
				for ; err == nil; err = d.Set(ctx, "k", 1) {
				}
				errs <- err
			}()
		}
		ready.Wait()
		s.Kill()
		for range 2 * n {
			if err := <-errs; err == nil || ctx.Err() != nil {
				t.Errorf("a call ended with %v", err)
			}
		}
		if _, err := d.Get(ctx, "k"); err == nil || ctx.Err() != nil {
			t.Errorf("a call afterwards: %v", err)
		}
		if err := lock.Release(ctx, caller); err == nil || ctx.Err() != nil {
			t.Errorf("a caller afterwards: %v", err)
		}
		if err := c.Close(ctx); err == nil || ctx.Err() != nil {
			t.Errorf("Close, which cannot give the objects up: %v", err)
		}
	})
}
