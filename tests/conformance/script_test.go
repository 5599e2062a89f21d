// Package conformance holds brine against Python itself: the same operations, CPython's own tests.
package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
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
	only    func(harness.Python) bool // nil: every version
}{
	{"an object's address", regexp.MustCompile(`0x[0-9a-f]{3,16}`), "0x…", nil},
	{"an object's ident", regexp.MustCompile(`'[0-9a-f]{7,16}'`), "'ident'", nil},
	{"Python 2 marks a long; the server has one kind of int", regexp.MustCompile(`\b(\d+)L\b`), "$1", python2},
	{"Python 2 writes sets otherwise", regexp.MustCompile(`frozenset\(\[([^\]]*)\]\)`), "frozenset({$1})", python2},
	{"Python 2 writes sets otherwise", regexp.MustCompile(`\bset\(\[\]\)`), "set()", python2},
	{"Python 2 writes sets otherwise", regexp.MustCompile(`\bset\(\[([^\]]*)\]\)`), "{$1}", python2},
	{"Python 2 knows types and classes", regexp.MustCompile(`<type `), "<class ", python2},
}

// unicodeMark is how Python 2 tells unicode from its str, which a value does not show where it is
// ASCII. The words of an exception are str, and are held to that.
var unicodeMark = regexp.MustCompile(`\bu(['"])`)

func python2(py harness.Python) bool { return !py.AtLeast(3, 0) }

// before3_8 and its like are the interpreters that a difference belongs to.
func pypy(py harness.Python) bool      { return py.Impl == "PyPy" }
func before3_8(py harness.Python) bool { return !py.AtLeast(3, 8) }
func fork(py harness.Python) bool      { return slices.Contains(py.Env, ofMultiprocess) }

// A knownDifference is what brine answers otherwise, for a reason.
type knownDifference struct {
	group, op string // expressions, matched against the whole of each
	why       string
	wording   bool                      // the kind of the answer must be the same all the same
	only      func(harness.Python) bool // nil: every version
}

var knownDifferences = []knownDifference{
	{"Lock of others", `.*m\.Lock\(1\)`, "the function behind Lock has another name in every version", true, nil},
	{"Event|Semaphore", `.*m\.(Event\(1\)|Semaphore\(1, 2\))`, "Python 2 takes an argument that makes it talk", false, python2},
	{"nested", `.*(update\(m\.dict\(c=3\)\)|str\(x\[0\]\))`, "older managers have no place for a keyword c", false, before3_8},
	{"R?Lock timeouts", `.*`, "PyPy words its own errors", true, pypy},
	{"RLock recursion", `.*m\.RLock\(1\)`, "PyPy's RLock takes no argument, CPython's ignores it", false, pypy},
	{"Iterator", `.*range.*`, "PyPy sends an iterator over a range as a function to run", false, pypy},
	{"odd uses", `.*v for v in range.*`, "dill on PyPy writes a generator that cannot be made again", true, func(py harness.Python) bool { return pypy(py) && fork(py) }},
	{"odd uses", `.*m\.Array\('q'.*`, "Python 2 names the typecodes that it has", true, python2},
	{"dict|dict corners|proxies of one's own|nested corners", `.*\.(keys|values|items)\(\).*`, "multiprocess sends views of dicts; stock clients, which brine answers alike, read lists", false, fork},
	{"values deep", `.*\.(keys|values|items)\(\).*`, "dill writes a view of a dict as a call of its method", false, fork},
	{"values deep", `.*(type\('A'|threading'\)\.Lock).*`, "dill writes the code of a class, or the call that makes a lock", false, fork},
	{"values deep", `.*str\(m.list\(\[type\((None|\.\.\.)\)\]\)\)`, "dill writes the call that finds the class", false, fork},
	{"Queue corners", `.*'#GETVALUE'.*`, "dill pickles a queue, lock and all", false, fork},
	{"nested corners", `(1[4-9]|2\d|3[0-7]|69): .*`, "the AutoProxy of multiprocess 0.70.12 cannot be nested", false, fork},
	{"server", `.*call\(None, 'create'\)`, "Python 3.11 added the class to the names of its methods", true, func(py harness.Python) bool { return !py.AtLeast(3, 10) }},
}

// ofMultiprocess has a script speak as the dill fork, whose manager is compared in its own words.
const ofMultiprocess = "MANAGER_PACKAGE=multiprocess"

func TestOneScriptTwoManagers(t *testing.T) {
	words := recordedWords(t)
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		brine := operations(t, py, harness.Brine(t))
		python := operations(t, py, harness.PythonManager(t, py))
		if len(python) < 300 {
			t.Errorf("only %d operations ran", len(python))
		}
		compare(t, py, python, brine, words)
	})
}

