package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// notApplicable are the tests that pass on Python's remote server and cannot on one without the
// client's code. Each is run all the same: when it passes, it must leave this list. (What fails on
// Python's remote server, too, needs no place here: it is logged.)
var notApplicable = map[string]string{
	"WithManagerTestBarrier.test_action":         "the action of a Barrier is the client's code, run in the server",
	"WithManagerTestPool.test_wrapped_exception": "its class is that of a module which is made at run time: no worker can import it",
}

// forkNotApplicable are more of them, in the tests of multiprocess.
var forkNotApplicable = map[string]string{
	"WithManagerTestPool.test_async_timeout": "a client that has named nothing of multiprocess yet looks like one of multiprocessing, whose TimeoutError is another class",
}

// mostNotApplicable is how many of the lists a version may have.
const mostNotApplicable = 5

// pools are the tests of Pools. They are not run on Python's remote server, whose own Pools can
// hang for ever; on brine all of them must pass.
const pools = "WithManagerTestPool"

// A verdict is what became of one of CPython's tests.
type verdict struct{ Test, Outcome, Said string }

// passed are outcomes that nobody can complain of.
func (v verdict) passed() bool { return v.Outcome == "ok" }

// TestCPythonSuite runs the WithManager classes of each interpreter's own test suite against
// Python's remote server and against brine: what passes there must pass here.
func TestCPythonSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute for every Python")
	}
	eachSuite(t, func(t *testing.T, py harness.Python) {
		exempt := maps.Clone(notApplicable)
		if !hasSuite(py) { // multiprocess has made it its own
			py = py.With("MANAGER_PACKAGE=multiprocess")
			maps.Copy(exempt, forkNotApplicable)
		}
		var python, brine map[string]verdict
		t.Run("servers", func(t *testing.T) {
			t.Run("python", func(t *testing.T) {
				t.Parallel()
				s := harness.PythonManager(t, py)
				python = suite(t, py.With(s.Env()...), "managers", pools)
			})
			t.Run("brine", func(t *testing.T) {
				t.Parallel()
				s := harness.Brine(t, "--pool-python", py.Path, "--pool-workers", "4",
					"--pool-path", filepath.Dir(harness.Script(t, "multiprocess_tests.py")))
				brine = suite(t, py.With(s.Env()...), "managers")
			})
		})
		judge(t, exempt, python, brine)
	})
}

// eachSuite runs f for every CPython 3 that has a test suite of multiprocessing, or multiprocess's:
// one from pyenv must, a distribution may leave it out.
func eachSuite(t *testing.T, f func(t *testing.T, py harness.Python)) {
	t.Helper()
	for _, py := range harness.Pythons(t) {
		switch {
		case py.Impl != "CPython" || !py.AtLeast(3, 0):
		case hasSuite(py) || py.Has("multiprocess.pool, test.support"):
			t.Run(py.Name(), func(t *testing.T) { f(t, py) })
		case !py.System:
			t.Errorf("%s has no tests of multiprocessing", py.Name())
		}
	}
}

func suite(t *testing.T, py harness.Python, args ...string) map[string]verdict {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	out, err := py.Output(ctx, harness.Script(t, "cpython_suite.py"), args...)
	if err != nil {
		t.Error(err)
	}
	return verdictsOf(t, out)
}

// verdictsOf reads what cpython_suite.py prints.
func verdictsOf(t *testing.T, out []byte) map[string]verdict {
	t.Helper()
	verdicts := map[string]verdict{}
	for in := bufio.NewScanner(bytes.NewReader(out)); in.Scan(); {
		var v verdict
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			t.Fatalf("a line of CPython's suite is %q: %v", in.Text(), err)
		}
		verdicts[v.Test] = v
	}
	return verdicts
}

func judge(t *testing.T, notApplicable map[string]string, python, brine map[string]verdict) {
	t.Helper()
	listed, passed := 0, 0
	for _, test := range slices.Sorted(maps.Keys(python)) {
		p, b := python[test], brine[test]
		why, exempt := notApplicable[test]
		switch {
		case exempt && b.passed():
			t.Errorf("%s passes; it is listed as not applicable (%s)", test, why)
		case exempt:
			listed++
		case b.passed():
			passed++
		case p.passed():
			t.Errorf("%s passes on Python's server; on brine: %s %s", test, b.Outcome, b.Said)
		case p.Outcome != "skip":
			t.Logf("%s fails on both: on Python's %s, on brine %s", test, p.Said, b.Said)
		}
	}
	for _, test := range slices.Sorted(maps.Keys(brine)) {
		if b := brine[test]; strings.HasPrefix(test, pools) {
			switch why, exempt := notApplicable[test]; {
			case exempt && b.passed():
				t.Errorf("%s passes; it is listed as not applicable (%s)", test, why)
			case exempt:
				listed++
			case b.passed():
				passed++
			case b.Outcome != "skip":
				t.Errorf("%s on brine: %s %s", test, b.Outcome, b.Said)
			}
		}
	}
	if listed > mostNotApplicable {
		t.Errorf("%d tests listed as not applicable, at most %d may be", listed, mostNotApplicable)
	}
	if passed < 60 {
		t.Errorf("only %d tests passed on brine", passed)
	}
	t.Logf("%d tests, %d pass on brine, %d not applicable", len(python), passed, listed)
}

// TestEveryExceptionHasAReason holds the list itself.
func TestEveryExceptionHasAReason(t *testing.T) {
	all := maps.Clone(notApplicable)
	maps.Copy(all, forkNotApplicable)
	maps.Copy(all, pythonOnly)
	for test, why := range all {
		if why == "" || !strings.Contains(test, ".") {
			t.Errorf("%s: %q is no reason", test, why)
		}
	}
}
