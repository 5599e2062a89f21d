package reduction

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// takeOver returns c's descriptor, in blocking mode, and closes c.
func takeOver(c interface {
	syscall.Conn
	Close() error
}) (f *os.File, err error) {
	if l, ok := c.(interface{ SetUnlinkOnClose(bool) }); ok {
		l.SetUnlinkOnClose(false) // its path is for who gets it
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	failed := raw.Control(func(fd uintptr) {
		var n int
		if n, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3); err != nil {
			return
		}
		if err = unix.SetNonblock(n, false); err == nil {
			f = os.NewFile(uintptr(n), "socket")
			return
		}
		unix.Close(n)
	})
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	c.Close()
	return f, nil
}

func describe(f *os.File) (family, kind, protocol int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, 0, 0, err
	}
	failed := raw.Control(func(fd uintptr) {
		for option, to := range map[int]*int{unix.SO_DOMAIN: &family, unix.SO_TYPE: &kind, unix.SO_PROTOCOL: &protocol} {
			if *to, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, option); err != nil {
				return
			}
		}
	})
	return family, kind, protocol, errors.Join(err, failed)
}
