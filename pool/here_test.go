package pool

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/brine-go/brine/engine"
)

func TestMapFunc(t *testing.T) {
	p := newPool(t, Config{Backend: Goroutines{N: 4}})
	for _, n := range []int{0, 1, 2, 100, 100_000} {
		got, err := MapFunc(t.Context(), p, func(_ context.Context, x int64) (int64, error) { return x * x, nil }, upTo(n))
		if err != nil || len(got) != n {
			t.Fatalf("%d items: %d results, %v", n, len(got), err)
		}
		for i, v := range got {
			if v != int64(i*i) {
				t.Fatalf("result %d is %d", i, v)
			}
		}
	}
}

func TestMapFuncFails(t *testing.T) {
	p := newPool(t, Config{Backend: Goroutines{N: 4}})
	bad := errors.New("bad")
	var calls atomic.Int64
	_, err := MapFunc(t.Context(), p, func(_ context.Context, x int64) (int64, error) {
		calls.Add(1)
		if x == 50 {
			return 0, bad
		}
		return x, nil
	}, upTo(1_000_000))
	if !errors.Is(err, bad) || calls.Load() == 1_000_000 {
		t.Errorf("got %v after %d calls", err, calls.Load())
	}
	_, err = MapFunc(t.Context(), p, func(context.Context, int64) (int64, error) { panic("boom") }, upTo(3))
	if e, ok := errors.AsType[*engine.PanicError](err); !ok || e.Value != "boom" {
		t.Errorf("a panic is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = MapFunc(ctx, p, func(ctx context.Context, x int64) (int64, error) {
		cancel()
		<-ctx.Done()
		return 0, ctx.Err()
	}, upTo(100))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ends: %v", err)
	}
}

func TestMapFuncWithinAnother(t *testing.T) {
	p := newPool(t, Config{Backend: Goroutines{N: 2}})
	inner := func(ctx context.Context, x int64) (int64, error) {
		all, err := MapFunc(ctx, p, func(_ context.Context, y int64) (int64, error) { return x + y, nil }, upTo(10))
		return all[9], err
	}
	got, err := MapFunc(t.Context(), p, inner, upTo(100))
	if err != nil || got[99] != 99+9 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestGo(t *testing.T) {
	p := newPool(t, Config{Backend: Goroutines{N: 3}})
	var sum atomic.Int64
	var producers sync.WaitGroup
	for range 4 {
		producers.Go(func() {
			for range 20_000 { // many more than the ring holds
				if err := p.Go(t.Context(), func(context.Context) { sum.Add(1) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	producers.Wait()
	p.Go(t.Context(), func(context.Context) { panic("is logged, and nobody dies of it") })
	p.Close()
	if err := p.Join(t.Context()); err != nil || sum.Load() != 80_000 {
		t.Errorf("%d calls, %v", sum.Load(), err)
	}
	if err := p.Go(t.Context(), func(context.Context) {}); err != ErrClosed {
		t.Errorf("Go after Close: %v", err)
	}
}

// Functions come one by one to goroutines that have gone to sleep, and while
// the pool is being closed: none may be lost.
func TestGoWakesSleepers(t *testing.T) {
	for range 300 {
		e := newEngine(t)
		p, err := New(e, Config{Backend: Goroutines{N: 2}})
		if err != nil {
			t.Fatal(err)
		}
		var ran, let atomic.Int64
		var producers sync.WaitGroup
		for range 2 {
			producers.Go(func() {
				for i := range 20 {
					if i%3 == 0 {
						runtime.Gosched()
					}
					if p.Go(t.Context(), func(context.Context) { ran.Add(1) }) == nil {
						let.Add(1)
					}
				}
			})
		}
		runtime.Gosched()
		p.Close()
		producers.Wait()
		if err := p.Join(t.Context()); err != nil || ran.Load() != let.Load() {
			t.Fatalf("%d functions ran of %d, %v", ran.Load(), let.Load(), err)
		}
		e.Close()
	}
}

func TestGoWaitsForRoom(t *testing.T) {
	p := newPool(t, Config{Backend: Goroutines{N: 1}})
	block := make(chan struct{})
	p.Go(t.Context(), func(context.Context) { <-block })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var err error
	for i := 0; err == nil; i++ {
		if i == ringSize+1 {
			t.Fatal("more than the ring holds were let in")
		}
		if i == ringSize {
			cancel()
		}
		err = p.Go(ctx, func(context.Context) {})
	}
	if err != context.Canceled {
		t.Errorf("got %v", err)
	}
	close(block)
}

func TestDo(t *testing.T) {
	p := newPool(t, Config{Backend: Goroutines{N: 1}})
	if v, err := Do(t.Context(), p, func(context.Context) (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
	_, err := Do(t.Context(), p, func(context.Context) (int, error) { panic("boom") })
	if e, ok := errors.AsType[*engine.PanicError](err); !ok || e.Value != "boom" {
		t.Errorf("a panic is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	_, err = Do(ctx, p, func(context.Context) (int, error) { cancel(); <-over; return 1, nil })
	close(over)
	if err != context.Canceled {
		t.Errorf("a context that ends: %v", err)
	}
}

// A caller that may wait runs its function itself where a goroutine sleeps, in the
// place of that one: no more run at once than there are goroutines.
func TestDoStandsInForASleeper(t *testing.T) {
	p := newPool(t, Config{Backend: Goroutines{N: 1}})
	ctx := context.Background()
	sleeping := func() {
		for p.begin().idle.Load() == 0 {
			runtime.Gosched()
		}
	}
	var inside, ran atomic.Bool
	for range 100 {
		sleeping()
		ran.Store(false)
		v, err := Do(ctx, p, func(context.Context) (int, error) {
			inside.Store(true)
			defer inside.Store(false)
			p.Go(ctx, func(context.Context) {
				if inside.Load() {
					t.Error("two functions run at once")
				}
				ran.Store(true)
			})
			for range 10 {
				runtime.Gosched()
			}
			return 1, nil
		})
		if v != 1 || err != nil {
			t.Fatalf("got %d, %v", v, err)
		}
		for !ran.Load() {
			runtime.Gosched()
		}
	}
	sleeping()
	if n := testing.AllocsPerRun(100, func() { Do(ctx, p, func(context.Context) (int, error) { return 1, nil }) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	_, err := Do(ctx, p, func(context.Context) (int, error) {
		p.Close()
		panic("boom")
	})
	if e, ok := errors.AsType[*engine.PanicError](err); !ok || e.Value != "boom" {
		t.Errorf("a panic is %v", err)
	}
	if _, err := Do(ctx, p, func(context.Context) (int, error) { return 1, nil }); err != ErrClosed {
		t.Errorf("after Close: %v", err)
	}
}

func TestTerminateDropsFunctions(t *testing.T) {
	p := newPool(t, Config{Backend: Goroutines{N: 1}})
	block, in := make(chan struct{}), make(chan struct{})
	p.Go(t.Context(), func(context.Context) { close(in); <-block })
	<-in
	answer := make(chan error)
	go func() {
		_, err := Do(context.Background(), p, func(context.Context) (int, error) { return 0, nil })
		answer <- err
	}()
	for p.here.ring.empty() {
		runtime.Gosched()
	}
	p.Terminate()
	close(block)
	if err := <-answer; err != ErrTerminated {
		t.Errorf("got %v", err)
	}
}
