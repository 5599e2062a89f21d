package managers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// A counter is a Go type with methods of every kind.
type counter struct {
	sync.Mutex
	n       int
	waiting chan struct{} // told when Wait waits
	gone    chan error    // told why Wait ended
}

var errOdd = errors.New("an odd number")

func newCounter(start int, step float64) (*counter, error) {
	if start < 0 {
		return nil, pickle.ValueError.New("start must not be negative", int64(start))
	}
	return &counter{n: start, waiting: make(chan struct{}, 1), gone: make(chan error, 1)}, nil
}

func (c *counter) Add(n int32) int {
	c.Lock()
	defer c.Unlock()
	c.n += int(n)
	return c.n
}
func (c *counter) Len() int                                   { return c.n }
func (c *counter) Nothing()                                   {}
func (c *counter) Pair(s string) (string, []byte, error)      { return s, []byte(s), nil }
func (c *counter) Sum(first int, more ...float64) float64     { return float64(first) + sum(more) }
func (c *counter) GetUserIDs(m map[string][]int) [][]int      { return [][]int{m["ids"], {}} }
func (c *counter) Del(key any, kind string) string            { return pickle.TypeName(key) + " " + kind }
func (c *counter) Fail(how string) error                      { return failures[how] }
func (c *counter) Panic()                                     { panic("at the disco") }
func (c *counter) Child(n int) *counter                       { return &counter{n: n} }
func (c *counter) Self() any                                  { return c }
func (c *counter) NoChild() *counter                          { return nil }
func (c *counter) Older(than *counter) bool                   { return c.n > than.n }
func (c *counter) String() string                             { return fmt.Sprintf("counter at %d", c.n) }
func (c *counter) Secret() string                             { return "hidden" }
func (c *counter) Unwritable() func(int)                      { return func(int) {} }
func (c *counter) Soon(_ context.Context, n int) (int, error) { return n + 1, nil }
func (c *counter) Wait(ctx context.Context) error {
	c.waiting <- struct{}{}
	<-ctx.Done()
	c.gone <- ctx.Err()
	return ctx.Err()
}
func (c *counter) Later(_ context.Context) { panic("later") }

func sum(all []float64) (s float64) {
	for _, f := range all {
		s += f
	}
	return s
}

var failures = map[string]error{
	"exception": pickle.KeyError.New("k"),
	"wrapped":   fmt.Errorf("deep inside: %w", pickle.IndexError.New("far out")),
	"class":     pickle.StopIteration,
	"mapped":    fmt.Errorf("3 is %w", errOdd),
	"other":     errors.New("out of luck"),
}

var counterClass = Class{
	New:       newCounter,
	Signature: "Counter(start, step=1.5)",
	Methods: map[string]string{
		"Len":    "__len__()",
		"Secret": "",
		"Del":    "delete(key, kind='soft')",
		"Sum":    "sum(first, *args)",
	},
	Errors: map[error]pickle.ExceptionClass{errOdd: pickle.ValueError},
}

// A rig is a server with its log, and a client of it.
type rig struct {
	engine *engine.Engine
	server *Server
	client *Client
	log    *bytes.Buffer
	stop   func()
}

func newRig(t *testing.T, register func(*Server) error) *rig {
	t.Helper()
	return newRigOf(t, Config{Grace: 50 * time.Millisecond}, register)
}

