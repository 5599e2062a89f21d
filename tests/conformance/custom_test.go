package conformance

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// customTests are CPython's tests of managers that register types of their own, and of its
// SharedMemoryManager.
var customTests = []string{
	"WithManagerTestManagerRestart.test_rapid_restart",
	"WithManagerTestMyManager.test_mymanager",
	"WithManagerTestMyManager.test_mymanager_context",
	"WithManagerTestMyManager.test_mymanager_context_prestarted",
	"WithManagerTestRemoteManager.test_remote",
	"WithProcessesTestSharedMemory.test_shared_memory_SharedMemoryManager_basics",
	"WithProcessesTestSharedMemory.test_shared_memory_SharedMemoryManager_reuses_resource_tracker",
	"WithProcessesTestSharedMemory.test_shared_memory_SharedMemoryServer_ignores_sigint",
}

// sharedTracker is the one test that does not apply, of any version: the resource tracker that it
// looks at is that of the program, which a server has if it was forked from it. With Python's
// server on its own the program complains as well.
const sharedTracker = "WithProcessesTestSharedMemory.test_shared_memory_SharedMemoryManager_reuses_resource_tracker"

// TestCPythonCustomManagers runs them with a server of ours behind every manager, which registers
// in Go what the tests register in Python.
func TestCPythonCustomManagers(t *testing.T) {
	folder, err := filepath.Abs(filepath.Join("..", "..", "pyinterop", "python"))
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) || !hasSuite(py) {
			return // SharedMemoryManager came with 3.8; some distributions leave the tests out
		}
		ran++
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
		defer cancel()
		py = py.With("PYTHONPATH="+folder, "PYTHONDONTWRITEBYTECODE=1", "BRINE="+program)
		out, err := py.Output(ctx, harness.Script(t, "cpython_custom.py"))
		if err != nil {
			t.Fatal(err)
		}
		verdicts := verdictsOf(t, out)
		for _, test := range customTests {
			if v := verdicts[test]; v.passed() == (test == sharedTracker) {
				t.Errorf("%s: %q %s", test, v.Outcome, v.Said)
			}
		}
		if got := slices.Sorted(maps.Keys(verdicts)); !slices.Equal(got, customTests) {
			t.Errorf("ran %q, want %q", got, customTests)
		}
	})
	if ran == 0 && os.Getenv("PYTHONS") == "" {
		t.Log("no interpreter here has CPython's tests")
	}
}
