package pool

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// The functions that tests have tasks call.
func setup(e *engine.Engine) {
	e.Func("tasks.square", func(x int64) int64 { return x * x })
	e.Func("tasks.add", func(a, b int64) int64 { return a + b })
	e.Func("tasks.sleep", func(ctx context.Context, seconds float64) (float64, error) {
		select {
		case <-time.After(time.Duration(seconds * float64(time.Second))):
			return seconds, nil
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	})
	e.Func("tasks.deaf", func(seconds float64) { time.Sleep(time.Duration(seconds * float64(time.Second))) })
	e.Func("tasks.fail", func(x int64) (int64, error) {
		if x%5 == 3 {
			return 0, pickle.ValueError.New(x)
		}
		return x, nil
	})
	e.Func("tasks.boom", func() { panic("boom") })
}

var (
	square = pickle.Global{Module: "tasks", Name: "square"}
	add    = pickle.Global{Module: "tasks", Name: "add"}
	sleep  = pickle.Global{Module: "tasks", Name: "sleep"}
	deaf   = pickle.Global{Module: "tasks", Name: "deaf"}
	fails  = pickle.Global{Module: "tasks", Name: "fail"}
	boom   = pickle.Global{Module: "tasks", Name: "boom"}
)

func newEngine(t testing.TB) *engine.Engine {
	t.Helper()
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	setup(e)
	return e
}

// newPool makes a pool that the test must leave with nothing to do.
func newPool(t testing.TB, cfg Config) *Pool {
	t.Helper()
	e := newEngine(t)
	p, err := New(e, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Close()
		if err := p.Join(context.Background()); err != nil {
			t.Errorf("Join: %v", err)
		}
		if s := p.Stats(); s.Waiting != 0 || s.Running != 0 || s.Abandoned != 0 {
			t.Errorf("left behind: %+v", s)
		}
		if n := len(p.queue.takers); n > 0 || p.queue.first != nil {
			t.Errorf("left behind: %d takers, first task %v", n, p.queue.first)
		}
		e.Close()
	})
	return p
}

// bubble runs a test in synctest, whose end checks that no goroutine is left.
func bubble(t *testing.T, cfg Config, f func(t *testing.T, p *Pool)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newPool(t, cfg)) })
}

func TestApply(t *testing.T) {
	p := newPool(t, Config{})
	for _, tt := range []struct {
		fn   any
		args []any
		want string
	}{
		{square, []any{int64(7)}, "49 <nil>"},
		{add, []any{int64(7), int64(1)}, "8 <nil>"},
		{fails, []any{int64(3)}, "<nil> ValueError: 3"},
		{boom, nil, "<nil> panic: boom"},
		{pickle.Global{Module: "no", Name: "one"}, nil, "<nil> AttributeError: pool: no Go function is registered as no.one; " +
			"register it with Engine.Func, or give the pool Python workers"},
		{"square", nil, "<nil> TypeError: pool: goroutines run Go functions by the name that Engine.Func gave them, not a str"},
	} {
		v, err := p.Apply(t.Context(), tt.fn, tt.args...)
		if got := fmt.Sprint(v, " ", err); got != tt.want {
			t.Errorf("Apply(%v, %v) = %s, want %s", tt.fn, tt.args, got, tt.want)
		}
	}
}

func upTo(n int) []int64 {
	var all []int64
	for i := range n {
		all = append(all, int64(i))
	}
	return all
}

func TestMap(t *testing.T) {
	for _, size := range []int{0, 1, 3, 1000, Adaptive} {
		for _, n := range []int{0, 1, 2, 7, 64, 1001} {
			p := newPool(t, Config{Backend: Goroutines{N: 3}, Options: Options{ChunkSize: size}})
			got, err := Map[int64](t.Context(), p, square, upTo(n))
			if err != nil || len(got) != n {
				t.Fatalf("chunks of %d: Map of %d items = %d results, %v", size, n, len(got), err)
			}
			for i, v := range got {
				if v != int64(i*i) {
					t.Fatalf("chunks of %d: result %d is %d", size, i, v)
				}
			}
			v, err := p.MapAsync(t.Context(), square, boxed(upTo(n))).Get(t.Context())
			if list, ok := v.(*pickle.List); err != nil || !ok || len(list.Items) != n {
				t.Fatalf("chunks of %d: MapAsync of %d items = %v, %v", size, n, v, err)
			}
		}
	}
}

