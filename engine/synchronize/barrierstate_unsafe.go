package synchronize

import (
	"sync/atomic"
	"unsafe"
)

// barrierSize is that of barrierState.
const barrierSize = 8

// A barrierState is what Python keeps of a barrier in shared memory: two ints,
// changed under the barrier's lock and looked at without.
type barrierState struct{ phase32, count int32 }

// barrierStateIn needs 8 bytes at a multiple of 4.
func barrierStateIn(b []byte) *barrierState { return (*barrierState)(unsafe.Pointer(&b[0])) }

func (s *barrierState) phase() int32     { return atomic.LoadInt32(&s.phase32) }
func (s *barrierState) setPhase(n int32) { atomic.StoreInt32(&s.phase32, n) }
func (s *barrierState) waiting() int     { return int(atomic.LoadInt32(&s.count)) }

// arrive counts one more who waits, and returns how many did before.
func (s *barrierState) arrive() int { return int(atomic.AddInt32(&s.count, 1)) - 1 }

// leave counts one less.
func (s *barrierState) leave() int { return int(atomic.AddInt32(&s.count, -1)) }
