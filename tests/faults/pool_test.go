package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/tests/harness"
)

// Workers of pools die here, hang, and answer with what cannot be sent: every
// task has its answer, once, and the pool goes on.

// tasks are what Go workers can do. Python workers have the same in taskSource.
func tasks(e *engine.Engine) {
	process.Register(e)
	e.Func("tasks.echo", func(x int64) int64 { return x })
	e.Func("tasks.count", func() int64 { counted++; return counted })
	e.Func("tasks.language", func() string { return "Go" })
	e.Func("tasks.through", func(x any) any { return x })
	e.Func("tasks.pause", func(ms int64) int64 { time.Sleep(time.Duration(ms) * time.Millisecond); return ms })
	e.Func("tasks.loop", func() {
		for {
		}
	})
	e.Func("tasks.pid", os.Getpid)
	e.Func("tasks.say", func(x int) { fmt.Fprint([]io.Writer{os.Stdout, os.Stderr}[x%2], "said ", x, "\n") })
	e.Func("tasks.shout", func(x int) { fmt.Print("said ", x) })
	e.Func("tasks.hoard", hoard)
	e.Func("tasks.keep", func(mib int) int { hoarded = append(hoarded, touched(mib<<20)); return os.Getpid() })
	e.Func("tasks.unsendable", func() chan int { return make(chan int) })
	e.Func("tasks.strange", func() error { return pickle.ValueError.New(make(chan int)) })
	e.Func("tasks.ready", func() { fmt.Print(strings.Repeat("said at first\n", 100)) })
	e.Func("tasks.unready", func() error { return pickle.ZeroDivisionError.New("division by zero") })
}

// hoard takes memory, a MiB every few milliseconds, until it is killed.
func hoard() {
	for {
		hoarded = append(hoarded, touched(1<<20))
		time.Sleep(5 * time.Millisecond)
	}
}

// What a worker keeps between tasks.
var (
	hoarded [][]byte
	counted int64
)

func touched(n int) []byte { return bytes.Repeat([]byte{1}, n) }

const taskSource = `
import sys, types
m = sys.modules['tasks'] = types.ModuleType('tasks')
exec('''
import logging, os, sys, time
logging.basicConfig(format="%(message)s")
def echo(x): return x
def pause(ms): time.sleep(ms / 1000); return ms
def loop():
    while True: pass
counted = 0
def count():
    global counted
    counted += 1
    return counted
def language(): return 'Python'
def through(x): return x
def pid(): return os.getpid()
def say(x):
    line = 'said %d' % x
    if x % 4 == 0: print(line)
    if x % 4 == 1: print(line, file=sys.stderr)
    if x % 4 == 2: sys.stdout.buffer.write(line.encode())
    if x % 4 == 3: logging.warning(line)
def shout(x): os.write(1 + x % 2, b'said %d' % x)
hoarded = []
def hoard():
    while True:
        hoarded.append(b'x' * (1 << 20))
        time.sleep(0.005)
def keep(mib):
    hoarded.append(b'x' * (mib << 20))
    return os.getpid()
def unsendable(): return lambda: 0
def strange():
    e = ValueError(); e.f = lambda: 0
    raise e
''', m.__dict__)
`

func task(name string) pickle.Global { return pickle.Global{Module: "tasks", Name: name} }

// goGroup and pythonGroup are workers that know the tasks.
func goGroup() process.Group { return process.Group{N: 2, Initializer: task("ready")} }

func pythonGroup(t *testing.T, py harness.Python) process.Group {
	g := process.Group{N: 2, Initializer: pickle.Global{Module: "builtins", Name: "exec"}, InitArgs: pickle.Tuple{taskSource}}
	var err error
	if g.Process.Python, err = pyinterop.Probe(t.Context(), py.Path); err != nil {
		t.Fatal(err)
	}
	return g
}

// eachGroup runs f for Go workers and for those of every Python.
func eachGroup(t *testing.T, f func(t *testing.T, g process.Group)) {
	t.Run("Go", func(t *testing.T) { f(t, goGroup()) })
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if py.AtLeast(3, 6) {
			f(t, pythonGroup(t, py))
		}
	})
}