func TestMapConverts(t *testing.T) {
	p := newPool(t, Config{})
	got, err := Map[float64](t.Context(), p, square, []int8{1, 2, 3})
	if err != nil || !slices.Equal(got, []float64{1, 4, 9}) {
		t.Errorf("got %v, %v", got, err)
	}
	_, err = Map[string](t.Context(), p, square, []int8{1})
	if err == nil || !strings.Contains(err.Error(), "int 1") {
		t.Errorf("an int as a string: %v", err)
	}
}

func TestMapRunsAllChunks(t *testing.T) {
	p := newPool(t, Config{Options: Options{ChunkSize: 1}})
	_, err := Map[int64](t.Context(), p, fails, upTo(20))
	if !errors.Is(err, pickle.ValueError) {
		t.Errorf("got %v, want a ValueError", err)
	}
	if s := p.Stats(); s.Done != 20 || s.Failed != 4 {
		t.Errorf("%+v, want 20 done, 4 of them failed", s)
	}
}

func TestStarmap(t *testing.T) {
	p := newPool(t, Config{})
	got, err := Starmap[int](t.Context(), p, add, []pickle.Tuple{{int64(1), int64(2)}, {int64(3), int64(4)}})
	if err != nil || !slices.Equal(got, []int{3, 7}) {
		t.Errorf("got %v, %v", got, err)
	}
	_, err = p.StarmapAsync(t.Context(), add, []any{int64(1)}).Get(t.Context())
	if !errors.Is(err, pickle.TypeError) {
		t.Errorf("an item that is no tuple: %v, want a TypeError", err)
	}
}

func TestIMap(t *testing.T) {
	for _, size := range []int{0, 1, 4} {
		p := newPool(t, Config{Options: Options{ChunkSize: size}})
		var got []int64
		for v, err := range IMap[int64](t.Context(), p, square, slices.Values(upTo(30))) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		for i, v := range got {
			if v != int64(i*i) {
				t.Errorf("chunks of %d: result %d is %d", size, i, v)
			}
		}
		got = got[:0]
		for v := range IMapUnordered[int64](t.Context(), p, square, slices.Values(upTo(30))) {
			got = append(got, v)
		}
		if slices.Sort(got); len(got) != 30 || got[29] != 29*29 {
			t.Errorf("chunks of %d, unordered: %v", size, got)
		}
	}
}

