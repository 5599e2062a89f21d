package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/pyinterop/spawn"
	"github.com/brine-go/brine/tests/harness"
)

// setup is what the tests' Go children can do.
func setup(e *engine.Engine) {
	process.Register(e)
	e.Func("faults.orphan", func(ctx context.Context, path string) error {
		fmt.Println("born")
		<-ctx.Done()
		return os.WriteFile(path, []byte(context.Cause(ctx).Error()), 0o600)
	})
	e.Func("faults.die", func(signal int) { syscall.Kill(os.Getpid(), syscall.Signal(signal)); select {} })
}

// orphan is the Python's faults.orphan.
const orphan = `
import multiprocessing, os
print('born', flush=True)
multiprocessing.parent_process().join(60)
with open(path + '.new', 'w') as f:
    f.write('alone')
os.rename(path + '.new', path)
`

// builtinExec is a target, and what a deed calls: a value that does
// something when a Python unpickles it.
var builtinExec = pickle.Global{Module: "builtins", Name: "exec"}

func deed(source string) *pickle.Object {
	return &pickle.Object{Class: builtinExec, Args: pickle.Tuple{source}}
}

// bear is a parent: it starts a child, of Go or of a Python, and waits to be
// killed.
func bear(e *engine.Engine, v any) error {
	t := v.(pickle.Tuple)
	python, path, forks := t[0].(string), t[1].(string), t[2].(bool)
	cfg := engine.ProcessConfig{Target: pickle.Global{Module: "faults", Name: "orphan"}, Args: pickle.Tuple{path}, Stdout: os.Stdout}
	if python != "" {
		p, err := pyinterop.Probe(context.Background(), python)
		if err != nil {
			return err
		}
		scope := pickle.NewDict(1)
		scope.Set("path", path)
		cfg.Python, cfg.Target, cfg.Args, cfg.ForkServer = p, builtinExec, pickle.Tuple{orphan, scope}, forks
	}
	if _, err := e.StartProcess(context.Background(), cfg); err != nil {
		return err
	}
	enginetest.Input().Scan()
	return errors.New("not killed")
}

// eachSpawner runs f for every Python that has spawn.
func eachSpawner(t *testing.T, f func(t *testing.T, p *pyinterop.Interpreter)) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if py.AtLeast(3, 6) {
			f(t, enginetest.Must(pyinterop.Probe(enginetest.Soon(t), py.Path))(t))
		}
	})
}

func TestAChildNoticesTheDeathOfItsParent(t *testing.T) {
	notices := func(t *testing.T, python string, forks bool) {
		e := enginetest.New(t, setup)
		path := filepath.Join(t.TempDir(), "alone")
		parent := enginetest.Start(t, e, "parent", pickle.Tuple{python, path, forks})
		if line := parent.Line(t); line != "born" {
			t.Fatalf("the parent says %q", line)
		}
		parent.Kill()
		enginetest.Until(t, "the child noticed", func() bool {
			_, err := os.Stat(path)
			return err == nil
		})
	}
	t.Run("Go", func(t *testing.T) { notices(t, "", false) })
	eachSpawner(t, func(t *testing.T, p *pyinterop.Interpreter) {
		if !p.Version.SeesParentDie() {
			return
		}
		t.Run("spawn", func(t *testing.T) { notices(t, p.Path, false) })
		t.Run("forkserver", func(t *testing.T) { notices(t, p.Path, true) })
	})
}

