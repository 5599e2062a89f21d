package connection

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Who waits in a system call is woken by who writes; who waits by way of the
// runtime's poller, by a thread that was woken for that: a round with a Python took
// 14 us in the one way and 18 in the other. But the former occupies one of the
// scheduler's processors, which other goroutines then wait for. So it is for those
// who ask, and one is left to the others.
//
// A timer that ends before the next tick of the kernel's scheduler, 4 ms by
// default, is set and taken back in hardware at each wait, which is dear under a
// hypervisor: with a moment of 1 ms the round took 19 us.
const lingering = 5 // milliseconds

var lingerers = make(chan struct{}, runtime.NumCPU()-1)

// linger waits a moment until something can be read, and tells whether it can.
func linger(fd uintptr) bool {
	select {
	case lingerers <- struct{}{}:
	default:
		return false
	}
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, lingering)
	<-lingerers
	return n > 0 || err == unix.EINTR
}