func TestIMapGoesOnAfterAnError(t *testing.T) {
	p := newPool(t, Config{})
	var text []string
	for v, err := range IMap[int64](t.Context(), p, fails, slices.Values(upTo(6))) {
		text = append(text, fmt.Sprint(v, " ", err))
	}
	want := "0 <nil>,1 <nil>,2 <nil>,0 ValueError: 3,4 <nil>,5 <nil>"
	if got := strings.Join(text, ","); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestIMapReadsNoFurtherThanItsWindow(t *testing.T) {
	bubble(t, Config{Options: Options{Window: 5}}, func(t *testing.T, p *Pool) {
		var read int
		items := func(yield func(int64) bool) {
			for i := range int64(1000) {
				read++
				if !yield(i) {
					return
				}
			}
		}
		seen := 0
		for range IMap[int64](t.Context(), p, square, iter.Seq[int64](items)) {
			synctest.Wait()
			seen++
			// One more is read before it waits for room.
			if want := min(seen+5+1, 1000); read != want {
				t.Fatalf("after %d results %d items were read, want %d", seen, read, want)
			}
			if seen == 100 {
				break
			}
		}
	})
}

func TestIMapStops(t *testing.T) {
	t.Run("when its context ends", func(t *testing.T) {
		bubble(t, Config{}, func(t *testing.T, p *Pool) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var errs []error
			for _, err := range IMap[float64](ctx, p, sleep, slices.Values([]float64{10, 10, 10, 10})) {
				errs = append(errs, err)
			}
			if len(errs) != 1 || !errors.Is(errs[0], context.DeadlineExceeded) {
				t.Errorf("got %v, want one DeadlineExceeded", errs)
			}
			idle(t, p)
		})
	})
	t.Run("when its loop is left", func(t *testing.T) {
		bubble(t, Config{}, func(t *testing.T, p *Pool) {
			for range IMap[float64](t.Context(), p, sleep, slices.Values([]float64{1, 10, 10, 10})) {
				break
			}
			idle(t, p)
		})
	})
	t.Run("when its items panic", func(t *testing.T) {
		p := newPool(t, Config{})
		defer func() {
			if e, ok := recover().(*engine.PanicError); !ok || e.Value != "no more" {
				t.Errorf("got %v, want the panic of the items", e)
			}
		}()
		for range IMap[int64](t.Context(), p, square, func(yield func(int64) bool) { yield(1); panic("no more") }) {
		}
	})
	t.Run("when the pool is closed", func(t *testing.T) {
		p := newPool(t, Config{})
		n := 0
		var last error
		for _, err := range IMap[int64](t.Context(), p, square, slices.Values(upTo(1000))) {
			n++
			last = err
			p.Close()
		}
		if n < 2 || n > 500 || !errors.Is(last, ErrClosed) {
			t.Errorf("%d results, the last %v; want a few and ErrClosed", n, last)
		}
	})
}

// idle fails if a task waits or runs, though in the bubble's time nothing is over.
func idle(t *testing.T, p *Pool) {
	t.Helper()
	synctest.Wait()
	if s := p.Stats(); s.Waiting != 0 || s.Running != 0 || s.Abandoned != 0 {
		t.Errorf("tasks go on that nobody wants: %+v", s)
	}
}

