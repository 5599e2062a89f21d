package shm

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func newName(t *testing.T) string {
	name := "/brine-test-" + strconv.FormatUint(rand.Uint64(), 36)
	t.Cleanup(func() { Unlink(name) })
	return name
}

func TestSegmentIsSharedByName(t *testing.T) {
	name := newName(t)
	f, err := Create(name, 5000)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := Create(name, 1); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second Create: %v, want fs.ErrExist", err)
	}
	g, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	a, err := Map(f, 5000)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Map(g, 5000)
	if err != nil {
		t.Fatal(err)
	}
	a[4999] = 7
	if b[4999] != 7 || b[0] != 0 {
		t.Errorf("the other mapping has %d and %d, want 7 and 0", b[4999], b[0])
	}
	Unmap(a)
	Unmap(b)
	if info, _ := g.Stat(); info.Size() != 5000 || info.Mode() != 0o600 {
		t.Errorf("size %d and mode %v, want 5000 and 0600", info.Size(), info.Mode())
	}
	if err := Unlink(name); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open after Unlink: %v, want fs.ErrNotExist", err)
	}
	if err := Unlink(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a second Unlink: %v, want fs.ErrNotExist", err)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"", "/", "..", "/..", "a/b", "/a/b", "a\x00"} {
		if f, err := Create(name, 1); err == nil {
			f.Close()
			t.Errorf("Create(%q) made a segment", name)
		}
		if err := Unlink(name); err == nil {
			t.Errorf("Unlink(%q) removed something", name)
		}
	}
}

func TestNoRoom(t *testing.T) {
	name := newName(t)
	_, err := Create(name, 1<<50)
	space, ok := errors.AsType[*SpaceError](err)
	if !ok || space.Size != 1<<50 || space.Full <= 0 {
		t.Fatalf("1 PiB: %v, want a SpaceError with the size of %s", err, Dir)
	}
	if _, err := os.Stat(Dir + name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the failed segment was left behind: %v", err)
	}
	if _, err := Create(name, -1); err == nil {
		t.Error("a negative size was accepted")
	}
}

func TestPublish(t *testing.T) {
	name := newName(t)
	if err := Publish(name, []byte("whole")); err != nil {
		t.Fatal(err)
	}
	if err := Publish(name, []byte("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second Publish: %v, want fs.ErrExist", err)
	}
	if b, _ := os.ReadFile(Dir + name); string(b) != "whole" {
		t.Errorf("content %q, want %q", b, "whole")
	}
	entries, _ := os.ReadDir(Dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "sem.tmp-") {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestAnonymous(t *testing.T) {
	f, err := Anonymous("brine", 4096)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := Map(f, 4096)
	if err != nil {
		t.Fatal(err)
	}
	defer Unmap(b)
	if b[0] = 1; b[4095] != 0 {
		t.Error("not zeroed")
	}
}

// TestAnonymousKeepsItsSize: a process that was given it cannot cut it.
func TestAnonymousKeepsItsSize(t *testing.T) {
	f, err := Anonymous("kept", 4096)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(0); !errors.Is(err, unix.EPERM) {
		t.Errorf("cut: %v", err)
	}
}
