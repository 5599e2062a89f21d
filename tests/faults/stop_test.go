package faults

import (
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// forEver is a grace that no test outlasts: what ends, ends without it.
const forEver = "1h"

// TestStop: a server that is told to stop does so at once, whoever is connected
// and whatever they wait for, and takes its socket along.
func TestStop(t *testing.T) {
	for _, how := range []string{"terminated", "interrupted", "shut down"} {
		t.Run(how, func(t *testing.T) {
			onEachNetwork(t, func(t *testing.T, network string) {
				s := serveAlone(t, onNetwork(t, network, "--grace", forEver, "--allow-shutdown")...)
				owner := newClient(t, s)
				var waiting []*rawPeer
				for _, w := range waiters {
					owner.do("%s", w.make)
					if w.before != "" {
						owner.do("%s", w.before)
					}
					p := dialServed(t, s)
					if err := p.send(request(owner.give("o"), w.method, w.args...)); err != nil {
						t.Fatal(err)
					}
					waiting = append(waiting, p)
				}
				owner.settle()
				strangers := []*rawPeer{connectRaw(t, s), dialRaw(t, s)}
				switch how {
				case "terminated":
					s.Signal(t, syscall.SIGTERM)
				case "interrupted":
					s.Signal(t, os.Interrupt)
				default:
					answerOnce(t, dialRaw(t, s), request("", "shutdown"))
				}
				if status := s.Wait(t); status != 0 {
					t.Errorf("exit status %d", status)
				}
				for i, p := range append(waiting, strangers...) {
					if err := p.drained(); err != nil {
						t.Errorf("client %d is still connected: %v", i, err)
					}
				}
				if got := owner.Ask(t, "len(spare)"); !strings.HasPrefix(got, "! ") {
					t.Errorf("a call after the end: %s", got)
				}
				if _, err := os.Lstat(s.Address); network == "unix" && err == nil {
					t.Error("the socket is still there")
				}
			})
		})
	}
}

// answerOnce sends a request that has one answer: Python's server answers
// shutdown twice.
func answerOnce(t *testing.T, p *rawPeer, body string) {
	t.Helper()
	if got := string(p.ask(t, body)); !strings.Contains(got, "#RETURN") {
		t.Errorf("answered %q", got)
	}
	if got, err := p.fate(); err != nil || got != "closed" {
		t.Errorf("then came %q, %v; want that it closes", got, err)
	}
}

// TestGrace: an answer that is on its way gets --grace to arrive.
func TestGrace(t *testing.T) {
	const large = 32 << 20
	for _, tt := range []struct {
		grace string
		whole bool
	}{
		{forEver, true},
		{"50ms", false},
	} {
		t.Run(tt.grace, func(t *testing.T) {
			onEachNetwork(t, func(t *testing.T, network string) {
				s := serveAlone(t, onNetwork(t, network, "--grace", tt.grace)...)
				owner := newClient(t, s)
				owner.do("o = m.list([bytes(%d)])", large)
				p := dialServed(t, s)
				if err := p.send(request(owner.give("o"), "__getitem__", "K\x00")); err != nil {
					t.Fatal(err)
				}
				p.recvSome(t)
				s.Signal(t, syscall.SIGTERM)
				if tt.whole {
					awaitRefusal(t, s)
				} else {
					s.Wait(t)
				}
				n := 4 + readAll(p)
				if whole := n > large; whole != tt.whole {
					t.Errorf("%d bytes came, want all: %v", n, tt.whole)
				}
				if status := s.Wait(t); status != 0 {
					t.Errorf("exit status %d", status)
				}
			})
		})
	}
}

// awaitRefusal waits until nobody can connect any more.
func awaitRefusal(t *testing.T, s *harness.Server) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		c, err := net.DialTimeout(networkOf(s), s.Address, patience)
		if err != nil {
			return
		}
		c.Close()
	}
	t.Error("a server that stops takes new clients")
}

// recvSome waits for the first bytes of an answer.
func (p *rawPeer) recvSome(t *testing.T) {
	t.Helper()
	var head [4]byte
	if _, err := io.ReadFull(p, head[:]); err != nil {
		t.Fatal(err)
	}
}

func readAll(p *rawPeer) (n int) {
	buf := make([]byte, 1<<20)
	for {
		m, err := p.Read(buf)
		n += m
		if err != nil {
			return n
		}
	}
}

// TestStopUnderLoad: of what clients did when the server was stopped, each call
// was answered, or was cut and said so; nobody hangs.
func TestStopUnderLoad(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serveAlone(t, onNetwork(t, network)...)
		const many = 4
		var busy []*harness.Peer
		for range many {
			p := run(t, s, "busy.py")
			if got := p.Line(t); got != "working" {
				t.Fatalf("a client said %q", got)
			}
			busy = append(busy, p)
		}
		for _, p := range busy {
			p.Ask(t, "report") // it has worked since
		}
		s.Signal(t, syscall.SIGTERM)
		if status := s.Wait(t); status != 0 {
			t.Errorf("exit status %d", status)
		}
		for i, p := range busy {
			if got := p.Line(t); got != "cut" {
				t.Errorf("client %d said %q", i, got)
			}
		}
	})
}

// TestRestart: a new server at the old address serves clients that connect
// anew, in the same process too.
func TestRestart(t *testing.T) {
	socket := harness.SocketPath(t)
	first := serveAlone(t, "--address", socket)
	c := newClient(t, first)
	c.do("old = m.list([1])")
	first.Kill() // its socket stays
	second := serveAlone(t, "--address", socket)
	if got := c.Ask(t, "len(old)"); !strings.HasPrefix(got, "! ") {
		t.Errorf("the old object answers %s", got)
	}
	c.do("m.connect()")
	c.do("forget()") // what Python keeps of a server, until its last proxy is gone
	c.do("new = m.list([1, 2])")
	c.expect("[1, 2]", "new[:]")
	if got := c.Ask(t, "attach('list ' + old._token.id)"); !strings.Contains(got, "KeyError") {
		t.Errorf("the old object is found at the new server: %s", got)
	}
	second.Signal(t, syscall.SIGTERM)
	second.Wait(t)
}

// TestSignalTwice: a second signal ends a server that still has its grace.
func TestSignalTwice(t *testing.T) {
	s := serveAlone(t, "--grace", forEver)
	owner := newClient(t, s)
	owner.do("o = m.list([bytes(32 << 20)])")
	p := dialServed(t, s)
	if err := p.send(request(owner.give("o"), "__getitem__", "K\x00")); err != nil {
		t.Fatal(err)
	}
	p.recvSome(t)
	stop := make(chan struct{})
	go func() { // ends with the server
		defer close(stop)
		s.Wait(t)
	}()
	for {
		select {
		case <-stop:
			return
		case <-time.After(10 * time.Millisecond):
			s.Signal(t, syscall.SIGTERM)
		}
	}
}
