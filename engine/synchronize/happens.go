//go:build !race

package synchronize

// happens tells the race detector what it cannot see in shared memory: who
// takes a semaphore comes after who released it.
type happens struct{}

func (*happens) acquired()  {}
func (*happens) releasing() {}

// A held flag tells whether this process holds a lock. It changes under that
// lock only; String reads it at any time.
type held struct{ is bool }

func (h *held) set(v bool) { h.is = v }
func (h *held) get() bool  { return h.is }
