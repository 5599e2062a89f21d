package interop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/tests/harness"
)

func TestMain(m *testing.M) {
	engine.Main(setup) // the tests are also their own Go children
	enginetest.Main(m, roles)
}

// setup registers what Pythons call in a Go child: the functions of gotasks.py.
func setup(e *engine.Engine) {
	process.Register(e)
	var prepared atomic.Int64
	e.Func("gotasks.square(x)", func(x int64) int64 { return x * x }, "The square of x.")
	e.Func("__main__.twice", func(x int64) int64 { return 2 * x })
	e.Func("gotasks.log", func(text string) {
		e.Logger().Info("not " + text)
		e.Logger().Warn(text)
	})
	e.Func("gotasks.add", func(xs ...float64) (sum float64) {
		for _, x := range xs {
			sum += x
		}
		return sum
	})
	e.Func("gotasks.fail", func(text string) error { return pickle.KeyError.New(text, int64(1)) })
	e.Func("gotasks.wrap", func() error { return fmt.Errorf("cannot read: %w", os.ErrNotExist) })
	e.Func("gotasks.boom", func(n int) int { return 1 / (n - n) })
	e.Func("gotasks.prepare", func(n int64) error {
		if n < 0 {
			return errors.New("nothing to prepare")
		}
		prepared.Store(n)
		return nil
	})
	e.Func("gotasks.prepared", func(...any) int64 { return prepared.Load() })
	e.Func("gotasks.pid", func(...any) int { return os.Getpid() })
	e.Func("gotasks.sleep", func(ctx context.Context, seconds float64) error {
		select {
		case <-time.After(time.Duration(seconds * float64(time.Second))):
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	e.Func("gotasks.die", func(code int) { os.Exit(code) })
	e.Func("gotasks.echo", func(v any) any { return v })
	e.Func("gotasks.chan", func(...any) any { return make(chan int) })
	e.Func("gotasks.leave", func(status any) error { return pickle.ExceptionClass("builtins.SystemExit").New(status) })
	e.Func("gotasks.Namespace.method", func(x int64) int64 { return -x })
	e.Func("gotasks.who", func(ctx context.Context, c *connection.Conn) error {
		p := e.Parent()
		return c.Send(ctx, pickle.Tuple{e.Name(), e.Authkey(), p.Name, int64(p.Pid), int64(os.Getpid())})
	})
	e.Func("gotasks.daemon", func(ctx context.Context, c *connection.Conn) error { return c.Send(ctx, e.Daemon()) })
	e.Func("gotasks.parent", func(ctx context.Context, c *connection.Conn) error {
		p, err := e.StartProcess(ctx, engine.ProcessConfig{Target: pickle.Global{Module: "gotasks", Name: "daemon"}, Args: pickle.Tuple{c}, Daemon: true})
		if err != nil {
			return err
		}
		return p.Wait(ctx)
	})
	e.Func("gotasks.python", func(ctx context.Context, c *connection.Conn, path, dir string) error {
		python, err := pyinterop.Probe(ctx, path, "-B")
		if err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		p, err := e.StartProcess(ctx, engine.ProcessConfig{
			Python: python, Path: []string{dir}, Target: children("nested_go"), Args: pickle.Tuple{c, self}})
		if err != nil {
			return err
		}
		return p.Wait(ctx)
	})
	e.Func("gotasks.place", func(ctx context.Context, c *connection.Conn) error {
		dir, err := os.Getwd()
		if err != nil {
			return err
		}
		return c.Send(ctx, []byte(dir))
	})
	e.Func("gotasks.count", count)
	e.Func("gotasks.serve", serve)
	e.Func("gotasks.orphan", func(ctx context.Context, c *connection.Conn, path string) error {
		if err := c.Send(ctx, int64(os.Getpid())); err != nil {
			return err
		}
		<-e.Parent().Died()
		if ctx.Err() == nil {
			<-ctx.Done()
		}
		return os.WriteFile(path, []byte(context.Cause(ctx).Error()), 0o600)
	})
	e.Func("gotasks.linger", func(ctx context.Context, c *connection.Conn) error {
		cmd := exec.Command("sleep", "60")
		if err := cmd.Start(); err != nil {
			return err
		}
		return c.Send(ctx, int64(cmd.Process.Pid))
	})
}

// count works beside others on what is shared.
func count(ctx context.Context, value any, lock *synchronize.Lock, n int) error {
	v, err := sharedctypes.ValueOf[int32](value)
	if err != nil {
		return err
	}
	for range n {
		if err := synchronize.With(ctx, lock, func() error { return v.With(ctx, func(p *int32) { *p++ }) }); err != nil {
			return err
		}
	}
	return nil
}

// serve answers what comes through a queue until None.
func serve(ctx context.Context, in *queues.JoinableQueue, out *queues.Queue, ready *synchronize.Event) error {
	if err := ready.Set(ctx); err != nil {
		return err
	}
	for {
		v, err := in.Get(ctx)
		if err != nil {
			return err
		}
		if v == nil {
			break
		}
		n, err := pickle.As[int64](v)
		if err != nil {
			return err
		}
		if err := errors.Join(out.Put(ctx, 2*n), in.TaskDone(ctx)); err != nil {
			return err
		}
	}
	return errors.Join(in.TaskDone(ctx), out.Close(), out.Join(ctx))
}

// eachScript runs a script of Python against this program, for every Python that
// has spawn, with both ways to start children, and with the fork of
// multiprocessing where that is installed.
func eachScript(t *testing.T, script string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return
		}
		for _, method := range []string{"spawn", "forkserver", "multiprocess"} {
			if method == "multiprocess" && (!py.Has(method) || script == "goexecutor.py") {
				continue
			}
			t.Run(method, func(t *testing.T) {
				enginetest.CheckLeaks(t)
				py := py
				if method == "multiprocess" { // with dill
					py, method = py.With("MULTIPROCESSING=multiprocess"), "spawn"
				}
				out := py.Run(bounded(t), t, "python/"+script, self, method)
				if !strings.HasSuffix(string(out), "done\n") {
					t.Errorf("%s printed\n%s", script, out)
				}
			})
		}
	})
}

