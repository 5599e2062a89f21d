package pool

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Goroutines are workers of this process: they run the Go functions that the
// engine knows.
type Goroutines struct {
	N int // how many; one for each processor if 0
}

// Workers is how many there are.
func (g Goroutines) Workers() int {
	if g.N > 0 {
		return g.N
	}
	return runtime.GOMAXPROCS(0)
}

// Serves is true for no tag.
func (g Goroutines) Serves(tag string) bool { return tag == "" }

// Run runs the tasks of q.
func (g Goroutines) Run(ctx context.Context, q *Queue) error {
	var crew sync.WaitGroup // workers, and those that were abandoned
	var work func()
	work = func() {
		for {
			tasks := q.Take(ctx, nil, 1, nil)
			if len(tasks) == 0 || !runHere(ctx, q, tasks[0], func() { crew.Go(work) }) {
				return
			}
		}
	}
	for range g.Workers() {
		crew.Go(work)
	}
	crew.Wait()
	return nil
}

// runHere is false when the task was given up, and somebody else does the
// worker's work since.
func runHere(ctx context.Context, q *Queue, t *Task, replace func()) bool {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var abandoned atomic.Bool
	begun := t.Begin(func(err error) {
		abandoned.Store(true)
		q.Abandon(1)
		cancel(err)
		replace()
	})
	if !begun {
		return true
	}
	v, err := t.Run(ctx, q.Engine())
	t.Finish(v, err)
	if abandoned.Load() {
		q.Abandon(-1)
		return false
	}
	return true
}
