package engine

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pyinterop/tracker"
)

// TestMain is also the program that dies in the tests.
func TestMain(m *testing.M) {
	Main()
	if os.Getenv("ENGINE_TEST_COUNTS_CPUS") != "" {
		fmt.Print(new(Engine).CPUCount())
		os.Exit(0)
	}
	if name := os.Getenv("ENGINE_TEST_DIES_WITH"); name != "" {
		err := dieWith(name)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// make1 makes a segment and has e track it.
func make1(e *Engine, name string) error {
	f, err := shm.Create(name, 1)
	if err != nil {
		return err
	}
	f.Close()
	return e.Track(tracker.SharedMemory, name)
}

// dieWith makes a segment, tells so and waits for its death.
func dieWith(name string) error {
	e, err := New(Config{})
	if err != nil {
		return err
	}
	if err := make1(e, name); err != nil {
		return err
	}
	fmt.Println("made")
	select {}
}

func newName(t *testing.T) string {
	return fmt.Sprintf("/brine-%d-%s", os.Getpid(), strings.ReplaceAll(t.Name(), "/", "-"))
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(shm.Dir, name))
	return !errors.Is(err, fs.ErrNotExist)
}

func TestTheTrackerRemovesWhatADeadProcessMade(t *testing.T) {
	for _, tt := range []struct {
		name   string
		signal syscall.Signal
	}{{"killed", syscall.SIGKILL}, {"interrupted", syscall.SIGINT}} {
		t.Run(tt.name, func(t *testing.T) {
			name := newName(t)
			defer shm.Unlink(name)
			var report strings.Builder
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), "ENGINE_TEST_DIES_WITH="+name)
			cmd.Stderr = &report // Wait also waits for the tracker, which has it open
			cmd.WaitDelay = 20 * time.Second
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(out).ReadString('\n'); line != "made\n" {
				t.Fatalf("the program said %q, %v; %s", line, err, &report)
			}
			if !exists(name) {
				t.Fatal("no segment")
			}
			syscall.Kill(-cmd.Process.Pid, tt.signal) // the whole group, as a terminal does
			cmd.Wait()
			if exists(name) {
				t.Errorf("the segment outlives its family; the tracker said %q", &report)
			}
			if !strings.Contains(report.String(), "1 leaked shared_memory") {
				t.Errorf("the tracker said %q, want what leaked", &report)
			}
		})
	}
}

func TestCloseRemovesNames(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	kept, gone := newName(t)+"-kept", newName(t)+"-gone"
	for _, name := range []string{kept, gone} {
		defer shm.Unlink(name)
		if err := make1(e, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := shm.Unlink(gone); err != nil {
		t.Fatal(err)
	}
	if err := e.Untrack(tracker.SharedMemory, gone); err != nil {
		t.Error(err)
	}
	if err := e.Untrack(tracker.SharedMemory, "/never"); err != nil {
		t.Errorf("a name of others: %v", err)
	}
	if err := e.Close(); err != nil { // the tracker's exit status too
		t.Error(err)
	}
	if exists(kept) {
		t.Error("Close left a name behind")
	}
	if err := e.Track(tracker.Semaphore, "/late"); err == nil {
		t.Error("a closed engine tracks on")
	}
	if err := e.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

func TestTrackerOfTheFamily(t *testing.T) {
	var lines strings.Builder
	e, err := New(Config{Tracker: &lines})
	if err != nil {
		t.Fatal(err)
	}
	name := newName(t)
	defer shm.Unlink(name)
	if err := make1(e, name); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	want := fmt.Sprintf("REGISTER:%s:shared_memory\nUNREGISTER:%[1]s:shared_memory\n", name)
	if lines.String() != want || exists(name) {
		t.Errorf("wrote %q, want %q; segment there: %t", lines.String(), want, exists(name))
	}
}

func TestNoMainNoTracker(t *testing.T) {
	answers.Store(false)
	defer answers.Store(true)
	e, _ := New(Config{})
	defer e.Close()
	if err := e.Track(tracker.Semaphore, "/x"); err != errNoMain {
		t.Errorf("got %v, want %v", err, errNoMain)
	}
}
