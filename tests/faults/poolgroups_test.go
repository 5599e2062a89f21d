//go:build linux

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/tests/harness"
)

// newest is the youngest CPython there is: what needs but one Python takes it.
func newest(t *testing.T) harness.Python {
	var best harness.Python
	for _, py := range harness.Pythons(t) {
		if py.Impl == "CPython" && py.AtLeast(3, 6) && (best.Path == "" || py.AtLeast(minor(best))) {
			best = py
		}
	}
	if best.Path == "" {
		t.Fatal("no CPython 3.6 or later")
	}
	return best
}

// twoGroups runs f for Go workers and for those of one Python: each takes
// seconds.
func twoGroups(t *testing.T, f func(t *testing.T, g process.Group)) {
	t.Run("Go", func(t *testing.T) { f(t, goGroup()) })
	t.Run("Python", func(t *testing.T) { f(t, pythonGroup(t, newest(t))) })
}

func minor(py harness.Python) (major, minor int) {
	fmt.Sscanf(py.Version, "%d.%d", &major, &minor)
	return major, minor
}

// Tasks go to the workers that have their tag, whatever these are written in, and
// go on doing so while workers die.
func TestPoolRoutesByTag(t *testing.T) {
	golang, python := goGroup(), pythonGroup(t, newest(t))
	golang.Tags, python.Tags = []string{"go"}, []string{"python", "gpu"}
	p, b := newPool(t, golang, python)
	language := func(o pool.Options) string {
		v, err := p.With(o).Apply(t.Context(), task("language"))
		if err != nil {
			return err.Error()
		}
		return v.(string)
	}
	var k killer
	k.start(b, 6)
	for range 50 {
		for _, tt := range []struct{ tag, want string }{{"go", "Go"}, {"python", "Python"}, {"gpu", "Python"}} {
			if got := language(pool.Options{Tag: tt.tag, Retries: 100}); got != tt.want {
				t.Errorf("a task with the tag %q ran in %s, want %s", tt.tag, got, tt.want)
			}
		}
		if got := language(pool.Options{Retries: 100}); got != "Go" && got != "Python" {
			t.Errorf("a task without a tag: %s", got)
		}
	}
	k.end()
	// Many at once, with one kind busy: the other does what anybody may.
	stuck := p.With(pool.Options{Tag: "go", Timeout: time.Minute})
	first, second := stuck.ApplyAsync(t.Context(), task("loop")), stuck.ApplyAsync(t.Context(), task("loop"))
	awaitRunning(t, p, 2)
	items := make([]any, 40)
	for i := range items {
		items[i] = int64(i)
	}
	if got, err := pool.Map[int64](t.Context(), p, task("echo"), items); err != nil || len(got) != len(items) {
		t.Errorf("map beside busy workers: %d results, %v", len(got), err)
	}
	p.Terminate()
	for _, r := range []*pool.AsyncResult{first, second} {
		if _, err := r.Get(t.Context()); !errors.Is(err, pool.ErrTerminated) {
			t.Errorf("a task that does not end: %v", err)
		}
	}
}

// The most urgent task that waits is next, also in child processes.
func TestPoolPriorities(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		g.N = 1
		p, _ := newPool(t, g)
		busy, free := context.WithCancel(t.Context())
		defer free()
		gate := p.ApplyAsync(busy, task("loop"))
		awaitRunning(t, p, 1)
		var results []*pool.AsyncResult
		for i := range 30 {
			results = append(results, p.With(pool.Options{Priority: i % 3}).ApplyAsync(t.Context(), task("count")))
		}
		free()
		if _, err := gate.Get(t.Context()); !errors.Is(err, context.Canceled) {
			t.Errorf("a task that was given up: %v", err)
		}
		for i, r := range results {
			// Ten of each priority, the oldest of it first.
			want := int64(10*(2-i%3) + i/3 + 1)
			if v, err := r.Get(t.Context()); v != want || err != nil {
				t.Errorf("task %d, of priority %d, was number %v, %v; want %d", i, i%3, v, err, want)
			}
		}
	})
}

// A worker that grew is replaced, after its task and not before.
func TestPoolRecyclesMemory(t *testing.T) {
	twoGroups(t, func(t *testing.T, g process.Group) {
		g.N, g.RecycleMemory = 1, 200<<20
		p, _ := newPool(t, g)
		pids := map[any]bool{}
		end := time.Now().Add(patience)
		for len(pids) < 3 && time.Now().Before(end) {
			v, err := p.Apply(t.Context(), task("keep"), int64(20))
			if err != nil {
				t.Fatalf("a task of a worker that is to be replaced: %v", err)
			}
			pids[v] = true
		}
		if len(pids) < 3 {
			t.Errorf("%d workers have had 20 MiB more with each task, 200 MiB are allowed", len(pids))
		}
	})
}

// A worker that takes memory without end is killed at its limit; that is told.
func TestPoolKillsHoarders(t *testing.T) {
	twoGroups(t, func(t *testing.T, g process.Group) {
		g.N, g.MaxMemory = 1, 200<<20
		p, _ := newPool(t, g)
		for range 2 {
			_, err := p.Apply(t.Context(), task("hoard"))
			e, ok := errors.AsType[*pool.WorkerLostError](err)
			if !ok || !strings.Contains(e.Reason, "200 MiB are allowed") || e.PeakMemory < 200<<20 || e.OOM != pool.Unknown {
				t.Errorf("got %v, want a WorkerLostError that tells of the limit", err)
			}
		}
		if v, err := p.Apply(t.Context(), task("echo"), int64(3)); v != int64(3) || err != nil {
			t.Errorf("the next task: %v, %v", v, err)
		}
	})
}

