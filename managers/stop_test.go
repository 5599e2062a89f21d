package managers

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// A laggard has methods that take as long as the test wants them to.
type laggard struct {
	called  chan struct{} // told when a method begins
	release chan struct{} // closed to let methods end
}

func newLaggard() *laggard {
	return &laggard{called: make(chan struct{}, 8), release: make(chan struct{})}
}

func (l *laggard) Block() string                 { l.called <- struct{}{}; <-l.release; return "blocked" }
func (l *laggard) Wait(_ context.Context) string { return l.Block() }
func (l *laggard) Quick() string                 { return "quick" }
func (l *laggard) Large(n int) []byte            { return bytes.Repeat([]byte{7}, n) }
func (l *laggard) register(typeid string) func(*Server) error {
	return func(s *Server) error { return Register(s, typeid, Class{Value: l}) }
}

// calling calls a method and sends how it ended.
func calling(t *testing.T, p *Proxy, method string) <-chan error {
	ended := make(chan error, 1)
	go func() {
		v, err := p.Call(t.Context(), method)
		if err == nil && v != "blocked" {
			err = errors.New("a wrong answer")
		}
		ended <- err
	}()
	return ended
}

// TestStopLetsCallsEnd: what was in progress is answered; nothing else begins.
func TestStopLetsCallsEnd(t *testing.T) {
	for _, method := range []string{"block", "wait"} { // where the connection is read, and apart from it
		t.Run(method, func(t *testing.T) {
			l := newLaggard()
			g := newRigOf(t, Config{Grace: time.Minute}, l.register("get"))
			p := g.create(t, "get")
			if v, err := p.Call(t.Context(), "quick"); err != nil || v != "quick" {
				t.Fatalf("before the end: %v, %v", v, err)
			}
			late := g.served(t)
			ended := calling(t, p, method)
			<-l.called
			stopped := make(chan struct{})
			go func() { g.stop(); close(stopped) }()
			g.refuses(t)
			ask(t, late, p, "quick")
			close(l.release)
			if err := <-ended; err != nil {
				t.Errorf("the call in progress: %v", err)
			}
			<-stopped
			if b, err := late.RecvBytes(t.Context()); err == nil {
				t.Errorf("a call that came too late was answered with %q", b)
			}
		})
	}
}

// TestStopCutsCalls: what does not end is left behind, and said to be.
func TestStopCutsCalls(t *testing.T) {
	for _, method := range []string{"block", "wait"} {
		t.Run(method, func(t *testing.T) {
			l := newLaggard()
			g := newRigOf(t, Config{Grace: 20 * time.Millisecond}, l.register("get"))
			ended := calling(t, g.create(t, "get"), method)
			<-l.called
			g.stop()
			if err := <-ended; err == nil {
				t.Error("the call succeeded")
			}
			if !strings.Contains(g.log.String(), "left behind") {
				t.Errorf("the log does not say so:\n%s", g.log)
			}
			close(l.release)
		})
	}
}

// TestStopLetsAnswersBeRead: an answer that is under way arrives, if its client
// takes it in time.
func TestStopLetsAnswersBeRead(t *testing.T) {
	const large = 32 << 20
	for _, tt := range []struct {
		name  string
		grace time.Duration
		whole bool
	}{
		{"in time", time.Minute, true},
		{"too late", 20 * time.Millisecond, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLaggard()
			g := newRigOf(t, Config{Grace: tt.grace}, l.register("get"))
			p := g.create(t, "get")
			conn := g.served(t)
			ask(t, conn, p, "large", large)
			if !conn.Poll(t.Context()) { // the answer begins to come
				t.Fatal("no answer")
			}
			stopped := make(chan struct{})
			go func() { g.stop(); close(stopped) }()
			g.refuses(t)
			if !tt.whole {
				<-stopped
			}
			b, err := conn.RecvBytes(t.Context())
			if whole := err == nil && len(b) > large; whole != tt.whole {
				t.Errorf("%d bytes and %v came, want the whole answer: %v", len(b), err, tt.whole)
			}
			<-stopped
		})
	}
}

// TestStopWhileOthersWait: a call that waits for what no other call can do any
// more does not hold the end up.
func TestStopWhileOthersWait(t *testing.T) {
	one, _ := newCounter(0, 0)
	g := newRigOf(t, Config{Grace: time.Hour}, func(s *Server) error {
		return s.Register("Gate", Type{Signature: Sig("Gate()"), New: func(context.Context, *Call) (Referent, error) { return parker{one.waiting}, nil }})
	})
	p := g.create(t, "Gate")
	ended := make(chan error, 1)
	go func() {
		_, err := p.Call(context.Background(), "wait")
		ended <- err
	}()
	<-one.waiting
	g.stop()
	if err := <-ended; err == nil {
		t.Error("the call succeeded")
	}
}

// A parker has calls wait for ever.
type parker struct{ waiting chan struct{} }

func (p parker) Call(_ context.Context, c *Call, _ *Reply) error {
	c.Park(func() {})
	p.waiting <- struct{}{}
	return nil
}

// TestBlockedMethods: Go methods that take their time, and have no context to
// say so, hold nobody else up.
func TestBlockedMethods(t *testing.T) {
	l := newLaggard()
	g := newRig(t, l.register("get"))
	p := g.create(t, "get")
	var ended []<-chan error
	for range 4 {
		ended = append(ended, calling(t, p, "block"))
		<-l.called
		for range 20 {
			if v, err := p.Call(t.Context(), "quick"); err != nil || v != "quick" {
				t.Fatalf("beside %d blocked calls: %v, %v", len(ended), v, err)
			}
			if c, err := Dial(t.Context(), g.engine, g.server.Addrs()[0], ClientConfig{}); err != nil {
				t.Fatalf("beside %d blocked calls: %v", len(ended), err)
			} else {
				c.Close(t.Context())
			}
		}
	}
	close(l.release)
	for _, e := range ended {
		if err := <-e; err != nil {
			t.Error(err)
		}
	}
}

// served is a connection of the rig's client on which the test asks itself.
func (g *rig) served(t *testing.T) *connection.Conn {
	t.Helper()
	return byHand(t, g.client)
}

func byHand(t *testing.T, c *Client) *connection.Conn {
	t.Helper()
	l, err := c.line(t.Context(), "by hand")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.hang)
	return l.conn
}

func ask(t *testing.T, conn *connection.Conn, p *Proxy, method string, args ...any) {
	t.Helper()
	if err := conn.Send(t.Context(), pickle.Tuple{p.id, method, pickle.Tuple(args), pickle.NewDict(0)}); err != nil {
		t.Fatal(err)
	}
}

// refuses waits until the server has no listener any more, and lets no call
// begin.
func (g *rig) refuses(t *testing.T) {
	t.Helper()
	for g.server.calls.TryRLock() {
		stopped := g.server.stopped
		g.server.calls.RUnlock()
		if stopped {
			return
		}
		runtime.Gosched()
	}
}
