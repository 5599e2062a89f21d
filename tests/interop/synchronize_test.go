package interop

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
	"github.com/brine-go/brine/tests/harness"
)

var shared = filepath.Join("python", "shared.py")

// family is an engine and a Python that share things as parent and child do.
type family struct {
	engine *engine.Engine
	python *harness.Peer
}

// eachFamily runs f for every Python that has spawn.
func eachFamily(t *testing.T, f func(t *testing.T, fam family)) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return // 2.7 only forks
		}
		f(t, newFamily(t, py, queues.Register)) // and what is beneath
	})
}

// newFamily makes one, which leaves nothing behind when the test ends.
func newFamily(t *testing.T, py harness.Python, register func(*engine.Engine)) family {
	t.Helper()
	fam := family{engine: enginetest.New(t, register), python: py.Start(t, shared)}
	t.Cleanup(func() { fam.python.End(t) })
	return fam
}

// do has the Python run a line and expects an answer.
func (fam family) do(t *testing.T, line, want string) {
	t.Helper()
	if got := fam.python.Ask(t, line); got != want {
		t.Fatalf("%s: %s, want %s", line, got, want)
	}
}

func (fam family) codec() pickle.Codec { return fam.engine.Connection().Codec }

// give makes v the Python's variable of that name.
func (fam family) give(t *testing.T, name string, v any) {
	t.Helper()
	h := new(reduction.Inheritance)
	b, err := fam.codec().Marshal(reduction.WithInheritance(t.Context(), h), v)
	if err != nil {
		t.Fatal(err)
	}
	var fds []string
	for _, f := range h.Files() {
		raw, err := f.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) { fds = append(fds, strconv.Itoa(int(fd))) })
	}
	fam.do(t, fmt.Sprintf("%s = loads('%x', %d, [%s])", name, b, os.Getpid(), strings.Join(fds, ", ")), "None")
}

// Descriptor opens the Python's descriptor again, as it is there: pipes and
// memory can be.
func (fam family) Descriptor(n int) (*os.File, error) {
	info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", fam.python.Pid(), n))
	if err != nil {
		return nil, err
	}
	var pos int64
	var flags int
	if _, err := fmt.Sscanf(string(info), "pos: %d\nflags: %o", &pos, &flags); err != nil {
		return nil, err
	}
	return os.OpenFile(fmt.Sprintf("/proc/%d/fd/%d", fam.python.Pid(), n), flags&syscall.O_ACCMODE, 0)
}

// take returns the value of a Python expression.
func take[T any](t *testing.T, fam family, expression string) T {
	t.Helper()
	v, err := fam.take(t, expression)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	got, ok := v.(T)
	if !ok {
		t.Fatalf("%s arrived as a %T", expression, v)
	}
	return got
}

func (fam family) take(t *testing.T, expression string) (any, error) {
	t.Helper()
	answer := fam.python.Ask(t, "dumps("+expression+")")
	b, err := hex.DecodeString(strings.Trim(answer, "'"))
	if err != nil {
		t.Fatalf("dumps(%s): %s", expression, answer)
	}
	return fam.codec().Decode(reduction.WithBirth(t.Context(), fam), b)
}

func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// A semaphoreFile is where a lock lies for all processes.
type semaphoreFile string

// semaphoreOf is that of a Python's lock.
func (fam family) semaphoreOf(t *testing.T, lock string) semaphoreFile {
	t.Helper()
	name := strings.Trim(fam.python.Ask(t, lock+"._semlock.name"), "'")
	return semaphoreFile("/dev/shm/sem." + strings.TrimPrefix(name, "/"))
}

// waiters is how many processes sleep there: the second word is glibc's count.
func (f semaphoreFile) waiters(t *testing.T) uint32 {
	t.Helper()
	b := enginetest.Must(os.ReadFile(string(f)))(t)
	return binary.LittleEndian.Uint32(b[4:])
}

// awaited waits until n sleep.
func (f semaphoreFile) awaited(t *testing.T, n uint32) {
	t.Helper()
	enginetest.Until(t, fmt.Sprint(n, " wait"), func() bool { return f.waiters(t) == n })
}

