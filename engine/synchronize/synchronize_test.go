package synchronize

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

func TestMain(m *testing.M) { enginetest.Main(m, enginetest.Roles{"holds": holds}) }

func TestTheFileIsGlibcs(t *testing.T) {
	e := enginetest.New(t)
	for _, tt := range []struct {
		value int
		want  string
	}{
		{0, "\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x80\x00\x00\x00"},
		{1, "\x01\x00\x00\x00" + "\x00\x00\x00\x00" + "\x80\x00\x00\x00"},
		{0x01020304, "\x04\x03\x02\x01" + "\x00\x00\x00\x00" + "\x80\x00\x00\x00"},
	} {
		s := enginetest.Must(NewSemaphore(e, tt.value))(t)
		path := filepath.Join(shm.Dir, shm.Semaphore(s.name))
		got, err := os.ReadFile(path)
		if want := tt.want + strings.Repeat("\x00", 20); err != nil || string(got) != want {
			t.Errorf("value %d: %x, %v; want %x", tt.value, got, err, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("Close left %s", path)
		}
		if err := s.Release(); err != nil || s.Value() != tt.value+1 {
			t.Errorf("a closed semaphore has %d, %v", s.Value(), err)
		}
	}
	for _, value := range []int{-1, maxValue + 1} {
		if s, err := NewSemaphore(e, value); err == nil {
			t.Errorf("a semaphore of %d: %v", value, s)
		}
	}
}

func TestForeignLayoutsAreRefused(t *testing.T) {
	glibc := "\x01\x00\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00" + strings.Repeat("\x00", 20)
	for _, tt := range []struct{ name, file, content, want string }{
		{"32-bit glibc", "sem.brine-foreign", glibc[:16], "32-bit glibc"},
		{"cut", "sem.brine-foreign", glibc[:31], "31 bytes"},
		{"private", "sem.brine-foreign", strings.Replace(glibc, "\x80", "\x00", 1), "0x0"},
		{"musl", "brine-foreign", glibc, "musl"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(shm.Dir, tt.file)
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			defer os.Remove(path)
			_, err := openSemaphore("/brine-foreign")
			if _, ok := errors.AsType[*LayoutError](err); !ok || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want a LayoutError with %q", err, tt.want)
			}
		})
	}
	if _, err := openSemaphore("/brine-none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no semaphore: %v", err)
	}
}

func TestStatesThatAreNone(t *testing.T) {
	e := enginetest.New(t)
	for _, state := range []any{
		nil, int64(1), pickle.Tuple{}, pickle.Tuple{int64(0), int64(1), int64(1)},
		pickle.Tuple{int64(0), int64(0), int64(1), "/mp-x"},
		pickle.Tuple{int64(0), int64(1), int64(-1), "/mp-x"},
		pickle.Tuple{int64(0), int64(1), int64(1 << 40), "/mp-x"},
		pickle.Tuple{int64(0), int64(1), int64(1), nil},
		pickle.Tuple{int64(0), int64(1), int64(1), int64(7)},
		pickle.Tuple{int64(0), int64(1), int64(1), "/../etc/passwd"},
	} {
		for _, v := range []stateful{new(Lock), new(Semaphore), new(Condition), new(Event)} {
			if err := v.setState(e, state); err == nil {
				t.Errorf("a %T took the state %v", v, state)
			}
		}
	}
}

func TestLocksTravelToAChild(t *testing.T) {
	e := enginetest.New(t)
	Register(e)
	c := enginetest.Must(NewCondition(e, nil))(t)
	ev := enginetest.Must(NewEvent(e))(t)
	codec := e.Connection().Codec
	ctx := reduction.WithInheritance(t.Context(), new(reduction.Inheritance))
	b := enginetest.Must(codec.Marshal(ctx, pickle.Tuple{c, ev, c.mutex}))(t)
	v := enginetest.Must(codec.Decode(t.Context(), b))(t).(pickle.Tuple)
	child := v[0].(*Condition)
	if child.mutex != v[2].(Mutex) {
		t.Error("one lock arrived as two")
	}
	me := new(Owner)
	if err := c.Acquire(enginetest.Soon(t), me); err != nil {
		t.Fatal(err)
	}
	if got := child.String(); got != "<Condition(<RLock(SomeOtherProcess, nonzero)>, 0)>" {
		t.Errorf("as the child sees it: %s", got)
	}
	if err := ev.Set(enginetest.Soon(t)); err != nil {
		t.Fatal(err)
	}
	if set, err := v[1].(*Event).IsSet(enginetest.Soon(t)); !set || err != nil {
		t.Errorf("the child's event: %t, %v", set, err)
	}
}

