package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/engine/sharedmemory"
)

// segment makes a file in /dev/shm, as a program that was killed leaves it.
func segment(t *testing.T, name string, size int) {
	t.Helper()
	path := "/dev/shm/" + name
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(path) })
}

func there(name string) bool {
	_, err := os.Lstat("/dev/shm/" + name)
	return !errors.Is(err, fs.ErrNotExist)
}

// TestShm: of what looks like a leftover, that is removed which no process has.
func TestShm(t *testing.T) {
	const (
		dead    = "psm_0bad0001"
		sem     = "sem.mp-0bad_tst"
		record  = "sem.mp-0bad_tst.holder"
		open    = "psm_0bad0002"
		foreign = "brine-test-foreign" // as a program names it
		folder  = "psm_0bad0003"
	)
	segment(t, dead, 5000)
	segment(t, sem, 32)
	segment(t, record, 16)
	segment(t, foreign, 1)
	segment(t, open, 4096)
	if err := os.Mkdir("/dev/shm/"+folder, 0o700); err != nil {
		t.Fatal(err)
	}
	defer os.Remove("/dev/shm/" + folder)
	holder := exec.Command("/bin/sleep", "1000")
	f, err := os.Open("/dev/shm/" + open)
	if err != nil {
		t.Fatal(err)
	}
	holder.Stdin = f
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { holder.Process.Kill(); holder.Wait() }()
	f.Close()

	list := shm(t, "ls")
	for name, want := range map[string]string{
		dead: "4.88 KiB", sem: "32 bytes", record: "16 bytes", open: " " + strconv.Itoa(holder.Process.Pid), foreign: "", folder: "",
	} {
		line := lineOf(list, name)
		if (line == "") != (want == "") || !strings.Contains(line, want) {
			t.Errorf("ls has the line %q for %s, want %q in it", line, name, want)
		}
	}

	if out := shm(t, "gc", "--older-than", "1h"); lineOf(out, dead) != "" || !there(dead) {
		t.Errorf("a young segment was removed:\n%s", out)
	}
	if out := shm(t, "gc", "--dry-run", "--ignore-hidden", "--older-than", "0s"); lineOf(out, dead) == "" || lineOf(out, open) != "" || !there(dead) {
		t.Errorf("a dry run:\n%s", out)
	}
	c := prepare(t, "shm", "gc", "--ignore-hidden", "--older-than", "0s", dead, record, open, foreign, folder)
	out, err := c.cmd.Output()
	if err == nil || !strings.HasSuffix(string(out), "removed: 2 segments, 4.9 KiB\n") {
		t.Errorf("gc says, %v:\n%s", err, out)
	}
	const none = " stays: there is no segment of multiprocessing by that name\n"
	want := fmt.Sprintf("brine: %s stays: process %d has it\n%s%s%s%s", open, holder.Process.Pid, foreign, none, folder, none)
	if got := c.stderr.String(); got != want {
		t.Errorf("gc complains:\n%swant:\n%s", got, want)
	}
	for name, want := range map[string]bool{dead: false, record: false, sem: true, open: true, foreign: true, folder: true} {
		if there(name) != want {
			t.Errorf("%s is there: %t, want %t", name, !want, want)
		}
	}
}

func TestShmOfWhat(t *testing.T) {
	c := prepare(t, "shm", "lss")
	if _, err := c.cmd.Output(); err == nil || c.stderr.String() != "brine: unknown command \"lss\" for \"brine shm\"\n" {
		t.Errorf("%v, %s", err, &c.stderr)
	}
}

func TestProcesses(t *testing.T) {
	many := sharedmemory.Segment{}
	for pid := range 2000 {
		many.PIDs = append(many.PIDs, 4000000+pid)
	}
	for _, tt := range []struct {
		s    sharedmemory.Segment
		want string
	}{
		{sharedmemory.Segment{}, "none"},
		{sharedmemory.Segment{Hidden: []int{1, 2}}, "unknown, 2 hidden"},
		{sharedmemory.Segment{PIDs: []int{7}, Hidden: []int{1}}, "7"},
		{many, "4000000 4000001 +1998"},
	} {
		if got := processes(tt.s); got != tt.want || len(got) > 25 {
			t.Errorf("processes(%d, %d hidden) = %q, want %q", len(tt.s.PIDs), len(tt.s.Hidden), got, tt.want)
		}
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 59 * time.Second: "59s", time.Hour - 1: "59m", 47 * time.Hour: "47h", 9999 * 24 * time.Hour: "9999d",
	} {
		if got := age(d); got != want {
			t.Errorf("age(%v) = %q, want %q", d, got, want)
		}
	}
}

func shm(t *testing.T, args ...string) string {
	t.Helper()
	c := prepare(t, append([]string{"shm"}, args...)...)
	out, err := c.cmd.Output()
	if err != nil {
		t.Fatalf("brine shm %v: %v\n%s", args, err, &c.stderr)
	}
	for line := range strings.Lines(string(out)) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("a line is %d wide: %s", n, line)
		}
	}
	return string(out)
}

func lineOf(out, name string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, name+" ") {
			return line
		}
	}
	return ""
}