func newPool(t *testing.T, groups ...process.Group) (*pool.Pool, *process.Backend) {
	t.Helper()
	enginetest.CheckLeaks(t)
	e, err := engine.New(engine.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	process.Register(e)
	b := process.NewBackend(groups...)
	p, err := pool.New(e, pool.Config{Backend: b})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
		defer cancel()
		p.Close()
		if err := p.Join(ctx); err != nil {
			t.Errorf("Join: %v", err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, b
}

// A killer kills workers in turn.
type killer struct {
	killed int           // read after done
	stop   chan struct{} // closed to end it early
	done   chan struct{} // closed when it has ended
}

func (k *killer) start(b *process.Backend, most int) {
	k.stop, k.done = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(k.done)
		last := 0
		for k.killed < most {
			for _, pid := range b.PIDs() {
				if pid != last && k.killed < most && syscall.Kill(pid, syscall.SIGKILL) == nil {
					last = pid
					k.killed++
				}
			}
			select {
			case <-k.stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
}

func (k *killer) end() {
	close(k.stop)
	<-k.done
}

// kills is how many workers die in one test: a hundred of Go's and of the newest
// Python's.
func kills(g process.Group) int {
	if p := g.Process.Python; p == nil || p.Version.AtLeast(3, 13) {
		return 100
	}
	return 8
}

func TestPoolOutlivesItsWorkers(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		p, b := newPool(t, g)
		var k killer
		k.start(b, kills(g))
		ctx := t.Context()
		var items []any
		for i := range 50 {
			items = append(items, int64(i))
		}
		rounds, lost := 0, 0
		judge := func(what string, i int, v any, err error) {
			if _, ok := errors.AsType[*pool.WorkerLostError](err); ok {
				lost++
			} else if err != nil || v != items[i] {
				t.Errorf("%s: task %d is %v, %v", what, i, v, err)
			}
		}
		deadline := time.Now().Add(4 * patience)
		for running := true; running && time.Now().Before(deadline); rounds++ {
			calls := make([]*pool.AsyncResult, len(items))
			for i, x := range items {
				calls[i] = p.ApplyAsync(ctx, task("echo"), x)
			}
			for i, r := range calls {
				v, err := r.Get(ctx)
				judge("apply", i, v, err)
			}
			v, err := p.With(pool.Options{ChunkSize: 5}).MapAsync(ctx, task("echo"), items).Get(ctx)
			if _, ok := errors.AsType[*pool.WorkerLostError](err); ok {
				lost++
			} else if list, ok := v.(*pickle.List); err != nil || !ok || !slices.Equal(list.Items, items) {
				t.Errorf("map: %v, %v", v, err)
			}
			i := 0
			for v, err := range pool.IMap[any](ctx, p, task("echo"), slices.Values(items)) {
				judge("imap", i, v, err)
				i++
			}
			if i != len(items) {
				t.Errorf("imap: %d answers to %d tasks", i, len(items))
			}
			// With retries nothing is lost.
			got, err := pool.Map[int64](ctx, p.With(pool.Options{Retries: 1000, ChunkSize: 1}), task("echo"), items)
			if err != nil || len(got) != len(items) || got[49] != 49 {
				t.Errorf("map with retries: %d results, %v", len(got), err)
			}
			select {
			case <-k.done:
				running = false
			default:
			}
		}
		k.end()
		if lost > k.killed || k.killed == 0 {
			t.Errorf("%d tasks lost with %d workers", lost, k.killed)
		}
		t.Logf("%d rounds, %d workers killed, %d tasks lost, %d retried", rounds, k.killed, lost, p.Stats().Retried)
	})
}

func TestPoolEndsTasksThatDoNot(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		p, _ := newPool(t, g)
		hurried := p.With(pool.Options{Timeout: 100 * time.Millisecond})
		stuck := []*pool.AsyncResult{hurried.ApplyAsync(t.Context(), task("loop")), hurried.ApplyAsync(t.Context(), task("loop"))}
		waits := p.ApplyAsync(t.Context(), task("echo"), int64(1))
		for _, r := range stuck {
			_, err := r.Get(t.Context())
			if _, ok := errors.AsType[*pool.TimeoutError](err); !ok {
				t.Errorf("a task that does not end: %v", err)
			}
		}
		if v, err := waits.Get(t.Context()); v != int64(1) || err != nil {
			t.Errorf("the task that waited: %v, %v", v, err)
		}
	})
}

func TestPoolTerminatesBusyWorkers(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		p, _ := newPool(t, g)
		if _, err := p.Apply(t.Context(), task("echo"), int64(1)); err != nil {
			t.Fatal(err)
		}
		stuck := p.ApplyAsync(t.Context(), task("loop"))
		p.Terminate()
		if _, err := stuck.Get(t.Context()); err != pool.ErrTerminated {
			t.Errorf("got %v", err)
		}
	})
}

func TestPoolAnswersWithWhatCannotBeSent(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		p, _ := newPool(t, g)
		for _, name := range []string{"unsendable", "strange"} {
			_, err := p.Apply(t.Context(), task(name))
			if err == nil || !strings.Contains(err.Error(), "MaybeEncodingError") {
				t.Errorf("%s: %v, want a MaybeEncodingError", name, err)
			}
		}
		if v, err := p.Apply(t.Context(), task("echo"), int64(2)); v != int64(2) || err != nil {
			t.Errorf("the next task: %v, %v", v, err)
		}
	})
}

