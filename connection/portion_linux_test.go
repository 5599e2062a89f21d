package connection

import (
	"testing"

	"golang.org/x/sys/unix"
)

func sendBuffer(t *testing.T, c *Conn) (n int) {
	t.Helper()
	c.control(func(fd uintptr) {
		var err error
		if n, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF); err != nil {
			t.Error(err)
		}
	})
	return n
}

// TestPortions looks at the socket's buffer in the middle of a message, and after.
func TestPortions(t *testing.T) {
	tests := []struct {
		size     int
		portions bool
	}{
		{portionedFrom - Prefix - 1, false},
		{1 << 20, true},
		{portionedTo - Prefix, true},
		{portionedTo, false},
	}
	for _, tt := range tests {
		r, w := newPipes(t, true)
		before := sendBuffer(t, w)
		sent := make(chan error, 1)
		go func() { sent <- w.SendBytes(bounded(t), make([]byte, tt.size)) }()
		if !r.Poll(bounded(t)) {
			t.Fatal("nothing came")
		}
		want := before
		if tt.portions {
			want = (tt.size + Prefix) / portions * 2 // the kernel tells twice what it is told
		}
		if got := sendBuffer(t, w); got != want {
			t.Errorf("%d bytes: the buffer has %d bytes meanwhile, want %d", tt.size, got, want)
		}
		if b, err := r.RecvBytes(bounded(t)); len(b) != tt.size || err != nil {
			t.Errorf("received %d of %d bytes, %v", len(b), tt.size, err)
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
		if got := sendBuffer(t, w); got != before {
			t.Errorf("%d bytes: the buffer has %d bytes after it, and had %d", tt.size, got, before)
		}
	}
}
