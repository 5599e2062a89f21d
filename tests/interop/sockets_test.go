package interop

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/reduction"
	"github.com/brine-go/brine/tests/harness"
)

// receive returns what a Python expression pickles to outside of a start: its
// descriptors are then shared.
func receive[T any](t *testing.T, fam family, expression string) T {
	t.Helper()
	text := fam.python.Ask(t, "bytes(reduction.ForkingPickler.dumps("+expression+")).hex()")
	b, err := hex.DecodeString(strings.Trim(text, "'"))
	if err != nil {
		t.Fatalf("%s: %s", expression, text)
	}
	v, err := fam.codec().Decode(bounded(t), b)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v.(T)
}

// send makes v the Python's variable of that name, outside of a start.
func (fam family) send(t *testing.T, name string, v any) {
	t.Helper()
	b := enginetest.Must(fam.codec().Marshal(t.Context(), v))(t)
	fam.do(t, fmt.Sprintf("%s = loads('%x')", name, b), "None")
}

// dialled returns both ends of a connection that was made with Listen and Dial.
func dialled(t *testing.T, at connection.Address) (a, b *connection.Conn) {
	t.Helper()
	cfg := connection.Config{Exact: true}
	l := enginetest.Must(connection.Listen(t.Context(), at, cfg))(t)
	defer l.Close()
	a = enginetest.Must(connection.Dial(bounded(t), l.Addr(), cfg))(t)
	b = enginetest.Must(l.Accept(bounded(t)))(t)
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func TestConnectionsHandedOn(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		fam.withKey(t)
		for name, at := range map[string]connection.Address{
			"Unix": {Path: filepath.Join(t.TempDir(), "s")}, "TCP": {Host: "127.0.0.1"},
		} {
			ours, theirs := dialled(t, at)
			peer := ours.Peer().Addr
			fam.send(t, "conn", theirs)
			fam.do(t, "conn.send('from Python')", "None")
			if v, err := ours.Recv(bounded(t)); v != "from Python" || err != nil {
				t.Errorf("%s: got %v, %v", name, v, err)
			}
			if err := ours.Send(bounded(t), "from Go"); err != nil {
				t.Fatal(err)
			}
			fam.do(t, "conn.recv()", "'from Go'") // which must wait: the mode is Python's
			// It is still ours, too.
			big := bytes.Repeat([]byte("x"), 1<<20)
			done := make(chan error, 1)
			go func() { done <- theirs.SendBytes(bounded(t), big) }()
			if got, err := ours.RecvBytes(bounded(t)); !bytes.Equal(got, big) || err != nil {
				t.Errorf("%s: got %d bytes, %v", name, len(got), err)
			}
			if err := <-done; err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if now := ours.Peer().Addr; now != peer {
				t.Errorf("%s: the peer was %v and is %v", name, peer, now)
			}
			fam.do(t, "conn.close()", "None")
		}

		// A connection of Python's, which goes on using its end of it.
		fam.do(t, "here, there = ctx.Pipe()", "None")
		c := receive[*connection.Conn](t, fam, "there")
		defer c.Close()
		fam.do(t, "there.close()", "None")
		if err := c.Send(bounded(t), int64(7)); err != nil {
			t.Fatal(err)
		}
		fam.do(t, "here.recv()", "7")
		fam.do(t, "here.send(8)", "None")
		if v, err := c.Recv(bounded(t)); v != int64(8) || err != nil {
			t.Errorf("got %v, %v", v, err)
		}
		fam.do(t, "multiprocessing.resource_sharer.stop()", "None")
	})
}

