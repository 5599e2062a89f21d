package connection

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// admitting serves l: whoever knows the key has its messages sent back.
func admitting(t *testing.T, l *Listener) (ended chan error) {
	ended = make(chan error, 100)
	err := l.Serve(func() bool { return true }, func(c *Conn) {
		c.Admit(func() {}, func(f *Frame) {
			c.SendFrame(append(make([]byte, Prefix), f.Bytes()...))
		}, func(err error) { ended <- err })
	})
	if err != nil {
		t.Fatal(err)
	}
	return ended
}

func TestAdmit(t *testing.T) {
	key := []byte("secret")
	for _, a := range []Address{loopback, socketPath(t)} {
		l := listenAt(t, a, Config{Authkey: key, HandshakeTimeout: 200 * time.Millisecond})
		ended := admitting(t, l)

		c, err := Dial(bounded(t), l.Addr(), Config{Authkey: key})
		if err != nil {
			t.Fatal(err)
		}
		mustEcho(t, c, body(300)) // longer than a message of the handshake
		mustEcho(t, c, body(3<<20))
		c.Close()
		if err := <-ended; err != nil {
			t.Errorf("a good client ended with %v", err)
		}

		var refused *AuthenticationError
		if _, err := Dial(bounded(t), l.Addr(), Config{Authkey: []byte("other")}); !errors.As(err, &refused) {
			t.Errorf("a wrong key: Dial returned %v", err)
		}
		if err := <-ended; !errors.As(err, &refused) {
			t.Errorf("a wrong key ended with %v", err)
		}

		network, address := l.Addr().network()
		for _, tt := range []struct {
			sent  string
			close bool
			want  error
		}{
			{"", false, ErrHandshakeTimeout},
			{"\x00\x00", true, io.ErrUnexpectedEOF},
			{"", true, io.ErrUnexpectedEOF},
			{"\x00\x00\x01\x01", false, ErrTooLong},
		} {
			nc, err := net.Dial(network, address)
			if err != nil {
				t.Fatal(err)
			}
			nc.Write([]byte(tt.sent))
			if tt.close {
				nc.Close()
			}
			if err := <-ended; !errors.Is(err, tt.want) {
				t.Errorf("%q, closed %v: ended with %v, want %v", tt.sent, tt.close, err, tt.want)
			}
			nc.Close()
		}
	}
}

// TestAdmitPeer asks a Conn that a loop accepted who it is.
func TestAdmitPeer(t *testing.T) {
	for _, a := range []Address{loopback, socketPath(t)} {
		l := listenAt(t, a, Config{})
		met := make(chan *Conn, 1)
		if err := l.Serve(func() bool { return true }, func(c *Conn) { met <- c }); err != nil {
			t.Fatal(err)
		}
		client, err := Dial(bounded(t), l.Addr(), Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		c := <-met
		p := c.Peer()
		if a.IsUnix() && p.PID == 0 || !a.IsUnix() && p.Addr != client.Local() || c.Local() != l.Addr() {
			t.Errorf("%v connected to %v; want %v to %v", p, c.Local(), client.Local(), l.Addr())
		}
		c.Close()
		if _, err := client.RecvBytes(bounded(t)); err != io.EOF {
			t.Errorf("after Close before Serve: %v, want io.EOF", err)
		}
	}
}

// TestServeRoom has more clients than there is room for: they wait.
func TestServeRoom(t *testing.T) {
	l := listenAt(t, socketPath(t), Config{})
	const clients, places = 50, 3
	var inside, most atomic.Int32
	err := l.Serve(func() bool { return inside.Load() < places }, func(c *Conn) {
		most.Store(max(most.Load(), inside.Add(1)))
		c.Serve(func(f *Frame) {
			c.SendFrame(append(make([]byte, Prefix), f.Bytes()...))
		}, func(error) {
			inside.Add(-1)
			l.Resume()
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	ends := make(chan error)
	for i := range clients {
		go func() {
			c, err := Dial(bounded(t), l.Addr(), Config{})
			if err == nil {
				defer c.Close()
				err = c.SendBytes(bounded(t), []byte{byte(i)})
			}
			if err == nil {
				var b []byte
				if b, err = c.RecvBytes(bounded(t)); err == nil && b[0] != byte(i) {
					err = fmt.Errorf("got %v, want %d", b, i)
				}
			}
			ends <- err
		}()
	}
	for range clients {
		if err := <-ends; err != nil {
			t.Error(err)
		}
	}
	if n := most.Load(); n > places {
		t.Errorf("%d at once, want %d at most", n, places)
	}
	l.Close()
	if _, err := Dial(bounded(t), l.Addr(), Config{}); err == nil {
		t.Error("a closed Listener accepts")
	}
}
