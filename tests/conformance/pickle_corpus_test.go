package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// A roundTrip is what became of one value of the corpus.
type roundTrip struct {
	Name    string
	Pickles int
	Exact   int // came back byte for byte
	Wrong   []string
}

// TestPickleCorpus sends values that are hard to pickle through brine, from every protocol to
// every protocol: Python must load the same value as from its own pickle. Where dill, cloudpickle,
// numpy and pandas are installed, their values are among them.
func TestPickleCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a quarter of a minute for every Python")
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		values, pickles, exact := 0, 0, 0
		for _, r := range corpus(t, py, inTheMiddle(t)) {
			values++
			pickles += r.Pickles
			exact += r.Exact
			for _, wrong := range r.Wrong {
				t.Errorf("%s, protocol %s", r.Name, wrong)
			}
		}
		if values < 150 || pickles < 1000 {
			t.Errorf("the corpus holds only %d values, which made %d pickles", values, pickles)
		}
		t.Logf("%d values in %d pickles come back; %d pickles byte for byte as Python wrote them", values, pickles, exact)
	})
}

// notForGo are values that are not quite the same after Go had them, which brine pickle recode
// keeps.
var notForGo = map[string]string{
	"2 ints":                         "int and long are int64",
	"2 longs":                        "int and long are int64",
	"2 equal keys of two types":      "int and long are int64",
	"2 an error that became another": "StandardError is Exception",
}

// TestPickleCorpusThroughValues has a Go program in the middle that makes Go values of the
// pickles and writes those.
func TestPickleCorpusThroughValues(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a quarter of a minute for every Python")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		major, _, _ := strings.Cut(py.Version, ".")
		values, pickles := 0, 0
		for _, r := range corpus(t, py, "BRINE_RECODE=env "+asPeer+"="+major+" "+self, "--values") {
			values++
			pickles += r.Pickles
			why, listed := notForGo[major+" "+r.Name]
			if listed && len(r.Wrong) == 0 {
				t.Errorf("%s comes back; it is listed as one that cannot (%s)", r.Name, why)
			}
			for _, wrong := range r.Wrong {
				if !listed {
					t.Errorf("%s, protocol %s", r.Name, wrong)
				}
			}
		}
		if values < 150 || pickles < 1000 {
			t.Errorf("the corpus holds only %d values, which made %d pickles", values, pickles)
		}
		t.Logf("%d values in %d pickles come back", values, pickles)
	})
}

// corpus runs pickle_corpus.py with a peer in the middle.
func corpus(t *testing.T, py harness.Python, peer string, args ...string) []roundTrip {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	out := py.With(peer).Run(ctx, t, harness.Script(t, "pickle_corpus.py"), args...)
	var all []roundTrip
	for in := bufio.NewScanner(bytes.NewReader(out)); in.Scan(); {
		var r roundTrip
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatalf("pickle_corpus.py printed %q: %v", in.Text(), err)
		}
		all = append(all, r)
	}
	return all
}
