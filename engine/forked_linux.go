package engine

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/brine-go/brine/pyinterop/forkserver"
)

// A forked is a child that a fork server has started, and reaps.
type forked struct {
	child *forkserver.Child
	group bool
	pipe  *os.File // what we write to it
	code  int      // set when it has exited

	mu    sync.Mutex // held to signal, and to say that it has ended
	ended bool
	pidfd *os.File // nil where it had ended when we looked
}

func forkedChild(c *forkserver.Child, group bool, pipe *os.File) *forked {
	pidfd, err := unix.PidfdOpen(c.Pid, 0)
	if err != nil {
		pidfd = -1
	}
	return &forked{child: c, group: group, pipe: pipe, pidfd: pidFile(pidfd)}
}

func (c *forked) pid() int { return c.child.Pid }

func (c *forked) write(payloads <-chan []byte) <-chan error { return writeAll(c.pipe, payloads) }

// exited returns what is closed when the fork server has told the exit code and
// the child has ended: where it tells that itself, or the server is killed, the
// two are not the same.
func (c *forked) exited() <-chan struct{} {
	done := make(chan struct{})
	go func() { // ends with the child, or the server
		c.code = c.child.Exit()
		awaitEnd(c.pidfd)
		close(done)
	}()
	return done
}

func (c *forked) reap() (code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.pidfd != nil {
		c.pidfd.Close()
	}
	if c.group {
		unix.Kill(-c.child.Pid, unix.SIGKILL) // a number that a group has is nobody else's
	}
	c.pipe.Close()
	return c.code
}

func (c *forked) signal(s unix.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended || c.pidfd == nil {
		return nil
	}
	if c.group {
		if err := unix.Kill(-c.child.Pid, s); err != unix.ESRCH { // it may not lead one yet
			return err
		}
	}
	raw, err := c.pidfd.SyscallConn()
	if err != nil {
		return err
	}
	raw.Control(func(fd uintptr) { err = unix.PidfdSendSignal(int(fd), s, nil, 0) })
	if err == unix.ESRCH {
		return nil
	}
	return err
}
