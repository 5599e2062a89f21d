package engine

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// A process that may use one processor counts one.
func TestCPUCount(t *testing.T) {
	runtime.LockOSThread() // of which the child has its affinity
	defer runtime.UnlockOSThread()
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		t.Fatal(err)
	}
	for cpu := 0; one.Count() == 0; cpu++ {
		if all.IsSet(cpu) {
			one.Set(cpu)
		}
	}
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		t.Fatal(err)
	}
	defer unix.SchedSetaffinity(0, &all)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "ENGINE_TEST_COUNTS_CPUS=1", "GOMAXPROCS=")
	cmd.Stderr = os.Stderr
	if out, err := cmd.Output(); err != nil || string(out) != "1" {
		t.Errorf("it counts %s, %v", out, err)
	}
}
