package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/tests/harness"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// newEngine finds a Python and makes an engine that logs nothing.
func newEngine(t testing.TB) (*pyinterop.Interpreter, *engine.Engine) {
	t.Helper()
	enginetest.CheckLeaks(t)
	pythons := harness.Pythons(t)
	slices.SortStableFunc(pythons, func(a, b harness.Python) int { return cmp.Compare(rank(b), rank(a)) })
	py, err := pyinterop.Probe(t.Context(), pythons[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return py, e
}

// rank is higher for the Python that is the better one for these tests, which
// need but one: tests/interop has them all.
func rank(p harness.Python) int {
	switch {
	case !p.AtLeast(3, 6):
		return 0
	case p.Impl != "CPython":
		return 1
	case p.AtLeast(3, 13):
		return 3
	}
	return 2
}

// newPool makes a pool with Python workers, which must leave nothing behind.
func newPool(t testing.TB, g Group, o pool.Options) (*pool.Pool, *Backend) {
	t.Helper()
	py, e := newEngine(t)
	g.Process.Python = py
	if g.N == 0 {
		g.N = 2
	}
	b := NewBackend(g)
	p, err := pool.New(e, pool.Config{Backend: b, Options: o})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		p.Close()
		if err := p.Join(ctx); err != nil {
			t.Errorf("Join: %v", err)
		}
		if left := e.Children(); len(left) > 0 {
			t.Errorf("children left: %v", left)
		}
		if s := p.Stats(); s.Waiting != 0 || s.Running != 0 {
			t.Errorf("left behind: %+v", s)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, b
}

func global(name string) pickle.Global {
	module, name, _ := strings.Cut(name, ":")
	return pickle.Global{Module: module, Name: name}
}

// run has a worker execute Python statements.
var run = global("builtins:exec")

func TestApply(t *testing.T) {
	p, _ := newPool(t, Group{}, pool.Options{})
	for _, tt := range []struct {
		fn   string
		args []any
		want string
	}{
		{"math:sqrt", []any{4.0}, "2 <nil>"},
		{"builtins:sum", []any{pickle.NewList(int64(1), int64(2))}, "3 <nil>"},
		{"builtins:len", []any{int64(1)}, "<nil> TypeError: object of type 'int' has no len()"},
		{"builtins:int", []any{"x"}, "<nil> ValueError: invalid literal for int() with base 10: 'x'"},
		{"no.such:thing", nil, "<nil> ModuleNotFoundError: No module named 'no'"},
	} {
		v, err := p.Apply(t.Context(), global(tt.fn), tt.args...)
		if got := fmt.Sprint(v, " ", err); got != tt.want {
			t.Errorf("%s%v = %s, want %s", tt.fn, tt.args, got, tt.want)
		}
	}
	_, err := p.Apply(t.Context(), global("builtins:len"), int64(1))
	if e, ok := errors.AsType[*pickle.Exception](err); !ok || e.Cause == nil || !strings.Contains(e.Cause.Args[0].(string), "Traceback") {
		t.Errorf("an exception comes without its traceback: %#v", err)
	}
}

func TestMap(t *testing.T) {
	p, _ := newPool(t, Group{}, pool.Options{})
	for _, size := range []int{0, 1, 7, pool.Adaptive} {
		items := make([]int64, 1000)
		for i := range items {
			items[i] = int64(i) - 500
		}
		got, err := pool.Map[int](t.Context(), p.With(pool.Options{ChunkSize: size}), global("builtins:abs"), items)
		if err != nil || len(got) != 1000 || got[0] != 500 || got[999] != 499 {
			t.Errorf("chunks of %d: %d results, %v", size, len(got), err)
		}
	}
}

func TestKilledWorker(t *testing.T) {
	p, _ := newPool(t, Group{}, pool.Options{})
	_, err := p.Apply(t.Context(), run, "import os, sys; print('last words', file=sys.stderr, flush=True); os.kill(os.getpid(), 9)")
	e, ok := errors.AsType[*pool.WorkerLostError](err)
	if !ok || e.Signal != syscall.SIGKILL || e.Output != "last words" {
		t.Errorf("got %v, want a WorkerLostError of signal 9 with the last words", err)
	}
	_, err = p.Apply(t.Context(), run, "import os; os._exit(7)")
	if e, ok := errors.AsType[*pool.WorkerLostError](err); !ok || e.ExitCode != 7 {
		t.Errorf("got %v, want a WorkerLostError of status 7", err)
	}
	if v, err := p.Apply(t.Context(), global("math:sqrt"), 9.0); v != 3.0 || err != nil {
		t.Errorf("after that: %v, %v", v, err)
	}
}

// Its last words are told, though they may have no end.
func TestWorkerThatSaysWhy(t *testing.T) {
	p, _ := newPool(t, Group{N: 1}, pool.Options{})
	_, err := p.Apply(t.Context(), run, "import os, sys; print('no', file=sys.stderr); sys.stderr.write('more'); os._exit(5)")
	if lost, ok := errors.AsType[*pool.WorkerLostError](err); !ok || lost.ExitCode != 5 || lost.Output != "no\nmore" {
		t.Errorf("got %#v, want status 5 and what it wrote", err)
	}
}

func TestTimeoutAndCancel(t *testing.T) {
	p, _ := newPool(t, Group{N: 1}, pool.Options{})
	sleep := global("time:sleep")
	begun := time.Now()
	_, err := p.With(pool.Options{Timeout: 100 * time.Millisecond}).Apply(t.Context(), sleep, 60.0)
	if _, ok := errors.AsType[*pool.TimeoutError](err); !ok {
		t.Errorf("got %v, want a TimeoutError", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := p.Apply(ctx, sleep, 60.0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want DeadlineExceeded", err)
	}
	if v, err := p.Apply(t.Context(), global("math:sqrt"), 9.0); v != 3.0 || err != nil || time.Since(begun) > 30*time.Second {
		t.Errorf("after that: %v, %v", v, err)
	}
}

func TestMaxTasksPerChild(t *testing.T) {
	p, _ := newPool(t, Group{N: 1, MaxTasksPerChild: 3}, pool.Options{})
	var pids []int64
	for range 9 {
		v, err := p.Apply(t.Context(), global("posix:getpid"))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, v.(int64))
	}
	if n := len(slices.Compact(pids)); n != 3 {
		t.Errorf("9 tasks were done by %d workers, want 3", n)
	}
}

func TestInitializer(t *testing.T) {
	p, _ := newPool(t, Group{N: 1, Initializer: run, InitArgs: pickle.Tuple{"import builtins; builtins.answer = 42"}}, pool.Options{})
	if v, err := p.Apply(t.Context(), global("builtins:eval"), "answer"); v != int64(42) || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// The start of workers is paid before the first task.
func TestWorkersAreReadyBeforeTheFirstTask(t *testing.T) {
	p, b := newPool(t, Group{N: 2}, pool.Options{})
	enginetest.Until(t, "both workers are ready", func() bool { return len(b.PIDs()) == 2 })
	ready := b.PIDs()
	if v, err := p.Apply(t.Context(), global("posix:getpid")); err != nil || !slices.Contains(ready, int(v.(int64))) {
		t.Errorf("worker %v did the first task, %v; ready were %v", v, err, ready)
	}
}

// A gate is a FIFO at which a task waits.
type gate struct{ fifo *os.File }

func newGate(t *testing.T) *gate {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gate")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(path, os.O_RDWR, 0) // which does not wait for the task
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fifo.Close() })
	return &gate{fifo}
}

// wait is what the task executes.
func (g *gate) wait() string { return fmt.Sprintf("open(%q, 'rb', 0).read(1)", g.fifo.Name()) }

func (g *gate) open(t *testing.T) {
	t.Helper()
	if _, err := g.fifo.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
}

// What a worker prints is logged with the task that it is at; before the first
// there is none.
func TestWorkersLogWithTheirTask(t *testing.T) {
	py, quiet := newEngine(t)
	quiet.Close()
	said := make(logged, 8)
	e, err := engine.New(engine.Config{Logger: slog.New(slog.NewTextHandler(said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	p, err := pool.New(e, pool.Config{Backend: NewBackend(Group{
		N: 1, Process: engine.ProcessConfig{Python: py}, Initializer: run, InitArgs: pickle.Tuple{"print('ready')"},
	})})
	if err != nil {
		t.Fatal(err)
	}
	if line := said.next(t); !strings.Contains(line, "msg=ready") || strings.Contains(line, "task=") {
		t.Errorf("before the first task: %s", line)
	}
	gates := []*gate{newGate(t), newGate(t)} // open once we have read what their tasks printed
	var tasks []any
	for i, g := range gates {
		tasks = append(tasks, fmt.Sprintf("print('at%d'); %s", i, g.wait()))
	}
	r := p.With(pool.Options{ChunkSize: 1}).MapAsync(t.Context(), run, tasks)
	for i, g := range gates {
		if line := said.next(t); !strings.Contains(line, fmt.Sprintf("msg=at%d worker=", i)) || !strings.Contains(line, fmt.Sprintf("stream=stdout job=1 task=%d", i)) {
			t.Errorf("of task %d: %s", i, line)
		}
		g.open(t)
	}
	if _, err := r.Get(t.Context()); err != nil {
		t.Error(err)
	}
	p.Close()
	if err := p.Join(t.Context()); err != nil {
		t.Error(err)
	}
}

// What Python prints is marked, so tasks that print can be sent ahead.
func TestPrintingTasksNeedNotBeAlone(t *testing.T) {
	p, b := newPool(t, Group{N: 1}, pool.Options{ChunkSize: 1})
	if _, err := pool.Map[any](t.Context(), p, run, slices.Repeat([]string{"import sys; print(1); print(2, file=sys.stderr)"}, 20)); err != nil {
		t.Fatal(err)
	}
	for _, w := range b.list() {
		w.mu.Lock()
		if w.pace.solo > 0 {
			t.Error("what a task printed had no mark")
		}
		w.mu.Unlock()
	}
}

// logged are the records of a logger, as text.
type logged chan string

func (l logged) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

func (l logged) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-l:
		return line
	case <-enginetest.Soon(t).Done():
		t.Fatal("nothing was logged")
		return ""
	}
}

// A worker that does not get ready is killed, and its pool given up.
func TestInitializerThatDoesNotEnd(t *testing.T) {
	py, e := newEngine(t)
	defer e.Close()
	g := Group{N: 1, Initializer: global("time:sleep"), InitArgs: pickle.Tuple{int64(1000)}, StartTimeout: 10 * time.Millisecond,
		Process: engine.ProcessConfig{Python: py}}
	p, err := pool.New(e, pool.Config{Backend: NewBackend(g)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Apply(t.Context(), global("math:sqrt"), 9.0)
	if _, ok := errors.AsType[*StartError](err); !ok || !errors.Is(err, errStartTimeout) || !strings.Contains(err.Error(), "not ready in time: 10ms") {
		t.Errorf("got %v, want that it was not ready", err)
	}
	if err := p.Join(t.Context()); !errors.Is(err, errStartTimeout) {
		t.Errorf("Join: %v", err)
	}
}

func TestInitializerThatFails(t *testing.T) {
	py, e := newEngine(t)
	defer e.Close()
	begun := time.Now()
	g := Group{N: 1, Initializer: run, InitArgs: pickle.Tuple{"1/0"}, Process: engine.ProcessConfig{Python: py}}
	p, err := pool.New(e, pool.Config{Backend: NewBackend(g)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Apply(t.Context(), global("math:sqrt"), 9.0)
	if !errors.Is(err, pickle.ZeroDivisionError) || !strings.Contains(err.Error(), "5 starts of a worker failed") {
		t.Errorf("got %v, want what the initializer raised", err)
	}
	if took := time.Since(begun); took < 15*backoff { // 1, 2, 4 and 8 of them between five starts
		t.Errorf("five starts took %v: there is no pause between them", took)
	}
	if err := p.Join(t.Context()); !errors.Is(err, pickle.ZeroDivisionError) {
		t.Errorf("Join: %v", err)
	}
}
