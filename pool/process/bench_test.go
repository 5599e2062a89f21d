package process

import (
	"fmt"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pool"
)

func BenchmarkPool(b *testing.B) {
	p, _ := newPool(b, Group{N: 2}, pool.Options{ChunkSize: 1})
	items := make([]any, 2000)
	for i := range items {
		items[i] = int64(i)
	}
	abs := global("builtins:abs")
	pool.Map[int64](b.Context(), p, abs, items)
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			if _, err := pool.Map[int64](b.Context(), p, abs, items); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(items)), "us/task")
	})
	b.Run("apply", func(b *testing.B) {
		for b.Loop() {
			p.Apply(b.Context(), abs, int64(1))
		}
	})
	big := make([]byte, 1<<20)
	b.Run("in1M", func(b *testing.B) {
		b.SetBytes(1 << 20)
		for b.Loop() {
			var rs []*pool.AsyncResult
			for range 8 {
				rs = append(rs, p.ApplyAsync(b.Context(), global("builtins:len"), big))
			}
			for _, r := range rs {
				if v, err := r.Get(b.Context()); err != nil || v != int64(1<<20) {
					b.Fatal(v, err)
				}
			}
		}
		b.SetBytes(8 << 20)
	})
	b.Run("out1M", func(b *testing.B) {
		b.SetBytes(8 << 20)
		for b.Loop() {
			var rs []*pool.AsyncResult
			for range 8 {
				rs = append(rs, p.ApplyAsync(b.Context(), global("builtins:bytes"), int64(1<<20)))
			}
			for _, r := range rs {
				if v, err := r.Get(b.Context()); err != nil || len(v.([]byte)) != 1<<20 {
					b.Fatal(v, err)
				}
			}
		}
	})
}

// BenchmarkStart starts workers, has each do something and ends them.
func BenchmarkStart(b *testing.B) {
	for _, n := range []int{2, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			py, e := newEngine(b)
			defer e.Close()
			for b.Loop() {
				p, err := pool.New(e, pool.Config{Backend: NewBackend(Group{N: n, Process: engine.ProcessConfig{Python: py}})})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := pool.Map[float64](b.Context(), p, global("math:sqrt"), make([]float64, 64)); err != nil {
					b.Fatal(err)
				}
				p.Close()
				if err := p.Join(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
