package connection

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestSendersTakeTurns lets many goroutines send large frames to a slow
// reader: none may be torn.
func TestSendersTakeTurns(t *testing.T) {
	server, client := connected(t, socketPath(t))
	const senders, each, size = 8, 5, 300_000
	var sending sync.WaitGroup
	for i := range senders {
		sending.Go(func() {
			for range each {
				frame := append(make([]byte, Prefix), bytes.Repeat([]byte{byte(i)}, size)...)
				if i%2 == 0 {
					if err := server.SendFrame(frame); err != nil {
						t.Error(err)
					}
				} else if err := server.SendBytes(bounded(t), frame[Prefix:]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range senders * each {
		b, err := client.RecvBytes(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != size || !bytes.Equal(b, bytes.Repeat(b[:1], size)) {
			t.Fatal("a frame came in pieces of several")
		}
	}
	sending.Wait()
}

// TestPost sends what a peer takes at once, and what it does not, from a Conn
// that is served and from one that is not.
func TestPost(t *testing.T) {
	for _, served := range []bool{false, true} {
		t.Run(fmt.Sprintf("served=%v", served), func(t *testing.T) {
			server, client := connectedWith(t, socketPath(t), Config{StallTimeout: 2 * time.Second})
			if served {
				server.Serve(func(*Frame) {}, func(error) {})
			}
			small, large := append(make([]byte, Prefix), "small"...), make([]byte, Prefix+10<<20)
			rest := make(chan error, 1)
			sent := func(err error) { rest <- err }
			if done, err := server.Post(sent, small); !done || err != nil {
				t.Fatalf("a small message: done %v, %v", done, err)
			}
			if done, err := server.Post(sent, large); done || err != nil {
				t.Fatalf("a large one to who does not read: done %v, %v", done, err)
			}
			for _, want := range [][]byte{small, large} {
				if b, err := client.RecvBytes(bounded(t)); err != nil || !bytes.Equal(b, want[Prefix:]) {
					t.Fatalf("got %d bytes, %v; want %d", len(b), err, len(want)-Prefix)
				}
			}
			if err := <-rest; err != nil {
				t.Error(err)
			}
			if done, err := server.Post(sent, large); done || err != nil {
				t.Fatalf("done %v, %v", done, err)
			}
			if err := <-rest; err == nil {
				t.Error("all of it went to one who does not read")
			}
			if done, err := server.Post(sent, small); !done || !errors.Is(err, net.ErrClosed) {
				t.Errorf("after half a message: done %v, %v; want %v", done, err, net.ErrClosed)
			}
		})
	}
}

// TestSendPieces sends messages in pieces, more than one write takes and longer
// than the socket's buffer.
func TestSendPieces(t *testing.T) {
	long := bytes.Repeat([]byte("long"), 100_000)
	many := make([][]byte, 200)
	for i := range many {
		many[i] = []byte{byte(i), byte(i)}
	}
	tests := [][][]byte{
		nil,
		{nil, []byte("a"), nil},
		{long},
		{nil, long, []byte("between"), long, nil},
		many,
		slices.Concat(many, [][]byte{long}, many),
	}
	for _, served := range []bool{false, true} {
		server, client := connected(t, socketPath(t))
		if served {
			server.Serve(func(*Frame) {}, func(error) {})
		}
		for i, more := range tests {
			var sending sync.WaitGroup
			sending.Go(func() {
				if err := server.SendFrame([]byte("....head"), more...); err != nil {
					t.Error(err)
				}
				sent := make(chan error, 1)
				done, err := server.Post(func(err error) { sent <- err }, []byte("....head"), more...)
				if !done {
					err = <-sent
				}
				if err != nil {
					t.Error(err)
				}
			})
			want := append([]byte("head"), slices.Concat(more...)...)
			for range 2 {
				if got, err := client.RecvBytes(bounded(t)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("served %v, %d: got %d bytes, %v; want %d", served, i, len(got), err, len(want))
				}
			}
			sending.Wait()
		}
	}
}

// TestStall: a peer that does not read is given up, and one that does not go
// on writing.
func TestStall(t *testing.T) {
	server, _ := connectedWith(t, socketPath(t), Config{StallTimeout: time.Millisecond})
	if err := server.SendFrame(make([]byte, 10<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("sending to one who does not read: %v", err)
	}
	server, client := connectedWith(t, loopback, Config{StallTimeout: time.Millisecond})
	done := make(chan error, 1)
	server.Serve(func(*Frame) {}, func(err error) { done <- err })
	client.nc.Write([]byte("\x00\x00\x00\x09half"))
	var cut *FrameError
	if err := <-done; !errors.As(err, &cut) || cut.Got != 8 {
		t.Errorf("serving one who stops in the middle: %v", err)
	}
	server.Close()
	if _, err := client.RecvBytes(bounded(t)); err != io.EOF {
		t.Errorf("the peer got %v, want io.EOF", err)
	}
}
