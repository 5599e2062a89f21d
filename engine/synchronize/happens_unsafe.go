//go:build race

package synchronize

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// happens tells the race detector what it cannot see in shared memory: who
// takes a semaphore comes after who released it.
type happens struct{ _ byte }

func (h *happens) acquired()  { runtime.RaceAcquire(unsafe.Pointer(h)) }
func (h *happens) releasing() { runtime.RaceReleaseMerge(unsafe.Pointer(h)) }

// A held flag tells whether this process holds a lock. It changes under that
// lock only; String reads it at any time.
type held struct{ is atomic.Bool }

func (h *held) set(v bool) { h.is.Store(v) }
func (h *held) get() bool  { return h.is.Load() }
