package interop

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/reduction"
	"github.com/brine-go/brine/tests/harness"
)

// A parent starts children of one Python.
type parent struct {
	engine *engine.Engine
	python *pyinterop.Interpreter
	forks  bool // with the fork server
	log    *records
}

// eachParent runs f for every Python that can be a child, and both ways to start
// one.
func eachParent(t *testing.T, f func(t *testing.T, p parent)) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return
		}
		for _, method := range []string{"spawn", "forkserver"} {
			t.Run(method, func(t *testing.T) {
				p := newParent(t, py)
				p.forks = method == "forkserver"
				f(t, p)
			})
		}
	})
}

func newParent(t *testing.T, py harness.Python) parent {
	t.Helper()
	enginetest.CheckLeaks(t)
	python, err := pyinterop.Probe(bounded(t), py.Path, "-B")
	if err != nil {
		t.Fatal(err)
	}
	p := parent{python: python, log: new(records)}
	if p.engine, err = engine.New(engine.Config{Logger: p.log.logger()}); err != nil {
		t.Fatal(err)
	}
	queues.Register(p.engine)
	sharedctypes.Register(p.engine)
	sharedmemory.Register(p.engine)
	t.Cleanup(func() {
		if err := p.engine.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return p
}

// here is the folder of children.py.
func here(t *testing.T) string {
	dir, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func children(name string) pickle.Global { return pickle.Global{Module: "children", Name: name} }

func builtin(name string) pickle.Global { return pickle.Global{Module: "builtins", Name: name} }

// config starts a function of children.py.
func (p parent) config(t *testing.T, target any, args ...any) engine.ProcessConfig {
	return engine.ProcessConfig{Python: p.python, ForkServer: p.forks, Path: []string{here(t)}, Target: target, Args: args}
}

func (p parent) start(t *testing.T, cfg engine.ProcessConfig) *engine.Process {
	t.Helper()
	child, err := p.engine.StartProcess(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return child
}

// pipe returns the end to receive at, and the one for a child.
func (p parent) pipe(t *testing.T) (r, w *connection.Conn) {
	t.Helper()
	cfg := p.engine.Connection()
	cfg.Exact = true
	r, w, err := connection.Pipe(false, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// said is what a child sends through the pipe, as Python's repr.
func said(t *testing.T, r *connection.Conn) string {
	t.Helper()
	v, err := r.Recv(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := pickle.Repr(v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTargetsOfEveryKind(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		r, w := p.pipe(t)
		counter := &pickle.Object{Class: children("Counter"), Args: pickle.Tuple{int64(40)}}
		kwargs := pickle.NewDict(1)
		kwargs.Set("k", "v")
		for _, tt := range []struct {
			name   string
			target any
			args   pickle.Tuple
			kwargs *pickle.Dict
			want   string
		}{
			{"function", children("answer"), pickle.Tuple{w, int64(1), "two", pickle.NewList(nil)}, kwargs, "((1, 'two', [None]), [('k', 'v')])"},
			{"bound method", reduction.Method(counter, "add"), pickle.Tuple{w, int64(2)}, nil, "42"},
			{"class method", reduction.Method(children("Counter"), "named"), pickle.Tuple{w}, nil, "'Counter'"},
			{"partial", reduction.Partial(children("answer"), pickle.Tuple{w, int64(1)}, kwargs), pickle.Tuple{int64(2)}, nil, "((1, 2), [('k', 'v')])"},
			{"method of a connection", reduction.Method(w, "send"), pickle.Tuple{pickle.Tuple{}}, nil, "()"},
			{"built-in", builtin("exec"), pickle.Tuple{"c.send(6 * 7)", dict("c", w)}, nil, "42"},
		} {
			cfg := p.config(t, tt.target, tt.args...)
			cfg.Kwargs = tt.kwargs
			child := p.start(t, cfg)
			if got := said(t, r); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
			if err := child.Wait(bounded(t)); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if left := p.engine.Children(); len(left) > 0 {
			t.Errorf("children left: %v", left)
		}
	})
}

// dict is {key: value, …}.
func dict(pairs ...any) *pickle.Dict {
	d := pickle.NewDict(len(pairs) / 2)
	for i := 0; i < len(pairs); i += 2 {
		d.Set(pairs[i], pairs[i+1])
	}
	return d
}

func TestAChildIsWhatItWasToldToBe(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		r, w := p.pipe(t)
		dir := filepath.Join(t.TempDir(), "d\xff") // which is no text
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		cfg := p.config(t, children("who"), w)
		cfg.Name, cfg.Daemon, cfg.Dir, cfg.Env = "worker", true, dir, []string{"MARK=x"}
		child := p.start(t, cfg)
		method := "spawn"
		if p.forks {
			method = "forkserver"
		}
		family := fmt.Sprintf("('MainProcess', %d, True)", os.Getpid())
		if !p.python.Version.SeesParentDie() {
			family = "None"
		}
		key, _ := pickle.Repr(p.engine.Authkey())
		want := fmt.Sprintf("('worker', %s, True, '%s', True, (1,), %s, '%s', '%s', 'x')", key, method, family, filepath.Dir(dir)+`/d\udcff`, here(t))
		if got := said(t, r); got != want {
			t.Errorf("the child is %s, want %s", got, want)
		}
		if child.Name() != "worker" || !child.Daemon() || child.Pid() <= 0 {
			t.Errorf("here it is %s, daemon %t, pid %d", child.Name(), child.Daemon(), child.Pid())
		}
		if err := child.Wait(bounded(t)); err != nil {
			t.Error(err)
		}
		if code, ended := child.ExitCode(); code != 0 || !ended {
			t.Errorf("exit code %d, %t", code, ended)
		}
	})
}

// endOf is the exit code of a child that could not say goodbye: the fork server
// of 3.6 leaves that to the child, so that nobody knows.
func (p parent) endOf(code int) int {
	if p.forks && !p.python.Version.AtLeast(3, 7) {
		return 255
	}
	return code
}

func TestExitCodes(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		none := 0
		if !p.python.Version.AtLeast(3, 9) {
			none = 1
		}
		for _, tt := range []struct {
			target any
			arg    any
			want   int
		}{
			{children("leave"), int64(7), 7},
			{children("leave"), int64(-1), 255},
			{children("leave"), int64(256), 0},
			{children("leave"), "text", 1},
			{children("leave"), nil, none},
			{builtin("int"), "1", 0},
			{builtin("int"), "x", 1},
			{pickle.Global{Module: "os", Name: "_exit"}, int64(3), 3},
			{builtin("exec"), "import os, signal; os.kill(os.getpid(), signal.SIGUSR1)", -10},
			{builtin("exec"), "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9},
		} {
			child := p.start(t, p.config(t, tt.target, tt.arg))
			err := child.Wait(bounded(t))
			if tt.target == (pickle.Global{Module: "os", Name: "_exit"}) || tt.want < 0 {
				tt.want = p.endOf(tt.want)
			}
			code, ended := child.ExitCode()
			var exit *engine.ExitError
			if code != tt.want || !ended || (err == nil) != (code == 0) || err != nil && (!errors.As(err, &exit) || exit.Code != code) {
				t.Errorf("%v(%v): exit code %d, %t, %v, want %d", tt.target, tt.arg, code, ended, err, tt.want)
			}
		}
	})
}

func TestTheExceptionOfAChildIsTheError(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		notFound := &pickle.Exception{Class: "builtins.FileNotFoundError", Args: pickle.Tuple{int64(2), "no", "/x"}}
		for _, tt := range []struct {
			name      string
			cfg       engine.ProcessConfig
			class     pickle.ExceptionClass
			is        []error
			text      string
			args      string
			traceback string
		}{
			{"own class", p.config(t, children("fail"), "own"), "children.Own", []error{pickle.ValueError, pickle.BaseError},
				"children.Own: ('bad', '(1, <function", "('bad', '(1, <function", "in fail"},
			{"chained", p.config(t, children("fail"), "chained"), pickle.RuntimeError, nil, "RuntimeError: outer", "('outer',)", "KeyError: 'k'"},
			{"of the system", p.config(t, children("fail"), notFound), "builtins.FileNotFoundError", []error{pickle.OSError},
				"[Errno 2] no: '/x'", "(2, 'no', '/x')", "in fail"},
			{"no such module", p.config(t, pickle.Global{Module: "nowhere", Name: "f"}), "builtins.ModuleNotFoundError", nil,
				"No module named 'nowhere'", "(\"No module named 'nowhere'\",)", "in _main"},
			{"no such function", p.config(t, children("nowhere")), pickle.AttributeError, nil, "nowhere", "(", "in _main"},
			{"wrong arguments", p.config(t, children("fail")), pickle.TypeError, nil, "fail() missing 1 required positional argument", "(", "Traceback"},
		} {
			err := p.start(t, tt.cfg).Wait(bounded(t))
			var exit *engine.ExitError
			if !errors.As(err, &exit) || exit.Exception == nil {
				t.Errorf("%s: %v, want an ExitError with an exception", tt.name, err)
				continue
			}
			args, _ := pickle.Repr(exit.Exception.Args)
			if exit.Exception.Class != tt.class || exit.Code != 1 && exit.Code != p.endOf(1) || !strings.Contains(exit.Traceback, tt.traceback) ||
				!strings.Contains(err.Error(), tt.text) || !strings.HasPrefix(args, tt.args) {
				t.Errorf("%s: %v\nclass %s, args %s, traceback:\n%s", tt.name, err, exit.Exception.Class, args, exit.Traceback)
			}
			for _, class := range append(tt.is, tt.class) {
				if !errors.Is(err, class) {
					t.Errorf("%s: %v is no %v", tt.name, err, class)
				}
			}
			var raised *pickle.Exception
			if errors.Is(err, pickle.ZeroDivisionError) || !errors.As(err, &raised) {
				t.Errorf("%s: %v is a ZeroDivisionError, or no exception", tt.name, err)
			}
		}
	})
}

func TestWhatAChildSaysIsLogged(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		child := p.start(t, p.config(t, children("talk")))
		if err := child.Wait(bounded(t)); err != nil {
			t.Fatal(err)
		}
		got := p.log.lines()
		slices.Sort(got) // the order between streams is nobody's
		want := []string{
			"ERROR failed logger=app.part", "INFO informed 1 logger=app.part",
			"INFO out 1 stream=stdout", "INFO out 2 stream=stdout", "WARN err stream=stderr",
		}
		for i := range want {
			level, rest, _ := strings.Cut(want[i], " ")
			at := strings.LastIndexByte(rest, ' ')
			want[i] = fmt.Sprintf("%s %s process=%s pid=%d%s", level, rest[:at], child.Name(), child.Pid(), rest[at:])
		}
		if !slices.Equal(got, want) {
			t.Errorf("logged\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		var out strings.Builder
		cfg := p.config(t, children("own_logging"))
		cfg.Stdout = &out
		if err := p.start(t, cfg).Wait(bounded(t)); err != nil || out.String() != "mine:text\n" {
			t.Errorf("a program that logs for itself wrote %q, %v", &out, err)
		}
	})
}

func TestAChildSharesEverything(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		if err := shareMemory(t, p); err != nil {
			t.Error(err)
		}
		lock := made(synchronize.NewLock(p.engine))(t)
		value := made(sharedctypes.NewValue[int32](p.engine, 0))(t)
		array := made(sharedctypes.NewArray[int32](p.engine, 2))(t)
		queue, results := made(queues.New(p.engine, 0))(t), made(queues.NewSimple(p.engine))(t)
		defer func() {
			for _, c := range []interface{ Close() error }{lock, queue, results} {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}
		}()
		child := p.start(t, p.config(t, children("work"), lock, value, array, queue, results))
		for i := range 3 {
			if err := queue.Put(bounded(t), int64(i)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range int64(3) {
			if v, err := results.Get(bounded(t)); err != nil || v != i*i {
				t.Fatalf("result %d is %v, %v", i, v, err)
			}
		}
		if err := queue.Put(bounded(t), nil); err != nil {
			t.Fatal(err)
		}
		if err := child.Wait(bounded(t)); err != nil {
			t.Error(err)
		}
	})
}

// shareMemory has a child write to named memory when an event tells it to. It
// attaches as every Python does, and must not remove what is ours.
func shareMemory(t *testing.T, p parent) error {
	if !p.python.Version.TracksSharedMemory() {
		return nil // and has no SharedMemory
	}
	event := made(synchronize.NewEvent(p.engine))(t)
	defer event.Close()
	shm := made(sharedmemory.Create(p.engine, "", 16))(t)
	child := p.start(t, p.config(t, children("memory"), shm, event))
	shm.Bytes()[0] = 41
	if err := event.Set(bounded(t)); err != nil {
		return err
	}
	if err := child.Wait(bounded(t)); err != nil {
		return err
	}
	again, err := sharedmemory.Open(p.engine, shm.Name())
	if err != nil {
		return fmt.Errorf("the segment is gone with the child: %w", err)
	}
	if again.Bytes()[1] != 42 {
		return fmt.Errorf("the child wrote %d", again.Bytes()[1])
	}
	return errors.Join(again.Close(), shm.Close(), shm.Unlink())
}

func TestAChildHasChildrenOfItsOwn(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		r, w := p.pipe(t)
		child := p.start(t, p.config(t, children("nested"), w))
		if got := said(t, r); got != "[1, 2, 3]" {
			t.Errorf("its pool says %s", got)
		}
		if err := child.Wait(bounded(t)); err != nil {
			t.Error(err)
		}
	})
}

func TestTheMainModuleOfAChild(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		script := filepath.Join(t.TempDir(), "script.py")
		if err := os.WriteFile(script, []byte("def f(conn):\n  conn.send(__name__)\nif __name__ == '__main__': never\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r, w := p.pipe(t)
		for _, tt := range []struct{ main, want string }{{script, "'__mp_main__'"}, {"children", "(('x',), [])"}} {
			cfg := p.config(t, pickle.Global{Module: "__main__", Name: "f"}, w)
			if cfg.Main = tt.main; tt.main == "children" {
				cfg.Target, cfg.Args = pickle.Global{Module: "__main__", Name: "answer"}, pickle.Tuple{w, "x"}
			}
			child := p.start(t, cfg)
			if got := said(t, r); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.main, got, tt.want)
			}
			if err := child.Wait(bounded(t)); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestClosuresRunInChildrenWithDill(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		p.python.Flags = nil
		if !has(p.python, "multiprocess") {
			return
		}
		// The closure as dill writes it.
		const script = "import dill, sys; n = 40; f = (lambda n: lambda c, x: c.send(n + x))(n); sys.stdout.write(dill.dumps(f).hex())"
		hexed, err := exec.CommandContext(bounded(t), p.python.Path, "-c", script).Output()
		if err != nil {
			t.Fatal(err)
		}
		data := made(hex.DecodeString(string(hexed)))(t)
		closure := made(p.engine.Connection().Codec.Decode(t.Context(), data))(t)
		r, w := p.pipe(t)
		cfg := p.config(t, closure, w, int64(2))
		cfg.Package = "multiprocess"
		child := p.start(t, cfg)
		if got := said(t, r); got != "42" {
			t.Errorf("the closure says %s", got)
		}
		if err := child.Wait(bounded(t)); err != nil {
			t.Error(err)
		}
		cfg = p.config(t, pickle.Global{Module: "nowhere", Name: "f"})
		cfg.Package = "multiprocess"
		if err := p.start(t, cfg).Wait(bounded(t)); !errors.Is(err, pickle.ExceptionClass("builtins.ModuleNotFoundError")) {
			t.Errorf("a target that is missing: %v", err)
		}
	})
}

// has tells whether an interpreter can import a module.
func has(python *pyinterop.Interpreter, module string) bool {
	return exec.Command(python.Path, "-c", "import "+module).Run() == nil
}

func TestPythonsOfManyVersionsAtOnce(t *testing.T) {
	p := newParent(t, newestPython(t))
	r, w := p.pipe(t)
	started := make(map[string]*engine.Process) // by what the child will say
	for _, py := range harness.Pythons(t) {
		if !py.AtLeast(3, 6) {
			continue
		}
		p.python = made(pyinterop.Probe(bounded(t), py.Path, "-B"))(t)
		started[p.python.Version.String()] = p.start(t, p.config(t, builtin("exec"),
			"import sys; c.send('%d.%d.%d' % sys.version_info[:3])", dict("c", w)))
	}
	if len(started) == 0 {
		t.Fatal("no Python")
	}
	said := make(map[string]bool)
	for range started {
		v, err := r.Recv(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		said[fmt.Sprint(v)] = true
	}
	for version, child := range started {
		if err := child.Wait(bounded(t)); err != nil || !said[version] {
			t.Errorf("%s: %v; heard of %v", version, err, said)
		}
	}
}
