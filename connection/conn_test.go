package connection

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestSendBytes(t *testing.T) {
	for _, a := range []Address{loopback, socketPath(t)} {
		server, client := connected(t, a)
		for _, n := range []int{0, 1, 1000, smallSize - Prefix, smallSize, 3 << 20} {
			var sending sync.WaitGroup
			sending.Go(func() {
				if err := client.SendBytes(bounded(t), body(n)); err != nil {
					t.Error(err)
				}
			})
			got, err := server.RecvBytes(bounded(t))
			if err != nil || !bytes.Equal(got, body(n)) {
				t.Errorf("%v: %d bytes, %v; want %d bytes", a, len(got), err, n)
			}
			sending.Wait()
		}
	}
}

func TestSendFrame(t *testing.T) {
	server, client := connected(t, loopback)
	if err := client.SendFrame([]byte("....hello")); err != nil {
		t.Fatal(err)
	}
	f, err := server.RecvFrame(bounded(t))
	if err != nil || string(f.Bytes()) != "hello" {
		t.Fatalf("got %v, %v", f, err)
	}
	f.Release()
	if err := client.SendFrame([]byte("...")); err == nil {
		t.Error("a frame without room for its length was sent")
	}
}

// TestFrames answers requests that come one by one, and in one piece.
func TestFrames(t *testing.T) {
	for _, a := range []Address{loopback, socketPath(t)} {
		server, client := connected(t, a)
		var serving sync.WaitGroup
		serving.Go(func() {
			for f, err := range server.Frames(t.Context()) {
				if err != nil {
					t.Error(err)
					return
				}
				if err := server.SendFrame(append(make([]byte, Prefix), f.Bytes()...)); err != nil {
					t.Error(err)
				}
			}
		})
		for i := range 2000 {
			want := body(i * i % 40_000)
			if err := client.SendBytes(bounded(t), want); err != nil {
				t.Fatal(err)
			}
			if got, err := client.RecvBytes(bounded(t)); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("answer %d: %d bytes, %v; want %d", i, len(got), err, len(want))
			}
		}
		var both []byte
		for range 3 {
			both = append(appendHeader(both, 3), "abc"...)
		}
		client.nc.Write(both)
		for range 3 {
			if got, err := client.RecvBytes(bounded(t)); err != nil || string(got) != "abc" {
				t.Fatalf("pipelined: %q, %v", got, err)
			}
		}
		client.Close()
		serving.Wait()
		if server.in.buf != nil {
			t.Error("a buffer is left")
		}
	}
}

