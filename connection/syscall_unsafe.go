//go:build linux && !race && !386

package connection

import (
	"syscall"
	"unsafe"
)

// read and write are recv(2) and send(2), again when a signal came first. The
// socket does not block, so the scheduler need not hear of the call: that, and
// the way around the file system, spare a tenth of a small request. (The race
// detector wants to hear of it.)
func read(fd uintptr, b []byte) (int, error) {
	return transfer(syscall.SYS_RECVFROM, fd, b, syscall.MSG_DONTWAIT)
}

func write(fd uintptr, b []byte) (int, error) {
	return transfer(syscall.SYS_SENDTO, fd, b, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL)
}

func transfer(call, fd uintptr, b []byte, flags uintptr) (int, error) {
	for {
		p := unsafe.Pointer(unsafe.SliceData(b))
		n, _, e := syscall.RawSyscall6(call, fd, uintptr(p), uintptr(len(b)), flags, 0, 0)
		if e == 0 {
			return int(n), nil
		}
		if e != syscall.EINTR {
			return -1, e
		}
	}
}
