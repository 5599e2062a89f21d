package connection

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func newPipes(t *testing.T, duplex bool) (r, w *Conn) {
	t.Helper()
	r, w, err := Pipe(duplex, Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

func TestPipeCarriesMessages(t *testing.T) {
	for _, duplex := range []bool{false, true} {
		r, w := newPipes(t, duplex)
		for _, size := range []int{0, 1, 16 << 10, 16<<10 + 1, 5 << 20} {
			want := bytes.Repeat([]byte{7}, size)
			sent := make(chan error, 1)
			go func() { sent <- w.SendBytes(bounded(t), want) }()
			got, err := r.RecvBytes(bounded(t))
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("duplex %t: %d of %d bytes, %v", duplex, len(got), size, err)
			}
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
		}
		if duplex {
			if err := r.Send(bounded(t), "back"); err != nil {
				t.Fatal(err)
			}
			if v, err := w.Recv(bounded(t)); v != "back" || err != nil {
				t.Errorf("got %v, %v", v, err)
			}
		}
		w.Close()
		if _, err := r.RecvBytes(bounded(t)); err != io.EOF {
			t.Errorf("duplex %t: after Close: %v, want EOF", duplex, err)
		}
	}
}

func TestPipeStaysInBlockingMode(t *testing.T) {
	for _, duplex := range []bool{false, true} {
		r, w := newPipes(t, duplex)
		if err := w.Send(bounded(t), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Recv(bounded(t)); err != nil {
			t.Fatal(err)
		}
		for _, c := range []*Conn{r, w} {
			f, readable, writable, err := c.File()
			if err != nil {
				t.Fatal(err)
			}
			if readable != (c == r || duplex) || writable != (c == w || duplex) {
				t.Errorf("duplex %t: readable %t, writable %t", duplex, readable, writable)
			}
			raw, _ := f.SyscallConn()
			raw.Control(func(fd uintptr) {
				if flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK != 0 {
					t.Errorf("duplex %t: flags 0x%x, %v", duplex, flags, err)
				}
			})
		}
	}
}

func TestPipeWaitsForContexts(t *testing.T) {
	for _, duplex := range []bool{false, true} {
		r, w := newPipes(t, duplex)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if _, err := r.RecvBytes(ctx); err != context.DeadlineExceeded {
			t.Errorf("duplex %t: nothing comes: %v", duplex, err)
		}
		if err := w.Send(bounded(t), "late"); err != nil {
			t.Fatal(err)
		}
		if v, err := r.Recv(bounded(t)); v != "late" || err != nil {
			t.Errorf("duplex %t: got %v, %v", duplex, v, err)
		}
		full, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := w.SendBytes(full, make([]byte, 8<<20)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("duplex %t: nobody reads: %v", duplex, err)
		}
	}
}

func TestPipeCloseWakesTheReceiver(t *testing.T) {
	for _, duplex := range []bool{false, true} {
		r, _ := newPipes(t, duplex)
		got := make(chan error, 1)
		go func() {
			_, err := r.RecvBytes(bounded(t))
			got <- err
		}()
		for r.state.Load()&receiving == 0 {
			runtime.Gosched()
		}
		r.Close()
		if err := <-got; err != net.ErrClosed {
			t.Errorf("duplex %t: %v, want ErrClosed", duplex, err)
		}
	}
}

// TestCloseEndsSend: also one that waits for a peer which takes nothing, while
// another goroutine receives or not.
func TestCloseEndsSend(t *testing.T) {
	for _, duplex := range []bool{false, true} {
		r, w := newPipes(t, duplex)
		received := make(chan error, 1)
		go func() { _, err := w.RecvBytes(t.Context()); received <- err }()
		for duplex && w.state.Load()&receiving == 0 {
			runtime.Gosched()
		}
		sent := make(chan error, 1)
		go func() { sent <- w.SendBytes(t.Context(), make([]byte, 4<<20)) }()
		for !r.Ready() { // until it is inside the message
			runtime.Gosched()
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{"sends": <-sent, "receives": <-received} {
			if err != net.ErrClosed && err != errOnlySends {
				t.Errorf("duplex %t, closed while it %s: %v", duplex, what, err)
			}
		}
		if err := w.SendBytes(t.Context(), nil); err != net.ErrClosed {
			t.Errorf("duplex %t, sent after Close: %v", duplex, err)
		}
	}
}

func TestDirectionsOfAPipe(t *testing.T) {
	r, w := newPipes(t, false)
	if err := r.SendBytes(t.Context(), nil); err != errOnlyReceives {
		t.Errorf("sent into the end to receive from: %v", err)
	}
	if _, err := w.RecvBytes(t.Context()); err != errOnlySends {
		t.Errorf("received from the end to send into: %v", err)
	}
	if err := w.SendBytes(t.Context(), []byte("x")); err != nil {
		t.Errorf("sent after that: %v", err)
	}
}

func TestFromFileRefusesOthers(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if c, err := FromFile(f, Config{}); err == nil {
		t.Errorf("a Conn on a file: %v", c)
	}
}

func TestWait(t *testing.T) {
	a, b := newPipes(t, true)
	c, d := newPipes(t, false)
	l := listenAt(t, loopback, Config{})
	short, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if ready, err := Wait(short, a, c, l); err != context.DeadlineExceeded || ready != nil {
		t.Errorf("nothing happens: %v, %v", ready, err)
	}
	for _, tt := range []struct {
		name string
		do   func() error
		want Waiter
		undo func()
	}{
		{"a message", func() error { return b.Send(bounded(t), 1) }, a, func() { a.Recv(bounded(t)) }},
		{"a message in a pipe", func() error { return d.Send(bounded(t), 1) }, c, func() { c.Recv(bounded(t)) }},
		{"a client", func() error {
			nc, err := net.Dial("tcp", l.Addr().String())
			t.Cleanup(func() { nc.Close() })
			return err
		}, l, func() { l.Accept(bounded(t)) }},
		{"the end", d.Close, c, func() {}},
	} {
		if err := tt.do(); err != nil {
			t.Fatal(err)
		}
		ctx := bounded(t)
		ready, err := Wait(ctx, a, c, l)
		if err != nil || len(ready) != 1 || ready[0] != tt.want || ctx.Err() != nil {
			t.Errorf("%s: %v, %v, and the context: %v", tt.name, ready, err, ctx.Err())
		}
		tt.undo()
	}
}

func TestExactGoesOnInsideAMessage(t *testing.T) {
	a, b, err := newPipe(false)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c, err := FromFile(a, Config{Exact: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, part := range []string{"\x00\x00", "\x00\x05he", "ll"} {
		b.WriteString(part)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if _, err := c.RecvBytes(ctx); err != context.DeadlineExceeded {
			t.Fatalf("after %q: %v", part, err)
		}
	}
	b.WriteString("o" + "\x00\x00\x00\x01x")
	if got, err := c.RecvBytes(bounded(t)); string(got) != "hello" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if c.Buffered() != 0 {
		t.Errorf("%d bytes of the next message were read", c.Buffered())
	}
}