func TestPythonStartsGoChildren(t *testing.T)        { eachScript(t, "gochildren.py") }
func TestPoolOfPythonWithGoWorkers(t *testing.T)     { eachScript(t, "gopool.py") }
func TestExecutorOfPythonWithGoWorkers(t *testing.T) { eachScript(t, "goexecutor.py") }

// The fork server of 3.14 and its client ask for a key and acknowledge
// descriptors. There is no such Python here: what its client says is said by
// others, and our own client talks to our own server as to one of 3.14.
func TestForkServerOf314Replayed(t *testing.T) {
	self := made(os.Executable())(t)
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) {
			return
		}
		enginetest.CheckLeaks(t)
		out := py.Run(bounded(t), t, "python/fork314.py", self)
		if !strings.HasSuffix(string(out), "done\ndone\n") {
			t.Errorf("printed\n%s", out)
		}
	})
	p := newGoParent(t)
	p.python, p.forks = &pyinterop.Interpreter{Path: self, Version: pyinterop.Version{Major: 3, Minor: 14}}, true
	r, w := p.pipe(t)
	child := p.start(t, p.config(t, gotask("who"), w))
	if got := said(t, r); !strings.Contains(got, fmt.Sprintf("'MainProcess', %d, %d)", os.Getpid(), child.Pid())) {
		t.Errorf("the child is %s", got)
	}
	if err := child.Wait(bounded(t)); err != nil {
		t.Error(err)
	}
	child = p.start(t, p.config(t, gotask("fail"), "k"))
	if err := child.Wait(bounded(t)); !errors.Is(err, pickle.KeyError) {
		t.Errorf("its error: %v", err)
	}
}
