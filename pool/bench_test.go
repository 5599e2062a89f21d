package pool

import (
	"context"
	"sync/atomic"
	"testing"
)

// The rows G1 to G3: what goroutines cost, beside the least that could do it.

func BenchmarkMapFunc(b *testing.B) {
	items := upTo(1 << 20)
	square := func(_ context.Context, x int64) (int64, error) { return x * x, nil }
	b.Run("counter", func(b *testing.B) {
		results := make([]int64, len(items))
		for range b.N {
			var next atomic.Int64
			const size = 1024
			done := make(chan struct{}, 2)
			work := func() {
				for {
					from := next.Add(size) - size
					if from >= int64(len(items)) {
						done <- struct{}{}
						return
					}
					for i, x := range items[from : from+size] {
						results[from+int64(i)], _ = square(nil, x)
					}
				}
			}
			go work()
			work()
			<-done
			<-done
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(items)), "ns/item")
	})
	b.Run("MapFunc", func(b *testing.B) {
		p := newPool(b, Config{Backend: Goroutines{N: 2}})
		for range b.N {
			MapFunc(context.Background(), p, square, items)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(items)), "ns/item")
	})
}

func BenchmarkGo(b *testing.B) {
	var n atomic.Int64
	f := func(context.Context) { n.Add(1) }
	b.Run("channel", func(b *testing.B) {
		c, done := make(chan func(context.Context), ringSize), make(chan struct{}, 2)
		for range 2 {
			go func() {
				for f := range c {
					f(nil)
				}
				done <- struct{}{}
			}()
		}
		b.ReportAllocs()
		for range b.N {
			c <- f
		}
		close(c)
		<-done
		<-done
	})
	b.Run("Go", func(b *testing.B) {
		p := newPool(b, Config{Backend: Goroutines{N: 2}})
		ctx := context.Background()
		b.ReportAllocs()
		for range b.N {
			p.Go(ctx, f)
		}
		p.Close()
		p.Join(ctx)
	})
}

func BenchmarkDo(b *testing.B) {
	b.Run("channel", func(b *testing.B) {
		in, out := make(chan int), make(chan int)
		go func() {
			for x := range in {
				out <- x
			}
			close(out)
		}()
		for i := range b.N {
			in <- i
			<-out
		}
		close(in)
		<-out
	})
	b.Run("Do", func(b *testing.B) {
		p := newPool(b, Config{Backend: Goroutines{N: 1}})
		ctx := context.Background()
		f := func(context.Context) (int, error) { return 1, nil }
		b.ReportAllocs()
		for range b.N {
			Do(ctx, p, f)
		}
	})
	b.Run("Apply", func(b *testing.B) {
		p := newPool(b, Config{Backend: Goroutines{N: 1}})
		ctx := context.Background()
		for range b.N {
			p.Apply(ctx, square, int64(3))
		}
	})
}
