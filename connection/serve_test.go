package connection

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
)

// echoing serves server so that it sends back what comes, and returns how it
// ends.
func echoing(t *testing.T, server *Conn) (done chan error) {
	done = make(chan error, 1)
	server.Serve(func(f *Frame) {
		if err := server.SendFrame(append(make([]byte, Prefix), f.Bytes()...)); err != nil {
			t.Error(err)
		}
	}, func(err error) { done <- err })
	return done
}

func mustEcho(t *testing.T, client *Conn, want []byte) {
	t.Helper()
	if err := client.SendBytes(bounded(t), want); err != nil {
		t.Fatal(err)
	}
	if got, err := client.RecvBytes(bounded(t)); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes came back, %v; want %d", len(got), err, len(want))
	}
}

// TestServe answers messages of many sizes, until the connection ends in each
// of the ways there are.
func TestServe(t *testing.T) {
	ends := []struct {
		name string
		end  func(server, client *Conn)
		want error
	}{
		{"the peer closes", func(_, client *Conn) { client.Close() }, nil},
		{"it closes inside a frame", func(_, client *Conn) {
			client.nc.Write([]byte{0, 0})
			client.Close()
		}, io.ErrUnexpectedEOF},
		{"we close", func(server, _ *Conn) { server.Close() }, nil},
	}
	for _, unix := range []bool{false, true} {
		for _, tt := range ends {
			t.Run(fmt.Sprintf("unix=%v %s", unix, tt.name), func(t *testing.T) {
				a := loopback
				if unix {
					a = socketPath(t)
				}
				server, client := connected(t, a)
				done := echoing(t, server)
				for i := range 150 {
					mustEcho(t, client, body(i*997))
				}
				mustEcho(t, client, body(3<<20))
				tt.end(server, client)
				if err := <-done; !errors.Is(err, tt.want) {
					t.Errorf("done with %v, want %v", err, tt.want)
				}
				if _, err := client.RecvBytes(bounded(t)); err == nil {
					t.Error("the peer can still receive")
				}
				if err := server.SendFrame(make([]byte, Prefix)); err == nil {
					t.Error("we can still send")
				}
			})
		}
	}
}

// TestServeEarly serves a message that came before.
func TestServeEarly(t *testing.T) {
	server, client := connected(t, socketPath(t))
	client.nc.Write([]byte("\x00\x00\x00\x03one\x00\x00\x00\x03two\x00\x00"))
	if b, err := server.RecvBytes(bounded(t)); string(b) != "one" || err != nil {
		t.Fatalf("received %q, %v", b, err)
	}
	echoing(t, server)
	if b, err := client.RecvBytes(bounded(t)); string(b) != "two" || err != nil {
		t.Fatalf("received %q, %v", b, err)
	}
	client.nc.Write([]byte("\x00\x05three"))
	if b, err := client.RecvBytes(bounded(t)); string(b) != "three" || err != nil {
		t.Fatalf("received %q, %v", b, err)
	}
}

func TestServeClosed(t *testing.T) {
	server, _ := connected(t, loopback)
	server.Close()
	done := make(chan error)
	server.Serve(func(*Frame) { t.Error("a message on a closed Conn") }, func(err error) { done <- err })
	if err := <-done; err == nil {
		t.Error("serving a closed Conn ended well")
	}
}

// TestServeStuck lets handlers of some connections wait until others have been
// served.
func TestServeStuck(t *testing.T) {
	const stuck = 3
	release := make(chan struct{})
	var entered sync.WaitGroup
	entered.Add(stuck)
	var clients []*Conn
	for range stuck {
		server, client := connected(t, socketPath(t))
		server.Serve(func(f *Frame) {
			entered.Done()
			<-release
			server.SendFrame(append(make([]byte, Prefix), f.Bytes()...))
		}, func(error) {})
		if err := client.SendBytes(bounded(t), []byte("late")); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, client)
	}
	server, client := connected(t, loopback)
	echoing(t, server)
	entered.Wait()
	for i := range 100 {
		mustEcho(t, client, body(i*31))
	}
	close(release)
	for _, c := range clients {
		if b, err := c.RecvBytes(bounded(t)); string(b) != "late" || err != nil {
			t.Errorf("received %q, %v", b, err)
		}
	}
}

// TestServeUnread has a peer ask for more than it reads: it is asked for no
// more messages until it does, and loses none.
func TestServeUnread(t *testing.T) {
	server, client := connected(t, socketPath(t))
	const messages = 200
	answer := append(make([]byte, Prefix), body(100_000)...)
	var handled atomic.Int32
	server.Serve(func(f *Frame) {
		handled.Add(1)
		if err := server.SendFrame(bytes.Clone(answer)); err != nil {
			t.Error(err)
		}
	}, func(error) {})
	for range messages {
		if err := client.SendBytes(bounded(t), []byte("more")); err != nil {
			t.Fatal(err)
		}
	}
	for range messages {
		if b, err := client.RecvBytes(bounded(t)); err != nil || !bytes.Equal(b, answer[Prefix:]) {
			t.Fatalf("received %d bytes, %v", len(b), err)
		}
	}
	if n := handled.Load(); n != messages {
		t.Errorf("%d messages handled, want %d", n, messages)
	}
}

// TestServeHangUp has peers that ask and go: what they asked is handled, and
// their end is noticed.
func TestServeHangUp(t *testing.T) {
	for range 200 {
		server, client := connected(t, socketPath(t))
		var got atomic.Int32
		done := make(chan error, 1)
		server.Serve(func(*Frame) { got.Add(1) }, func(err error) { done <- err })
		client.nc.Write([]byte("\x00\x00\x00\x01a\x00\x00\x00\x01b"))
		client.Close()
		if err := <-done; err != nil || got.Load() != 2 {
			t.Fatalf("%d messages handled, want 2; %v", got.Load(), err)
		}
	}
}
