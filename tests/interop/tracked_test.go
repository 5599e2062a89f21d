package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/pyinterop/tracker"
	"github.com/brine-go/brine/reduction"
	"github.com/brine-go/brine/tests/harness"
)

// TestStockTracker: Python's own tracker serves a Go family. It has nothing to
// say of one that ends well, and cleans up behind one that does not.
func TestStockTracker(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) {
			return // older ones track semaphores only, and read other lines
		}
		for _, tt := range []struct {
			name string
			end  func(e *engine.Engine) error // of the family
			says string
		}{
			{"ends well", (*engine.Engine).Close, ""},
			{"is killed", func(*engine.Engine) error { return nil }, "leaked"},
		} {
			r, w := pipe(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, py.Path, tracker.Command(3)...)
			var said bytes.Buffer
			cmd.Stderr, cmd.ExtraFiles = &said, []*os.File{r}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			r.Close()
			e := enginetest.Must(engine.New(engine.Config{Tracker: w}))(t)
			enginetest.Must(synchronize.NewLock(e))(t)
			s := enginetest.Must(sharedmemory.Create(e, "", 10))(t)
			if err := tt.end(e); err != nil {
				t.Error(err)
			}
			w.Close()
			if err := cmd.Wait(); err != nil && (tt.says == "" || ctx.Err() != nil) { // 3.13 exits with 1 after a leak
				t.Errorf("%s: the tracker: %v", tt.name, err)
			}
			if got := said.String(); (tt.says == "") != (got == "") || !strings.Contains(got, tt.says) {
				t.Errorf("%s: the tracker says %q", tt.name, got)
			}
			if _, err := sharedmemory.Open(e, s.Name()); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: the segment is still there: %v", tt.name, err)
			}
			s.Close()
			e.Close() // what it would remove is gone; its tracker, too
		}
	})
}

// pipe is one for a child.
func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// TestSegmentsOutliveTheirReaders: a child of the family opens a segment and
// ends; its tracker is ours, and nobody complains.
func TestSegmentsOutliveTheirReaders(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) {
			return // older ones have none
		}
		e := enginetest.New(t, sharedmemory.Register)
		s := enginetest.Must(sharedmemory.Create(e, "", 10))(t)
		defer s.Close()
		scope := pickle.NewDict(1)
		scope.Set("s", s)
		var said bytes.Buffer
		p := enginetest.Must(e.StartProcess(bounded(t), engine.ProcessConfig{
			Target: pickle.Global{Module: "builtins", Name: "exec"},
			Args:   pickle.Tuple{"s.buf[:5] = b'hello'\ns.close()", scope},
			Python: enginetest.Must(pyinterop.Probe(bounded(t), py.Path))(t),
			Stdout: &said, Stderr: &said,
		}))(t)
		if err := p.Wait(bounded(t)); err != nil || said.Len() > 0 {
			t.Errorf("the child: %v, %s", err, &said)
		}
		if string(s.Bytes()[:5]) != "hello" {
			t.Errorf("we see %q", s.Bytes())
		}
		if err := s.Unlink(); err != nil {
			t.Errorf("the segment did not survive: %v", err)
		}
	})
}

// TestUntrackedSegments: a Python of another family opens a segment with
// track=False, where there is that, and leaves it alone.
func TestUntrackedSegments(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 13) {
			return // which must unregister it: TestSegmentsBothWays
		}
		e := enginetest.New(t)
		s := enginetest.Must(sharedmemory.Create(e, "", 10))(t)
		defer s.Close()
		fam := family{e, py.Start(t, shared)}
		fam.do(t, "from multiprocessing import shared_memory", "None")
		fam.do(t, fmt.Sprintf("s = shared_memory.SharedMemory(%q, track=False)", s.Name()), "None")
		fam.do(t, "bytes(s.buf), s.close()", `(b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', None)`)
		fam.python.End(t)
		if said := fam.python.Stderr(); len(said) > 0 {
			t.Errorf("Python says %s", said)
		}
		if err := s.Unlink(); err != nil {
			t.Errorf("the segment did not survive: %v", err)
		}
	})
}

// TestHandlesBothWays sends descriptors beside messages, as Pythons before 3.14
// do without an answer, and as later ones do with one.
func TestHandlesBothWays(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		fam.withKey(t)
		fam.do(t, "import os, socket", "None")
		fam.do(t, "from multiprocessing.connection import Client", "None")
		cfg := fam.engine.Connection()
		cfg.Exact = true
		l := enginetest.Must(connection.Listen(t.Context(), connection.Address{Path: t.TempDir() + "/s"}, cfg))(t)
		defer l.Close()
		fam.python.Send(t, fmt.Sprintf("c = Client(%q, authkey=multiprocessing.current_process().authkey)", l.Addr().Path))
		c := enginetest.Must(l.Accept(bounded(t)))(t)
		defer c.Close()
		fam.python.Line(t)
		acks := fam.python.Ask(t, "reduction.ACKNOWLEDGE") == "True"

		// To Python: twenty at once, then one.
		r, w := pipe(t)
		files := make([]*os.File, 20)
		for i := range files {
			files[i] = w
		}
		fam.do(t, "s = socket.fromfd(c.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)", "None")
		fam.python.Send(t, "fds = reduction.recvfds(s, 20)")
		if err := reduction.SendHandles(bounded(t), c, acks, files...); err != nil {
			t.Fatal(err)
		}
		fam.python.Line(t)
		fam.do(t, "len(fds), os.write(fds[19], b'twenty')", "(20, 6)")
		fam.python.Ask(t, "[os.close(fd) for fd in fds]")
		fam.python.Send(t, "fd = reduction.recv_handle(c)")
		if err := reduction.SendHandles(bounded(t), c, acks, w); err != nil {
			t.Fatal(err)
		}
		fam.python.Line(t)
		fam.do(t, "os.write(fd, b' and one'), os.close(fd)", "(8, None)")
		got := make([]byte, 14)
		if n, err := r.Read(got); err != nil || string(got[:n]) != "twenty and one" {
			t.Errorf("read %q, %v", got[:n], err)
		}

		// From Python.
		fam.do(t, "r, w = os.pipe()", "None")
		fam.python.Send(t, "reduction.send_handle(c, w, os.getpid())")
		from := enginetest.Must(reduction.RecvHandles(bounded(t), c, acks, 1))(t)
		if got := fam.python.Line(t); got != "None" {
			t.Fatalf("send_handle: %s", got)
		}
		fam.python.Send(t, "reduction.sendfds(s, [w] * 20)")
		many := enginetest.Must(reduction.RecvHandles(bounded(t), c, acks, 20))(t)
		if got := fam.python.Line(t); got != "None" {
			t.Fatalf("sendfds: %s", got)
		}
		for _, f := range append(from, many...) {
			fmt.Fprint(f, ".")
			f.Close()
		}
		fam.do(t, "os.close(w), os.read(r, 100)", "(None, b'"+strings.Repeat(".", 21)+"')")
		// Messages pass as before.
		fam.do(t, "c.send('after')", "None")
		if v, err := c.Recv(bounded(t)); v != "after" || err != nil {
			t.Errorf("got %v, %v", v, err)
		}
		fam.do(t, "c.close(), s.close()", "(None, None)")
	})
}