func TestPoolWhoseInitializerFails(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		enginetest.CheckLeaks(t)
		if g.Process.Python != nil {
			g.InitArgs = pickle.Tuple{"1/0"}
		} else {
			g.Initializer = task("unready")
		}
		e, err := engine.New(engine.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		process.Register(e)
		p, err := pool.New(e, pool.Config{Backend: process.NewBackend(g)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Apply(t.Context(), task("echo"), int64(1)); !errors.Is(err, pickle.ZeroDivisionError) {
			t.Errorf("a task: %v, want what the initializer raised", err)
		}
		if err := p.Join(t.Context()); !errors.Is(err, pickle.ZeroDivisionError) {
			t.Errorf("Join: %v", err)
		}
	})
}

// parent is a process with a pool: it prints the pids of its workers, which are
// busy for ever, and waits to be killed.
func parent(e *engine.Engine, v any) error {
	g := goGroup()
	if path, _ := v.(string); path != "" {
		python, err := pyinterop.Probe(context.Background(), path)
		if err != nil {
			return err
		}
		g = process.Group{N: 2, Initializer: pickle.Global{Module: "builtins", Name: "exec"}, InitArgs: pickle.Tuple{taskSource}}
		g.Process.Python = python
	}
	b := process.NewBackend(g)
	p, err := pool.New(e, pool.Config{Backend: b})
	if err != nil {
		return err
	}
	for len(b.PIDs()) < 2 {
		if _, err := p.Apply(context.Background(), task("echo"), int64(1)); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	for range 2 {
		p.ApplyAsync(context.Background(), task("loop"))
	}
	for p.Stats().Running < 2 {
		time.Sleep(time.Millisecond)
	}
	pids := b.PIDs()
	fmt.Println(pids[0], pids[1])
	enginetest.Input().Scan()
	return nil
}

func TestNoWorkerOutlivesItsParent(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		e := enginetest.New(t)
		path := ""
		if g.Process.Python != nil {
			path = g.Process.Python.Path
		}
		child := enginetest.Start(t, e, "pool-parent", path)
		var pids [2]int
		if _, err := fmt.Sscan(child.Line(t), &pids[0], &pids[1]); err != nil {
			t.Fatal(err)
		}
		child.Signal()
		gone(t, pids[:]...)
	})
}

// gone waits until none of the processes runs.
func gone(t *testing.T, pids ...int) {
	t.Helper()
	end := time.Now().Add(patience)
	for _, pid := range pids {
		for alive(pid) {
			if time.Now().After(end) {
				t.Errorf("process %d lives on", pid)
				syscall.Kill(pid, syscall.SIGKILL)
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// alive is false for a zombie, too.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

// A client of brine serve is killed while its map runs: what it waited for is
// stopped. When the server is killed, its workers are gone too.
func TestPoolOfAClientThatIsKilled(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return
		}
		s := harness.Brine(t, "--pool-python", py.Path, "--pool-workers", "2")
		client, workers := busyClient(t, py, s)
		client.Kill()
		gone(t, workers...)
		_, workers = busyClient(t, py, s)
		s.Kill()
		gone(t, workers...)
	})
}

// busyClient is a client that waits for ever in a map, and its pool's workers,
// which have begun.
func busyClient(t *testing.T, py harness.Python, s *harness.Server) (client *harness.Peer, pids []int) {
	t.Helper()
	client = py.With(s.Env()...).Start(t, "python/client.py")
	client.Ask(t, "import os")
	client.Ask(t, "pool = m.Pool(2)")
	for len(pids) < 2 {
		var pid int
		answer := client.Ask(t, "pool.starmap(os.getpid, [()] * 8, 1)")
		for _, text := range strings.Split(strings.Trim(answer, "[]"), ", ") {
			if _, err := fmt.Sscan(text, &pid); err != nil {
				t.Fatalf("the pids of workers are %q", answer)
			}
			if !slices.Contains(pids, pid) {
				pids = append(pids, pid)
			}
		}
	}
	begun := filepath.Join(t.TempDir(), "begun")
	if err := syscall.Mkfifo(begun, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(begun, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	code := "import os, time; os.write(os.open('" + begun + "', os.O_WRONLY), b'.'); time.sleep(1000)"
	client.Send(t, fmt.Sprintf("pool.map(exec, [%q] * 4, 1)", code))
	f.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadFull(f, make([]byte, 2)); err != nil {
		t.Fatalf("no two workers began: %v", err)
	}
	return client, pids
}
