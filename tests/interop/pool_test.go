package interop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// eachPool runs f with a pool for every Python that can be a child. Nothing may
// be left of it.
func eachPool(t *testing.T, g process.Group, f func(t *testing.T, p *pool.Pool, b *process.Backend)) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return
		}
		enginetest.CheckLeaks(t)
		interpreter, err := pyinterop.Probe(t.Context(), py.Path)
		if err != nil {
			t.Fatal(err)
		}
		e, err := engine.New(engine.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		g := g
		g.Process.Python = interpreter
		b := process.NewBackend(g)
		p, err := pool.New(e, pool.Config{Backend: b})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			p.Close()
			if err := p.Join(ctx); err != nil {
				t.Errorf("Join: %v", err)
			}
			if left := e.Children(); len(left) > 0 {
				t.Errorf("children left: %v", left)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		}()
		f(t, p, b)
	})
}

func python(name string) pickle.Global {
	module, name, _ := strings.Cut(name, ":")
	return pickle.Global{Module: module, Name: name}
}

// shop is a module of the workers.
const shop = `
import os, sys, types
m = types.ModuleType('shop')
sys.modules['shop'] = m
exec('''
import os, time
class Broken(Exception):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b
def custom(): raise Broken(1, 2)
def unpicklable(): return lambda: 0
def unpicklable_error():
    e = ValueError('x'); e.f = lambda: 0
    raise e
def die(x, at):
    if x == at: os.kill(os.getpid(), 9)
    return x
def quit(): raise SystemExit(3)
def both(a, b=2, *, c=3): return a, b, c
''', m.__dict__)
`

func TestPoolOfPythons(t *testing.T) {
	g := process.Group{N: 2, Initializer: python("builtins:exec"), InitArgs: pickle.Tuple{shop}}
	eachPool(t, g, func(t *testing.T, p *pool.Pool, _ *process.Backend) {
		ctx := t.Context()
		if v, err := p.Apply(ctx, python("math:sqrt"), 2.25); v != 1.5 || err != nil {
			t.Errorf("apply: %v, %v", v, err)
		}
		kwargs := pickle.NewDict(1)
		kwargs.Set("c", int64(9))
		v, err := p.Submit(ctx, python("shop:both"), pickle.Tuple{int64(1)}, kwargs).Get(ctx)
		if got, _ := pickle.Repr(v); got != "(1, 2, 9)" {
			t.Errorf("keywords: %s, %v", got, err)
		}
		for _, size := range []int{0, 1, pool.Adaptive} {
			items := slices.Repeat([]string{"a", "bb", "ccc"}, 100)
			got, err := pool.Map[int](ctx, p.With(pool.Options{ChunkSize: size}), python("builtins:len"), items)
			if err != nil || len(got) != 300 || got[299] != 3 {
				t.Errorf("map in chunks of %d: %d results, %v", size, len(got), err)
			}
		}
		sums, err := pool.Starmap[float64](ctx, p, python("math:pow"), []pickle.Tuple{{2.0, 3.0}, {2.0, 4.0}})
		if err != nil || !slices.Equal(sums, []float64{8, 16}) {
			t.Errorf("starmap: %v, %v", sums, err)
		}
		var lens []int
		for n, err := range pool.IMap[int](ctx, p, python("builtins:len"), slices.Values([]string{"", "a", "bb"})) {
			if err != nil {
				t.Error(err)
			}
			lens = append(lens, n)
		}
		if !slices.Equal(lens, []int{0, 1, 2}) {
			t.Errorf("imap: %v", lens)
		}
		large := strings.Repeat("x", 3<<20)
		if v, err := p.Apply(ctx, python("builtins:str"), large); v != large || err != nil {
			t.Errorf("3 MiB there and back: %v", err)
		}
	})
}

