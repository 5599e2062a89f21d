package interop

import (
	"path/filepath"
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// TestHostedClasses: a client sees of its classes what it would see of Python's own
// server, whichever Python the worker is. Exceptions have a traceback besides,
// but in Python 2.
func TestHostedClasses(t *testing.T) {
	newest := ""
	for _, py := range harness.Pythons(t) {
		if py.Impl == "CPython" && py.AtLeast(3, 6) {
			newest = py.Path
		}
	}
	dir, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "hostedclient.py")
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		worker := newest
		if py.AtLeast(3, 6) {
			worker = py.Path
		}
		s := harness.Brine(t, "--address", harness.SocketPath(t), "--pool-python", worker, "--pool-path", dir,
			"--register", "Maths=hosted:Maths", "--register", "Counted=hosted:Counted",
			"--register", "Tree=hosted:Tree", "--register", "one=hosted:one")
		got := string(py.With(s.Env()...).Run(t.Context(), t, script))
		want := string(py.Run(t.Context(), t, script))
		more := "through 7\ntracebacks: True\n"
		if !py.AtLeast(3, 0) {
			more = "through 7\ntracebacks: False\n"
		}
		if got != want+more {
			t.Errorf("of brine it sees\n%s\nof Python's server\n%s\nand should see besides\n%s", got, want, more)
		}
	})
}