func TestLockOfPython(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		fam.do(t, "lock = ctx.Lock()", "None")
		l := take[*synchronize.Lock](t, fam, "lock")
		file := fam.semaphoreOf(t, "lock")
		if !l.TryAcquire() {
			t.Fatal("the lock is taken")
		}
		fam.do(t, "lock.acquire(False)", "False")
		fam.do(t, "repr(lock)", "'<Lock(owner=SomeOtherProcess)>'")
		if got := l.String(); got != "<Lock(owner=MainProcess)>" {
			t.Errorf("String() = %s", got)
		}
		fam.python.Send(t, "lock.acquire(True, 30)")
		file.awaited(t, 1)
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
		if got := fam.python.Line(t); got != "True" {
			t.Fatalf("Python was not woken: %s", got)
		}
		if err := l.Acquire(short(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Acquire of a taken lock: %v", err)
		}
		if got := l.String(); got != "<Lock(owner=SomeOtherProcess)>" {
			t.Errorf("String() = %s", got)
		}
		done := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { done <- l.Acquire(ctx) }()
		file.awaited(t, 1)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("a wait that was given up: %v", err)
		}
		if n := file.waiters(t); n != 0 {
			t.Errorf("%d waiters are left of one that gave up", n)
		}
		go func() { done <- l.Acquire(bounded(t)) }()
		file.awaited(t, 1)
		fam.do(t, "lock.release()", "None")
		if err := <-done; err != nil {
			t.Fatalf("Go was not woken: %v", err)
		}
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
		if err := l.Release(); !errors.Is(err, pickle.ValueError) {
			t.Errorf("Release of a free lock: %v", err)
		}
		fam.do(t, "lock.release()", "ValueError: semaphore or lock released too many times")
	})
}

func TestLocksOfGo(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		l, err := synchronize.NewLock(fam.engine)
		if err != nil {
			t.Fatal(err)
		}
		fam.give(t, "lock", l)
		fam.do(t, "repr(lock)", "'"+l.String()+"'")
		fam.do(t, "lock.acquire()", "True")
		if l.TryAcquire() {
			t.Error("two hold the lock")
		}
		fam.do(t, "lock.release()", "None")

		r, err := synchronize.NewRLock(fam.engine)
		if err != nil {
			t.Fatal(err)
		}
		fam.give(t, "rlock", r)
		me, other := new(synchronize.Owner), new(synchronize.Owner)
		if !r.TryAcquire(me) || !r.TryAcquire(me) || r.TryAcquire(other) {
			t.Error("the RLock is taken twice by its owner, and by nobody else")
		}
		fam.do(t, "rlock.acquire(False)", "False")
		fam.do(t, "rlock.release()", "AssertionError: attempt to release recursive lock not owned by thread")
		if err := r.Release(other); !errors.Is(err, pickle.AssertionError) {
			t.Errorf("Release by another: %v", err)
		}
		if got := r.Repr(me); got != "<RLock(MainProcess, 2)>" {
			t.Errorf("Repr = %s", got)
		}
		if err := errors.Join(r.Release(me), r.Release(me)); err != nil {
			t.Fatal(err)
		}
		fam.do(t, "rlock.acquire(), rlock.acquire(), repr(rlock)", "(True, True, '<RLock(MainProcess, 2)>')")
		if got := r.String(); got != "<RLock(SomeOtherProcess, nonzero)>" {
			t.Errorf("String() = %s", got)
		}

		b, err := synchronize.NewBoundedSemaphore(fam.engine, 2)
		if err != nil {
			t.Fatal(err)
		}
		fam.give(t, "bounded", b)
		fam.do(t, "repr(bounded)", "'"+b.String()+"'")
		fam.do(t, "bounded.acquire(), bounded.acquire(), bounded.acquire(False)", "(True, True, False)")
		if err := errors.Join(b.Release(), b.Release()); err != nil {
			t.Fatal(err)
		}
		if err := b.Release(); !errors.Is(err, pickle.ValueError) {
			t.Errorf("Release beyond the bound: %v", err)
		}
		fam.do(t, "bounded.release()", "ValueError: semaphore or lock released too many times")
	})
}

