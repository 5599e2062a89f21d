//go:build linux

package faults

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/reduction"
	"github.com/brine-go/brine/tests/harness"
)

// Processes that share locks and queues die here while they wait for one, hold
// it, or are inside it. enginetest sees to it that each test leaves /dev/shm, the
// processes and the descriptors as they were.

func TestMain(m *testing.M) {
	engine.Main(setup, tasks) // the tests are also their own children, and workers of pools
	enginetest.Main(m, enginetest.Roles{
		"parent":      {Register: setup, Run: bear},
		"pool-parent": {Register: tasks, Run: parent},
		"take":        {Register: queues.Register, Run: take},
		"get":         {Register: queues.Register, Run: get},
		"hold":        {Register: func(*engine.Engine) {}, Run: hold},
	})
}

// take takes a lock and keeps it, until a line comes.
func take(_ *engine.Engine, v any) error {
	var err error
	switch l := v.(type) {
	case *synchronize.Lock:
		err = l.Acquire(context.Background())
	case *synchronize.RLock:
		err = l.Acquire(context.Background(), new(synchronize.Owner))
	}
	fmt.Println("taken", err)
	enginetest.Input().Scan()
	return err
}

// get gets one item.
func get(_ *engine.Engine, v any) error {
	item, err := v.(*queues.Queue).Get(context.Background())
	fmt.Println("got", item, err)
	return err
}

// A victim is a process that takes a lock, and is killed.
type victim struct {
	name  string
	start func(t *testing.T, e *engine.Engine, lock any) (kill func())
}

// victims are a Go process and every Python.
func victims(t *testing.T) []victim {
	list := []victim{{"Go", func(t *testing.T, e *engine.Engine, lock any) func() {
		return enginetest.Start(t, e, "take", lock).Kill
	}}}
	for _, py := range harness.Pythons(t) {
		if !py.AtLeast(3, 6) {
			continue // 2.7 only forks
		}
		list = append(list, victim{py.Name(), func(t *testing.T, e *engine.Engine, lock any) func() {
			scope := pickle.NewDict(1)
			scope.Set("lock", lock)
			return startPython(t, e, py, "lock.acquire()\nimport time\ntime.sleep(1000)", scope)
		}})
	}
	return list
}

// startPython starts a child of e, and returns what kills it.
func startPython(t *testing.T, e *engine.Engine, py harness.Python, source string, scope *pickle.Dict) (kill func()) {
	t.Helper()
	python := enginetest.Must(pyinterop.Probe(t.Context(), py.Path))(t)
	p := enginetest.Must(e.StartProcess(t.Context(), engine.ProcessConfig{
		Target: pickle.Global{Module: "builtins", Name: "exec"},
		Args:   pickle.Tuple{source, scope},
		Python: python,
	}))(t)
	kill = func() {
		p.Kill()
		p.Wait(context.Background()) // is an error: it was killed
	}
	t.Cleanup(kill)
	return kill
}

// counts reads the semaphore of a lock where glibc keeps it.
func counts(t *testing.T, e *engine.Engine, lock any) (value, waiters uint32) {
	t.Helper()
	ctx := reduction.WithInheritance(t.Context(), new(reduction.Inheritance))
	text := enginetest.Must(e.Connection().Codec.Marshal(ctx, lock))(t)
	o := enginetest.Must(pickle.Codec{}.Decode(t.Context(), text))(t).(*pickle.Object)
	name := o.Ops[0].Items[0].(pickle.Tuple)[3].(string)
	b := enginetest.Must(os.ReadFile("/dev/shm/sem." + strings.TrimPrefix(name, "/")))(t)
	return binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
}

// TestKilledWaiters: the lock goes on to others.
func TestKilledWaiters(t *testing.T) {
	for _, v := range victims(t) {
		t.Run(v.name, func(t *testing.T) {
			e := enginetest.New(t, queues.Register)
			l := enginetest.Must(synchronize.NewLock(e))(t)
			if err := l.Acquire(enginetest.Soon(t)); err != nil {
				t.Fatal(err)
			}
			kill := v.start(t, e, l)
			enginetest.Until(t, "it waits", func() bool { _, n := counts(t, e, l); return n == 1 })
			kill()
			if err := l.Release(); err != nil {
				t.Fatal(err)
			}
			other := enginetest.Start(t, e, "take", l)
			if got := other.Line(t); got != "taken <nil>" {
				t.Errorf("another process: %s", got)
			}
			other.Kill()
		})
	}
}

