package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// TestPicklePortable hands what one Python pickled at every protocol to another, recoded for every
// protocol that it reads: it must load what the first one would have loaded, in its own types.
func TestPicklePortable(t *testing.T) {
	if testing.Short() {
		t.Skip("starts nine pairs of Pythons")
	}
	pythons := farApart(t)
	for _, writer := range pythons {
		file := filepath.Join(t.TempDir(), "pickles")
		if err := os.WriteFile(file, portable(t, writer, "write"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, reader := range pythons {
			t.Run(writer.Name()+" to "+reader.Name(), func(t *testing.T) { readPortable(t, reader, file) })
		}
	}
}

func readPortable(t *testing.T, reader harness.Python, file string) {
	args := []string{"read", file, "0", "1", "2"}
	if reader.AtLeast(3, 4) {
		args = append(args, "3", "4")
	}
	if reader.AtLeast(3, 8) {
		args = append(args, "5")
	}
	var last struct {
		Name, Said string
		Count      int
	}
	for in := bufio.NewScanner(bytes.NewReader(portable(t, reader, args...))); in.Scan(); {
		if err := json.Unmarshal(in.Bytes(), &last); err != nil {
			t.Fatalf("portable.py printed %q: %v", in.Text(), err)
		}
		if last.Said != "" {
			t.Errorf("%s %s", last.Name, last.Said)
		}
	}
	if last.Count < 200 {
		t.Errorf("only %d pickles were read", last.Count)
	}
	t.Logf("%d pickles read", last.Count)
}

func portable(t *testing.T, py harness.Python, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	return py.With(inTheMiddle(t)).Run(ctx, t, harness.Script(t, "portable.py"), args...)
}

// farApart returns the CPythons that differ most: a Python 2, and the oldest and the newest Python 3.
func farApart(t *testing.T) []harness.Python {
	all := slices.DeleteFunc(slices.Clone(harness.Pythons(t)), func(py harness.Python) bool { return py.Impl != "CPython" })
	slices.SortStableFunc(all, func(a, b harness.Python) int {
		switch {
		case atLeast(a, b) && atLeast(b, a):
			return 0
		case atLeast(a, b):
			return 1
		}
		return -1
	})
	three := slices.IndexFunc(all, func(py harness.Python) bool { return py.AtLeast(3, 0) })
	if three < 0 {
		return all
	}
	pythons := append(all[:min(three, 1):min(three, 1)], all[three])
	if newest := all[len(all)-1]; newest.Path != all[three].Path {
		pythons = append(pythons, newest)
	}
	return pythons
}

func atLeast(a, b harness.Python) bool {
	for minor := 30; minor >= 0; minor-- {
		if b.AtLeast(3, minor) {
			return a.AtLeast(3, minor)
		}
	}
	return true
}
