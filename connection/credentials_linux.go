package connection

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// credentials asks who connected.
func credentials(raw syscall.RawConn) (pid, uid int) {
	raw.Control(func(fd uintptr) {
		if c, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid, uid = int(c.Pid), int(c.Uid)
		}
	})
	return pid, uid
}
