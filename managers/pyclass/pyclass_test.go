package pyclass

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
)

func TestMain(m *testing.M) {
	engine.Main()
	os.Exit(m.Run())
}

const stock = `
class Stock:
    def __init__(self, counts=()): self.counts = counts
    def take(self, name, n=1):
        if self.counts[name] < n: raise ValueError('too few')
        self.counts[name] -= n
        return self.counts[name]
    def leave(self): raise SystemExit(1)
    def _count(self): return len(self.counts)
class Row:
    _exposed_ = ('__len__', '__getitem__', '_secret')
    def __len__(self): return 3
    def __getitem__(self, i): return i * 2
    def _secret(self): return 'told'
    def hidden(self): pass
class Maker:
    _method_to_typeid_ = {'make': 'Part'}
    def make(self, gate):
        open(gate, 'rb', 0).read(1)
        return Part()
class Counter:
    def parts(self): return Part.made, Part.alive
class Part:
    made = alive = 0
    def __init__(self): Part.made += 1; Part.alive += 1
    def __del__(self): Part.alive -= 1
nothing = 5
def late():
    import os
    os._exit(7)
`

// serve serves classes of the module stock. The error is that of Register.
func serve(t *testing.T, classes map[string]pickle.Global) (*managers.Client, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "stock.py"), []byte(stock), 0o600); err != nil {
		t.Fatal(err)
	}
	python, err := pyinterop.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Config{Logger: slog.New(slog.DiscardHandler), Authkey: []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	a := connection.Address{Path: filepath.Join(dir, "s")}
	s, err := managers.NewServer(e, managers.Config{Addresses: []connection.Address{a}, Authkey: []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	host, err := Register(s, Config{Engine: e, Classes: classes, Process: engine.ProcessConfig{Python: python, Path: []string{dir}}})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := s.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		host.Close()
		if len(e.Children()) > 0 {
			t.Errorf("children are left: %v", e.Children())
		}
	})
	c, err := managers.Dial(t.Context(), e, a, managers.ClientConfig{Authkey: []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c, nil
}

func class(name string) pickle.Global { return pickle.Global{Module: "stock", Name: name} }

func TestObjects(t *testing.T) {
	c, err := serve(t, map[string]pickle.Global{"Stock": class("Stock")})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	counts := pickle.NewDict(1)
	counts.Set("tea", int64(3))
	o, err := c.Create(ctx, "Stock", counts)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(o.Exposed(), " "); got != "leave take" {
		t.Errorf("exposed are %q", got)
	}
	if v, err := o.Call(ctx, "take", "tea"); v != int64(2) || err != nil {
		t.Errorf("take: %v, %v", v, err)
	}
	if _, err = o.Call(ctx, "take", "tea", int64(5)); !errors.Is(err, pickle.ValueError) || !strings.Contains(err.Error(), "too few") {
		t.Errorf("take too much: %v", err)
	}
	if e, ok := errors.AsType[*pickle.Exception](err); !ok || e.Cause == nil || !strings.Contains(e.Cause.Error(), "in take") {
		t.Errorf("take too much: no traceback in %#v", err)
	}
	for method, want := range map[string]string{"leave": "SystemExit: 1", "_count": "KeyError: '_count'"} {
		_, err := o.Call(ctx, method)
		if e, ok := errors.AsType[*managers.RemoteError](err); !ok || !strings.Contains(e.Traceback, want) {
			t.Errorf("%s: %v, want %s", method, err, want)
		}
	}
	if v, err := o.Call(ctx, "take", "tea", int64(2)); v != int64(0) || err != nil {
		t.Errorf("take after that: %v, %v", v, err)
	}
}

// A class exposes what it says, special methods among it.
func TestExposed(t *testing.T) {
	c, err := serve(t, map[string]pickle.Global{"Row": class("Row")})
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Create(t.Context(), "Row")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(o.Exposed(), " "); got != "__len__ __getitem__ _secret" {
		t.Errorf("exposed are %q", got)
	}
	for _, call := range []struct {
		method string
		args   []any
		want   any
	}{{"__len__", nil, int64(3)}, {"__getitem__", []any{int64(2)}, int64(4)}, {"_secret", nil, "told"}} {
		if v, err := o.Call(t.Context(), call.method, call.args...); v != call.want || err != nil {
			t.Errorf("%s: %v, %v, want %v", call.method, v, err, call.want)
		}
	}
	if _, err := o.Call(t.Context(), "hidden"); err == nil {
		t.Error("a method that is not exposed was called")
	}
}

// A client goes while a method runs that returns an object: nobody has that.
func TestObjectForNobody(t *testing.T) {
	c, err := serve(t, map[string]pickle.Global{"Maker": class("Maker"), "Counter": class("Counter")})
	if err != nil {
		t.Fatal(err)
	}
	maker, err := c.Create(t.Context(), "Maker")
	if err != nil {
		t.Fatal(err)
	}
	counter, err := c.Create(t.Context(), "Counter")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "gate")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	called := make(chan error)
	go func() {
		_, err := maker.Call(ctx, "make", path)
		called <- err
	}()
	gate, err := os.OpenFile(path, os.O_WRONLY, 0) // waits until the method is at it
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-called; !errors.Is(err, context.Canceled) {
		t.Errorf("make: %v", err)
	}
	gate.Close()
	enginetest.Until(t, "the part was made, and dropped", func() bool {
		v, err := counter.Call(t.Context(), "parts")
		text, _ := pickle.Repr(v)
		return err == nil && text == "(1, 0)"
	})
}

// What is not there, or cannot make objects, is told before anybody calls.
func TestRegisterFails(t *testing.T) {
	for name, want := range map[string]string{
		"none":    "has no attribute 'none'",
		"nothing": "stock:nothing is no class",
	} {
		if _, err := serve(t, map[string]pickle.Global{"Stock": class(name)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// A constructor that ends the worker fails, and harms nobody else's.
func TestConstructorEndsWorker(t *testing.T) {
	c, err := serve(t, map[string]pickle.Global{"Stock": class("Stock"), "late": class("late")})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := c.Create(t.Context(), "late")
		if e, ok := errors.AsType[*managers.RemoteError](err); !ok || !strings.Contains(e.Traceback, "exited with status 7") {
			t.Errorf("late: %v", err)
		}
		if _, err := c.Create(t.Context(), "Stock"); err != nil {
			t.Errorf("Stock: %v", err)
		}
	}
}
