//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
)

// What brine's pools do beside python/pool.py: the same tasks, on as many Python
// workers.

const (
	poolWorkers = 2
	mapBatch    = 2000 // tasks of a map
	inFlight    = 8    // large tasks
)

var (
	absolute  = pickle.Global{Module: "builtins", Name: "abs"}
	length    = pickle.Global{Module: "builtins", Name: "len"}
	zeros     = pickle.Global{Module: "builtins", Name: "bytes"}
	ones      = pickle.Global{Module: "numpy", Name: "ones"}
	poolModes = map[string]engineMode{
		"map": mapMode, "apply": applyMode, "in": inMode, "out": outMode, "arrayin": arrayInMode, "arrayout": arrayOutMode,
		"start": startMode,
	}
)

// goWorker registers what Python's Pool asks of this program as its worker.
func goWorker(e *engine.Engine) {
	process.Register(e)
	e.Func(absolute.String(), func(x int64) int64 { return max(x, -x) })
}

func newPool(e *engine.Engine, n int, python string) (*pool.Pool, error) {
	interpreter, err := pyinterop.Probe(context.Background(), python)
	if err != nil {
		return nil, err
	}
	return poolOf(e, n, engine.ProcessConfig{Python: interpreter})
}

func poolOf(e *engine.Engine, n int, worker engine.ProcessConfig) (*pool.Pool, error) {
	process.Register(e)
	g := process.Group{N: n, Process: worker}
	return pool.New(e, pool.Config{Backend: process.NewBackend(g), Options: pool.Options{ChunkSize: 1}})
}

func mapMode(e *engine.Engine, _ int, other []string) (func(time.Time) (int, error), error) {
	p, err := newPool(e, poolWorkers, other[0])
	if err != nil {
		return nil, err
	}
	items := make([]any, mapBatch)
	for i := range items {
		items[i] = int64(i)
	}
	return func(deadline time.Time) (n int, err error) {
		for ; time.Now().Before(deadline); n += len(items) {
			if _, err := pool.Map[int64](context.Background(), p, absolute, items); err != nil {
				return n, err
			}
		}
		return n, nil
	}, nil
}

func applyMode(e *engine.Engine, _ int, other []string) (func(time.Time) (int, error), error) {
	p, err := newPool(e, poolWorkers, other[0])
	if err != nil {
		return nil, err
	}
	return func(deadline time.Time) (int, error) {
		return until(deadline, 1, func() error {
			_, err := p.Apply(context.Background(), absolute, int64(1))
			return err
		})
	}, nil
}

func inMode(e *engine.Engine, size int, other []string) (func(time.Time) (int, error), error) {
	return windowed(e, other[0], length, func(*pool.Pool) (any, error) { return make([]byte, size), nil })
}

func outMode(e *engine.Engine, size int, other []string) (func(time.Time) (int, error), error) {
	return windowed(e, other[0], zeros, func(*pool.Pool) (any, error) { return int64(size), nil })
}

func arrayInMode(e *engine.Engine, size int, other []string) (func(time.Time) (int, error), error) {
	return windowed(e, other[0], length, func(p *pool.Pool) (any, error) {
		return p.Apply(context.Background(), ones, int64(size/8))
	})
}

func arrayOutMode(e *engine.Engine, size int, other []string) (func(time.Time) (int, error), error) {
	return windowed(e, other[0], ones, func(*pool.Pool) (any, error) { return int64(size / 8), nil })
}

// windowed keeps some tasks going.
func windowed(e *engine.Engine, python string, fn pickle.Global, argument func(*pool.Pool) (any, error)) (func(time.Time) (int, error), error) {
	p, err := newPool(e, poolWorkers, python)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	arg, err := argument(p)
	if err != nil {
		return nil, err
	}
	var waiting []*pool.AsyncResult
	for range inFlight {
		waiting = append(waiting, p.ApplyAsync(ctx, fn, arg))
	}
	return func(deadline time.Time) (int, error) {
		return until(deadline, 1, func() error {
			_, err := waiting[0].Get(ctx)
			waiting = append(waiting[1:], p.ApplyAsync(ctx, fn, arg))
			return err
		})
	}, nil
}

func startMode(e *engine.Engine, n int, other []string) (func(time.Time) (int, error), error) {
	interpreter, err := pyinterop.Probe(context.Background(), other[0]) // once, as a program does
	if err != nil {
		return nil, err
	}
	worker := engine.ProcessConfig{Python: interpreter, ForkServer: len(other) > 1}
	return func(deadline time.Time) (int, error) {
		return until(deadline, 1, func() error {
			p, err := poolOf(e, n, worker)
			if err != nil {
				return err
			}
			got, err := pool.Map[int64](context.Background(), p, absolute, make([]int64, 8*n))
			if err == nil && len(got) != 8*n {
				err = fmt.Errorf("%d results", len(got))
			}
			p.Terminate()
			p.Join(context.Background())
			return err
		})
	}, nil
}
