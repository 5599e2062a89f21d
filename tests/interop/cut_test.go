package interop

import (
	"strings"
	"testing"

	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/engine/synchronize"
)

// TestMemoryThatPythonCuts: Python's Values, Arrays and Barriers lie in a file
// that anyone who has it can make shorter. Go gets errors, and its locks back.
func TestMemoryThatPythonCuts(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		sharedctypes.Register(fam.engine)
		fam.do(t, "v, a, b = ctx.Value('l', 5), ctx.Array('d', 3), ctx.Barrier(2)", "None")
		v := made(sharedctypes.ValueOf[int64](take[any](t, fam, "v")))(t)
		a := made(sharedctypes.ArrayOf[float64](take[any](t, fam, "a")))(t)
		b := take[*synchronize.Barrier](t, fam, "b")
		fam.do(t, "import os, multiprocessing.heap as heap", "None")
		fam.python.Ask(t, "[os.ftruncate(a.fd, 0) for a in heap.BufferWrapper._heap._arenas]")

		_, wait := b.Wait(bounded(t))
		_, load := v.Load(bounded(t))
		_, get := a.Get(bounded(t), 1)
		for what, err := range map[string]error{
			"Value.Load": load, "Value.Store": v.Store(bounded(t), 6), "Array.Get": get, "Array.Set": a.Set(bounded(t), 0, 1),
			"Barrier.Wait": wait, "Barrier.Abort": b.Abort(bounded(t)), "Barrier.Reset": b.Reset(bounded(t)),
		} {
			if err == nil || !strings.Contains(err.Error(), "another process has cut it short") {
				t.Errorf("%s: %v", what, err)
			}
		}
		if !b.Broken() || b.Waiting() != 0 {
			t.Errorf("the barrier: %v", b)
		}
		for name, repr := range map[string]string{"v.get_lock()": "<RLock(None, 0)>", "a.get_lock()": "<RLock(None, 0)>", "b._cond": "<Condition(<RLock(None, 0)>, 0)>"} {
			fam.do(t, name, repr)
		}
	})
}