func newRigOf(t *testing.T, cfg Config, register func(*Server) error) *rig {
	t.Helper()
	g := &rig{log: new(bytes.Buffer)}
	e, err := engine.New(engine.Config{Logger: slog.New(slog.NewTextHandler(g.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	g.engine = e
	if g.server, err = NewServer(e, cfg); err != nil {
		t.Fatal(err)
	}
	if err := register(g.server); err != nil {
		t.Fatal(err)
	}
	if err := g.server.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.server.Serve(ctx) }()
	g.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(g.stop)
	if g.client, err = Dial(t.Context(), e, g.server.Addrs()[0], ClientConfig{}); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *rig) create(t *testing.T, typeid string, args ...any) *Proxy {
	t.Helper()
	p, err := g.client.Create(t.Context(), typeid, args...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestClassCalls(t *testing.T) {
	g := newRig(t, func(s *Server) error { return Register(s, "Counter", counterClass) })
	p := g.create(t, "Counter", 5)
	want := []string{"__len__", "add", "child", "delete", "fail", "get_user_ids", "later", "no_child", "nothing", "older", "pair",
		"panic", "self", "soon", "sum", "unwritable", "wait"}
	if !slices.Equal(p.Exposed(), want) {
		t.Errorf("exposed are %v, want %v", p.Exposed(), want)
	}
	ids := pickle.NewDict(1)
	ids.Set("ids", pickle.NewList(int64(1), int64(2)))
	for _, tt := range []struct {
		method string
		args   []any
		want   string // repr of the value, or the error
	}{
		{"__len__", nil, "5"},
		{"add", []any{3}, "8"},
		{"add", []any{1 << 40}, "OverflowError: counter.add() argument 1 is out of range for Go's int32"},
		{"add", []any{"x"}, "TypeError: counter.add() argument 1 must fit Go's int32, not str"},
		{"add", []any{1.5}, "TypeError: counter.add() argument 1 must fit Go's int32, not float"},
		{"add", nil, "TypeError: counter.add() takes exactly one argument (0 given)"},
		{"add", []any{Kwargs{"n": 1}}, "TypeError: counter.add() takes no keyword arguments"},
		{"nothing", nil, "None"},
		{"pair", []any{"é"}, `('é', b'\xc3\xa9')`},
		{"sum", []any{1, 2, 0.5}, "3.5"},
		{"sum", []any{1}, "1.0"},
		{"sum", []any{1, "x"}, "TypeError: counter.sum() argument 2 must fit Go's float64, not str"},
		{"get_user_ids", []any{ids}, "[[1, 2], []]"},
		{"delete", []any{nil}, "'NoneType soft'"},
		{"delete", []any{1.5, Kwargs{"kind": "hard"}}, "'float hard'"},
		{"delete", []any{Kwargs{"kind": "hard", "key": 1}}, "'int hard'"},
		{"delete", []any{1, Kwargs{"kind": 2}}, "TypeError: counter.delete() argument 'kind' must fit Go's string, not int"},
		{"delete", []any{1, Kwargs{"sort": 2}}, "TypeError: counter.delete() got an unexpected keyword argument 'sort'"},
		{"fail", []any{"not at all"}, "None"},
		{"fail", []any{"exception"}, "KeyError: 'k'"},
		{"fail", []any{"wrapped"}, "IndexError: far out"},
		{"fail", []any{"class"}, "StopIteration"},
		{"fail", []any{"mapped"}, "ValueError: 3 is an odd number"},
		{"fail", []any{"other"}, "RuntimeError: out of luck"},
		{"no_child", nil, "None"},
		{"soon", []any{41}, "42"},
		{"older", []any{"x"}, "TypeError: counter.older() argument 1 must fit Go's *managers.counter, not str"},
		{"secret", nil, "managers: remote error: KeyError: 'secret'"},
		{"lock", nil, "managers: remote error: KeyError: 'lock'"},
		{"panic", nil, "managers: remote error: RuntimeError: panic: at the disco"},
		{"later", nil, "managers: remote error: RuntimeError: panic: later"},
		{"unwritable", nil, "cannot write"},
		{"__str__", nil, "'counter at 8'"},
	} {
		v, err := p.Call(t.Context(), tt.method, tt.args...)
		got, reprErr := pickle.Repr(v)
		if err != nil {
			got = err.Error()
		} else if reprErr != nil {
			t.Error(reprErr)
		}
		if got != tt.want && !(tt.method == "unwritable" && strings.Contains(got, tt.want)) {
			t.Errorf("%s%v answers %s, want %s", tt.method, tt.args, got, tt.want)
		}
	}
	_, err := p.Call(t.Context(), "panic")
	if remote, ok := errors.AsType[*RemoteError](err); !ok || !strings.Contains(remote.Traceback, "(*counter).Panic") {
		t.Errorf("the remote traceback of a panic is %v, without Go's stack", err)
	}
	g.stop()
	if !strings.Contains(g.log.String(), "at the disco") {
		t.Errorf("the log says nothing of the panic: %s", g.log)
	}
}

// TestClassConstructor: what a constructor says is the manager's word.
func TestClassConstructor(t *testing.T) {
	g := newRig(t, func(s *Server) error { return Register(s, "Counter", counterClass) })
	for _, tt := range []struct {
		args []any
		want string
	}{
		{[]any{-1}, "ValueError: ('start must not be negative', -1)"},
		{[]any{"x"}, "TypeError: Counter() argument 'start' must fit Go's int, not str"},
		{nil, "TypeError: Counter() missing 1 required positional argument: 'start'"},
		{[]any{1, Kwargs{"nothing": 1}}, "TypeError: Counter() got an unexpected keyword argument 'nothing'"},
	} {
		_, err := g.client.Create(t.Context(), "Counter", tt.args...)
		if want := "managers: remote error: " + tt.want; err == nil || err.Error() != want {
			t.Errorf("Counter%v: %v, want %s", tt.args, err, want)
		}
	}
	a, b := g.create(t, "Counter", 1), g.create(t, "Counter", Kwargs{"start": 1, "step": 2})
	if a.Token().ID == b.Token().ID {
		t.Error("two objects are one")
	}
}

// TestClassValue: one object for all, however often it is let go.
func TestClassValue(t *testing.T) {
	one, _ := newCounter(0, 0)
	g := newRig(t, func(s *Server) error { return Register(s, "get_counter", Class{Value: one}) })
	a, b := g.create(t, "get_counter"), g.create(t, "get_counter")
	if a.Token().ID != b.Token().ID {
		t.Errorf("two clients got %s and %s", a.Token().ID, b.Token().ID)
	}
	for i, p := range []*Proxy{a, b} {
		if v, err := p.Call(t.Context(), "add", 1); err != nil || v != int64(i+1) {
			t.Errorf("add answers %v, %v", v, err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := g.create(t, "get_counter").Call(t.Context(), "add", 1); err != nil || v != int64(3) {
		t.Errorf("add to the same object, created again, answers %v, %v", v, err)
	}
}

// TestClassProxies: objects that methods return are proxies, and objects again
// when they are arguments.
func TestClassProxies(t *testing.T) {
	g := newRig(t, func(s *Server) error { return Register(s, "Counter", counterClass) })
	p := g.create(t, "Counter", 5)
	v, err := p.Call(t.Context(), "child", 3)
	child, ok := v.(*Proxy)
	if err != nil || !ok || child.Token().TypeID != "Counter" {
		t.Fatalf("child answers %v, %v; want a proxy of a Counter", v, err)
	}
	if v, err := child.Call(t.Context(), "add", 1); err != nil || v != int64(4) {
		t.Errorf("add to the child answers %v, %v", v, err)
	}
	if v, err := p.Call(t.Context(), "older", child); err != nil || v != true {
		t.Errorf("older(child) answers %v, %v", v, err)
	}
	v, err = p.Call(t.Context(), "self")
	if self, ok := v.(*Proxy); err != nil || !ok || self.Token().ID != p.Token().ID {
		t.Errorf("self answers %v, %v; want the same object", v, err)
	}
}

// TestClassContext: the context of a method ends when its client goes.
func TestClassContext(t *testing.T) {
	one, _ := newCounter(0, 0)
	g := newRig(t, func(s *Server) error { return Register(s, "get_counter", Class{Value: one}) })
	p := g.create(t, "get_counter")
	waits(t, one, p, "the client goes", func(cancel func()) { cancel() })
	waits(t, one, p, "the server stops", func(func()) { g.stop() })
}

func waits(t *testing.T, one *counter, p *Proxy, name string, leave func(cancel func())) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	called := make(chan error, 1)
	go func() {
		_, err := p.Call(ctx, "wait")
		called <- err
	}()
	<-one.waiting
	leave(cancel)
	if err := <-one.gone; !errors.Is(err, context.Canceled) {
		t.Errorf("%s: the context ended with %v", name, err)
	}
	if err := <-called; err == nil {
		t.Errorf("%s: the call succeeded", name)
	}
}

func TestClassesThatCannotBe(t *testing.T) {
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		class Class
		want  string
	}{
		{Class{}, "set New or Value"},
		{Class{New: newCounter, Value: new(counter)}, "set New or Value"},
		{Class{Value: counter{}.n}, "an object is a pointer, not int"},
		{Class{New: 5}, "New is a function, not int"},
		{Class{New: func() {}}, "New returns a pointer, or a pointer and an error"},
		{Class{New: func() int { return 0 }}, "an object is a pointer, not int"},
		{Class{New: newCounter, Signature: "Counter(start)"}, "declares 1 parameters; the Go function has 2"},
		{Class{New: newCounter, Signature: "Counter(start, step='x')"}, "the default of step: pickle: "},
		{Class{New: newCounter, Signature: "Counter(start, step=f())"}, `the default of step: "f()" is no None`},
		{Class{New: newCounter, Signature: "Counter"}, "is no declaration such as"},
		{Class{Value: new(counter), Methods: map[string]string{"Lenn": "__len__()"}}, "has no method Lenn"},
		{Class{Value: new(counter), Methods: map[string]string{"Len": "add()"}}, "there are two methods add"},
	} {
		s, err := NewServer(e, Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := Register(s, "x", tt.class); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.class, err, tt.want)
		}
	}
}

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"Get": "get", "GetItem": "get_item", "HTTPGet": "http_get", "UserIDs": "user_ids", "ID": "id", "Del": "del_",
		"Print": "print_", "Load2": "load2", "Set_x": "set_x", "X": "x",
	} {
		if got := snake(name); got != want {
			t.Errorf("snake(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestLiteral(t *testing.T) {
	for text, want := range map[string]any{
		"None": nil, "True": true, "False": false, "5": int64(5), "-1": int64(-1), "0x10": int64(16), "1.5": 1.5, "'a b'": "a b", `""`: "",
	} {
		if got, err := literal(text); err != nil || got != want {
			t.Errorf("literal(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "x", "[]", "'", `'a\n'`, "'a'b'"} {
		if got, err := literal(text); err == nil {
			t.Errorf("literal(%q) = %v, want an error", text, got)
		}
	}
}