func write(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAChildIsKilledAtEveryStep(t *testing.T) {
	const kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
	big := make([]byte, 1<<20) // so that we still write when it dies
	eachSpawner(t, func(t *testing.T, p *pyinterop.Interpreter) {
		e := enginetest.New(t, setup)
		dead := *p
		dead.Path = write(t, "python", "#!/bin/sh\nkill -9 $$\n")
		script := write(t, "script.py", kill)
		killed := func(step string, code int, cfg engine.ProcessConfig) {
			cfg.Stderr = io.Discard
			child := enginetest.Must(e.StartProcess(t.Context(), cfg))(t)
			err := child.Wait(enginetest.Soon(t))
			var exit *engine.ExitError
			if !errors.As(err, &exit) || exit.Code != code {
				t.Errorf("killed %s, fork server %t: %v", step, cfg.ForkServer, err)
			}
		}
		killed("before it reads", -9, engine.ProcessConfig{Python: &dead, Args: pickle.Tuple{big}})
		for _, forks := range []bool{false, true} {
			code := -9
			if forks && !p.Version.AtLeast(3, 7) {
				code = 255 // its children tell their codes themselves, or cannot
			}
			for _, tt := range []struct {
				step string
				cfg  engine.ProcessConfig
			}{
				{"while it prepares", engine.ProcessConfig{Main: script, Args: pickle.Tuple{big}}},
				{"while it unpickles", engine.ProcessConfig{Args: pickle.Tuple{deed(kill), big}}},
				{"at work", engine.ProcessConfig{Target: builtinExec, Args: pickle.Tuple{kill}}},
				{"while it ends", engine.ProcessConfig{Target: builtinExec, Args: pickle.Tuple{
					fmt.Sprintf("from multiprocessing.util import Finalize; Finalize(None, exec, (%q,), exitpriority=1)", kill)}}},
			} {
				tt.cfg.Python, tt.cfg.ForkServer = p, forks
				killed(tt.step, code, tt.cfg)
			}
			child := enginetest.Must(e.PrepareProcess(t.Context(), engine.ProcessConfig{Python: p, ForkServer: forks, Stderr: io.Discard}))(t)
			child.Kill() // wherever it is: it has nothing to do yet
			child.Wait(enginetest.Soon(t))
			if got, ended := child.ExitCode(); !ended || got != code {
				t.Errorf("killed as it is born, fork server %t: %d, %t", forks, got, ended)
			}
		}
	})
	e := enginetest.New(t, setup)
	for _, signal := range []int64{9, 15} {
		child := enginetest.Must(e.StartProcess(t.Context(), engine.ProcessConfig{
			Target: pickle.Global{Module: "faults", Name: "die"}, Args: pickle.Tuple{signal}}))(t)
		err := child.Wait(enginetest.Soon(t))
		if code, _ := child.ExitCode(); err == nil || code != -int(signal) {
			t.Errorf("a Go child killed by %d: %d, %v", signal, code, err)
		}
	}
}

func TestAMainModuleThatCannotBeImported(t *testing.T) {
	script := write(t, "script.py", "import nowhere\n")
	eachSpawner(t, func(t *testing.T, p *pyinterop.Interpreter) {
		for _, forks := range []bool{false, true} {
			e := enginetest.New(t, setup)
			child := enginetest.Must(e.StartProcess(t.Context(), engine.ProcessConfig{Python: p, ForkServer: forks, Main: script, Stderr: io.Discard}))(t)
			err := child.Wait(enginetest.Soon(t))
			if !errors.Is(err, pickle.ExceptionClass("builtins.ModuleNotFoundError")) || !strings.Contains(err.Error(), "'nowhere'") {
				t.Errorf("fork server %t: %v", forks, err)
			}
		}
	})
}

func TestAForkServerIsKilled(t *testing.T) {
	eachSpawner(t, func(t *testing.T, p *pyinterop.Interpreter) {
		e := enginetest.New(t, setup)
		// The child kills its parent, which is the server, and goes on.
		source := "import os, signal; os.kill(os.getppid(), signal.SIGKILL); open(path, 'w').close()"
		for range 2 {
			scope, path := pickle.NewDict(1), filepath.Join(t.TempDir(), "done")
			scope.Set("path", path)
			child := enginetest.Must(e.StartProcess(t.Context(), engine.ProcessConfig{
				Python: p, ForkServer: true, Target: builtinExec, Args: pickle.Tuple{source, scope}}))(t)
			child.Wait(enginetest.Soon(t))
			if code, ended := child.ExitCode(); !ended || code != 255 && code != 0 { // 3.6 tells it itself
				t.Errorf("whose server is dead: %d, %t", code, ended)
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("Wait returned before the child had ended: %v", err)
			}
			// The next one has another server, once it is known that this is dead.
			enginetest.Until(t, "a child starts again", func() bool {
				next, err := e.StartProcess(t.Context(), engine.ProcessConfig{Python: p, ForkServer: true})
				return err == nil && next.Wait(enginetest.Soon(t)) == nil
			})
		}
	})
}

func TestAGoChildWhoseParentDiesWhileItWrites(t *testing.T) {
	enginetest.CheckLeaks(t)
	var b bytes.Buffer
	err := spawn.Write(t.Context(), &b, pickle.Codec{}, &spawn.Preparation{Name: "x", Authkey: []byte("k")},
		&spawn.ProcessObject{Name: "x", Target: pickle.Global{Module: "faults", Name: "missing"}})
	if err != nil {
		t.Fatal(err)
	}
	self := enginetest.Must(os.Executable())(t)
	for _, cut := range []int{0, 1, 20, b.Len() / 3, b.Len() / 2, b.Len() - 1, b.Len()} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(enginetest.Soon(t), self, spawn.Command{Pipe: 3, Tracker: -1}.Args()...)
		cmd.ExtraFiles = []*os.File{r}
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		r.Close()
		w.Write(b.Bytes()[:cut])
		w.Close()
		cmd.Wait()
		want := "the parent ended, or failed, before it had written it"
		if cut == b.Len() {
			want = "no Go function is registered as faults.missing"
		}
		if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), want) {
			t.Errorf("cut at %d of %d: %v, %s", cut, b.Len(), cmd.ProcessState, &stderr)
		}
	}
}
