package engine

import (
	"errors"
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

// A spawned is a child that this process has started itself.
type spawned struct {
	id    int
	cmd   *exec.Cmd
	group bool     // it leads one
	pidfd *os.File // readable once it has ended; nil before Linux 5.2
	pipe  *os.File // what we write to it

	mu     sync.Mutex // guards reaped: a number that is free again may be another's
	reaped bool
}

// spawnChild starts the command with the files that it inherits, from descriptor 3
// on. The pipe to it is the child's then, the files stay the caller's.
func spawnChild(cmd *exec.Cmd, group bool, pipe *os.File) (*spawned, error) {
	c := &spawned{cmd: cmd, group: group, pipe: pipe}
	pidfd := -1
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: group, PidFD: &pidfd}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c.id = cmd.Process.Pid
	c.pidfd = pidFile(pidfd)
	return c, nil
}

func (c *spawned) pid() int { return c.id }

func (c *spawned) write(payloads <-chan []byte) <-chan error { return writeAll(c.pipe, payloads) }

// exited returns what is closed when the child has ended; it is not reaped by
// that.
func (c *spawned) exited() <-chan struct{} {
	done := make(chan struct{})
	go func() { // ends with the child
		defer close(done)
		if awaitEnd(c.pidfd) != nil {
			for unix.Waitid(unix.P_PID, c.id, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
			}
		}
	}()
	return done
}

// pidFile is a pidfd for the runtime's poller; nil where there is none.
func pidFile(pidfd int) *os.File {
	if pidfd < 0 {
		return nil
	}
	unix.SetNonblock(pidfd, true)
	return os.NewFile(uintptr(pidfd), "pidfd")
}

// awaitEnd waits for the end of a process, which costs no thread.
func awaitEnd(pidfd *os.File) error {
	if pidfd == nil {
		return unix.ENOSYS
	}
	raw, err := pidfd.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
}

// reap takes the exit code of a child that has ended, and ends its group.
func (c *spawned) reap() (code int) {
	c.mu.Lock()
	if c.group {
		unix.Kill(-c.id, unix.SIGKILL) // nobody else's, as long as c is not reaped
	}
	c.reaped = true
	c.mu.Unlock()
	c.cmd.Wait()
	c.pipe.Close()
	if c.pidfd != nil {
		c.pidfd.Close()
	}
	return exitCode(c.cmd.ProcessState)
}

// exitCode is what Python calls so: that of a signal is negative.
func exitCode(state *os.ProcessState) int {
	status := state.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return -int(status.Signal())
	}
	return status.ExitStatus()
}

// signal sends the child, or its group, a signal.
func (c *spawned) signal(s unix.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return nil
	}
	if c.group {
		return unix.Kill(-c.id, s)
	}
	if err := c.cmd.Process.Signal(s); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// writeAll writes in the background, until the first error.
func writeAll(pipe *os.File, payloads <-chan []byte) <-chan error {
	done := make(chan error, 1)
	go func() { // ends with the pipe, which reap closes, and the channel
		var err error
		for payload := range payloads {
			if err == nil {
				_, err = pipe.Write(payload)
			}
		}
		done <- err
	}()
	return done
}
