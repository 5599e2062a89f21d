package connection

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"
)

// parkedConns is how many wait without a goroutine.
func parkedConns(t *testing.T) int {
	l, err := theLot()
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.parked)
}

// untilParked waits until so many connections more are parked.
func untilParked(t *testing.T, n int) {
	t.Helper()
	ctx := bounded(t)
	for parkedConns(t) < n {
		if ctx.Err() != nil {
			t.Fatalf("%d connections are parked, want %d", parkedConns(t), n)
		}
		runtime.Gosched()
	}
}

// TestServe answers a connection that falls idle, wakes, falls idle again and
// ends in each of the ways there are.
func TestServe(t *testing.T) {
	for _, unix := range []bool{false, true} {
		for _, end := range []string{"peer closes", "peer closes inside a frame", "close"} {
			t.Run(fmt.Sprintf("unix=%v %s", unix, end), func(t *testing.T) {
				a := loopback
				if unix {
					a = socketPath(t)
				}
				testServe(t, a, end)
			})
		}
	}
}

func testServe(t *testing.T, a Address, end string) {
	server, client := connectedWith(t, a, Config{IdleAfter: time.Millisecond})
	done := make(chan error, 1)
	server.Serve(func(f *Frame) {
		if err := server.SendFrame(append(make([]byte, Prefix), f.Bytes()...)); err != nil {
			t.Error(err)
		}
	}, func(err error) { done <- err })
	for round := range 3 {
		for i := range 50 {
			want := body(i * 997)
			if err := client.SendBytes(bounded(t), want); err != nil {
				t.Fatal(err)
			}
			if got, err := client.RecvBytes(bounded(t)); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("round %d: %d bytes, %v; want %d", round, len(got), err, len(want))
			}
		}
		untilParked(t, 1)
	}
	var want error
	switch end {
	case "peer closes":
		client.Close()
	case "peer closes inside a frame":
		client.nc.Write([]byte{0, 0})
		client.Close()
		want = io.ErrUnexpectedEOF
	case "close":
		server.Close()
		if _, err := client.RecvBytes(bounded(t)); err != io.EOF {
			t.Errorf("the peer got %v, want io.EOF", err)
		}
	}
	if err := <-done; !errors.Is(err, want) {
		t.Errorf("done with %v, want %v", err, want)
	}
	if n := parkedConns(t); n != 0 {
		t.Errorf("%d connections are still parked", n)
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
