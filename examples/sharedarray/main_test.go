package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/tests/harness"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// TestBothPrograms runs them with every Python that has numpy.
func TestBothPrograms(t *testing.T) {
	met := false
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) || !py.Has("numpy") {
			return
		}
		met = true
		enginetest.CheckLeaks(t)
		t.Setenv("TMPDIR", t.TempDir())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, w := io.Pipe()
		done := make(chan error, 1)
		go func() {
			err := run(ctx, w)
			w.CloseWithError(err)
			done <- err
		}()
		lines := bufio.NewScanner(r)
		if lines.Scan(); !strings.HasSuffix(lines.Text(), "python3 examples/sharedarray/add.py") {
			t.Errorf("it says %q", lines.Text())
		}
		python := py.Start(t, "add.py")
		if lines.Scan(); lines.Text() != "each of the 1000000 items is 200: 100 from Go and as many from Python" {
			t.Errorf("it says %q", lines.Text())
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if status := python.Wait(t); status != 0 || len(python.Stderr()) > 0 {
			t.Errorf("Python ended with %d and says %s", status, python.Stderr())
		}
	})
	const missing = "no Python here has numpy; make deps installs Debian's"
	switch {
	case met:
	case strings.Contains(os.Getenv("PYTHONS"), "debian"):
		t.Error(missing)
	default:
		t.Log(missing)
	}
}
