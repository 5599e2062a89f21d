package connection

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// A lot is where connections wait without a goroutine: an epoll instance with
// one goroutine for all.
type lot struct {
	epoll int
	file  *os.File // of epoll, through which the runtime waits for it

	mu     sync.Mutex // guards parked
	parked map[int32]*Conn
}

// one is the process's lot: made when the first connection falls idle, it
// stays.
var one struct {
	sync.Once
	lot *lot
	err error
}

func theLot() (*lot, error) {
	one.Do(func() { one.lot, one.err = newLot() })
	return one.lot, one.err
}

func newLot() (*lot, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // tells NewFile to poll
		unix.Close(fd)
		return nil, err
	}
	l := &lot{epoll: fd, file: os.NewFile(uintptr(fd), "epoll"), parked: make(map[int32]*Conn)}
	go l.watch()
	return l, nil
}

// park has c.run started again when there is something to read, the end
// included. It returns false where that cannot be. The one who parks has
// received all along and goes on doing so, as far as others can see: Close
// shuts the socket down, which is something to read, and leaves closing to
// run. So a parked descriptor is never another connection's.
func park(c *Conn) bool {
	l, err := theLot()
	if err != nil {
		return false
	}
	parked := false
	c.raw.Control(func(fd uintptr) {
		l.mu.Lock()
		defer l.mu.Unlock()
		// Something may have come already; then epoll tells at once.
		event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLONESHOT, Fd: int32(fd)}
		op := unix.EPOLL_CTL_ADD
		if c.parkedBefore {
			op = unix.EPOLL_CTL_MOD
		}
		if unix.EpollCtl(l.epoll, op, int(fd), &event) == nil {
			l.parked[int32(fd)] = c
			c.parkedBefore, parked = true, true
		}
	})
	return parked
}

// watch wakes whoever has something to read.
func (l *lot) watch() {
	raw, err := l.file.SyscallConn()
	if err != nil {
		return
	}
	events := make([]unix.EpollEvent, 64)
	raw.Read(func(fd uintptr) bool {
		for {
			n, err := unix.EpollWait(int(fd), events, 0)
			if err != nil && err != unix.EINTR {
				return true
			}
			for _, e := range events[:max(n, 0)] {
				l.wake(e.Fd)
			}
			if n == 0 {
				return false
			}
		}
	})
}

func (l *lot) wake(fd int32) {
	l.mu.Lock()
	c := l.parked[fd]
	delete(l.parked, fd)
	l.mu.Unlock()
	if c != nil {
		go c.run()
	}
}
