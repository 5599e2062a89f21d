package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

const want = `process 1: 55 takes 112 steps
process 2: 41 takes 109 steps
process 3: 54 takes 112 steps
<cache of 1000 values>, 192 in use, hits: True
a: False, b: True, c: C
ValueError: a cache of 0 values keeps nothing
`

// TestRun runs the program with every Python.
func TestRun(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var out bytes.Buffer
		if err := run(ctx, py.Path, &out); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != want {
			t.Errorf("it printed\n%s\nwant\n%s", got, want)
		}
	})
}
