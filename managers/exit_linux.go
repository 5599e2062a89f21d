package managers

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// waitForExit returns when the process has ended, or ctx. A process that we
// may not watch is asked after now and then.
func waitForExit(ctx context.Context, pid int) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for alive(pid) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// alive reports whether a process runs; a zombie does not.
func alive(pid int) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	switch err {
	case nil:
		defer unix.Close(fd)
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(poll, 0)
		return err != nil || n == 0
	case unix.ESRCH:
		return false
	}
	return unix.Kill(pid, 0) != unix.ESRCH
}
