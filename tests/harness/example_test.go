package harness_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// A test against every Python: the body runs once for each.
func ExampleEachPython() {
	_ = func(t *testing.T) { // func TestSum(t *testing.T)
		harness.EachPython(t, func(t *testing.T, py harness.Python) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			out := py.Run(ctx, t, "testdata/sum.py", "1", "2")
			if string(out) != "3\n" {
				t.Errorf("sum.py 1 2 printed %q", out)
			}
		})
	}
	fmt.Println("PYTHONS names the interpreters, or every one found is used")
	// Output: PYTHONS names the interpreters, or every one found is used
}

func TestRunAndStart(t *testing.T) {
	script := filepath.Join(t.TempDir(), "echo.py")
	text := "import os, sys\nprint(os.environ['GREETING'])\nsys.stdout.flush()\n" +
		"for line in iter(sys.stdin.readline, ''):\n    print(line.upper().strip())\n    sys.stdout.flush()\n"
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		py = py.With("GREETING=hello")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if got := string(py.Run(ctx, t, script)); got != "hello\n" {
			t.Errorf("Run printed %q", got)
		}
		peer := py.Start(t, script)
		if got := peer.Line(t); got != "hello" {
			t.Errorf("first line %q", got)
		}
		if got := peer.Ask(t, "ping"); got != "PING" {
			t.Errorf("answer %q", got)
		}
		peer.Kill()
	})
}

func TestRunTellsWhatAPeerSaid(t *testing.T) {
	script := filepath.Join(t.TempDir(), "fail.py")
	if err := os.WriteFile(script, []byte("raise ValueError('left this behind')\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := harness.Pythons(t)[0].Output(t.Context(), script)
	if err == nil || !strings.Contains(err.Error(), "left this behind") {
		t.Errorf("error is %v, want the script's own words in it", err)
	}
}

func TestRunEndsInTime(t *testing.T) {
	script := filepath.Join(t.TempDir(), "hang.py")
	if err := os.WriteFile(script, []byte("import sys\nprint('here')\nsys.stdout.flush()\nsys.stdin.read()\nimport threading\nthreading.Event().wait()\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err := harness.Pythons(t)[0].Output(ctx, script)
	if err == nil || !strings.Contains(err.Error(), "no end in time") {
		t.Errorf("error is %v", err)
	}
}

func TestPythonManager(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		s := harness.PythonManager(t, py)
		script := filepath.Join(t.TempDir(), "client.py")
		text := `import os
from multiprocessing.managers import SyncManager
m = SyncManager(address=os.environ["MANAGER_ADDRESS"], authkey=os.environ["MANAGER_AUTHKEY"].encode("ascii"))
m.connect()
l = m.list(range(3)); l.reverse(); print(l)
`
		if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if got := string(py.With(s.Env()...).Run(ctx, t, script)); got != "[2, 1, 0]\n" {
			t.Errorf("printed %q", got)
		}
	})
}

// A script that hangs takes its children with it, and what they keep in shared memory.
func TestNothingOutlivesAScript(t *testing.T) {
	py := harness.Pythons(t)
	i := slices.IndexFunc(py, func(p harness.Python) bool { return p.Impl == "CPython" && p.AtLeast(3, 8) })
	if i < 0 {
		t.Log("no CPython with shared memory")
		return
	}
	begun := filepath.Join(t.TempDir(), "begun")
	if err := syscall.Mkfifo(begun, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(begun, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	script := filepath.Join(t.TempDir(), "hang.py")
	text := `import multiprocessing, os, signal, sys
from multiprocessing.shared_memory import SharedMemory
s = SharedMemory(create=True, size=100)
def child():
    with open(sys.argv[1], "w") as f:
        f.write("%d %s\n" % (os.getpid(), s.name))
    signal.pause()
p = multiprocessing.get_context("fork").Process(target=child)
p.start()
p.join()
`
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := py[i].Output(ctx, script, begun)
		ended <- err
	}()
	var pid int
	var name string
	f.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := fmt.Fscan(f, &pid, &name); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "no end in time") {
		t.Errorf("error is %v", err)
	}
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && !strings.Contains(string(b), ") Z ") {
		t.Errorf("the child lives on: %s", b)
	}
	if _, err := os.Stat("/dev/shm/" + name); err == nil {
		t.Errorf("/dev/shm/%s was left behind", name)
	}
}