func TestManyWaitersSleepInOneThread(t *testing.T) {
	l := enginetest.Must(NewLock(enginetest.New(t)))(t)
	if err := l.Acquire(enginetest.Soon(t)); err != nil {
		t.Fatal(err)
	}
	before := pprof.Lookup("threadcreate").Count()
	const n = 1000
	var running sync.WaitGroup
	order := make([]int, 0, n) // guarded by l
	for i := range n {
		running.Go(func() {
			if err := l.Acquire(enginetest.Soon(t)); err != nil {
				t.Error(err)
				return
			}
			order = append(order, i)
			if err := l.Release(); err != nil {
				t.Error(err)
			}
		})
		enginetest.Until(t, "all wait in line", func() bool { return int(l.line.length.Load()) == i+1 })
	}
	enginetest.Until(t, "the first sleeps", func() bool { return l.sem.waiters() == 1 })
	// Threads that collect garbage or look after the machine come and go.
	if grown := pprof.Lookup("threadcreate").Count() - before; grown > 10 {
		t.Errorf("%d waiters made %d threads", n, grown)
	}
	if asleep := asleep(t); asleep > 1 {
		t.Errorf("%d threads sleep for %d waiters, want one for all", asleep, n)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	running.Wait()
	for i, who := range order {
		if i != who {
			t.Fatalf("waiter %d came in place %d", who, i)
		}
	}
	if l.sem.waiters() != 0 || l.sem.value() != 1 {
		t.Errorf("%d waiters and value %d are left, want 0 and 1", l.sem.waiters(), l.sem.value())
	}
}

// asleep counts the threads in futex_waitv: for a word, and its cancellation.
func asleep(t *testing.T) (n int) {
	calls, err := filepath.Glob("/proc/self/task/*/syscall")
	if err != nil || len(calls) == 0 {
		t.Fatalf("no threads: %v", err)
	}
	for _, path := range calls {
		text, _ := os.ReadFile(path) // of one that has ended: nothing
		if strings.HasPrefix(string(text), "449 ") {
			n++
		}
	}
	return n
}

func TestCancelledWaiters(t *testing.T) {
	l := enginetest.Must(NewLock(enginetest.New(t)))(t)
	if err := l.Acquire(enginetest.Soon(t)); err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := l.Acquire(ended); err != context.Canceled {
		t.Errorf("with an ended context: %v", err)
	}
	first, endFirst := context.WithCancel(t.Context())
	second, endSecond := context.WithCancel(t.Context())
	errs := make(chan error)
	go func() { errs <- l.Acquire(first) }()
	enginetest.Until(t, "the first sleeps", func() bool { return l.sem.waiters() == 1 })
	go func() { errs <- l.Acquire(second) }()
	enginetest.Until(t, "the second is in line", func() bool { return l.line.length.Load() == 2 })
	endSecond() // not the one in the kernel
	if err := <-errs; err != context.Canceled {
		t.Errorf("the second: %v", err)
	}
	endFirst()
	if err := <-errs; err != context.Canceled {
		t.Errorf("the first: %v", err)
	}
	if l.sem.waiters() != 0 || l.line.length.Load() != 0 {
		t.Errorf("%d waiters are left", l.sem.waiters())
	}
}

// TestNoWakeUpIsLost has three waiters, two of which give up at about the time
// when a permit comes. Whoever does not must get it.
func TestNoWakeUpIsLost(t *testing.T) {
	e := enginetest.New(t)
	Register(e)
	s := enginetest.Must(NewSemaphore(e, 0))(t)
	others := []*Semaphore{clone(t, e, s), clone(t, e, s)} // as if in other processes
	for round := range 10000 {
		ordered := round%500 == 0 // else as it comes
		asleep := func(n int) {
			if ordered {
				enginetest.Until(t, "they sleep", func() bool { return s.sem.waiters() >= n })
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		var taken atomic.Int32
		var leaving sync.WaitGroup
		for _, s := range others {
			leaving.Go(func() {
				if s.Acquire(ctx) == nil {
					taken.Add(1)
				}
			})
		}
		asleep(2)
		stays := make(chan error, 1)
		go func() { stays <- s.Acquire(enginetest.Soon(t)) }()
		asleep(3)
		if !ordered {
			go cancel()
		}
		if err := s.Release(); err != nil { // one permit, which wakes one who leaves
			t.Fatal(err)
		}
		cancel()
		leaving.Wait()
		for range taken.Load() {
			if err := s.Release(); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-stays; err != nil {
			t.Fatalf("round %d: the waiter who stays sleeps, with %d permits: %v", round, s.Value(), err)
		}
		if s.Value() != 0 || s.sem.waiters() != 0 {
			t.Fatalf("round %d: value %d and %d waiters are left", round, s.Value(), s.sem.waiters())
		}
	}
}

// clone is s as another process has it.
func clone(t testing.TB, e *engine.Engine, s *Semaphore) *Semaphore {
	other := new(Semaphore)
	if err := other.setState(e, s.state()); err != nil {
		t.Fatal(err)
	}
	return other
}

func TestExclusion(t *testing.T) {
	e := enginetest.New(t)
	l := enginetest.Must(NewLock(e))(t)
	other := new(Lock)
	if err := other.setState(e, l.state()); err != nil {
		t.Fatal(err)
	}
	const each = 5000
	n := 0 // guarded by l, also in the eyes of the race detector
	var running sync.WaitGroup
	for _, l := range []*Lock{l, l, l} {
		running.Go(func() {
			for range each {
				if err := l.Acquire(enginetest.Soon(t)); err != nil {
					t.Error(err)
					return
				}
				n++
				if err := l.Release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	if n != 3*each {
		t.Errorf("%d increments, want %d", n, 3*each)
	}
	if err := other.Release(); !errors.Is(err, pickle.ValueError) {
		t.Errorf("Release of a free lock: %v", err)
	}
}

func TestConditionCountsReturnToZero(t *testing.T) {
	e := enginetest.New(t)
	c := enginetest.Must(NewCondition(e, nil))(t)
	me := new(Owner)
	if err := c.Wait(t.Context(), me); !errors.Is(err, pickle.AssertionError) {
		t.Errorf("Wait without the lock: %v", err)
	}
	if err := c.Notify(t.Context(), me, 1); !errors.Is(err, pickle.AssertionError) {
		t.Errorf("Notify without the lock: %v", err)
	}
	if err := errors.Join(c.Acquire(enginetest.Soon(t), me), c.Acquire(enginetest.Soon(t), me)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := c.Wait(ctx, me); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody notifies: %v", err)
	}
	if got, want := c.Repr(me), "<Condition(<RLock(MainProcess, 2)>, 0)>"; got != want {
		t.Errorf("after the time-out: %s, want %s", got, want)
	}
	var running sync.WaitGroup
	for range 5 {
		running.Go(func() {
			o := new(Owner)
			if err := c.Acquire(enginetest.Soon(t), o); err != nil {
				t.Error(err)
			}
			if err := errors.Join(c.Wait(enginetest.Soon(t), o), c.Release(o)); err != nil {
				t.Error(err)
			}
		})
	}
	if err := errors.Join(c.Release(me), c.Release(me)); err != nil {
		t.Fatal(err)
	}
	enginetest.Until(t, "five wait", func() bool { return c.sleeping.Value()-c.woken.Value() == 5 })
	if err := c.Acquire(enginetest.Soon(t), me); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ n, left int }{{0, 5}, {-1, 5}, {1, 4}, {2, 2}} {
		if err := c.Notify(enginetest.Soon(t), me, tt.n); err != nil {
			t.Fatal(err)
		}
		if left := c.sleeping.Value(); left != tt.left {
			t.Errorf("after Notify(%d), %d wait on, want %d", tt.n, left, tt.left)
		}
	}
	if err := errors.Join(c.NotifyAll(enginetest.Soon(t), me), c.Release(me)); err != nil {
		t.Fatal(err)
	}
	running.Wait()
	for _, s := range []*Semaphore{c.sleeping, c.woken, c.wake} {
		if s.Value() != 0 {
			t.Errorf("the counts end at %d, %d, %d", c.sleeping.Value(), c.woken.Value(), c.wake.Value())
		}
	}
}

// TestNotifyThatGaveUp: one of two who wait does not answer, as if stopped or
// killed. It waits on, and nobody else is forgotten for it.
func TestNotifyThatGaveUp(t *testing.T) {
	e := enginetest.New(t)
	c := enginetest.Must(NewCondition(e, nil))(t)
	me := new(Owner)
	counts := func(when string, want ...int) {
		t.Helper()
		if got := []int{c.sleeping.Value(), c.woken.Value(), c.wake.Value()}; !slices.Equal(got, want) {
			t.Errorf("%s: sleeping, woken and wake are %d, want %d", when, got, want)
		}
	}
	if err := errors.Join(c.Acquire(enginetest.Soon(t), me), c.sleeping.Release()); err != nil { // the silent one begins to wait
		t.Fatal(err)
	}
	if err := c.NotifyAll(enginetest.Moment(t), me); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one does not answer: %v", err)
	}
	counts("given up", 1, 0, 0)
	// It had taken its permit by then, and says so now.
	if err := c.woken.Release(); err != nil {
		t.Fatal(err)
	}
	waits := make(chan error)
	go func() {
		o := new(Owner)
		err := c.Acquire(enginetest.Soon(t), o)
		waits <- errors.Join(err, c.Wait(enginetest.Soon(t), o), c.Release(o))
	}()
	if err := c.Release(me); err != nil {
		t.Fatal(err)
	}
	enginetest.Until(t, "another waits", func() bool { return c.sleeping.Value() == 2 })
	if err := errors.Join(c.Acquire(enginetest.Soon(t), me), c.NotifyAll(enginetest.Soon(t), me), c.Release(me)); err != nil {
		t.Fatal(err)
	}
	if err := <-waits; err != nil {
		t.Errorf("the other: %v", err)
	}
	counts("in the end", 0, 0, 0)
}

// TestBarrierOfTheDead: a party was killed while it waited. Nobody waits for it
// longer than its context, nor keeps the others from theirs.
func TestBarrierOfTheDead(t *testing.T) {
	for what, do := range map[string]func(ctx context.Context, b *Barrier) error{
		"the last comes": func(ctx context.Context, b *Barrier) error { _, err := b.Wait(ctx); return err },
		"Abort":          func(ctx context.Context, b *Barrier) error { return b.Abort(ctx) },
		"Reset":          func(ctx context.Context, b *Barrier) error { return b.Reset(ctx) },
	} {
		t.Run(what, func(t *testing.T) {
			b := enginetest.Must(NewBarrier(enginetest.New(t), 2))(t)
			b.shared.arrive()
			if err := b.condition.sleeping.Release(); err != nil {
				t.Fatal(err)
			}
			if err := do(enginetest.Moment(t), b); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if _, err := b.Wait(enginetest.Moment(t)); err == nil {
				t.Error("the barrier works on")
			}
		})
	}
}

func TestWithReleasesWhatPanics(t *testing.T) {
	l := enginetest.Must(NewRLock(enginetest.New(t)))(t)
	func() {
		defer func() {
			if p := recover(); p != "oh" {
				t.Errorf("the panic became %v", p)
			}
		}()
		With(enginetest.Soon(t), l, func() error { panic("oh") })
	}()
	if got := l.String(); got != "<RLock(None, 0)>" {
		t.Errorf("after a panic: %s", got)
	}
}

func BenchmarkLock(b *testing.B) {
	l := enginetest.Must(NewLock(enginetest.New(b)))(b)
	ctx := b.Context()
	for b.Loop() {
		l.Acquire(ctx)
		l.Release()
	}
}
