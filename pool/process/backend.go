package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
)

// A Group is a number of workers of one kind.
type Group struct {
	// N is how many workers there are.
	N int
	// Tags are those of the tasks that they run, besides tasks without one.
	Tags []string
	// Process says how a worker is started: its Python or Go executable, where
	// modules are found, and so on. Target, Args and Kwargs are ours.
	Process engine.ProcessConfig

	// Initializer is called with InitArgs when a worker has started.
	Initializer any
	InitArgs    pickle.Tuple
	// StartTimeout is how long a worker may take until it is ready: a minute.
	StartTimeout time.Duration

	// MaxTasksPerChild is after how many tasks a worker is replaced; 0 is never.
	MaxTasksPerChild int
	// MaxMemory is how many bytes a worker may have resident. One that has
	// more is killed, and its task fails. It is looked at ten times a second.
	MaxMemory int64
	// RecycleMemory is from how many bytes on a worker is replaced, after the
	// tasks it has.
	RecycleMemory int64
}

// A Backend has the workers of a pool. It is Python's Pool without the tasks.
type Backend struct {
	groups []*group
	queue  *pool.Queue

	mu      sync.Mutex // guards workers
	workers map[*worker]struct{}
}

// A group is a Group and what its workers share.
type group struct {
	Group
	number int

	mu    sync.Mutex // guards fails
	fails int        // starts that failed since one succeeded
}

// NewBackend returns a backend with these workers, which start with the pool.
func NewBackend(groups ...Group) *Backend {
	b := &Backend{workers: make(map[*worker]struct{})}
	for i, g := range groups {
		if g.StartTimeout <= 0 {
			g.StartTimeout = time.Minute
		}
		if g.Process.Grace <= 0 {
			g.Process.Grace = time.Second
		}
		b.groups = append(b.groups, &group{Group: g, number: i})
	}
	return b
}

// Workers is how many there are in all groups.
func (b *Backend) Workers() (n int) {
	for _, g := range b.groups {
		n += max(g.N, 0)
	}
	return n
}

// Serves tells whether a group has the tag.
func (b *Backend) Serves(tag string) bool {
	return tag == "" || slices.ContainsFunc(b.groups, func(g *group) bool { return slices.Contains(g.Tags, tag) })
}

// Run keeps the workers alive until there is nothing more to do. It fails when
// no worker of a group can be started.
func (b *Backend) Run(ctx context.Context, q *pool.Queue) error {
	b.queue = q
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var slots, others sync.WaitGroup
	for _, g := range b.groups {
		for i := range g.N {
			s := &slot{backend: b, group: g, name: fmt.Sprintf("PoolWorker-%d.%d", g.number+1, i+1)}
			slots.Go(func() {
				if err := s.run(ctx); err != nil {
					cancel(err)
				}
			})
		}
	}
	watched, stop := context.WithCancel(ctx)
	others.Go(func() { b.watch(watched) })
	slots.Wait()
	stop()
	others.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// PIDs are those of the workers that are ready.
func (b *Backend) PIDs() (pids []int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.workers {
		pids = append(pids, w.process.Pid())
	}
	slices.Sort(pids)
	return pids
}

func (b *Backend) add(w *worker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.workers[w] = struct{}{}
}

func (b *Backend) remove(w *worker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.workers, w)
}

func (b *Backend) list() (all []*worker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.workers {
		all = append(all, w)
	}
	return all
}