// TestFramesWithoutAnswer: the peer goes away while its request is parked.
func TestFramesWithoutAnswer(t *testing.T) {
	server, peer := accepted(t, loopback, Config{})
	peer.Write([]byte("\x00\x00\x00\x01x"))
	peer.Close()
	n := 0
	for _, err := range server.Frames(bounded(t)) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestFramesBreak(t *testing.T) {
	server, client := connected(t, loopback)
	for range 3 {
		if err := client.SendBytes(bounded(t), []byte("abc")); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		for f, err := range server.Frames(bounded(t)) {
			if err != nil || string(f.Bytes()) != "abc" {
				t.Fatal(f, err)
			}
			break
		}
	}
	client.Close()
	for f, err := range server.Frames(bounded(t)) {
		t.Errorf("after the last message: %v, %v", f, err)
	}
}

func TestCloseInsideFrames(t *testing.T) {
	server, client := connected(t, loopback)
	client.SendBytes(bounded(t), []byte("abc"))
	for _, err := range server.Frames(bounded(t)) {
		if err != nil {
			t.Fatal(err)
		}
		server.Close()
	}
	if _, err := client.RecvBytes(bounded(t)); err != io.EOF {
		t.Errorf("the peer of a closed Conn got %v, want io.EOF", err)
	}
	if _, err := server.RecvBytes(bounded(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("receiving from a closed Conn: %v", err)
	}
	if err := server.SendBytes(bounded(t), nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("sending to a closed Conn: %v", err)
	}
}

func TestCloseWhileReceiving(t *testing.T) {
	for _, a := range []Address{loopback, socketPath(t)} {
		server, client := connected(t, a)
		got := make(chan error)
		go func() {
			_, err := server.RecvBytes(context.Background())
			got <- err
		}()
		for server.state.Load()&receiving == 0 {
			runtime.Gosched()
		}
		server.Close()
		if err := <-got; !errors.Is(err, net.ErrClosed) {
			t.Errorf("%v: got %v, want %v", a, err, net.ErrClosed)
		}
		if _, err := client.RecvBytes(bounded(t)); err != io.EOF {
			t.Errorf("the peer got %v, want io.EOF", err)
		}
	}
}

func TestContextBetweenFrames(t *testing.T) {
	server, client := connected(t, loopback)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := server.RecvBytes(ctx); err != context.DeadlineExceeded {
		t.Fatalf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if _, err := server.RecvBytes(ctx); err != context.DeadlineExceeded {
		t.Fatalf("with a context that has ended: %v", err)
	}
	if err := client.SendBytes(ctx, nil); err != context.DeadlineExceeded {
		t.Fatalf("sending with a context that has ended: %v", err)
	}
	if server.Poll(ctx) {
		t.Error("Poll is true and nothing was sent")
	}
	if err := client.SendBytes(bounded(t), []byte("still here")); err != nil {
		t.Fatal(err)
	}
	if !server.Poll(bounded(t)) || !server.Poll(bounded(t)) {
		t.Error("Poll is false and something was sent")
	}
	if got, err := server.RecvBytes(bounded(t)); err != nil || string(got) != "still here" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestContextInsideFrame(t *testing.T) {
	server, peer := accepted(t, loopback, Config{})
	peer.Write([]byte("\x00\x00\x00\x05ab"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := server.RecvBytes(ctx)
	var cut *FrameError
	if !errors.As(err, &cut) || cut.Want != 9 || cut.Got != 6 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the cut and its reason", err)
	}
	if n, err := peer.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("the connection is still open")
	}
}

func TestContextWhileSending(t *testing.T) {
	server, client := connected(t, socketPath(t))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		client.nc.Read(make([]byte, 1)) // so sending has begun
		cancel()
	}()
	if err := server.SendBytes(ctx, make([]byte, 64<<20)); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := server.SendBytes(t.Context(), nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after half a message: %v, want %v", err, net.ErrClosed)
	}
}

func TestOneReceiver(t *testing.T) {
	server, client := connected(t, loopback)
	client.SendBytes(bounded(t), []byte("a"))
	for range server.Frames(bounded(t)) {
		if _, err := server.RecvBytes(bounded(t)); err != errBusy {
			t.Errorf("receiving inside Frames: %v, want %v", err, errBusy)
		}
		break
	}
}

func TestKeep(t *testing.T) {
	server, client := connected(t, loopback)
	for _, n := range []int{10, 200_000} {
		go client.SendBytes(context.Background(), body(n))
		f, err := server.RecvFrame(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		kept := f.Keep()
		f.Release()
		go client.SendBytes(context.Background(), make([]byte, n))
		if _, err := server.RecvBytes(bounded(t)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, body(n)) {
			t.Errorf("%d kept bytes changed with the next message", n)
		}
	}
}

func TestCloseIdle(t *testing.T) {
	server, client := connected(t, loopback)
	server.CloseIdle(time.Millisecond)
	if _, err := client.RecvBytes(bounded(t)); err != io.EOF {
		t.Errorf("the peer got %v, want io.EOF", err)
	}
}

func TestPeer(t *testing.T) {
	server, _ := connected(t, socketPath(t))
	if p := server.Peer(); p.PID != os.Getpid() || p.UID != os.Getuid() {
		t.Errorf("on a Unix socket the peer is %+v, want pid %d and uid %d", p, os.Getpid(), os.Getuid())
	}
	server, client := connected(t, loopback)
	if p := server.Peer(); p.PID != 0 || p.Addr != client.Local() {
		t.Errorf("over TCP the peer is %+v, want the address %v", p, client.Local())
	}
}

// echo answers every frame, without a buffer of its own.
func echo(b *testing.B, server *Conn) {
	out := make([]byte, Prefix, 64)
	for f, err := range server.Frames(context.Background()) {
		if err != nil {
			b.Error(err)
			return
		}
		if err := server.SendFrame(append(out, f.Bytes()...)); err != nil {
			b.Error(err)
		}
	}
}

func BenchmarkEcho(b *testing.B) {
	for _, a := range []Address{loopback, socketPath(b)} {
		b.Run(fmt.Sprintf("unix=%v", a.IsUnix()), func(b *testing.B) {
			server, client := connected(b, a)
			go echo(b, server)
			request := append(make([]byte, Prefix), "0123456789abcdefghijklmnopqrstuvwxyz"...)
			b.ReportAllocs()
			for b.Loop() {
				if err := client.SendFrame(request); err != nil {
					b.Fatal(err)
				}
				f, err := client.RecvFrame(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				f.Release()
			}
		})
	}
}

func BenchmarkReceiveMiB(b *testing.B) {
	server, client := connected(b, socketPath(b))
	go func() {
		frame := make([]byte, Prefix+1<<20)
		for client.SendFrame(frame) == nil {
		}
	}()
	b.SetBytes(1 << 20)
	b.ReportAllocs()
	for b.Loop() {
		f, err := server.RecvFrame(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		f.Release()
	}
	server.Close()
}

// TestRecycle keeps some messages and forgets others, whose buffers come back
// for more: no kept one may change.
func TestRecycle(t *testing.T) {
	server, client := connected(t, socketPath(t))
	const n, size = 300, 200_000
	go func() {
		for i := range n {
			if client.SendBytes(context.Background(), bytes.Repeat([]byte{byte(i)}, size)) != nil {
				return
			}
		}
	}()
	kept := map[int][]byte{}
	seen := map[*byte]int{}
	for i := range n {
		b, err := server.RecvBytes(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 {
			kept[i] = b
		}
		if i%20 == 0 {
			runtime.GC()
		}
	}
	for i, b := range kept {
		if !bytes.Equal(b, bytes.Repeat([]byte{byte(i)}, size)) {
			t.Errorf("message %d changed after it was kept", i)
		}
		seen[&b[0]]++
	}
	if len(seen) != len(kept) {
		t.Errorf("%d messages share %d buffers", len(kept), len(seen))
	}
}

func TestNoAllocation(t *testing.T) {
	server, client := connected(t, loopback)
	request := append(make([]byte, Prefix), "request"...)
	n := testing.AllocsPerRun(200, func() {
		if err := client.SendFrame(request); err != nil {
			t.Fatal(err)
		}
		f, err := server.RecvFrame(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		f.Release()
	})
	if n >= 1 && !raceEnabled {
		t.Errorf("a small message costs %v allocations", n)
	}
}
