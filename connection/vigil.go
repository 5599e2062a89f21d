package connection

import (
	"runtime"
	"time"
)

// A vigil looks for what is to come again and again for a moment, before who
// waits for it goes to sleep: to wake a core that has gone idle takes 20 to 40
// us, and two that are alone with each other pay them at each message.
//
// It is kept only where the peer is likely to go on at once, and the more
// seldom, the more often it was in vain: a peer that takes its time, or whose
// core we occupy, does not have us burn ours.
type vigil struct {
	vain  uint16 // in a row
	rests uint16 // how many more waits go without
}

const (
	vigilTime = 50 * time.Microsecond
	maxVain   = 10 // then one wait of 256 has a vigil
)

// keep calls look until it returns true, or the vigil ends.
func (v *vigil) keep(look func() bool) {
	if v.rests > 0 {
		v.rests--
		return
	}
	if runtime.NumCPU() == 1 {
		return
	}
	for start := time.Now(); time.Since(start) < vigilTime; {
		if look() {
			v.vain = 0
			return
		}
	}
	v.vain = min(v.vain+1, maxVain)
	v.rests = 1 << v.vain >> 2
}
