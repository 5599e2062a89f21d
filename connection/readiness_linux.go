package connection

import (
	"context"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// A readiness waits for one event of a socket that the runtime's poller has
// not: it has an epoll instance that waits for it.
type readiness struct {
	epoll *os.File
	raw   syscall.RawConn
}

func newReadiness(socket syscall.RawConn, events uint32) (*readiness, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	failed := socket.Control(func(fd uintptr) {
		err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, int(fd), &unix.EpollEvent{Events: events})
	})
	if err == nil {
		err = failed
	}
	if err == nil {
		err = unix.SetNonblock(epoll, true) // tells NewFile to have it polled
	}
	if err != nil {
		unix.Close(epoll)
		return nil, os.NewSyscallError("epoll_ctl", err)
	}
	r := &readiness{epoll: os.NewFile(uintptr(epoll), "epoll")}
	if r.raw, err = r.epoll.SyscallConn(); err != nil {
		r.epoll.Close()
		return nil, err
	}
	return r, nil
}

// wait waits until the event is there, or the deadline of epoll.
func (r *readiness) wait() error {
	var event [1]unix.EpollEvent
	return r.raw.Read(func(epoll uintptr) bool {
		n, err := unix.EpollWait(int(epoll), event[:], 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
}

// pollFor waits until a socket has something to read or accept; false is the
// end of ctx.
func pollFor(ctx context.Context, socket syscall.RawConn) bool {
	r, err := newReadiness(socket, unix.EPOLLIN)
	if err != nil {
		return true // whoever reads will be told why
	}
	defer r.epoll.Close()
	stop := watch(ctx, r.epoll, (*os.File).SetReadDeadline)
	defer stop()
	return r.wait() == nil || ctx.Err() == nil
}
