package conformance

import (
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// TestPython314 compares the two managers for a client and a server of Python 3.13 that were
// taught what 3.14 does differently: protocol 5, and the methods that it exposes besides.
func TestPython314(t *testing.T) {
	for _, py := range harness.Pythons(t) {
		if py.Impl != "CPython" || py.Minor() != newest {
			continue
		}
		py = py.With("MANAGER_AS=3.14")
		python := operations(t, py, harness.PythonManager(t, py))
		if len(python) < 200 {
			t.Errorf("only %d operations ran", len(python))
		}
		compare(t, py, python, operations(t, py, harness.Brine(t)), nil)
		return
	}
	t.Logf("no CPython %s to be taught", newest)
}
