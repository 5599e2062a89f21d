package connection

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// enough is longer than anything that works takes.
const enough = 20 * time.Second

func bounded(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), enough)
	t.Cleanup(cancel)
	return ctx
}

func listenAt(t testing.TB, a Address, cfg Config) *Listener {
	t.Helper()
	l, err := Listen(bounded(t), a, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func socketPath(t testing.TB) Address { return Address{Path: filepath.Join(t.TempDir(), "s")} }

var loopback = Address{Host: "127.0.0.1"}

// accepted returns a Conn without handshake and the bare socket at its other
// end.
func accepted(t testing.TB, a Address, cfg Config) (*Conn, net.Conn) {
	t.Helper()
	l := listenAt(t, a, cfg)
	network, address := l.Addr().network()
	peer, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	peer.SetDeadline(time.Now().Add(enough))
	t.Cleanup(func() { peer.Close() })
	c, err := l.AcceptRaw(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, peer
}

// connected returns both ends of a connection without handshake.
func connected(t testing.TB, a Address) (server, client *Conn) {
	t.Helper()
	return connectedWith(t, a, Config{})
}

func connectedWith(t testing.TB, a Address, cfg Config) (server, client *Conn) {
	t.Helper()
	l := listenAt(t, a, cfg)
	client, err := Dial(bounded(t), l.Addr(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	server, err = l.Accept(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server, client
}
