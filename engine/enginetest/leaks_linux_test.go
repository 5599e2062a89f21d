package enginetest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/brine-go/brine/engine/internal/shm"
)

func TestMain(m *testing.M) { Main(m) }

// A trial is a test that runs within a test.
type trial struct {
	testing.TB
	cleanups []func()
	said     []string
}

func (t *trial) Helper()          {}
func (t *trial) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }
func (t *trial) Failed() bool     { return len(t.said) > 0 }
func (t *trial) Errorf(format string, args ...any) {
	t.said = append(t.said, fmt.Sprintf(format, args...))
}

func (t *trial) end() {
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
}

func TestWhatIsLeftBehind(t *testing.T) {
	for _, tt := range []struct {
		want string // how the first complaint goes on; "" is none
		leak func(t *testing.T) (undo func())
	}{
		{"", func(*testing.T) func() { return func() {} }},
		{"process behind: ", func(t *testing.T) func() {
			cmd := exec.Command("/bin/sleep", "1000")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			return func() { cmd.Process.Kill(); cmd.Wait() }
		}},
		{"goroutine behind", func(*testing.T) func() {
			stop := make(chan struct{})
			go func() { <-stop }()
			return func() { close(stop) }
		}},
		{"descriptor behind", func(t *testing.T) func() {
			f := Must(os.Open("/dev/null"))(t)
			return func() { f.Close() }
		}},
		{"name in /dev/shm behind: sem.mp-leftover, a semaphore of 1 bytes", func(t *testing.T) func() {
			f := Must(shm.Create("/sem.mp-leftover", 1))(t)
			b := Must(shm.Map(f, 1))(t)
			f.Close()
			return func() { shm.Unmap(b); shm.Unlink("/sem.mp-leftover") }
		}},
	} {
		inner := &trial{TB: t}
		e := New(inner)
		undo := tt.leak(t)
		patient := leakPatience
		leakPatience = 0
		inner.end()
		leakPatience = patient
		undo()
		switch said := inner.said; {
		case tt.want == "" && len(said) > 0:
			t.Errorf("it said %q of nothing", said)
		case tt.want != "" && (len(said) == 0 || !strings.HasPrefix(said[0], "the test left a "+tt.want)):
			t.Errorf("it said %q, want a %s", said, tt.want)
		}
		if err := e.Close(); err != nil {
			t.Errorf("the engine was not closed: %v", err)
		}
	}
}

func TestWhatEndsSoonIsNotLeft(t *testing.T) {
	inner := &trial{TB: t}
	New(inner)
	stop := make(chan struct{})
	go func() { <-stop }()
	inner.Cleanup(func() { close(stop) })
	inner.end()
	if inner.Failed() {
		t.Errorf("it said %q", inner.said)
	}
}
