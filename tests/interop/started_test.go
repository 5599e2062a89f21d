package interop

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/syncmanager"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/tests/harness"
)

// TestStartedManager: a manager in a Python child, stock and one of a program's
// own, which ends with Close and with its context.
func TestStartedManager(t *testing.T) {
	folder, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return // no child of ours
		}
		e := enginetest.New(t)
		child := engine.ProcessConfig{
			Python: enginetest.Must(pyinterop.Probe(bounded(t), py.Path, "-B"))(t),
			Path:   []string{folder}, Stderr: io.Discard,
		}
		t.Run("stock", func(t *testing.T) { startStock(t, e, child) })
		t.Run("own", func(t *testing.T) { startOwn(t, e, child) })
		t.Run("missing", func(t *testing.T) { startMissing(t, e, child) })
	})
}

func startStock(t *testing.T, e *engine.Engine, child engine.ProcessConfig) {
	ctx, cancel := context.WithCancel(bounded(t))
	defer cancel()
	m, err := managers.Start(ctx, e, managers.StartConfig{Process: child})
	if err != nil {
		t.Fatal(err)
	}
	d, err := syncmanager.NewDict[string, *managers.Proxy](ctx, m.Client, nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := syncmanager.NewList(ctx, m.Client, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Set(ctx, "l", &l.Proxy), l.Append(ctx, 7)); err != nil {
		t.Fatal(err)
	}
	found, err := d.Get(ctx, "l")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := found.Call(ctx, "pop"); v != int64(7) || err != nil {
		t.Errorf("pop of the nested list: %v, %v", v, err)
	}
	cancel()
	if err := m.Process().Wait(bounded(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v, want the end of the context", err)
	}
	m.Close(bounded(t)) // says what the process ended with
}

func startOwn(t *testing.T, e *engine.Engine, child engine.ProcessConfig) {
	ctx := bounded(t)
	path := harness.SocketPath(t)
	m, err := managers.Start(ctx, e, managers.StartConfig{
		Process: child, Class: pickle.Global{Module: "startedmanager", Name: "QueueManager"},
		Address: connection.Address{Path: path}, Authkey: []byte("another key"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Addr().Path; got != path {
		t.Errorf("it listens on %q, want %q", got, path)
	}
	counter, err := m.Create(ctx, "Counter", managers.Kwargs{"start": 40})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := counter.Call(ctx, "add", 2); v != int64(42) || err != nil {
		t.Errorf("add: %v, %v", v, err)
	}
	if err := m.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	if code, ended := m.Process().ExitCode(); code != 0 || !ended {
		t.Errorf("exit code %d, ended %t", code, ended)
	}
	if _, err := counter.Call(ctx, "add", 2); err == nil {
		t.Error("a call after Close succeeded")
	}
}

func startMissing(t *testing.T, e *engine.Engine, child engine.ProcessConfig) {
	for name, want := range map[string]string{"startedmanager.Nobody": "AttributeError", "nomodule.Manager": "ModuleNotFoundError"} {
		module, class, _ := strings.Cut(name, ".")
		_, err := managers.Start(bounded(t), e, managers.StartConfig{Process: child, Class: pickle.Global{Module: module, Name: class}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	_, err := managers.Start(bounded(t), e, managers.StartConfig{})
	if err == nil || !strings.Contains(err.Error(), "Python must be set") {
		t.Errorf("no Python: %v", err)
	}
}