func TestTimeoutStopsTheTask(t *testing.T) {
	for _, fn := range []pickle.Global{sleep, deaf} {
		bubble(t, Config{Backend: Goroutines{N: 1}}, func(t *testing.T, p *Pool) {
			begun := time.Now()
			_, err := p.With(Options{Timeout: time.Second}).Apply(t.Context(), fn, 60.0)
			if e, ok := errors.AsType[*TimeoutError](err); !ok || e.After != time.Second || time.Since(begun) != time.Second {
				t.Errorf("%v after %v: %v, want a TimeoutError after 1s", fn, time.Since(begun), err)
			}
			// The only worker is busy with it; another takes its place.
			if v, err := p.Apply(t.Context(), square, int64(3)); v != int64(9) || err != nil || time.Since(begun) != time.Second {
				t.Errorf("the next task: %v, %v after %v", v, err, time.Since(begun))
			}
			synctest.Wait()
			if n := p.Stats().Abandoned; n != 1 && fn == deaf || n != 0 && fn == sleep {
				t.Errorf("%v: %d goroutines abandoned", fn, n)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	bubble(t, Config{Backend: Goroutines{N: 1}}, func(t *testing.T, p *Pool) {
		why := errors.New("changed my mind")
		ctx, cancel := context.WithCancelCause(t.Context())
		running := p.ApplyAsync(ctx, sleep, 60.0)
		queued := p.ApplyAsync(ctx, sleep, 60.0)
		other := p.ApplyAsync(t.Context(), square, int64(5))
		synctest.Wait()
		if s := p.Stats(); s.Running != 1 || s.Waiting != 2 {
			t.Errorf("%+v, want 1 running, 2 waiting", s)
		}
		cancel(why)
		for name, r := range map[string]*AsyncResult{"running": running, "queued": queued} {
			if _, err := r.Get(t.Context()); err != why {
				t.Errorf("the %s task: %v, want the cause", name, err)
			}
		}
		if v, err := other.Get(t.Context()); v != int64(25) || err != nil {
			t.Errorf("the other task: %v, %v", v, err)
		}
	})
}

func TestWaitEndsWithItsContextOnly(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, p *Pool) {
		r := p.ApplyAsync(t.Context(), sleep, 3.0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.Get(ctx); !errors.Is(err, context.DeadlineExceeded) || r.Ready() {
			t.Errorf("Get for a second: %v, ready %t", err, r.Ready())
		}
		if v, err := r.Get(t.Context()); v != 3.0 || err != nil {
			t.Errorf("Get: %v, %v", v, err)
		}
	})
}

func TestPriority(t *testing.T) {
	bubble(t, Config{Backend: Goroutines{N: 1}}, func(t *testing.T, p *Pool) {
		var mu sync.Mutex
		var order []int64
		note := p.Engine().Func("tasks.note", func(x int64) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, x)
		})
		p.ApplyAsync(t.Context(), sleep, 1.0)
		synctest.Wait()
		for i, priority := range []int{0, 5, -1, 5, 0} {
			p.With(Options{Priority: priority}).ApplyAsync(t.Context(), note, int64(i))
		}
		p.Close()
		p.Join(t.Context())
		if want := []int64{1, 3, 0, 4, 2}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

// The most urgent task goes first, whatever tag it has, and of equals the oldest.
func TestPriorityAmongTags(t *testing.T) {
	q := newQueue(nil, 1)
	for i, o := range []Options{{Tag: "a"}, {Tag: "b", Priority: 2}, {Priority: 1}, {Tag: "c", Priority: 9}, {Tag: "a", Priority: 2}, {}} {
		if err := q.push(&Task{Job: int64(i), opts: &o, queue: q}); err != nil {
			t.Fatal(err)
		}
	}
	var order []int64
	for range 5 {
		for _, task := range q.Take(t.Context(), []string{"a", "b"}, 1, nil) {
			order = append(order, task.Job)
		}
	}
	if want := []int64{1, 4, 2, 0, 5}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
}

// How many items there are is told once they were read, which may be before the
// tasks are done.
func TestIMapProgress(t *testing.T) {
	var seen []Progress
	o := Options{ChunkSize: 2, Progress: func(p Progress) { seen = append(seen, p) }}
	bubble(t, Config{Backend: Goroutines{N: 1}, Options: o}, func(t *testing.T, p *Pool) {
		for range IMap[float64](t.Context(), p, sleep, slices.Values([]float64{1, 1, 1, 1, 1})) {
		}
	})
	if want := []Progress{{Done: 2, Total: 5}, {Done: 4, Total: 5}, {Done: 5, Total: 5}}; !slices.Equal(seen, want) {
		t.Errorf("told %v, want %v", seen, want)
	}
}

func TestRetry(t *testing.T) {
	p := newPool(t, Config{})
	var tries atomic.Int64
	flaky := p.Engine().Func("tasks.flaky", func(good int64) (int64, error) {
		if n := tries.Add(1); n < good {
			return 0, pickle.OSError.New(n)
		}
		return good, nil
	})
	any := func(error) bool { return true }
	for _, tt := range []struct {
		o     Options
		good  int64
		want  string
		tries int64
	}{
		{Options{Retries: 2, Retry: any}, 3, "3 <nil>", 3},
		{Options{Retries: 2, Retry: any}, 4, "<nil> OSError: 3", 3},
		{Options{Retries: 2}, 3, "<nil> OSError: 1", 1}, // no worker was lost
		{Options{}, 3, "<nil> OSError: 1", 1},
	} {
		tries.Store(0)
		v, err := p.With(tt.o).Apply(t.Context(), flaky, tt.good)
		if got := fmt.Sprint(v, " ", err); got != tt.want || tries.Load() != tt.tries {
			t.Errorf("%d retries: %s after %d tries, want %s after %d", tt.o.Retries, got, tries.Load(), tt.want, tt.tries)
		}
	}
	if n := p.Stats().Retried; n != 4 {
		t.Errorf("%d retried, want 4", n)
	}
}

func TestTagWithoutAWorkerIsRefused(t *testing.T) {
	p := newPool(t, Config{}).With(Options{Tag: "gpu"})
	if _, err := p.Apply(t.Context(), square, int64(1)); err == nil || !strings.Contains(err.Error(), `"gpu"`) {
		t.Errorf("Apply: %v", err)
	}
	for _, err := range IMap[int64](t.Context(), p, square, slices.Values(upTo(1))) {
		if err == nil || !strings.Contains(err.Error(), `"gpu"`) {
			t.Errorf("IMap: %v", err)
		}
	}
}

func TestCallbacksAndProgress(t *testing.T) {
	var mu sync.Mutex
	var seen []Progress
	p := newPool(t, Config{Options: Options{ChunkSize: 2, Progress: func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, p)
	}}})
	called := make(chan string, 2)
	r := p.MapAsync(t.Context(), fails, boxed(upTo(5)))
	r.Notify(func() { _, err := r.Item(t.Context()); called <- fmt.Sprint("early ", err) })
	<-r.Done()
	early := <-called // it may come after Done
	r.Notify(func() { called <- "late" })
	if late := <-called; early != "early ValueError: 3" || late != "late" {
		t.Errorf("callbacks: %q, %q", early, late)
	}
	if n := len(seen); n != 3 || seen[n-1] != (Progress{Done: 5, Failed: 2, Total: 5}) {
		t.Errorf("progress %v, want three counts up to 5 of 5", seen)
	}
}

func TestCloseDoesWhatWasSubmitted(t *testing.T) {
	bubble(t, Config{Backend: Goroutines{N: 2}}, func(t *testing.T, p *Pool) {
		r := p.With(Options{ChunkSize: Adaptive}).MapAsync(t.Context(), sleep, []any{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0})
		p.Close()
		if _, err := p.Apply(t.Context(), square, int64(1)); err != ErrClosed {
			t.Errorf("Apply after Close: %v, want ErrClosed", err)
		}
		if err := p.Join(t.Context()); err != nil || !r.Ready() {
			t.Errorf("Join: %v, ready %t", err, r.Ready())
		}
		if v, err := r.Get(t.Context()); err != nil || len(v.(*pickle.List).Items) != 7 {
			t.Errorf("Get: %v, %v", v, err)
		}
	})
}

func TestTerminateAnswersAll(t *testing.T) {
	bubble(t, Config{Backend: Goroutines{N: 2}}, func(t *testing.T, p *Pool) {
		var all []*AsyncResult
		for range 5 {
			all = append(all, p.ApplyAsync(t.Context(), sleep, 60.0))
		}
		all = append(all, p.With(Options{ChunkSize: Adaptive}).MapAsync(t.Context(), sleep, []any{1.0, 2.0, 3.0, 4.0, 5.0, 6.0}))
		synctest.Wait()
		begun := time.Now()
		p.Terminate()
		for i, r := range all {
			if _, err := r.Get(t.Context()); err != ErrTerminated {
				t.Errorf("task %d: %v, want ErrTerminated", i, err)
			}
		}
		if err := p.Join(t.Context()); err != nil || time.Since(begun) > 0 {
			t.Errorf("Join: %v after %v", err, time.Since(begun))
		}
		if _, err := p.Apply(t.Context(), square, int64(1)); err != ErrTerminated {
			t.Errorf("Apply after Terminate: %v", err)
		}
	})
}

func TestMapGivenUpWhileItGrows(t *testing.T) {
	bubble(t, Config{Backend: Goroutines{N: 2}}, func(t *testing.T, p *Pool) {
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		items := slices.Repeat([]any{1.0}, 40)
		_, err := p.With(Options{ChunkSize: Adaptive}).MapAsync(ctx, sleep, items).Get(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want DeadlineExceeded", err)
		}
	})
}

// A dying backend loses what it runs.
type dying struct{ err error }

func (d dying) Workers() int       { return 1 }
func (d dying) Serves(string) bool { return true }
func (d dying) Run(ctx context.Context, q *Queue) error {
	for range 2 {
		for _, t := range q.Take(ctx, nil, 1, nil) {
			t.Begin(func(error) {})
			t.Finish(nil, &WorkerLostError{PID: 7, Signal: 9})
		}
	}
	return d.err
}

func TestBackendThatFailsAnswersAll(t *testing.T) {
	e := newEngine(t)
	defer e.Close()
	broken := errors.New("no worker starts")
	p, err := New(e, Config{Backend: dying{broken}})
	if err != nil {
		t.Fatal(err)
	}
	lost := p.ApplyAsync(t.Context(), square, int64(1))
	retried := p.With(Options{Retries: 5}).ApplyAsync(t.Context(), square, int64(1))
	waits := p.MapAsync(t.Context(), square, boxed(upTo(9)))
	if _, err := lost.Get(t.Context()); err == nil || err.Error() != "pool: worker 7 was killed by signal 9 (killed) while it ran the task" {
		t.Errorf("lost: %v", err)
	}
	for name, r := range map[string]*AsyncResult{"retried": retried, "waiting": waits, "late": p.ApplyAsync(t.Context(), square)} {
		if _, err := r.Get(t.Context()); err != broken {
			t.Errorf("%s: %v, want what the backend said", name, err)
		}
	}
	if err := p.Join(t.Context()); err != broken {
		t.Errorf("Join: %v", err)
	}
}

func TestTaskTuples(t *testing.T) {
	for _, tt := range []struct {
		task *Task
		want string
	}{
		{&Task{Job: 1, Func: square, Args: pickle.Tuple{int64(2)}}, "(1, 0, <function tasks.square>, (2,), {})"},
		{&Task{Job: 1, Index: 4, Kind: MapItems, Func: square, Args: pickle.Tuple{int64(2), int64(3)}},
			"(1, 4, <function multiprocessing.pool.mapstar>, ((<function tasks.square>, (2, 3)),), {})"},
		{&Task{Job: 1, Kind: StarItems, Func: add, Args: pickle.Tuple{pickle.Tuple{int64(2), int64(3)}}},
			"(1, 0, <function multiprocessing.pool.starmapstar>, ((<function tasks.add>, ((2, 3),)),), {})"},
	} {
		got, err := pickle.Repr(tt.task.Tuple())
		if got = strings.ReplaceAll(got, "<class '", "<function "); err != nil || strings.ReplaceAll(got, "'>", ">") != tt.want {
			t.Errorf("got %s, %v, want %s", got, err, tt.want)
		}
	}
}

func TestPythonChunk(t *testing.T) {
	for _, tt := range []struct{ items, workers, want int }{{0, 4, 1}, {1, 4, 1}, {16, 4, 1}, {17, 4, 2}, {100, 2, 13}, {1000, 4, 63}} {
		if got := pythonChunk(tt.items, tt.workers); got != tt.want {
			t.Errorf("%d items, %d workers: %d, want %d", tt.items, tt.workers, got, tt.want)
		}
	}
}

// Chunks grow to what takes a few milliseconds.
func TestAdaptiveMap(t *testing.T) {
	bubble(t, Config{Backend: Goroutines{N: 2}, Options: Options{ChunkSize: Adaptive}}, func(t *testing.T, p *Pool) {
		const items = 4000
		if _, err := Map[float64](t.Context(), p, sleep, slices.Repeat([]float64{1e-4}, items)); err != nil {
			t.Fatal(err)
		}
		if n := p.Stats().Done; n < items/100 || n > items/10 {
			t.Errorf("%d items of 0.1 ms were done in %d chunks", items, n)
		}
	})
}

func TestAdaptiveSize(t *testing.T) {
	var a adaptive
	if got := a.size(1000, 2); got != 1 {
		t.Errorf("the first chunk has %d items", got)
	}
	for range 20 {
		a.note(10, 100*time.Microsecond) // 10 us an item
	}
	for _, tt := range []struct{ left, want int }{{math.MaxInt32, 500}, {1000, 250}, {8, 2}, {3, 1}, {1, 1}} {
		if got := a.size(tt.left, 2); got != tt.want {
			t.Errorf("%d items left: %d, want %d", tt.left, got, tt.want)
		}
	}
	a.note(1, time.Second)
	if got := a.size(1000, 2); got != 1 {
		t.Errorf("after a slow item: %d", got)
	}
}