func TestPoolTellsWhatWorkersRaise(t *testing.T) {
	g := process.Group{N: 1, Initializer: python("builtins:exec"), InitArgs: pickle.Tuple{shop}}
	eachPool(t, g, func(t *testing.T, p *pool.Pool, b *process.Backend) {
		ctx := t.Context()
		p.Apply(ctx, python("posix:getpid"))
		pids := fmt.Sprint(b.PIDs())
		for _, tt := range []struct {
			fn   string
			want string
		}{
			{"shop:custom", "shop.Broken(1,)"},
			{"shop:unpicklable", "MaybeEncodingError"},
			{"shop:unpicklable_error", "MaybeEncodingError"},
			{"no.such:thing", "ModuleNotFoundError: No module named 'no'"},
			{"math:nothing", "AttributeError: "},
		} {
			_, err := p.Apply(ctx, python(tt.fn))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v, want %s", tt.fn, err, tt.want)
			}
		}
		if got := fmt.Sprint(b.PIDs()); got != pids {
			t.Errorf("workers %s were replaced by %s, though none died", pids, got)
		}
		_, err := p.Apply(ctx, python("shop:quit"))
		if e, ok := errors.AsType[*pool.WorkerLostError](err); !ok || e.ExitCode != 3 {
			t.Errorf("sys.exit(3) in a task: %v", err)
		}
	})
}

// Only the task that a worker is at dies with it, also when others wait in its
// pipe.
func TestPoolLosesOneTaskWithAWorker(t *testing.T) {
	g := process.Group{N: 2, Initializer: python("builtins:exec"), InitArgs: pickle.Tuple{shop}}
	eachPool(t, g, func(t *testing.T, p *pool.Pool, _ *process.Backend) {
		for _, o := range []pool.Options{{}, {Retries: 1}} {
			var wrong, lost int
			i := 0
			calls := make([]*pool.AsyncResult, 0, 1000)
			for i = range 1000 {
				calls = append(calls, p.With(o).ApplyAsync(t.Context(), python("shop:die"), int64(i%500), int64(250)))
			}
			for i, r := range calls {
				v, err := r.Get(t.Context())
				if e, ok := errors.AsType[*pool.WorkerLostError](err); ok && e.Signal == syscall.SIGKILL && i%500 == 250 {
					lost++
				} else if err != nil || v != int64(i%500) {
					wrong++
				}
			}
			if wrong != 0 || lost != 2 {
				t.Errorf("%d retries: %d tasks lost, %d others wrong; want 2 and 0", o.Retries, lost, wrong)
			}
		}
		if n := p.Stats().Retried; n != 2 {
			t.Errorf("%d retried, want 2", n)
		}
	})
}

// These workers are a fork server's.
func TestPoolStopsTasks(t *testing.T) {
	g := process.Group{N: 1, Process: engine.ProcessConfig{ForkServer: true}}
	eachPool(t, g, func(t *testing.T, p *pool.Pool, _ *process.Backend) {
		loop := func(p *pool.Pool, ctx context.Context) error {
			_, err := p.Apply(ctx, python("builtins:exec"), "while True: pass")
			return err
		}
		err := loop(p.With(pool.Options{Timeout: 50 * time.Millisecond}), t.Context())
		if _, ok := errors.AsType[*pool.TimeoutError](err); !ok {
			t.Errorf("a timeout: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := loop(p, ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a context that ends: %v", err)
		}
		if v, err := p.Apply(t.Context(), python("math:sqrt"), 9.0); v != 3.0 || err != nil {
			t.Errorf("the next task: %v, %v", v, err)
		}
	})
}

func TestPoolLimitsMemory(t *testing.T) {
	g := process.Group{N: 1, MaxMemory: 300 << 20}
	eachPool(t, g, func(t *testing.T, p *pool.Pool, _ *process.Backend) {
		_, err := p.Apply(t.Context(), python("builtins:exec"), "a = []\nwhile True: a.append(b'x' * (1 << 20))")
		e, ok := errors.AsType[*pool.WorkerLostError](err)
		if !ok || !strings.Contains(e.Reason, "300 MiB are allowed") || e.PeakMemory < 300<<20 {
			t.Errorf("got %v, want a WorkerLostError that tells of the limit", err)
		}
	})
}
