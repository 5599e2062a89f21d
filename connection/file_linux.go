package connection

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// newPipe makes what Python's Pipe does: in blocking mode, and with the buffer
// that it has. One of twice the size spares two Go processes a tenth of their
// work; a Python that reads messages of megabytes in larger pieces gets up to
// twice as many page faults, since its malloc then keeps less from one to the
// next, and is slower than with another Python.
func newPipe(duplex bool) (r, w *os.File, err error) {
	var fds [2]int
	if duplex {
		fds, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	} else {
		err = unix.Pipe2(fds[:], unix.O_CLOEXEC)
	}
	if err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(fds[0]), "pipe"), os.NewFile(uintptr(fds[1]), "pipe"), nil
}

// FromFile returns a Conn on a pipe's end or a connected socket that other processes
// may have too, and takes it over. The mode of a descriptor belongs to all who
// share it, so this one stays in blocking mode: a pipe is opened a second time,
// a socket is asked not to wait at each call.
func FromFile(f *os.File, cfg Config) (*Conn, error) {
	s, err := streamOf(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("connection: %w", err)
	}
	c, err := newConn(s, cfg.withDefaults())
	if err != nil {
		s.Close()
		return nil, err
	}
	c.tcp = !c.pipe && isTCP(c.raw)
	c.shared = !c.pipe
	return c, nil
}

func streamOf(f *os.File) (stream, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch info.Mode().Type() {
	case os.ModeNamedPipe:
		return newPipeEnd(f)
	case os.ModeSocket:
		return newSharedSocket(f)
	}
	return nil, fmt.Errorf("%s is neither a pipe nor a socket but %v", f.Name(), info.Mode())
}

func newPipeEnd(f *os.File) (stream, error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	end := &pipeEnd{shared: f}
	failed := raw.Control(func(fd uintptr) {
		var flags int
		if flags, err = unix.FcntlInt(fd, unix.F_GETFL, 0); err != nil {
			return
		}
		end.writes = flags&unix.O_ACCMODE == unix.O_WRONLY
		path := fmt.Sprintf("/proc/self/fd/%d", fd)
		end.File, err = os.OpenFile(path, flags&unix.O_ACCMODE|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	})
	if err == nil {
		err = failed
	}
	if errors.Is(err, unix.ENXIO) {
		return nil, fmt.Errorf("nobody reads the pipe any more: %w", unix.EPIPE)
	}
	if err != nil {
		return nil, err
	}
	return end, nil
}

// A sharedSocket is a stream on a socket in blocking mode. The runtime's poller
// takes none; it takes an epoll instance that waits for one.
type sharedSocket struct {
	file *os.File
	raw  syscall.RawConn
	in   *readiness

	mu  sync.Mutex // guards out
	out *readiness // made when somebody must wait to write
}

func newSharedSocket(f *os.File) (stream, error) {
	s := &sharedSocket{file: f}
	var err error
	if s.raw, err = f.SyscallConn(); err != nil {
		return nil, err
	}
	s.in, err = newReadiness(s.raw, unix.EPOLLIN|unix.EPOLLRDHUP)
	return s, err
}

// until calls f on the socket until it returns true, and waits between by way of
// the poller. To wait in a system call instead, for a moment, occupies one of the
// scheduler's processors: others of this process then waited up to that moment.
func (s *sharedSocket) until(f func(fd uintptr) bool, r func() (*readiness, error)) error {
	for {
		done := false
		if err := s.raw.Control(func(fd uintptr) { done = f(fd) }); err != nil || done {
			return err
		}
		ready, err := r()
		if err == nil {
			err = ready.wait()
		}
		if err != nil {
			return err
		}
	}
}

func (s *sharedSocket) descriptor() (f *os.File, readable, writable bool) { return s.file, true, true }

func (s *sharedSocket) reading() (*readiness, error) { return s.in, nil }

func (s *sharedSocket) writing() (*readiness, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.out == nil {
		s.out, err = newReadiness(s.raw, unix.EPOLLOUT)
	}
	return s.out, err
}

// sharedRaw is the socket for who brings system calls of his own.
type sharedRaw struct{ s *sharedSocket }

func (r sharedRaw) Control(f func(fd uintptr)) error { return r.s.raw.Control(f) }
func (r sharedRaw) Read(f func(fd uintptr) bool) error {
	return r.s.until(f, r.s.reading)
}
func (r sharedRaw) Write(f func(fd uintptr) bool) error {
	return r.s.until(f, r.s.writing)
}

// SyscallConn and what follows make it a stream.
func (s *sharedSocket) SyscallConn() (syscall.RawConn, error) { return sharedRaw{s}, nil }

func (s *sharedSocket) Read(b []byte) (n int, err error) {
	failed := s.until(func(fd uintptr) bool { n, err = read(fd, b); return err != unix.EAGAIN }, s.reading)
	return max(n, 0), errors.Join(failed, err)
}

func (s *sharedSocket) Write(b []byte) (n int, err error) {
	failed := s.until(func(fd uintptr) bool {
		for n < len(b) {
			var m int
			if m, err = write(fd, b[n:]); err != nil {
				return err != unix.EAGAIN
			}
			n += m
		}
		return true
	}, s.writing)
	return n, errors.Join(failed, err)
}

func (s *sharedSocket) Close() error {
	s.mu.Lock()
	if s.out != nil {
		s.out.epoll.Close()
	}
	s.mu.Unlock()
	s.in.epoll.Close()
	return s.file.Close()
}

// CloseRead wakes who receives. It does not shut the socket down: others have
// it too.
func (s *sharedSocket) CloseRead() error { return s.SetReadDeadline(past) }

// CloseWrite wakes who sends.
func (s *sharedSocket) CloseWrite() error { return s.SetWriteDeadline(past) }

func (s *sharedSocket) SetReadDeadline(t time.Time) error { return s.in.epoll.SetReadDeadline(t) }

func (s *sharedSocket) SetWriteDeadline(t time.Time) error {
	out, err := s.writing()
	if err != nil {
		return err
	}
	return out.epoll.SetReadDeadline(t) // which is what is waited for
}

func (s *sharedSocket) SetDeadline(t time.Time) error {
	return errors.Join(s.SetReadDeadline(t), s.SetWriteDeadline(t))
}

func (s *sharedSocket) LocalAddr() net.Addr  { return s.address(localAddress) }
func (s *sharedSocket) RemoteAddr() net.Addr { return s.address(remoteAddress) }
