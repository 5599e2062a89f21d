package reduction

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/brine-go/brine/connection"
)

// pair returns both ends of a Unix connection.
func pair(t *testing.T) (a, b *connection.Conn) {
	t.Helper()
	at := connection.Address{Path: filepath.Join(t.TempDir(), "s")}
	l, err := connection.Listen(t.Context(), at, connection.Config{Exact: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a, err = connection.Dial(bounded(t), at, connection.Config{Exact: true}); err != nil {
		t.Fatal(err)
	}
	if b, err = l.Accept(bounded(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// file returns a file that holds text.
func file(t *testing.T, text string) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func content(t *testing.T, f *os.File) string {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHandlesBetweenMessages(t *testing.T) {
	for _, ack := range []bool{false, true} {
		a, b := pair(t)
		files := []*os.File{file(t, "one")}
		for range 19 {
			files = append(files, file(t, "more"))
		}
		sent := make(chan error, 1)
		go func() {
			err := a.SendBytes(bounded(t), []byte("before"))
			err = errors.Join(err, SendHandles(bounded(t), a, ack, files...))
			sent <- errors.Join(err, a.SendBytes(bounded(t), []byte("after")))
		}()
		if got, err := b.RecvBytes(bounded(t)); err != nil || string(got) != "before" {
			t.Fatalf("got %q, %v", got, err)
		}
		got, err := RecvHandles(bounded(t), b, ack, 20)
		if err != nil || len(got) != 20 {
			t.Fatalf("%d descriptors, %v", len(got), err)
		}
		if content(t, got[0]) != "one" || content(t, got[19]) != "more" {
			t.Errorf("they are others: %q, %q", content(t, got[0]), content(t, got[19]))
		}
		closeAll(got)
		if got, err := b.RecvBytes(bounded(t)); err != nil || string(got) != "after" {
			t.Errorf("got %q, %v", got, err)
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
	}
}

func TestHandlesThatDoNotCome(t *testing.T) {
	a, b := pair(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := RecvHandles(ctx, b, false, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing comes: %v", err)
	}
	if err := a.SendBytes(bounded(t), []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := RecvHandles(bounded(t), b, false, 1); err == nil || !strings.Contains(err.Error(), "without a descriptor") {
		t.Errorf("a message comes: %v", err)
	}
	b.RecvBytes(ctx) // what is left of it is none
	a, b = pair(t)
	two := []*os.File{file(t, "1"), file(t, "2")}
	before := open(t)
	if err := SendHandles(bounded(t), a, false, two...); err != nil {
		t.Fatal(err)
	}
	if _, err := RecvHandles(bounded(t), b, false, 1); err == nil {
		t.Error("two came where one was to come, and it was taken for that")
	}
	if now := open(t); now != before {
		t.Errorf("%d descriptors are open, %d before", now, before)
	}
	a.Close()
	if _, err := RecvHandles(bounded(t), b, false, 1); !errors.Is(err, io.EOF) {
		t.Errorf("the peer closed: %v", err)
	}
	if err := SendHandles(bounded(t), b, true); err == nil {
		t.Error("no descriptor was sent")
	}
}

// open counts this process's descriptors.
func open(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestHandlesKeepTheirMode(t *testing.T) {
	a, b := pair(t)
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	r, w := os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w")
	defer r.Close()
	defer w.Close()
	if err := SendHandles(bounded(t), a, false, r); err != nil {
		t.Fatal(err)
	}
	got, err := RecvHandles(bounded(t), b, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(got)
	flags, err := unix.FcntlInt(uintptr(fds[0]), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_NONBLOCK != 0 {
		t.Errorf("the sender's pipe is non-blocking now: 0x%x, %v", flags, err)
	}
}
