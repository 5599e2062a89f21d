//go:build linux

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
)

// soakTime is how long TestPoolSoak goes on, of which the first fifth is not
// measured; make soak sets BRINE_SOAK to ten minutes.
func soakTime(t *testing.T) time.Duration {
	text := os.Getenv("BRINE_SOAK")
	if text == "" {
		return 15 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("BRINE_SOAK: %v", err)
	}
	return d
}

// Two Python workers do small and large tasks, one by one and many at once, for
// many callers, under random kills and cancels: every task is answered once, and
// neither memory, nor descriptors, nor /dev/shm grow.
func TestPoolSoak(t *testing.T) {
	p, b := newPool(t, pythonGroup(t, newest(t)))
	s := &soak{pool: p, backend: b, t: t}
	if _, err := p.Apply(t.Context(), task("echo"), int64(1)); err != nil {
		t.Fatal(err)
	}
	length := soakTime(t)
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() { s.call(ctx, rand.New(rand.NewPCG(uint64(i), 1))) })
	}
	all.Go(func() { s.kill(ctx, rand.New(rand.NewPCG(0, 2))) })
	early := s.peak(ctx, length/5, 2*length/5)
	late := s.peak(ctx, 4*length/5, length)
	all.Wait()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if st := p.Stats(); st.Waiting == 0 && st.Running == 0 {
			break
		} else if time.Now().After(deadline) {
			t.Errorf("tasks are left: %+v", st)
			break
		}
	}
	t.Logf("%d tasks, %d lost with %d workers, %d given up; at most %v early, %v late",
		s.done.Load(), s.lost.Load(), s.kills.Load(), s.canceled.Load(), early, late)
	if s.kills.Load() == 0 || s.canceled.Load() == 0 || s.done.Load() < 100 || s.lost.Load() > s.kills.Load() {
		t.Error("that was no soak, or more was lost than workers")
	}
	if late.heap > early.heap*3/2+8<<20 || late.files > early.files+16 || late.goroutines > early.goroutines+16 || late.names > early.names {
		t.Errorf("it grew from %v to %v", early, late)
	}
}

// A soak counts what happens to tasks.
type soak struct {
	pool    *pool.Pool
	backend *process.Backend
	t       *testing.T

	done, lost, canceled, kills atomic.Int64
}

// call calls until ctx ends.
func (s *soak) call(ctx context.Context, random *rand.Rand) {
	for ctx.Err() == nil {
		limit := time.Minute
		if random.IntN(10) == 0 {
			limit = time.Duration(random.IntN(20)) * time.Millisecond
		}
		one, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		s.answer(one, random)
		cancel()
	}
}

// answer has one task done, and judges the answer.
func (s *soak) answer(ctx context.Context, random *rand.Rand) {
	var v any
	var err error
	right := false
	switch random.IntN(5) {
	case 0:
		right, err = s.many(ctx, random)
	case 1:
		b := large(random.IntN(256), random.IntN(1<<20)+1)
		v, err = s.pool.Apply(ctx, task("through"), b)
		right = err == nil && same(s.t, v, b)
	case 2:
		v, err = s.pool.Apply(ctx, task("pause"), int64(random.IntN(10)))
		right = err == nil
	default:
		x := random.Int64()
		v, err = s.pool.Apply(ctx, task("echo"), x)
		right = err == nil && v == x
	}
	_, lost := errors.AsType[*pool.WorkerLostError](err)
	switch {
	case right:
		s.done.Add(1)
	case lost:
		s.lost.Add(1)
	case errors.Is(err, context.DeadlineExceeded):
		s.canceled.Add(1)
	default:
		s.t.Errorf("a task was answered with %.100v, %v", v, err)
	}
}

// many has many short tasks done, which are sent in batches and answered in the
// journal. Some results are large.
func (s *soak) many(ctx context.Context, random *rand.Rand) (right bool, err error) {
	sizes := make([]int64, random.IntN(1000)+1)
	for i := range sizes {
		if random.IntN(50) == 0 {
			sizes[i] = random.Int64N(200 << 10)
		}
	}
	zeros, err := pool.Map[[]byte](ctx, s.pool.With(pool.Options{ChunkSize: 1}), pickle.Global{Module: "builtins", Name: "bytes"}, sizes)
	right = err == nil && slices.EqualFunc(zeros, sizes, func(b []byte, n int64) bool {
		return int64(len(b)) == n && bytes.Count(b, []byte{0}) == len(b)
	})
	return right, err
}

// kill kills a worker now and then.
func (s *soak) kill(ctx context.Context, random *rand.Rand) {
	for {
		select {
		case <-time.After(time.Duration(random.IntN(400)) * time.Millisecond):
		case <-ctx.Done():
			return
		}
		pids := s.backend.PIDs()
		if len(pids) > 0 && syscall.Kill(pids[random.IntN(len(pids))], syscall.SIGKILL) == nil {
			s.kills.Add(1)
		}
	}
}

// A footprint is what a process has.
type footprint struct {
	heap              int64 // bytes in use, ours
	files, goroutines int
	names             int // in /dev/shm, of this process's pool: always 0
}

func (f footprint) String() string {
	return fmt.Sprintf("%d MiB, %d descriptors, %d goroutines, %d spools with names", f.heap>>20, f.files, f.goroutines, f.names)
}

// peak is the most that there is between two times after the begin.
func (s *soak) peak(ctx context.Context, from, to time.Duration) (most footprint) {
	deadline, _ := ctx.Deadline()
	begin := deadline.Add(-soakTime(s.t))
	time.Sleep(time.Until(begin.Add(from)))
	for time.Now().Before(begin.Add(to)) {
		now := s.footprint()
		most = footprint{max(most.heap, now.heap), max(most.files, now.files), max(most.goroutines, now.goroutines), max(most.names, now.names)}
		time.Sleep(100 * time.Millisecond)
	}
	return most
}

func (s *soak) footprint() (f footprint) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f.heap, f.goroutines = int64(m.HeapAlloc), runtime.NumGoroutine()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		s.t.Error(err)
	}
	f.files = len(entries)
	// What has a name would be mapped, or open, by us or by a worker.
	for _, pid := range append(s.backend.PIDs(), os.Getpid()) {
		b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/maps")
		f.names += bytes.Count(b, []byte(" /dev/shm/psm_"))
	}
	return f
}