func TestSocketsHandedOn(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		fam.withKey(t)
		fam.do(t, "import socket", "None")

		// Python's to us: a pair, and one that listens.
		fam.do(t, "a, b = socket.socketpair()", "None")
		s := receive[*reduction.Socket](t, fam, "b")
		fam.do(t, "b.close()", "None")
		c := enginetest.Must(s.Conn())(t)
		fmt.Fprint(c, "from Go")
		fam.do(t, "a.recv(100)", "b'from Go'")
		fam.do(t, "a.sendall(b'from Python'), a.close()", "(None, None)")
		if got, err := io.ReadAll(c); string(got) != "from Python" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		c.Close()
		fam.do(t, "l = socket.socket()", "None")
		fam.do(t, "l.bind(('127.0.0.1', 0)), l.listen(5)", "(None, None)")
		l := enginetest.Must(receive[*reduction.Socket](t, fam, "l").Listener())(t)
		fam.do(t, "c = socket.create_connection(l.getsockname())", "None")
		fam.do(t, "c.sendall(b'hello'), c.close()", "(None, None)")
		c = enginetest.Must(l.Accept())(t)
		if got, err := io.ReadAll(c); string(got) != "hello" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		c.Close()
		l.Close()

		// Ours to Python: a listener, and what it accepted.
		tcp := enginetest.Must(net.Listen("tcp", "127.0.0.1:0"))(t)
		c = enginetest.Must(net.Dial("tcp", tcp.Addr().String()))(t)
		accepted := enginetest.Must(tcp.Accept())(t)
		fam.sendSocket(t, "accepted", accepted.(*net.TCPConn))
		fmt.Fprint(c, "to Python")
		fam.do(t, "accepted.recv(100), accepted.family == socket.AF_INET, accepted.type == socket.SOCK_STREAM", "(b'to Python', True, True)")
		fam.do(t, "accepted.close()", "None")
		if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("somebody still has the socket: read %d bytes, %v", n, err)
		}
		c.Close()
		fam.sendSocket(t, "listener", tcp.(*net.TCPListener))
		c = enginetest.Must(net.Dial("tcp", tcp.Addr().String()))(t)
		defer c.Close()
		fam.do(t, "accepted, who = listener.accept()", "None")
		fmt.Fprint(c, "again")
		fam.do(t, "accepted.recv(100), accepted.close(), listener.close()", "(b'again', None, None)")
		path := filepath.Join(t.TempDir(), "s")
		unix := enginetest.Must(connection.Listen(t.Context(), connection.Address{Path: path}, connection.Config{}))(t)
		if _, err := fam.codec().Marshal(t.Context(), unix); err == nil || !strings.Contains(err.Error(), "reduction.NewSocket") {
			t.Errorf("a Listener: %v", err)
		}
		fam.sendSocket(t, "listener", unix) // whose path is Python's now
		ours := enginetest.Must(connection.Dial(bounded(t), connection.Address{Path: path}, connection.Config{}))(t)
		defer ours.Close()
		fam.do(t, "accepted, who = listener.accept()", "None")
		if err := ours.SendBytes(bounded(t), []byte("frame")); err != nil {
			t.Error(err)
		}
		fam.do(t, "accepted.recv(100), accepted.close(), listener.close()", `(b'\x00\x00\x00\x05frame', None, None)`)
		fam.do(t, "multiprocessing.resource_sharer.stop()", "None")
	})
}

// sendSocket gives the Python a socket of package net, and keeps nothing of it.
func (fam family) sendSocket(t *testing.T, name string, c interface {
	syscall.Conn
	Close() error
}) {
	t.Helper()
	s := enginetest.Must(reduction.NewSocket(c))(t)
	fam.send(t, name, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestConnectionsOfAStart: a child is born with them.
func TestConnectionsOfAStart(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return // 2.7 only forks
		}
		e := enginetest.New(t, queues.Register)
		ours, theirs := dialled(t, connection.Address{Path: filepath.Join(t.TempDir(), "s")})
		tcp := enginetest.Must(net.Listen("tcp", "127.0.0.1:0"))(t)
		address := tcp.Addr().String()
		listener := enginetest.Must(reduction.NewSocket(tcp.(*net.TCPListener)))(t)
		scope := pickle.NewDict(2)
		scope.Set("conn", theirs)
		scope.Set("listener", listener)
		p := enginetest.Must(e.StartProcess(bounded(t), engine.ProcessConfig{
			Target: pickle.Global{Module: "builtins", Name: "exec"},
			Args: pickle.Tuple{"conn.send(conn.recv() + 1)\n" +
				"s, who = listener.accept()\ns.sendall(b'welcome')\ns.close()\nlistener.close()", scope},
			Python: enginetest.Must(pyinterop.Probe(bounded(t), py.Path))(t),
		}))(t)
		theirs.Close()
		listener.Close()
		if err := ours.Send(bounded(t), 1); err != nil {
			t.Fatal(err)
		}
		if v, err := ours.Recv(bounded(t)); v != int64(2) || err != nil {
			t.Errorf("got %v, %v", v, err)
		}
		c := enginetest.Must(net.Dial("tcp", address))(t)
		defer c.Close()
		if got, err := io.ReadAll(c); string(got) != "welcome" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		if err := p.Wait(bounded(t)); err != nil {
			t.Error(err)
		}
	})
}
