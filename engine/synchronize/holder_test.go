package synchronize

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
)

// holds takes an RLock, says so, gives it back when a line comes, and stays
// until there is another.
var holds = enginetest.Role{Register: Register, Run: func(_ *engine.Engine, v any) error {
	l, me, lines := v.(*RLock), new(Owner), enginetest.Input()
	if err := l.Acquire(context.Background(), me); err != nil {
		return err
	}
	fmt.Println("taken")
	lines.Scan()
	err := l.Release(me)
	fmt.Println("released")
	lines.Scan()
	return err
}}

func startHolder(t *testing.T, e *engine.Engine, l *RLock) *enginetest.Child {
	t.Helper()
	h := enginetest.Start(t, e, "holds", l)
	if line := h.Line(t); line != "taken" {
		t.Fatalf("the holder says %q", line)
	}
	return h
}

func TestHolderDied(t *testing.T) {
	e := enginetest.New(t)
	Register(e)
	l := enginetest.Must(NewRLock(e))(t)
	if err := l.RecordHolder(); err != nil {
		t.Fatal(err)
	}
	h := startHolder(t, e, l)
	const n = 50 // wait in this process
	errs := make(chan error, n)
	for range n {
		go func() { errs <- l.Acquire(enginetest.Soon(t), new(Owner)) }()
	}
	enginetest.Until(t, "all wait", func() bool { return l.line.length.Load() == n && l.sem.waiters() == 1 })
	if l.Inherit(new(Owner)) {
		t.Fatal("inherited from the living")
	}
	killed := time.Now()
	h.Signal() // and nobody has waited for it yet
	for range n {
		err := <-errs
		if !errors.Is(err, ErrHolderDied) || !strings.Contains(err.Error(), fmt.Sprint(h.Pid())) {
			t.Fatalf("the holder was killed: %v", err)
		}
	}
	t.Logf("all %d were told after %v", n, time.Since(killed))
	h.Kill()
	if err := l.Acquire(enginetest.Soon(t), new(Owner)); !errors.Is(err, ErrHolderDied) {
		t.Errorf("who comes later: %v", err)
	}

	heir, late := new(Owner), new(Owner)
	if !l.Inherit(heir) || l.Inherit(late) || l.Count(heir) != 1 {
		t.Errorf("one inherits, once: %s", l.Repr(heir))
	}
	if err := l.Release(heir); err != nil || !l.TryAcquire(late) {
		t.Errorf("the inherited lock is not given back: %v", err)
	}
	if err := l.Release(late); err != nil {
		t.Error(err)
	}
}

// TestHoldersThatLive: a waiter gets the lock when it is given back, and nobody
// inherits what is free.
func TestHoldersThatLive(t *testing.T) {
	e := enginetest.New(t)
	Register(e)
	l := enginetest.Must(NewRLock(e))(t)
	if err := l.RecordHolder(); err != nil {
		t.Fatal(err)
	}
	h := startHolder(t, e, l)
	short, cancel := context.WithTimeout(t.Context(), 2*watchEvery)
	defer cancel()
	if err := l.Acquire(short, new(Owner)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the holder lives: %v", err)
	}
	me := new(Owner)
	got := make(chan error, 1)
	go func() { got <- l.Acquire(enginetest.Soon(t), me) }()
	enginetest.Until(t, "we wait", func() bool { return l.sem.waiters() == 1 })
	h.Send(t, "give it back")
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	if line := h.Line(t); line != "released" {
		t.Fatalf("the holder says %q", line)
	}
	if err := l.Release(me); err != nil || l.Inherit(me) {
		t.Errorf("inherited a free lock, or %v", err)
	}
	h.Kill()
	if err := l.Acquire(enginetest.Soon(t), me); err != nil {
		t.Errorf("one died without the lock: %v", err)
	}
}

func TestRecordsAreKeptByTheMakerOnly(t *testing.T) {
	e := enginetest.New(t)
	l := enginetest.Must(NewRLock(e))(t)
	other := new(RLock)
	if err := other.setState(e, l.state()); err != nil {
		t.Fatal(err)
	}
	if err := other.RecordHolder(); err != errNotMaker {
		t.Errorf("one who was given the lock: %v", err)
	}
	path := "/dev/shm" + recordName(l.name)
	if err := errors.Join(l.RecordHolder(), l.RecordHolder()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != recordSize {
		t.Errorf("the record: %v", err)
	}
	if err := other.setState(e, l.state()); err != nil || other.record == nil {
		t.Errorf("one who was given it later writes nothing: %v", err)
	}
	if err := os.Truncate(path, 5); err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*LayoutError](new(RLock).setState(e, l.state())); !ok {
		t.Error("a record of 5 bytes was taken")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Close left the record: %v", err)
	}
}

func TestIdentity(t *testing.T) {
	me := enginetest.Must(self())(t)
	if me.identity.pid() != os.Getpid() || me.identity.dead() {
		t.Errorf("we are %d, not %d, and alive", os.Getpid(), me.identity.pid())
	}
	if before := me.identity - 1<<pidBits; !before.dead() {
		t.Error("who had our number before is alive")
	}
	cmd := exec.Command("/bin/true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stat, err := readStat(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	id := identity(stat.start<<pidBits | uint64(cmd.Process.Pid))
	enginetest.Until(t, "it is dead before we wait for it", id.dead)
	cmd.Wait()
	if !id.dead() {
		t.Error("it is alive after we have waited for it")
	}
}

func TestExclusionWithARecord(t *testing.T) {
	e := enginetest.New(t)
	l := enginetest.Must(NewRLock(e))(t)
	if err := l.RecordHolder(); err != nil {
		t.Fatal(err)
	}
	n := 0 // guarded by l
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			me := new(Owner)
			for range 2000 {
				if err := l.Acquire(enginetest.Soon(t), me); err != nil {
					t.Error(err)
					return
				}
				n++
				if err := l.Release(me); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	if n != 8000 || *l.record.holder() != 0 {
		t.Errorf("%d increments, want 8000; the record says %d", n, *l.record.holder())
	}
}
