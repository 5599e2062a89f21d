//go:build !race

package synchronize

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/internal/shm"
)

// TestSemaphoresThatAreCut: who asks for a panic gets one, and others their turn.
// The race detector's own atomic instructions cannot panic.
func TestSemaphoresThatAreCut(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	l := enginetest.Must(NewLock(enginetest.New(t)))(t)
	if err := os.Truncate(filepath.Join(shm.Dir, shm.Semaphore(l.name)), 0); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"Acquire":    func() error { return l.Acquire(enginetest.Soon(t)) },
		"in line":    func() error { return l.await(enginetest.Soon(t)) },
		"TryAcquire": func() error { l.TryAcquire(); return nil },
		"Release":    l.Release,
	} {
		func() {
			defer func() {
				if _, ok := recover().(interface{ Addr() uintptr }); !ok {
					t.Errorf("%s did not panic for a fault", name)
				}
			}()
			f()
		}()
	}
	if n := l.line.length.Load(); n != 0 {
		t.Errorf("%d are in line", n)
	}
}
