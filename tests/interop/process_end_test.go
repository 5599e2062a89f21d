package interop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
)

// alive tells whether a process runs; a zombie does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// number is an int that a child sends.
func number(t *testing.T, r *connection.Conn) int {
	t.Helper()
	n, err := strconv.Atoi(said(t, r))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAContextEndsTheChild(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		r, w := p.pipe(t)
		for _, tt := range []struct {
			name   string
			target any
			args   pickle.Tuple
			want   int
		}{
			{"one that sleeps", children("sleep"), pickle.Tuple{w}, -15},
			{"one that does not want to", builtin("exec"), pickle.Tuple{
				"import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); c.send(os.getpid()); time.sleep(60)", dict("c", w)}, -9},
		} {
			ctx, cancel := context.WithCancelCause(t.Context())
			cfg := p.config(t, tt.target, tt.args...)
			cfg.Grace = 50 * time.Millisecond
			child, err := p.engine.StartProcess(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if pid := number(t, r); pid != child.Pid() {
				t.Errorf("%s has pid %d, here %d", tt.name, pid, child.Pid())
			}
			if _, ended := child.ExitCode(); ended {
				t.Errorf("%s has ended", tt.name)
			}
			if err := child.Wait(short(t)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: Wait did not give up: %v", tt.name, err)
			}
			why := errors.New("enough")
			cancel(why)
			err = child.Wait(bounded(t))
			if code, _ := child.ExitCode(); code != p.endOf(tt.want) || !errors.Is(err, why) {
				t.Errorf("%s ended with %d, %v, want %d", tt.name, code, err, tt.want)
			}
			if alive(child.Pid()) {
				t.Errorf("%s is alive", tt.name)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.engine.StartProcess(ctx, p.config(t, children("nothing"))); !errors.Is(err, context.Canceled) {
			t.Errorf("started for nobody: %v", err)
		}
	})
}

func TestTerminateAndKill(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		r, w := p.pipe(t)
		for _, tt := range []struct {
			end  func(*engine.Process) error
			want int
		}{{(*engine.Process).Terminate, -15}, {(*engine.Process).Kill, -9}} {
			child := p.start(t, p.config(t, children("sleep"), w))
			number(t, r)
			if err := tt.end(child); err != nil {
				t.Error(err)
			}
			ready, err := connection.Wait(bounded(t), child)
			if code, ended := child.ExitCode(); code != p.endOf(tt.want) || !ended || len(ready) != 1 || err != nil {
				t.Errorf("ended with %d, %t, %v, want %d", code, ended, err, tt.want)
			}
			if err := tt.end(child); err != nil {
				t.Errorf("a signal to one that is gone: %v", err)
			}
		}
	})
}

func TestAGroupEndsWithItsLeader(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		for _, group := range []bool{true, false} {
			r, w := p.pipe(t)
			cfg := p.config(t, children("family"), w)
			cfg.Group = group
			child := p.start(t, cfg)
			other := number(t, r)
			if err := child.Wait(bounded(t)); err != nil { // though another has its output open
				t.Error(err)
			}
			if text := strings.Join(p.log.lines(), "\n"); !strings.Contains(text, "last words") {
				t.Errorf("logged %q", text)
			}
			if group {
				eventually(t, func() bool { return !alive(other) }, "the rest of the group is alive")
			} else if !alive(other) {
				t.Error("a process that is in no group of the child was ended")
			}
			syscall.Kill(other, syscall.SIGKILL)
		}
	})
}

// eventually waits for what others do.
func eventually(t *testing.T, is func() bool, not string) {
	t.Helper()
	for ctx := bounded(t); !is(); time.Sleep(5 * time.Millisecond) {
		if ctx.Err() != nil {
			t.Error(not)
			return
		}
	}
}

func TestWhatCannotBeStarted(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		before := descriptors(t)
		if _, err := p.engine.StartProcess(t.Context(), p.config(t, children("answer"), make(chan int))); err == nil || !strings.Contains(err.Error(), "cannot start ") {
			t.Errorf("a channel as argument: %v", err)
		}
		cfg := p.config(t, children("nothing"))
		python := *p.python
		python.Path = "/nonexistent/python"
		cfg.Python = &python
		if _, err := p.engine.StartProcess(t.Context(), cfg); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("no interpreter: %v", err)
		}
		if got := descriptors(t); got > before+2 { // the tracker and its pipe
			t.Errorf("%d descriptors, before %d", got, before)
		}
	})
}

// descriptors counts those of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestWhatIsNoPythonEndsWithAnError(t *testing.T) {
	p := parent{log: new(records)}
	var err error
	if p.engine, err = engine.New(engine.Config{Logger: p.log.logger()}); err != nil {
		t.Fatal(err)
	}
	defer p.engine.Close()
	for _, tt := range []struct {
		path string
		code int
	}{{"/bin/false", 1}, {"/bin/true", 0}} {
		p.python = &pyinterop.Interpreter{Path: tt.path}
		big := make([]byte, 1<<20) // which nobody reads
		child := p.start(t, engine.ProcessConfig{Python: p.python, Target: builtin("len"), Args: pickle.Tuple{big}})
		err := child.Wait(bounded(t))
		var exit *engine.ExitError
		if !errors.As(err, &exit) || exit.Code != tt.code || !strings.Contains(err.Error(), "did not read what it was to do") {
			t.Errorf("%s: %v", tt.path, err)
		}
	}
	// One that runs and never reads ends with its context.
	sleeper := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(sleeper, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	child, err := p.engine.StartProcess(ctx, engine.ProcessConfig{Python: &pyinterop.Interpreter{Path: sleeper}, Target: builtin("len"),
		Args: pickle.Tuple{make([]byte, 1<<20)}})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := child.Wait(bounded(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("one that never reads: %v", err)
	}
}
