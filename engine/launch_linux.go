package engine

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	terminate = unix.SIGTERM
	kill      = unix.SIGKILL
)

// A child is a process as the kernel knows it.
type child struct {
	pid   int
	cmd   *exec.Cmd
	group bool     // it leads one
	pidfd *os.File // readable once it has ended; nil before Linux 5.2
	pipe  *os.File // what we write to it

	mu     sync.Mutex // guards reaped: a number that is free again may be another's
	reaped bool
}

// startChild starts the command with the files that it inherits, from descriptor 3
// on. The pipe to it is the child's then, the files stay the caller's.
func startChild(cmd *exec.Cmd, group bool, pipe *os.File) (*child, error) {
	c := &child{cmd: cmd, group: group, pipe: pipe}
	pidfd := -1
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: group, PidFD: &pidfd}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c.pid = cmd.Process.Pid
	if pidfd >= 0 {
		unix.SetNonblock(pidfd, true) // for the runtime's poller
		c.pidfd = os.NewFile(uintptr(pidfd), "pidfd")
	}
	return c, nil
}

// write writes what the child reads, and keeps the pipe open. The result comes
// once all is read, or the child is reaped.
func (c *child) write(payload []byte) <-chan error {
	done := make(chan error, 1)
	go func() { // ends with the pipe at the latest, which reap closes
		_, err := c.pipe.Write(payload)
		done <- err
	}()
	return done
}

// exited returns what is closed when the child has ended; it is not reaped by
// that.
func (c *child) exited() <-chan struct{} {
	done := make(chan struct{})
	go func() { // ends with the child
		defer close(done)
		if c.pidfd == nil || c.poll() != nil {
			for unix.Waitid(unix.P_PID, c.pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
			}
		}
	}()
	return done
}

// poll waits with the runtime's poller, which costs no thread.
func (c *child) poll() error {
	raw, err := c.pidfd.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
}

// reap takes the exit code of a child that has ended, and ends its group.
func (c *child) reap() (code int) {
	c.mu.Lock()
	if c.group {
		unix.Kill(-c.pid, unix.SIGKILL) // nobody else's, as long as c is not reaped
	}
	c.reaped = true
	c.mu.Unlock()
	c.cmd.Wait()
	c.pipe.Close()
	if c.pidfd != nil {
		c.pidfd.Close()
	}
	status := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return -int(status.Signal())
	}
	return status.ExitStatus()
}

// signal sends the child, or its group, a signal.
func (c *child) signal(s unix.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return nil
	}
	if c.group {
		return unix.Kill(-c.pid, s)
	}
	if err := c.cmd.Process.Signal(s); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// drain reads what is in a pipe whose deadline has passed: no more than fits in
// it, since others may go on writing.
func drain(f *os.File, to io.Writer, b []byte) {
	raw, err := f.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		size, err := unix.FcntlInt(fd, unix.F_GETPIPE_SZ, 0)
		for err == nil && size > 0 {
			var n int
			if n, err = unix.Read(int(fd), b); n <= 0 {
				if err == unix.EINTR {
					err = nil
					continue
				}
				return
			}
			to.Write(b[:n])
			size -= n
		}
	})
}
