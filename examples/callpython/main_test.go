package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/tests/harness"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const want = `[2 4 4 4 5 5 7 9]: n=8 mean=5 deviation=2.000
[1 2 3 4]: n=4 mean=2.5 deviation=1.118
[10]: n=1 mean=10 deviation=0.000
of nothing: ValueError: no numbers to describe
`

// TestRun runs the program with every Python that can be a child.
func TestRun(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var out bytes.Buffer
		if err := run(ctx, py.Path, 2, &out); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != want {
			t.Errorf("it printed\n%s\nwant\n%s", got, want)
		}
	})
}
