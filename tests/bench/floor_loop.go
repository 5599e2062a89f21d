//go:build linux

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"net"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// A floorLoop is the floor of connections that come and go: one thread that
// waits in epoll. It does the handshake without judging the peer, answers
// create with an id and everything else with None, and keeps nothing.
type floorLoop struct {
	epoll int
	key   []byte
	tcp   bool
	peers map[int32]*floorPeer // by descriptor
}

// A floorPeer is how far a connection has come.
type floorPeer struct {
	frames int    // received
	rest   []byte // of an incomplete one
}

// created is ('#RETURN', ('1001', ())).
var created = []byte("\x80\x04\x8c\x07#RETURN\x8c\x041001)\x86\x86.")

func (f *floorLoop) serve(l net.Listener) (err error) {
	raw, err := l.(syscall.Conn).SyscallConn()
	if err != nil {
		return err
	}
	listening := -1
	if e := raw.Control(func(fd uintptr) { listening, err = unix.Dup(int(fd)) }); e != nil || err != nil {
		return err
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	l.Close() // the runtime's poller would wake a thread of its own
	if f.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if err := f.watch(listening); err != nil {
		return err
	}
	runtime.LockOSThread()
	events := make([]unix.EpollEvent, 128)
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.EpollWait(f.epoll, events, -1)
		if err != nil && err != unix.EINTR {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			if int(e.Fd) == listening {
				f.accept(listening)
			} else if !f.read(e.Fd, buf) {
				unix.Close(int(e.Fd))
				delete(f.peers, e.Fd)
			}
		}
	}
}

func (f *floorLoop) watch(fd int) error {
	return unix.EpollCtl(f.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

func (f *floorLoop) accept(listening int) {
	fd, _, err := unix.Accept4(listening, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	if err != nil {
		return
	}
	if f.tcp {
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	f.peers[int32(fd)] = new(floorPeer)
	m := append([]byte(challengeMark), make([]byte, 20)...)
	rand.Read(m[len(challengeMark):])
	unix.Write(fd, frame(m))
	f.watch(fd)
}

// read answers the frames that have come; false is the end.
func (f *floorLoop) read(fd int32, buf []byte) bool {
	n, err := unix.Read(int(fd), buf)
	if n <= 0 {
		return err == unix.EAGAIN || err == unix.EINTR
	}
	if f.tcp {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1)
	}
	p := f.peers[fd]
	b := append(p.rest, buf[:n]...)
	for len(b) >= 4 && len(b)-4 >= int(binary.BigEndian.Uint32(b)) {
		body := b[4 : 4+binary.BigEndian.Uint32(b)]
		b = b[4+len(body):]
		if answer := f.answer(p.frames, body); answer != nil {
			unix.Write(int(fd), frame(answer))
		}
		p.frames++
	}
	p.rest = bytes.Clone(b)
	return true
}

// answer is that to frame number n of a connection.
func (f *floorLoop) answer(n int, body []byte) []byte {
	switch {
	case n == 0: // the answer to our challenge
		return []byte(welcome)
	case n == 1:
		return mac(f.key, bytes.TrimPrefix(body, []byte(challengeMark)))
	case n == 2: // their welcome
		return nil
	case bytes.Contains(body, []byte("create")):
		return created
	}
	return none
}
