package interop

import (
	"path/filepath"
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// usesOfProcesses are what processes.py prints when all goes well.
const usesOfProcesses = `a_pool ([0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 4, 9, 16, 25, 36, 49, 64], True)
a_pool_with_an_initializer ([0, 1, 2, 3, 4], True)
an_executor ([0, 1, 2, 3], ['done'])
an_event_for_all (0, [0, 1, 2], [0, 0, 0])
a_grandchild ([0], ['child', 'grandchild'])
a_condition ([1], [0])
a_barrier ([0, 1, 2], [0, 0, 0])
a_bounded_queue ([0, 0], [60])
a_joinable_queue (True, [0])
nested_proxies ([0], [1, 2], 2, 'hi')
a_logging_queue ([0], 'hello 5')
a_child_beside_a_call ([0], [1, 2], False)
left 0
`

// TestProcesses hands proxies to children in every way that Python starts them. Each child counts its
// own references, and gives them back when it ends.
func TestProcesses(t *testing.T) {
	newest := newestPython(t)
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		s := harness.Brine(t, "--address", harness.SocketPath(t))
		check := func(name, method string, env ...string) {
			t.Run(name, func(t *testing.T) {
				out := py.With(append(s.Env(), env...)...).Run(bounded(t), t, filepath.Join("python", "processes.py"), method)
				if string(out) != usesOfProcesses {
					t.Errorf("it printed\n%s\nnot\n%s", out, usesOfProcesses)
				}
			})
		}
		check("fork", "fork") // Python 2 has nothing else
		if py.AtLeast(3, 0) {
			check("spawn", "spawn")
		}
		if py.Path == newest.Path {
			check("forkserver", "forkserver")
		}
		if py.Impl == "CPython" && py.Has("multiprocess, dill") {
			check("multiprocess", "fork", "MANAGER_PACKAGE=multiprocess")
		}
	})
}