// TestKilledHolders: nobody can tell that the holder of a Lock is dead, so who
// waits gets the end of its context. A Go holder of an RLock is recorded where
// that is asked for.
func TestKilledHolders(t *testing.T) {
	for _, v := range victims(t) {
		t.Run(v.name, func(t *testing.T) {
			e := enginetest.New(t, queues.Register)
			l := enginetest.Must(synchronize.NewLock(e))(t)
			r := enginetest.Must(synchronize.NewRLock(e))(t)
			if err := r.RecordHolder(); err != nil {
				t.Fatal(err)
			}
			for _, lock := range []any{l, r} {
				kill := v.start(t, e, lock)
				enginetest.Until(t, "it has the lock", func() bool { n, _ := counts(t, e, lock); return n == 0 })
				kill()
			}
			if err := l.Acquire(enginetest.Moment(t)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the Lock of a dead process: %v", err)
			}
			ctx, want := enginetest.Moment(t), context.DeadlineExceeded
			if v.name == "Go" {
				ctx, want = enginetest.Soon(t), synchronize.ErrHolderDied
			}
			killed := time.Now()
			if err := r.Acquire(ctx, new(synchronize.Owner)); !errors.Is(err, want) {
				t.Errorf("the RLock of a dead process: %v, want %v", err, want)
			}
			t.Logf("told after %v", time.Since(killed))
			// Any process may free a Lock, also one that is not its holder.
			if err := errors.Join(l.Release(), l.Acquire(enginetest.Soon(t))); err != nil {
				t.Errorf("freed by another: %v", err)
			}
		})
	}
}

// TestKilledReaders: a process dies with the lock of a queue's readers, and half
// an item read. Writers go on; readers wait until their context ends.
func TestKilledReaders(t *testing.T) {
	readers := []victim{{"Go", func(t *testing.T, e *engine.Engine, q any) func() {
		return enginetest.Start(t, e, "get", q).Kill
	}}}
	for _, py := range harness.Pythons(t) {
		if py.AtLeast(3, 6) {
			readers = append(readers, victim{py.Name(), func(t *testing.T, e *engine.Engine, q any) func() {
				scope := pickle.NewDict(1)
				scope.Set("q", q)
				return startPython(t, e, py, "q.get()", scope)
			}})
		}
	}
	for _, v := range readers {
		t.Run(v.name, func(t *testing.T) {
			e := enginetest.New(t, queues.Register)
			q := enginetest.Must(queues.New(e, 0))(t)
			t.Cleanup(func() { q.Abandon(); q.Close() })
			pipe := pipeOf(t, e, q)
			kill := v.start(t, e, q)
			item := enginetest.Must(pickle.Marshal("whole"))(t)
			half := append([]byte{0, 0, 0, byte(len(item))}, item[:len(item)/2]...)
			if _, err := pipe.Write(half); err != nil {
				t.Fatal(err)
			}
			enginetest.Until(t, "it has read half an item", func() bool {
				left, err := unix.IoctlGetInt(descriptor(t, pipe), unix.TIOCINQ)
				return err == nil && left == 0
			})
			kill()
			if _, err := q.Get(enginetest.Moment(t)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got from a queue whose reader died: %v", err)
			}
			if err := errors.Join(q.Put(enginetest.Soon(t), 1), q.Join(enginetest.Soon(t))); err != nil {
				t.Errorf("put into a queue whose reader died: %v", err)
			}
		})
	}
}

// pipeOf is the writing end of a queue's pipe.
func pipeOf(t *testing.T, e *engine.Engine, q *queues.Queue) *os.File {
	t.Helper()
	h := new(reduction.Inheritance)
	if _, err := e.Connection().Codec.Marshal(reduction.WithInheritance(t.Context(), h), q); err != nil {
		t.Fatal(err)
	}
	return h.Files()[1]
}

func descriptor(t *testing.T, f *os.File) (n int) {
	t.Helper()
	raw := enginetest.Must(f.SyscallConn())(t)
	if err := raw.Control(func(fd uintptr) { n = int(fd) }); err != nil {
		t.Fatal(err)
	}
	return n
}
