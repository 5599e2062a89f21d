package connection

import (
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// An acceptor accepts connections in a loop.
type acceptor struct {
	loop *loop
	cfg  *Config
	path string // of the socket's file, if it has one
	tcp  bool
	room func() bool
	meet func(*Conn)
	slowness

	mu    sync.Mutex
	fd    int // -1 when closed
	delay time.Duration
}

// acceptBurst is how many connections one event may bring. The others are
// another event.
const acceptBurst = 64

// serve moves the socket from the runtime's poller to the loop. Were it in both,
// each client would wake two threads.
func (l *Listener) serve(room func() bool, meet func(*Conn)) error {
	loop, err := theLoop()
	if err != nil {
		return err
	}
	raw, err := l.nl.SyscallConn()
	if err != nil {
		return err
	}
	a := &acceptor{loop: loop, cfg: l.cfg, tcp: !l.Addr().IsUnix(), room: room, meet: meet}
	if at := l.Addr(); at.IsUnix() && !at.IsAbstract() {
		a.path = at.Path
	}
	duplicate := func(fd uintptr) { a.fd, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) }
	if e := raw.Control(duplicate); e != nil {
		err = e
	}
	if err != nil {
		return err
	}
	l.acceptor.Store(a)
	if nl, ok := l.nl.(*net.UnixListener); ok {
		nl.SetUnlinkOnClose(false)
	}
	l.nl.Close()
	return loop.add(a.fd, a, unix.EPOLLIN)
}

func (a *acceptor) event(uint32, bool) {
	for range acceptBurst {
		if !a.accept() {
			return
		}
	}
}

func (a *acceptor) settle() {}

// hot is true: a client that was sent a challenge answers.
func (a *acceptor) hot() bool { return true }

// accept accepts a connection, unless there is none or no room for it.
func (a *acceptor) accept() bool {
	if !a.room() {
		a.watch(0)
		if !a.room() { // which it may have become before we paused
			return false
		}
		a.watch(unix.EPOLLIN)
	}
	a.mu.Lock()
	fd, err := -1, error(unix.EBADF)
	if a.fd >= 0 {
		fd, _, err = unix.Accept4(a.fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	}
	a.mu.Unlock()
	switch err {
	case nil:
		a.delay = 0
		a.meet(adopt(fd, a.tcp, a.cfg))
		return true
	case unix.EINTR, unix.ECONNABORTED:
		return true
	case unix.EAGAIN, unix.EBADF:
		return false
	}
	// There are no descriptors left, or no memory: they stay in the backlog.
	a.watch(0)
	a.delay = min(max(2*a.delay, time.Millisecond), time.Second)
	time.AfterFunc(a.delay, a.resume)
	return false
}

func (a *acceptor) resume() { a.watch(unix.EPOLLIN) }

func (a *acceptor) watch(events uint32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fd >= 0 {
		a.loop.watch(a.fd, events)
	}
}

func (a *acceptor) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fd < 0 {
		return net.ErrClosed
	}
	if a.path != "" {
		os.Remove(a.path) // as net does: before the close, lest it is another's
	}
	a.loop.remove(a.fd)
	unix.Close(a.fd)
	a.fd = -1
	return nil
}