// TestOneScriptOfMultiprocess is the same for the dill fork, which Debian's Python has.
func TestOneScriptOfMultiprocess(t *testing.T) {
	words := recordedWords(t)
	for _, py := range harness.Pythons(t) {
		has := py.Has("multiprocess.managers")
		if py.System && !has && os.Getenv("PYTHONS") != "" {
			t.Errorf("%s has no multiprocess: see make deps", py.Name())
		}
		if !has {
			continue
		}
		py = py.With(ofMultiprocess)
		python := operations(t, py, harness.PythonManager(t, py))
		if len(python) < 300 {
			t.Errorf("only %d operations ran", len(python))
		}
		compare(t, py, python, operations(t, py, harness.Brine(t)), words)
	}
}

// newest is the CPython whose words are recorded.
const newest = "3.13"

var update = flag.Bool("update", false, "record the words of CPython "+newest+" anew")

// recordedWords are how the newest CPython's errors read, by operation. Interpreters word an error
// anew with every version; the server, which cannot tell them all apart, speaks as the newest does.
func recordedWords(t *testing.T) map[string]answer {
	t.Helper()
	text, err := os.ReadFile(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]answer{}
	for _, a := range parse(t, text) {
		words[a.name()] = a
	}
	return words
}

const wordsFile = "testdata/words.jsonl"

// TestRecordedWords holds the record to the interpreter it was made with, where that is here.
func TestRecordedWords(t *testing.T) {
	for _, py := range harness.Pythons(t) {
		if py.Impl != "CPython" || py.Minor() != newest {
			continue
		}
		var now bytes.Buffer
		for _, a := range operations(t, py, harness.PythonManager(t, py)) {
			if a.Kind != "value" {
				line, _ := json.Marshal(a)
				now.Write(append(line, '\n'))
			}
		}
		if *update {
			if err := os.WriteFile(wordsFile, now.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if then, _ := os.ReadFile(wordsFile); !bytes.Equal(then, now.Bytes()) {
			t.Errorf("%s is not what %s says; run this test with -update", wordsFile, py.Name())
		}
		return
	}
	t.Logf("no CPython %s here", newest)
}

// TestScriptAgainstItself shows that the script is fit to judge: two servers of one Python agree.
func TestScriptAgainstItself(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every operation twice for every Python")
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		first := operations(t, py, harness.PythonManager(t, py))
		compare(t, py, first, operations(t, py, harness.PythonManager(t, py)), nil)
	})
}

func operations(t *testing.T, py harness.Python, s *harness.Server) []answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out := py.With(s.Env()...).Run(ctx, t, harness.Script(t, "operations.py"))
	all := parse(t, out)
	for i := range all {
		all[i].normalise(py)
	}
	return all
}

// parse reads a JSON line an answer.
func parse(t *testing.T, text []byte) []answer {
	t.Helper()
	var all []answer
	for line := range bytes.Lines(text) {
		var a answer
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatalf("%q is no answer: %v", line, err)
		}
		all = append(all, a)
	}
	return all
}

// normalise takes out of an answer what may differ.
func (a *answer) normalise(py harness.Python) {
	for _, d := range differences {
		if d.only == nil || d.only(py) {
			a.Said = d.match.ReplaceAllString(a.Said, d.replace)
		}
	}
	if python2(py) && strings.Contains(a.Said, "{") {
		a.Said = unordered(a.Said)
	}
	if python2(py) && a.Kind == "value" {
		a.Said = unicodeMark.ReplaceAllString(a.Said, "$1")
	}
}

// compare reports each operation that was answered differently.
func compare(t *testing.T, py harness.Python, want, got []answer, words map[string]answer) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%d operations by Python's manager, %d by the other", len(want), len(got))
	}
	different, follow := 0, 0
	apart := "" // the group whose object is no longer the same: what follows in it, follows from that
	for i := range min(len(want), len(got)) {
		w, g := want[i], got[i]
		reworded := w.Kind != "value" && w.Kind == g.Kind && words[g.name()] == g
		if w == g || reworded || known(py, w, g) {
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

// known tells whether a difference is listed. A listed one need not show: it may be a version's alone.
func known(py harness.Python, want, got answer) bool {
	for _, k := range knownDifferences {
		if k.only != nil && !k.only(py) || k.wording && want.Kind != got.Kind {
			continue
		}
		if whole(k.group, want.Group) && whole(k.op, want.Op) {
			return true
		}
	}
	return false
}

// unordered puts the parts of a repr with dicts in order: Python 2 has none.
func unordered(said string) string {
	parts := strings.Split(strings.NewReplacer("{", "", "}", "").Replace(strings.Trim(said, `"'`)), ", ")
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func whole(expression, s string) bool {
	return regexp.MustCompile(`^(?:` + expression + `)$`).MatchString(s)
}
