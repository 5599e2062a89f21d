package syncmanager

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A stage is a server on which threads of clients act in a set order.
type stage struct {
	t      *testing.T
	engine *engine.Engine
	server *managers.Server
	client *managers.Client

	mu   sync.Mutex // guards last
	last managers.Referent
}

const patience = 20 * time.Second

func newStage(t *testing.T, cfg Config) *stage {
	t.Helper()
	return newStageAt(t, cfg, connection.Address{Host: "127.0.0.1"})
}

func newStageAt(t *testing.T, cfg Config, at connection.Address) *stage {
	t.Helper()
	e, err := engine.New(engine.Config{Authkey: []byte("secret"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, engine: e}
	s.server, err = managers.NewServer(e, managers.Config{Addresses: []connection.Address{at}, OwnerGrace: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for typeid, typ := range Types(cfg) {
		if err := s.server.Register(typeid, s.watched(typ)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.server.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.server.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	s.client, err = managers.Dial(t.Context(), e, s.server.Addrs()[0], managers.ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// watched remembers what a type makes.
func (s *stage) watched(typ managers.Type) managers.Type {
	make := typ.New
	typ.New = func(ctx context.Context, c *managers.Call) (managers.Referent, error) {
		ref, err := make(ctx, c)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.last = ref
		return ref, err
	}
	return typ
}

// makes returns a new object: its proxy, and itself.
func makes[T managers.Referent](s *stage, typeid string, args ...any) (*managers.Proxy, T) {
	s.t.Helper()
	p := create(s.t, s.client, typeid, args...)
	s.mu.Lock()
	defer s.mu.Unlock()
	return p, s.last.(T)
}

// A thread is a connection on which methods are called.
type thread struct {
	t *testing.T
	c *connection.Conn
}

func (s *stage) thread(name string) *thread {
	s.t.Helper()
	c, err := connection.Dial(s.t.Context(), s.server.Addrs()[0], s.engine.Connection())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	th := &thread{s.t, c}
	th.request(nil, "accept_connection", name)
	th.wants("('#RETURN', None)")
	return th
}

func (th *thread) request(id any, method string, args ...any) {
	th.t.Helper()
	request := pickle.Tuple{id, method, pickle.Tuple(args), pickle.NewDict(0)}
	if err := th.c.Send(th.t.Context(), request); err != nil {
		th.t.Fatal(err)
	}
}

// calls sends a request whose answer may be long in coming.
func (th *thread) calls(p *managers.Proxy, method string, args ...any) {
	th.t.Helper()
	th.request(p.Token().ID, method, args...)
}

// wants compares the repr of the next answer.
func (th *thread) wants(want string) {
	th.t.Helper()
	ctx, cancel := context.WithTimeout(th.t.Context(), patience)
	defer cancel()
	v, err := th.c.Recv(ctx)
	if err != nil {
		th.t.Fatalf("no answer: %v; want %s", err, want)
	}
	got, err := pickle.Repr(v)
	if err != nil {
		th.t.Fatal(err)
	}
	if got != want {
		th.t.Errorf("the answer is %s, want %s", got, want)
	}
}

// does calls and compares the answer.
func (th *thread) does(p *managers.Proxy, want, method string, args ...any) {
	th.t.Helper()
	th.calls(p, method, args...)
	th.wants(want)
}

// await returns when count, taken under mu, is n.
func (s *stage) await(mu *sync.Mutex, n int, count func() int) {
	s.t.Helper()
	var now int
	for end := time.Now().Add(patience); time.Now().Before(end); runtime.Gosched() {
		mu.Lock()
		now = count()
		mu.Unlock()
		if now == n {
			return
		}
	}
	s.t.Fatalf("%d wait, want %d", now, n)
}

// Answers that tests want.
const (
	none = "('#RETURN', None)"
	yes  = "('#RETURN', True)"
	no   = "('#RETURN', False)"
)