func TestConditionAndEvent(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		ctx, me := bounded(t), new(synchronize.Owner)
		fam.do(t, "condition = ctx.Condition()", "None")
		c := take[*synchronize.Condition](t, fam, "condition")
		if err := c.Acquire(ctx, me); err != nil {
			t.Fatal(err)
		}
		fam.python.Send(t, "condition.acquire(), condition.notify(), condition.release()")
		if err := c.Wait(ctx, me); err != nil {
			t.Fatalf("Python's notify: %v", err)
		}
		if err := c.Wait(short(t), me); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nobody notifies: %v", err)
		}
		fam.python.Line(t)
		if got := c.Repr(me); got != "<Condition(<RLock(MainProcess, 1)>, 0)>" {
			t.Errorf("Repr = %s", got)
		}
		fam.python.Send(t, "condition.acquire(), condition.wait(30), condition.release()")
		for { // until the Python waits
			if err := c.Release(me); err != nil {
				t.Fatal(err)
			}
			if err := c.Acquire(ctx, me); err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(c.Repr(me), ", 1)>") {
				break
			}
		}
		if err := errors.Join(c.NotifyAll(ctx, me), c.Release(me)); err != nil {
			t.Fatal(err)
		}
		if got := fam.python.Line(t); got != "(True, True, None)" {
			t.Errorf("Python's wait: %s", got)
		}
		if got := c.String(); got != "<Condition(<RLock(None, 0)>, 0)>" {
			t.Errorf("String() = %s", got)
		}

		e, err := synchronize.NewEvent(fam.engine)
		if err != nil {
			t.Fatal(err)
		}
		fam.give(t, "event", e)
		fam.do(t, "event.wait(0.01)", "False")
		if err := e.Wait(short(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait for an event that is not set: %v", err)
		}
		fam.python.Send(t, "event.wait(30)")
		if err := e.Set(ctx); err != nil {
			t.Fatal(err)
		}
		if got := fam.python.Line(t); got != "True" {
			t.Errorf("Python's wait: %s", got)
		}
		fam.do(t, "event.wait(30)", "True") // it is set already
		fam.do(t, "event.clear()", "None")
		if set, err := e.IsSet(ctx); set || err != nil {
			t.Errorf("IsSet() = %t, %v after clear", set, err)
		}
		done := make(chan error, 1)
		go func() { done <- e.Wait(ctx) }()
		fam.do(t, "event.set()", "None")
		if err := <-done; err != nil {
			t.Errorf("Wait: %v", err)
		}
		if err := e.Wait(ctx); err != nil {
			t.Errorf("Wait for what Python has set already: %v", err)
		}
	})
}

func TestLocksThatCannotBeShared(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		fam.do(t, "nameless = multiprocessing.get_context('fork').Lock()", "None")
		fam.do(t, "nameless._is_fork_ctx = False", "None") // so that newer ones pickle it at all
		if _, err := fam.take(t, "nameless"); err == nil || !strings.Contains(err.Error(), "get_context('spawn')") {
			t.Errorf("a lock of a fork context: %v", err)
		}
		fam.do(t, "gone = ctx.Lock()", "None")
		answer := strings.Trim(fam.python.Ask(t, "dumps(gone)"), "'")
		fam.do(t, "import gc", "None")
		fam.do(t, "del gone", "None")
		fam.python.Ask(t, "[gc.collect() for _ in range(3)]") // PyPy counts no references
		b, _ := hex.DecodeString(answer)
		if _, err := fam.codec().Decode(t.Context(), b); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a lock whose maker is gone: %v", err)
		}
		l, err := synchronize.NewLock(fam.engine)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fam.codec().Marshal(t.Context(), l); !errors.Is(err, pickle.RuntimeError) {
			t.Errorf("pickled outside of a start: %v", err)
		}
	})
}

func TestBarrier(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		ofGo, err := synchronize.NewBarrier(fam.engine, 2)
		if err != nil {
			t.Fatal(err)
		}
		fam.give(t, "of_go", ofGo)
		fam.do(t, "of_python = ctx.Barrier(2)", "None")
		for name, b := range map[string]*synchronize.Barrier{
			"of_go": ofGo, "of_python": take[*synchronize.Barrier](t, fam, "of_python"),
		} {
			for range 50 {
				fam.python.Send(t, name+".wait(30)")
				place, err := b.Wait(bounded(t))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if got := fam.python.Line(t); got != strconv.Itoa(1-place) {
					t.Fatalf("%s: places %d and %s", name, place, got)
				}
			}
			if _, err := b.Wait(short(t)); !errors.Is(err, context.DeadlineExceeded) || !b.Broken() {
				t.Errorf("%s: nobody comes: %v, broken: %t", name, err, b.Broken())
			}
			fam.do(t, name+".broken, "+name+".parties", "(True, 2)")
			if got := fam.python.Ask(t, name+".wait(1)"); !strings.HasPrefix(got, "BrokenBarrierError") {
				t.Errorf("%s: Python waits at a broken barrier: %s", name, got)
			}
			if _, err := b.Wait(bounded(t)); !errors.Is(err, pickle.BrokenBarrierError) {
				t.Errorf("%s: Go waits at a broken barrier: %v", name, err)
			}
			fam.do(t, name+".reset()", "None")
			fam.python.Send(t, name+".wait(30)")
			for ctx := bounded(t); b.Waiting() != 1; time.Sleep(time.Millisecond) {
				if ctx.Err() != nil {
					t.Fatalf("%s: Python does not wait", name)
				}
			}
			if err := b.Abort(bounded(t)); err != nil {
				t.Fatal(err)
			}
			if got := fam.python.Line(t); !strings.HasPrefix(got, "BrokenBarrierError") {
				t.Errorf("%s: aborted: %s", name, got)
			}
			if err := b.Reset(bounded(t)); err != nil || b.Broken() {
				t.Errorf("%s: Reset: %v, broken: %t", name, err, b.Broken())
			}
		}
	})
}
