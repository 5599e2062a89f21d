package synchronize

import (
	"bufio"
	"context"
	"encoding/hex"
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
	"github.com/brine-go/brine/reduction"
)

// otherProcess has the test binary be another process, which takes the RLock
// whose pickle this is and keeps it.
const otherProcess = "BRINE_TEST_HOLDS"

// hold takes the lock, says so, and gives it back when a line comes.
func hold(text string) error {
	e, err := engine.New(engine.Config{})
	if err != nil {
		return err
	}
	Register(e)
	b, err := hex.DecodeString(text)
	if err != nil {
		return err
	}
	v, err := e.Connection().Codec.Decode(context.Background(), b)
	if err != nil {
		return err
	}
	l, me := v.(*RLock), new(Owner)
	if err := l.Acquire(context.Background(), me); err != nil {
		return err
	}
	fmt.Println("taken")
	bufio.NewReader(os.Stdin).ReadString('\n')
	err = l.Release(me)
	fmt.Println("released")
	bufio.NewReader(os.Stdin).ReadString('\n')
	return err
}

// A holder is the other process.
type holder struct {
	cmd   *exec.Cmd
	in    *bufio.Writer
	lines *bufio.Reader
}

func startHolder(t *testing.T, e *engine.Engine, l *RLock) *holder {
	t.Helper()
	ctx := reduction.WithInheritance(t.Context(), new(reduction.Inheritance))
	b := enginetest.Must(e.Connection().Codec.Marshal(ctx, l))(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), otherProcess+"="+hex.EncodeToString(b))
	cmd.Stderr = os.Stderr
	in := enginetest.Must(cmd.StdinPipe())(t)
	out := enginetest.Must(cmd.StdoutPipe())(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	h := &holder{cmd, bufio.NewWriter(in), bufio.NewReader(out)}
	h.says(t, "taken")
	return h
}

func (h *holder) says(t *testing.T, want string) {
	t.Helper()
	if line, err := h.lines.ReadString('\n'); line != want+"\n" {
		t.Fatalf("the other process said %q, %v; want %q", line, err, want)
	}
}

// goOn lets it do what comes next.
func (h *holder) goOn(t *testing.T) {
	t.Helper()
	if _, err := h.in.WriteString("\n"); err != nil || h.in.Flush() != nil {
		t.Fatal("the other process does not listen", err)
	}
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
	h.cmd.Process.Kill() // and nobody has waited for it yet
	for range n {
		err := <-errs
		if !errors.Is(err, ErrHolderDied) || !strings.Contains(err.Error(), fmt.Sprint(h.cmd.Process.Pid)) {
			t.Fatalf("the holder was killed: %v", err)
		}
	}
	t.Logf("all %d were told after %v", n, time.Since(killed))
	h.cmd.Wait()
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
	h.goOn(t)
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	h.says(t, "released")
	if err := l.Release(me); err != nil || l.Inherit(me) {
		t.Errorf("inherited a free lock, or %v", err)
	}
	h.cmd.Process.Kill()
	h.cmd.Wait()
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
