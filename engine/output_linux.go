package engine

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// streamRoom is how much is read at once.
const streamRoom = 16 << 10

// read hands on what comes until the end, or until the pipe's deadline: others
// may have its other end open, but what the child wrote is in it.
func (s *stream) read() {
	raw, err := s.pipe.SyscallConn()
	if err != nil {
		return
	}
	for err == nil {
		var n int
		wait := raw.Read(func(fd uintptr) bool {
			n, err = s.take(int(fd))
			return err != unix.EAGAIN
		})
		if errors.Is(wait, os.ErrDeadlineExceeded) {
			s.drain()
			return
		}
		if wait != nil || n == 0 {
			return
		}
	}
}

// take hands on what is in the pipe, as much as is read at once. The error is
// EAGAIN when there is nothing.
func (s *stream) take(fd int) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.b == nil {
		s.b = make([]byte, streamRoom)
	}
	for {
		n, err = unix.Read(fd, s.b)
		if err != unix.EINTR {
			break
		}
	}
	if n > 0 {
		s.to.Write(s.b[:n])
	}
	return n, err
}

// drain hands on what is in the pipe: no more than fits in it, since others may
// go on writing.
func (s *stream) drain() {
	raw, err := s.pipe.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		n, err := s.take(int(fd))
		if err != nil || n < streamRoom {
			return
		}
		size, _ := unix.FcntlInt(fd, unix.F_GETPIPE_SZ, 0)
		for size -= n; size > 0 && n > 0 && err == nil; size -= n {
			n, err = s.take(int(fd))
		}
	})
}
