package connection

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
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

func TestTrySendFrame(t *testing.T) {
	server, client := connected(t, socketPath(t))
	small, large := append(make([]byte, Prefix), "small"...), make([]byte, Prefix+10<<20)
	if sent, err := server.TrySendFrame(small); sent != len(small) || err != nil {
		t.Fatalf("sent %d, %v; want all %d", sent, err, len(small))
	}
	sent, err := server.TrySendFrame(large)
	if sent <= 0 || sent >= len(large) || err != nil {
		t.Fatalf("sent %d of %d to one who does not read, %v", sent, len(large), err)
	}
	rest := make(chan error)
	go func() { rest <- server.SendRest(large[sent:], enough) }()
	for _, want := range [][]byte{small, large} {
		if b, err := client.RecvBytes(bounded(t)); err != nil || !bytes.Equal(b, want[Prefix:]) {
			t.Fatalf("got %d bytes, %v; want %d", len(b), err, len(want)-Prefix)
		}
	}
	if err := <-rest; err != nil {
		t.Error(err)
	}
	if sent, err = server.TrySendFrame(large); err != nil {
		t.Fatal(err)
	}
	if err := server.SendRest(large[sent:], time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the rest for one who does not read: %v", err)
	}
	if _, err := server.TrySendFrame(small); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after half a frame: %v, want %v", err, net.ErrClosed)
	}
}

// TestStall: a peer that does not read is given up, and one that does not go
// on writing.
func TestStall(t *testing.T) {
	server, _ := connectedWith(t, socketPath(t), Config{StallTimeout: time.Millisecond})
	if err := server.SendFrame(make([]byte, 10<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("sending to one who does not read: %v", err)
	}
	server, client := connectedWith(t, loopback, Config{StallTimeout: time.Millisecond, IdleAfter: time.Millisecond})
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
