package goroutines

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alitto/pond/v2"
	"github.com/panjf2000/ants/v2"
	"github.com/sourcegraph/conc/iter"
	conc "github.com/sourcegraph/conc/pool"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pool"
)

var ctx = context.Background()

func newPool(b *testing.B, n int) *pool.Pool {
	e, err := engine.New(engine.Config{})
	if err != nil {
		b.Fatal(err)
	}
	p, err := pool.New(e, pool.Config{Backend: pool.Goroutines{N: n}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		p.Close()
		p.Join(ctx)
		e.Close()
	})
	return p
}

// mapping is G1: the square of many numbers.
func mapping(b *testing.B) row {
	p := newPool(b, workers)
	items := func(n int) []int64 { return make([]int64, n) }
	square := func(_ context.Context, x int64) (int64, error) { return x * x, nil }
	return row{"G1", "map, an item", []contender{
		{"brine", func(n int) { pool.MapFunc(ctx, p, square, items(n)) }},
		{"counter", func(n int) { count(items(n), square) }},
		{"conc", func(n int) {
			m := iter.Mapper[int64, int64]{MaxGoroutines: workers}
			m.Map(items(n), func(x *int64) int64 { return *x * *x })
		}},
	}, []goal{{"counter", 1.1}}}
}

// count is the least that maps: one addition for a thousand items.
func count(items []int64, f func(context.Context, int64) (int64, error)) {
	const size = 1024
	results := make([]int64, len(items))
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for {
				from := int(next.Add(size) - size)
				if from >= len(items) {
					return
				}
				to := min(from+size, len(items))
				for i, x := range items[from:to] {
					results[from+i], _ = f(nil, x)
				}
			}
		})
	}
	all.Wait()
}

// submitting is G2: functions without an answer, one after the other.
func submitting(b *testing.B) row {
	p := newPool(b, workers)
	antsPool, err := ants.NewPool(workers)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(antsPool.Release)
	pondPool := pond.NewPool(workers)
	b.Cleanup(pondPool.StopAndWait)
	concPool := conc.New().WithMaxGoroutines(workers)
	channel := make(chan func(), 1024)
	for range workers {
		go func() { // ends with the channel
			for f := range channel {
				f()
			}
		}()
	}
	b.Cleanup(func() { close(channel) })
	var done atomic.Int64
	each := func(n int, submit func()) {
		done.Store(0)
		for range n {
			submit()
		}
		for done.Load() < int64(n) {
			runtime.Gosched()
		}
	}
	work, workOf := func() { done.Add(1) }, func(context.Context) { done.Add(1) }
	return row{"G2", "submit", []contender{
		{"brine", func(n int) { each(n, func() { p.Go(ctx, workOf) }) }},
		{"channel", func(n int) { each(n, func() { channel <- work }) }},
		{"pond", func(n int) { each(n, func() { pondPool.Go(work) }) }},
		{"conc", func(n int) { each(n, func() { concPool.Go(work) }) }},
		{"ants", func(n int) { each(n, func() { antsPool.Submit(work) }) }},
	}, []goal{{"channel", 1}, {"pond", 0.42}, {"ants", 0.08}}}
}

// roundTrip is G3: a function, and its answer.
func roundTrip(b *testing.B) row {
	p := newPool(b, 1)
	antsPool, err := ants.NewPool(1)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(antsPool.Release)
	pondPool := pond.NewResultPool[int](1)
	b.Cleanup(pondPool.StopAndWait)
	in, out := make(chan int), make(chan int)
	go func() { // ends with the channel
		for x := range in {
			out <- x
		}
	}()
	b.Cleanup(func() { close(in) })
	f := func(context.Context) (int, error) { return 1, nil }
	each := func(n int, do func()) {
		for range n {
			do()
		}
	}
	return row{"G3", "round trip", []contender{
		{"brine", func(n int) { each(n, func() { pool.Do(ctx, p, f) }) }},
		{"channel", func(n int) { each(n, func() { in <- 1; <-out }) }},
		{"pond", func(n int) { each(n, func() { pondPool.Submit(func() int { return 1 }).Wait() }) }},
		{"ants", func(n int) {
			each(n, func() { antsPool.Submit(func() { out <- 1 }); <-out })
		}},
	}, []goal{{"channel", 0.7}, {"pond", 0.15}}}
}