// That the OOM killer ended a worker is said where the cgroup counts it, and only
// then. Where no cgroup can be made, its half of the test is all that is missing.
func TestPoolTellsOfTheOOMKiller(t *testing.T) {
	twoGroups(t, func(t *testing.T, g process.Group) {
		g.N = 1
		p, b := newPool(t, g)
		if _, err := p.Apply(t.Context(), task("echo"), int64(1)); err != nil {
			t.Fatal(err)
		}
		stuck := p.ApplyAsync(t.Context(), task("loop"))
		awaitRunning(t, p, 1)
		syscall.Kill(b.PIDs()[0], syscall.SIGKILL)
		_, err := stuck.Get(t.Context())
		if e, ok := errors.AsType[*pool.WorkerLostError](err); !ok || e.Signal != syscall.SIGKILL || e.OOM == pool.Yes {
			t.Errorf("a worker that we killed: %v", err)
		}
		cgroup, ok := makeCgroup(t, 128<<20)
		if !ok {
			t.Log("no cgroup can be made here")
			return
		}
		if _, err := p.Apply(t.Context(), task("echo"), int64(1)); err != nil {
			t.Fatal(err)
		}
		enter(t, cgroup, b.PIDs()[0])
		_, err = p.Apply(t.Context(), task("hoard"))
		e, ok := errors.AsType[*pool.WorkerLostError](err)
		if !ok || e.OOM != pool.Yes || !strings.Contains(e.Error(), "the OOM killer did it") || e.PeakMemory == 0 {
			t.Errorf("a worker that the OOM killer ended: %#v", err)
		}
		if v, err := p.Apply(t.Context(), task("echo"), int64(3)); v != int64(3) || err != nil {
			t.Errorf("the next task: %v, %v", v, err)
		}
	})
}

// makeCgroup makes a cgroup whose processes may have so many bytes.
func makeCgroup(t *testing.T, most int) (dir string, ok bool) {
	t.Helper()
	name := fmt.Sprintf("brine-test-%d-%d", os.Getpid(), time.Now().UnixNano())
	for _, version := range []struct{ root, limit string }{
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"}, {"/sys/fs/cgroup", "memory.max"},
	} {
		dir := filepath.Join(version.root, name)
		if os.Mkdir(dir, 0o755) != nil {
			continue
		}
		t.Cleanup(func() { os.Remove(dir) })
		if os.WriteFile(filepath.Join(dir, version.limit), []byte(strconv.Itoa(most)), 0o644) != nil {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, "memory.oom_control"))
		if err != nil {
			b, err = os.ReadFile(filepath.Join(dir, "memory.events"))
		}
		if err == nil && slices.ContainsFunc(strings.Split(string(b), "\n"), func(line string) bool { return strings.HasPrefix(line, "oom_kill ") }) {
			return dir, true
		}
	}
	return "", false
}

func enter(t *testing.T, cgroup string, pid int) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(cgroup, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Large messages go through memory that has no name, so that nothing of it is
// left, whoever is killed: newPool counts what is.
func TestPoolLargeMessages(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		p, b := newPool(t, g)
		var k killer
		k.start(b, 5)
		sizes := []int{1000, 70 << 10, 200 << 10, 1 << 20, 5 << 20}
		lost := 0
		for round, running := 0, true; running; round++ {
			var calls []*pool.AsyncResult
			for i, size := range sizes {
				calls = append(calls, p.ApplyAsync(t.Context(), task("through"), large(i, size)))
			}
			for i, r := range calls {
				v, err := r.Get(t.Context())
				if _, ok := errors.AsType[*pool.WorkerLostError](err); ok {
					lost++
				} else if err != nil || !same(t, v, large(i, sizes[i])) {
					t.Fatalf("%d bytes came back wrong: %v", sizes[i], err)
				}
			}
			select {
			case <-k.done:
				running = false
			default:
			}
		}
		k.end()
		if lost > k.killed {
			t.Errorf("%d tasks lost with %d workers", lost, k.killed)
		}
		// More than a spool keeps, both ways, and beside each other.
		huge := large(9, 40<<20)
		items := []any{huge, large(1, 200<<10), huge, large(2, 300<<10)}
		v, err := p.With(pool.Options{ChunkSize: 1}).MapAsync(t.Context(), task("through"), items).Get(t.Context())
		list, ok := v.(*pickle.List)
		if err != nil || !ok || len(list.Items) != len(items) {
			t.Fatalf("a map of large items: %v", err)
		}
		for i, item := range list.Items {
			if !same(t, item, items[i].([]byte)) {
				t.Errorf("item %d of a map came back wrong", i)
			}
		}
	})
}

func large(seed, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(seed + i/4096)
	}
	return b
}

func same(t *testing.T, v any, want []byte) bool {
	t.Helper()
	if raw, ok := v.(pickle.Raw); ok {
		var err error
		if v, err = raw.Value(t.Context(), pickle.Codec{}); err != nil {
			t.Error(err)
		}
	}
	got, ok := v.([]byte)
	return ok && bytes.Equal(got, want)
}

// awaitRunning waits until workers have begun with as many tasks: no event tells of it.
func awaitRunning(t *testing.T, p *pool.Pool, tasks int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); p.Stats().Running < tasks; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d tasks are running, want %d", p.Stats().Running, tasks)
		}
	}
}
