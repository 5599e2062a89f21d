package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// inTheMiddle tells the scripts how to put brine between dumps and loads.
func inTheMiddle(t *testing.T) string {
	return "BRINE_RECODE=" + harness.Command(t) + " pickle recode --frames"
}

// notRecodable are tests that cannot pass with brine in the middle. Each is run all the same:
// when it passes, it must leave this list.
var notRecodable = map[string]string{
	"test_cpickle.cPicklePicklerUnpicklerObjectTests.test_priming_unpickler_memo": "" +
		"a second pickle refers to the first one's memo entries by the numbers that cPickle gives, from 1 on",
}

// TestPickletester runs CPython's own tests of pickle as they are and with brine in the middle:
// what passes without brine must pass with it, the tests of exact layout and framing too.
func TestPickletester(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a quarter of a minute for every Python")
	}
	eachJudge(t, "test.pickletester", "pickle_suite.py", 600)
}

// TestStdlibPickles does the same with the tests of pickling in CPython's tests of its standard
// library: dates and zones, decimals, enumerations, exceptions, paths and many others.
func TestStdlibPickles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes five seconds for every Python")
	}
	eachJudge(t, "test.test_decimal", "pickle_stdlib_suite.py", 70)
}

// eachJudge has each CPython that has a module run a script that runs tests with and without
// brine. At least so many must pass.
func eachJudge(t *testing.T, module, script string, least int) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if py.Impl != "CPython" {
			return
		}
		if !py.Has(module) {
			if !py.System { // a distribution may leave it out
				t.Error("has no " + module)
			}
			return
		}
		without, with := runJudge(t, py, script)
		passed, skipped := 0, 0
		for _, test := range slices.Sorted(maps.Keys(without)) {
			a, b := without[test], with[test]
			why, listed := notRecodable[test]
			switch {
			case listed && b.passed():
				t.Errorf("%s passes; it is listed as one that cannot (%s)", test, why)
			case listed:
				t.Logf("%s: %s", test, why)
			case a.passed() && b.passed():
				passed++
			case a.passed():
				t.Errorf("%s passes without brine; with it: %s %s", test, b.Outcome, b.Said)
			case a.Outcome == "skip":
				skipped++
			default:
				t.Logf("%s fails without brine too: %s", test, a.Said)
			}
		}
		if passed < least || len(with) != len(without) {
			t.Errorf("%d tests ran with brine and %d without, %d passed", len(with), len(without), passed)
		}
		t.Logf("%d tests with and without brine: %d pass, %d are skipped by CPython itself", len(without), passed, skipped)
	})
}

func runJudge(t *testing.T, py harness.Python, script string) (without, with map[string]verdict) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	out := py.With(inTheMiddle(t)).Run(ctx, t, harness.Script(t, script))
	without, with = map[string]verdict{}, map[string]verdict{}
	for in := bufio.NewScanner(bytes.NewReader(out)); in.Scan(); {
		var v struct {
			verdict
			Brine bool
		}
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			t.Fatalf("%s printed %q: %v", script, in.Text(), err)
		}
		if v.Brine {
			with[v.Test] = v.verdict
		} else {
			without[v.Test] = v.verdict
		}
	}
	return without, with
}

func TestEveryPickleExceptionHasAReason(t *testing.T) {
	for test, why := range notRecodable {
		if why == "" || strings.Count(test, ".") != 2 {
			t.Errorf("%s: %q is no reason", test, why)
		}
	}
}
