package faults

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/syncmanager"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// A troubled object has methods that do what methods should not.
type troubled struct {
	called  chan string
	release chan struct{}
	ended   chan error
}

func (*troubled) Fine() int       { return 7 }
func (*troubled) Panic()          { panic("at noon") }
func (o *troubled) Never()        { o.called <- "never"; <-o.release; o.ended <- nil }
func (*troubled) Unsendable() any { return func() {} }
func (o *troubled) Wait(ctx context.Context) {
	o.called <- "wait"
	<-ctx.Done()
	o.ended <- ctx.Err()
}

// TestGoMethods: one that panics is its caller's trouble, and so is one that
// never returns, also when the caller is killed meanwhile. The server and its
// other clients notice nothing, and the server ends all the same.
func TestGoMethods(t *testing.T) {
	o := &troubled{called: make(chan string, 1), release: make(chan struct{}), ended: make(chan error, 1)}
	s, log, stop := serveObject(t, o)
	survivor := newClient(t, s)
	obtain := func(c *client) {
		c.do("type(m).register('get_troubled')")
		c.do("o = m.get_troubled()")
	}
	obtain(survivor)
	for _, tt := range []struct{ method, want string }{
		{"panic", "panic: at noon"}, {"panic", "(*troubled).Panic"}, {"unsendable", "Unserializable message"},
	} {
		if got := survivor.Ask(t, "o."+tt.method+"()"); !strings.HasPrefix(got, "! RemoteError") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s, want a RemoteError with %q", tt.method, got, tt.want)
		}
	}
	for _, method := range []string{"never", "wait"} {
		victim := newClient(t, s)
		obtain(victim)
		victim.Send(t, "o."+method+"()")
		if got := <-o.called; got != method {
			t.Fatalf("%s was called", got)
		}
		victim.Kill()
		for range 20 {
			survivor.expect("7", "o.fine()")
		}
	}
	if err := <-o.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the context of a client that was killed ended with %v", err)
	}
	stop()
	if !strings.Contains(log.String(), "left behind") {
		t.Errorf("the server does not say that a method did not end:\n%s", log)
	}
	close(o.release)
	<-o.ended
}

func serveObject(t *testing.T, o *troubled) (s *harness.Server, log *strings.Builder, stop func()) {
	t.Helper()
	log = new(strings.Builder)
	e, err := engine.New(engine.Config{Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	path := harness.SocketPath(t)
	server, err := managers.NewServer(e, managers.Config{
		Addresses: []connection.Address{{Path: path}}, Authkey: []byte("key"), Grace: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		managers.Register(server, "get_troubled", managers.Class{Value: o}),
		syncmanager.Register(server, syncmanager.Config{}),
		server.Listen(t.Context()),
	); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx) }()
	return &harness.Server{Address: path, Authkey: "key"}, log, func() {
		cancel()
		if err := errors.Join(<-served, e.Close()); err != nil {
			t.Error(err)
		}
	}
}

// hold is a client in a process of its own: it puts items into a queue of
// another's, makes an object, and has both until it is killed.
func hold(e *engine.Engine, v any) error {
	var of struct {
		_                   struct{} `pickle:",tuple"`
		Address, Key, Queue string
	}
	if err := (pickle.Codec{}).Assign(context.Background(), &of, v); err != nil {
		return err
	}
	a, err := connection.Parse(of.Address)
	if err != nil {
		return err
	}
	ctx := context.Background()
	c, err := managers.Dial(ctx, e, a, managers.ClientConfig{Authkey: []byte(of.Key)})
	if err != nil {
		return err
	}
	q, err := c.Proxy(ctx, managers.Token{TypeID: "Queue", Address: a.Python(), ID: of.Queue})
	if err != nil {
		return err
	}
	d, err := c.Create(ctx, "dict")
	if err != nil {
		return err
	}
	for i := range 10 {
		if err := q.Do(ctx, "put", i); err != nil {
			return err
		}
	}
	fmt.Println("holds")
	enginetest.Input().Scan()
	runtime.KeepAlive([]*managers.Proxy{q, d}) // else the collector gives them up
	return errors.New("it was not killed")
}

// TestClientsKilledWithProxies: what others have stays as it was left, and the
// connections are gone. References stay, since nothing in the protocol tells
// whose they are.
func TestClientsKilledWithProxies(t *testing.T) {
	onBothServers(t, func(t *testing.T, s *harness.Server) {
		ctx, c := goClient(t, s)
		q, err := syncmanager.NewQueue[int](ctx, c, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := q.Len(ctx); n != 0 || err != nil { // on the connection that is ours from now on
			t.Fatal(n, err)
		}
		before, connections := objectCount(t, c), descriptors(t, s)
		e := enginetest.New(t)
		const victims = 3
		for range victims {
			victim := enginetest.Start(t, e, "hold", pickle.Tuple{s.Address, s.Authkey, q.Token().ID})
			if got := victim.Line(t); got != "holds" {
				t.Fatalf("the client says %q", got)
			}
			victim.Kill()
		}
		for i := range victims * 10 {
			if v, err := q.TryGet(ctx); v != i%10 || err != nil {
				t.Fatalf("item %d: %d, %v", i, v, err)
			}
		}
		if n := objectCount(t, c); n != before+victims {
			t.Errorf("%d objects, want %d of ours and %d of theirs", n, before, victims)
		}
		enginetest.Until(t, "connections of the dead are closed", func() bool { return descriptors(t, s) <= connections })
		if err := q.Put(ctx, 1); err != nil {
			t.Error(err)
		}
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
	})
}

func objectCount(t *testing.T, c *managers.Client) int {
	t.Helper()
	n, err := c.NumberOfObjects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func descriptors(t *testing.T, s *harness.Server) int {
	t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.Pid()))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
