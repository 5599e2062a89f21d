// Package conformance holds brine against Python itself: the same operations, CPython's own tests.
package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// An answer is how one operation of operations.py ended.
type answer struct {
	Group, Op string
	Kind      string // "value", or the class of the exception
	Said      string // repr of the value or of the exception's arguments
}

func (a answer) name() string { return a.Group + " " + a.Op }

// differences are the answers that may differ between two runs of one and the same server:
// what they match is replaced before answers are compared.
var differences = []struct {
	why     string
	match   *regexp.Regexp
	replace string
}{
	{"an object's address", regexp.MustCompile(`0x[0-9a-f]{6,16}`), "0x…"},
	{"an object's ident", regexp.MustCompile(`'[0-9a-f]{7,16}'`), "'ident'"},
}

// knownDifference is an operation that brine answers otherwise, for a reason.
type knownDifference struct {
	group, op string // expressions, matched against the whole of each
	why       string
	only      func(harness.Python) bool // nil: every version
}

// python2 and friends narrow a difference to the interpreters that show it.
func python2(py harness.Python) bool { return !py.AtLeast(3, 0) }

var knownDifferences = []knownDifference{
	{group: `.*`, op: `.*\.sort\(nothing=1\).*`, why: "Python 2 names the function otherwise", only: python2},
}

func TestOneScriptTwoManagers(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		brine := operations(t, py, harness.Brine(t))
		python := operations(t, py, harness.PythonManager(t, py))
		if len(python) < 300 {
			t.Errorf("only %d operations ran", len(python))
		}
		compare(t, py, python, brine)
	})
}

// TestScriptAgainstItself shows that the script is fit to judge: two servers of one Python agree.
func TestScriptAgainstItself(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every operation twice for every Python")
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		first := operations(t, py, harness.PythonManager(t, py))
		compare(t, py, first, operations(t, py, harness.PythonManager(t, py)))
	})
}

func operations(t *testing.T, py harness.Python, s *harness.Server) []answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out := py.With(s.Env()...).Run(ctx, t, harness.Script(t, "operations.py"))
	var all []answer
	for in := bufio.NewScanner(bytes.NewReader(out)); in.Scan(); {
		var a answer
		if err := json.Unmarshal(in.Bytes(), &a); err != nil {
			t.Fatalf("operations.py printed %q: %v", in.Text(), err)
		}
		for _, d := range differences {
			a.Said = d.match.ReplaceAllString(a.Said, d.replace)
		}
		all = append(all, a)
	}
	return all
}

// compare reports each operation that was answered differently.
func compare(t *testing.T, py harness.Python, want, got []answer) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%d operations by Python's manager, %d by the other", len(want), len(got))
	}
	different, follow := 0, 0
	apart := "" // the group whose object is no longer the same: what follows in it, follows from that
	for i := range min(len(want), len(got)) {
		w, g := want[i], got[i]
		if w == g || known(py, w) {
			continue
		}
		different++
		if w.Group == apart {
			follow++
			continue
		}
		if strings.HasSuffix(w.Op, "; str(x)") {
			apart = w.Group
		}
		t.Errorf("%s\n\tPython's: %s %s\n\tthe other: %s %s", w.name(), w.Kind, w.Said, g.Kind, g.Said)
	}
	t.Logf("%s: %d operations, %d answered differently (%d of them after their object had come to differ)",
		py.Name(), len(want), different, follow)
}

func known(py harness.Python, a answer) bool {
	for _, k := range knownDifferences {
		if k.only != nil && !k.only(py) {
			continue
		}
		if whole(k.group, a.Group) && whole(k.op, a.Op) {
			return true
		}
	}
	return false
}

func whole(expression, s string) bool {
	return regexp.MustCompile(`^(?:` + expression + `)$`).MatchString(s)
}
