package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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

// TestTrackerOutlivesItsStarter: a Go program starts a Python and is killed. Its
// tracker goes on for that Python and for us, who both make segments through it,
// and removes what each has left when the last has ended.
func TestTrackerOutlivesItsStarter(t *testing.T) {
	const child = `
import os
from multiprocessing import resource_tracker, shared_memory
conn.send((os.getpid(), resource_tracker._resource_tracker._fd))
conn.recv()
conn.send(shared_memory.SharedMemory(create=True, size=8).name)
conn.recv()
os._exit(0)`
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) {
			return // older ones have no segments
		}
		e := enginetest.New(t, registerAll)
		r, stderr := pipe(t)
		conn, theirs, err := connection.Pipe(true, e.Connection())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		starter := enginetest.Start(t, e, "start-tracked", pickle.Tuple{py.Path, child, theirs, fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), stderr.Fd())})
		theirs.Close()
		segments := []string{starter.Line(t)} // by who made them: the starter, Python, we
		stderr.Close()
		place := enginetest.Must(conn.Recv(bounded(t)))(t).(pickle.Tuple)
		w := enginetest.Must(os.OpenFile(fmt.Sprintf("/proc/%v/fd/%v", place...), os.O_WRONLY, 0))(t)
		defer w.Close()
		ours := enginetest.Must(engine.New(engine.Config{Tracker: w}))(t)
		starter.Kill()

		say := func() {
			if err := conn.Send(bounded(t), "go on"); err != nil {
				t.Fatal(err)
			}
		}
		say()
		segments = append(segments, enginetest.Must(conn.Recv(bounded(t)))(t).(string))
		say()
		if _, err := conn.Recv(bounded(t)); !errors.Is(err, io.EOF) {
			t.Errorf("Python does not end: %v", err)
		}
		// Now nobody but us has the tracker's pipe.
		gone := enginetest.Must(sharedmemory.Create(ours, "", 8))(t)
		if err := errors.Join(gone.Close(), gone.Unlink()); err != nil {
			t.Error(err)
		}
		left := enginetest.Must(sharedmemory.Create(ours, "", 8))(t)
		defer left.Close()
		segments = append(segments, left.Name())
		for _, name := range segments {
			s, err := sharedmemory.Open(e, name)
			if err != nil {
				t.Fatalf("while one of the family lives: %v", err)
			}
			s.Close()
		}
		w.Close()
		said := enginetest.Must(io.ReadAll(r))(t) // until the tracker has ended
		if want := "3 leaked shared_memory object(s)"; !strings.Contains(string(said), want) || bytes.Count(said, []byte("\n")) != 1 {
			t.Errorf("the tracker says %q, want %s and no more", said, want)
		}
		for _, name := range segments {
			if _, err := sharedmemory.Open(e, name); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the family has ended, and a segment: %v", err)
			}
		}
		ours.Close() // what it would remove is gone; its tracker, too
	})
}

// startTracked takes (python, source, connection, stderr). It makes a segment,
// and a child that shares its tracker, and waits to be killed.
func startTracked(e *engine.Engine, v any) error {
	t := v.(pickle.Tuple)
	stderr, err := os.OpenFile(t[3].(string), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	os.Stderr = stderr // the tracker's
	s, err := sharedmemory.Create(e, "", 8)
	if err != nil {
		return err
	}
	python, err := pyinterop.Probe(context.Background(), t[0].(string))
	if err != nil {
		return err
	}
	scope := pickle.NewDict(1)
	scope.Set("conn", t[2])
	if _, err := e.StartProcess(context.Background(), engine.ProcessConfig{
		Target: pickle.Global{Module: "builtins", Name: "exec"}, Args: pickle.Tuple{t[1], scope}, Python: python,
	}); err != nil {
		return err
	}
	fmt.Println(s.Name())
	select {}
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
