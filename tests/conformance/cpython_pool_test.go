package conformance

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/tests/harness"
)

// pythonOnly are the tests of pools that Go workers cannot pass. Each is run all the same: when it
// passes, it must leave this list.
var pythonOnly = map[string]string{
	"WithProcessesTestPool.test_traceback": "looks for the line of Python that raised; a Go worker's traceback has lines of Go",
}

// TestCPythonPools runs the tests of Pool of each interpreter's own test suite, and those that
// Debian's multiprocess made of them, with workers that are Go: this test binary.
func TestCPythonPools(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute for every Python")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		switch {
		case hasSuite(py):
			judgePools(t, suite(t, py, "pools", program))
		case py.Impl == "CPython" && py.Has("multiprocess.pool, test.support"): // PyPy sees Debian's module too
			judgePools(t, suite(t, py.With("MANAGER_PACKAGE=multiprocess"), "pools", program))
		}
	})
}

// hasSuite tells whether an interpreter has CPython's tests.
func hasSuite(py harness.Python) bool {
	return py.Impl == "CPython" && py.AtLeast(3, 6) && py.Has("test._test_multiprocessing")
}

func judgePools(t *testing.T, verdicts map[string]verdict) {
	t.Helper()
	passed, listed := 0, 0
	for test, v := range verdicts {
		switch why, exempt := pythonOnly[test]; {
		case exempt && v.passed():
			t.Errorf("%s passes; it is listed as not applicable (%s)", test, why)
		case exempt:
			listed++
		case v.passed():
			passed++
		case v.Outcome != "skip":
			t.Errorf("%s: %s %s", test, v.Outcome, v.Said)
		}
	}
	if listed > mostNotApplicable {
		t.Errorf("%d tests listed as not applicable, at most %d may be", listed, mostNotApplicable)
	}
	if passed < 25 {
		t.Errorf("only %d tests passed", passed)
	}
	t.Logf("%d pass, %d not applicable", passed, listed)
}

// twins are the functions that CPython's tests of Pool run in workers, in Go.
func twins(e *engine.Engine) {
	process.Register(e)
	e.Func("builtins.int", func(text string) (*big.Int, error) {
		n, ok := new(big.Int).SetString(strings.TrimSpace(text), 10)
		if !ok {
			return nil, pickle.ValueError.New(fmt.Sprintf("invalid literal for int() with base 10: '%s'", text))
		}
		return n, nil
	})
	e.Func("time.sleep", sleep)
	for _, module := range []string{"test._test_multiprocessing.", "multiprocess_tests."} {
		e.Func(module+"sqr", sqr)
		e.Func(module+"mul", func(x, y int64) int64 { return x * y })
		e.Func(module+"identity", func(x any) any { return x })
		e.Func(module+"raising", func() error { return pickle.KeyError.New("key") })
		e.Func(module+"unpickleable_result", func() any { return func() int { return 42 } })
		e.Func(module+"raise_large_valuerror", func(wait float64) error {
			sleep(wait)
			return pickle.ValueError.New(strings.Repeat("x", 1<<20))
		})
	}
	// Class methods of the test class, which the suite's script makes.
	const class = "cpython_cases.WithProcessesTestPool."
	e.Func(class+"_test_traceback", func() error { return pickle.RuntimeError.New(int64(123)) })
	e.Func(class+"_test_wrapped_exception", func() error { return pickle.RuntimeError.New("foo") })
}

func sleep(seconds float64) {
	time.Sleep(time.Duration(math.Round(seconds * float64(time.Second))))
}

// sqr is "def sqr(x, wait=0.0, event=None)"; only threads get an event.
func sqr(kw engine.Keywords, args ...any) (int64, error) {
	x, err := argument(kw, args, 0, "x")
	if err != nil {
		return 0, err
	}
	if wait, err := argument(kw, args, 1, "wait"); err == nil {
		sleep(wait)
	}
	return int64(x * x), nil
}

func argument(kw engine.Keywords, args []any, at int, name string) (float64, error) {
	v, ok, _ := kw.Get(name)
	if !ok && at < len(args) {
		v = args[at]
	}
	x, err := pickle.As[float64](v)
	if err != nil {
		return 0, pickle.TypeError.New("sqr() has no number as its argument " + name)
	}
	return x, nil
}
