package connection

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// hand makes a Conn that was dialled or accepted one whose descriptor other
// processes may have: in blocking mode, and out of the runtime's poller.
func (c *Conn) hand() error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	c.sending.Lock()
	defer c.sending.Unlock()
	if c.nc == nil {
		return errBusy // a loop has it
	}
	if got := c.Buffered(); got > 0 {
		return fmt.Errorf("connection: %d bytes have been read ahead, which another process would miss: use Config.Exact for connections that are handed on", got)
	}
	f, err := blocking(c.raw)
	if err != nil {
		return fmt.Errorf("connection: %w", err)
	}
	s, err := newSharedSocket(f)
	if err != nil {
		f.Close()
		return fmt.Errorf("connection: %w", err)
	}
	c.nc.Close() // the duplicate keeps the connection
	c.nc, c.shared = s, true
	c.raw, err = s.SyscallConn()
	return err
}

// blocking returns another descriptor of the same socket, and puts both in
// blocking mode.
func blocking(raw syscall.RawConn) (f *os.File, err error) {
	failed := raw.Control(func(fd uintptr) {
		var n int
		if n, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3); err != nil {
			return
		}
		if err = unix.SetNonblock(n, false); err != nil {
			unix.Close(n)
			return
		}
		f = os.NewFile(uintptr(n), "socket")
	})
	if err == nil {
		err = failed
	}
	return f, err
}

// isTCP asks a socket of unknown origin.
func isTCP(raw syscall.RawConn) (yes bool) {
	raw.Control(func(fd uintptr) {
		domain, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
		yes = err == nil && domain != unix.AF_UNIX
	})
	return yes
}

func (s *sharedSocket) address(of func(fd int) Address) (a net.Addr) {
	s.raw.Control(func(fd uintptr) { a = socketAddr{of(int(fd))} })
	if a == nil {
		return descriptorAddr{}
	}
	return a
}
