package interop

import (
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// TestPoolByDill: what multiprocess' README shows works with the manager's Pool, on
// Python workers of ours. Debian's Python has multiprocess.
func TestPoolByDill(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if py.Impl != "CPython" || !py.AtLeast(3, 6) || !py.Has("multiprocess, dill") {
			return
		}
		s := harness.Brine(t, "--address", harness.SocketPath(t), "--pool-python", py.Path, "--pool-workers", "2")
		got := string(py.With(s.Env()...).Run(t.Context(), t, "python/dillpool.py"))
		const want = "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]\n[0, 2, 6, 12, 20, 30, 42, 56, 72, 90]\n"
		if got != want {
			t.Errorf("got\n%s, want\n%s", got, want)
		}
	})
}
