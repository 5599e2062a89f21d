package connection

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Who waits in a system call is woken by who writes; who waits by way of the
// runtime's poller, by a thread that was woken for that. A stream between two
// processes that are at work is a row of short waits, so each begins with the
// former. It occupies a thread, so no more do it at a time than have a core.
const lingering = 1 // milliseconds

var lingerers = make(chan struct{}, runtime.NumCPU())

// linger waits a moment for an event of a descriptor, and tells whether it has
// come.
func linger(fd uintptr, event int16) bool {
	select {
	case lingerers <- struct{}{}:
	default:
		return false
	}
	fds := []unix.PollFd{{Fd: int32(fd), Events: event}}
	n, err := unix.Poll(fds, lingering)
	<-lingerers
	return n > 0 || err == unix.EINTR
}
