package main

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/tests/harness"
)

// The workers are this test binary.
func TestMain(m *testing.M) {
	engine.Main(setup)
	os.Exit(m.Run())
}

const want = `<Go function primes.count(limit: int, /) -> int>
      4 primes below 10
    168 primes below 1000
   9592 primes below 100000
  78498 primes below 1000000
ValueError: no primes below -1
`

// TestRun runs the program with every Python that has the package brine.
func TestRun(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) {
			return
		}
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
