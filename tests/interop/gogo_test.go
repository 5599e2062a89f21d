package interop

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

func gotask(name string) pickle.Global { return pickle.Global{Module: "gotasks", Name: name} }

func newGoParent(t *testing.T) parent {
	t.Helper()
	enginetest.CheckLeaks(t)
	p := parent{log: new(records)}
	p.engine = made(engine.New(engine.Config{Logger: p.log.logger()}))(t)
	setup(p.engine)
	t.Cleanup(func() {
		if err := p.engine.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return p
}

func TestGoStartsGoChildren(t *testing.T) {
	p := newGoParent(t)
	r, w := p.pipe(t)
	child := p.start(t, engine.ProcessConfig{Target: gotask("who"), Args: pickle.Tuple{w}, Name: "worker"})
	key, _ := pickle.Repr(p.engine.Authkey())
	if got, want := said(t, r), fmt.Sprintf("('worker', %s, 'MainProcess', %d, %d)", key, os.Getpid(), child.Pid()); got != want {
		t.Errorf("the child is %s, want %s", got, want)
	}
	if err := child.Wait(bounded(t)); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		target any
		args   pickle.Tuple
		code   int
		is     error
		want   string
	}{
		{nil, nil, 0, nil, ""},
		{gotask("echo"), pickle.Tuple{make([]byte, 3<<20)}, 0, nil, ""},
		{gotask("leave"), pickle.Tuple{int64(7)}, 7, nil, "exit code 7"},
		{gotask("die"), pickle.Tuple{int64(3)}, 3, nil, "exit code 3"},
		{gotask("fail"), pickle.Tuple{"k"}, 1, pickle.LookupError, "KeyError: ('k', 1)"},
		{gotask("boom"), pickle.Tuple{int64(1)}, 1, pickle.RuntimeError, "divide by zero"},
		{gotask("missing"), pickle.Tuple{make([]byte, 3<<20)}, 1, pickle.AttributeError, "no Go function is registered as gotasks.missing"},
		{gotask("square"), pickle.Tuple{"x"}, 1, pickle.TypeError, "square() argument 1"},
		{reduction.Partial(gotask("leave"), pickle.Tuple{int64(5)}, nil), nil, 5, nil, "exit code 5"},
		{reduction.Method(gotask("Namespace"), "method"), pickle.Tuple{int64(5)}, 0, nil, ""},
	} {
		child := p.start(t, engine.ProcessConfig{Target: tt.target, Args: tt.args})
		err := child.Wait(bounded(t))
		if tt.want == "" {
			if err != nil {
				t.Errorf("%v: %v", tt.target, err)
			}
			continue
		}
		var exit *engine.ExitError
		if !errors.As(err, &exit) || exit.Code != tt.code || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%v: %v, want code %d, %v, %q", tt.target, err, tt.code, tt.is, tt.want)
		}
		if tt.is != nil && !strings.Contains(exit.Traceback, "go") {
			t.Errorf("%v: traceback %q", tt.target, exit.Traceback)
		}
	}
	lock := made(synchronize.NewLock(p.engine))(t)
	defer lock.Close()
	value := made(sharedctypes.NewValue[int32](p.engine, 0))(t)
	defer value.Close()
	var counters []*engine.Process
	for range 3 {
		counters = append(counters, p.start(t, engine.ProcessConfig{Target: gotask("count"), Args: pickle.Tuple{value, lock, int64(500)}}))
	}
	for _, c := range counters {
		if err := c.Wait(bounded(t)); err != nil {
			t.Error(err)
		}
	}
	if n, err := value.Load(bounded(t)); n != 1500 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}
}

// A daemon of Go knows that it is one.
func TestGoChildrenKnowWhetherTheyAreDaemons(t *testing.T) {
	p := newGoParent(t)
	for _, daemon := range []bool{false, true} {
		r, w := p.pipe(t)
		child := p.start(t, engine.ProcessConfig{Target: gotask("daemon"), Args: pickle.Tuple{w}, Daemon: daemon})
		if v, err := r.Recv(bounded(t)); v != daemon || err != nil {
			t.Errorf("started with daemon %t it says %v, %v", daemon, v, err)
		}
		if err := child.Wait(bounded(t)); err != nil {
			t.Error(err)
		}
	}
}

func TestManyChildrenInARow(t *testing.T) {
	t.Run("Go", func(t *testing.T) {
		newGoParent(t).startMany(t, 500, 50, func(status int64) engine.ProcessConfig {
			return engine.ProcessConfig{Target: gotask("leave"), Args: pickle.Tuple{status}}
		})
	})
	t.Run("Python", func(t *testing.T) { // fewer, since each costs an interpreter's start
		p := newParent(t, newestPython(t))
		p.startMany(t, 50, 10, func(status int64) engine.ProcessConfig { return p.config(t, children("leave"), status) })
	})
}

// startMany starts so many children, which leave with 0 and 1 in turn, and leaves
// none.
func (p parent) startMany(t *testing.T, all, atOnce int, config func(status int64) engine.ProcessConfig) {
	room := make(chan struct{}, atOnce)
	failed := make(chan error, all)
	for i := range all {
		room <- struct{}{}
		go func() {
			defer func() { <-room }()
			c, err := p.engine.StartProcess(t.Context(), config(int64(i%2)))
			if err == nil {
				if err = c.Wait(t.Context()); err != nil && i%2 == 1 {
					err = nil
				}
				if code, _ := c.ExitCode(); err == nil && code != i%2 {
					err = fmt.Errorf("child %d ended with %d", i, code)
				}
			}
			failed <- err
		}()
	}
	for range all {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if left := p.engine.Children(); len(left) > 0 {
		t.Errorf("%d children left", len(left))
	}
}
