package forkserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/reduction"
)

const keySize = 32

// A Client has a fork server of its own. It is safe for use by many goroutines.
type Client struct {
	cmd   *exec.Cmd
	dir   string // of the socket
	key   []byte // nil before 3.14
	alive *os.File
	ended chan struct{} // closed when the server has
}

// Start starts a fork server of the interpreter; pkg is what that calls
// multiprocessing, and preload are modules that it imports beforehand. What the
// server itself writes goes to output. It is to be started with the environment
// that its children are to have.
func Start(python *pyinterop.Interpreter, pkg string, preload, env []string, output io.Writer) (c *Client, err error) {
	dir, err := os.MkdirTemp("", "pymp-")
	if err != nil {
		return nil, fmt.Errorf("forkserver: %w", err)
	}
	c = &Client{dir: dir, ended: make(chan struct{})}
	var theirs, ours []*os.File
	defer func() {
		closeAll(theirs)
		if err != nil {
			closeAll(ours)
			os.RemoveAll(dir)
			err = fmt.Errorf("forkserver: %w", err)
		}
	}()
	listener, err := listen(c.address().Path)
	if err != nil {
		return nil, err
	}
	theirs = append(theirs, listener)
	aliveR, aliveW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	theirs, ours = append(theirs, aliveR), append(ours, aliveW)
	c.alive = aliveW
	what := Command{Package: pkg, Listener: 3, Alive: 4, Key: -1, Preload: preload}
	if python.Version.AuthenticatesForkServer() {
		pipe, err := c.makeKey()
		if err != nil {
			return nil, err
		}
		theirs, what.Key = append(theirs, pipe), 5
	}
	c.cmd = exec.Command(python.Path, append(python.Flags[:len(python.Flags):len(python.Flags)], what.Args()...)...)
	c.cmd.Env, c.cmd.ExtraFiles = env, theirs
	c.cmd.Stdout, c.cmd.Stderr = output, output
	c.cmd.WaitDelay = closeTime // of who has its output open
	apart(c.cmd)
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { // ends with the server; Close waits for it
		c.cmd.Wait()
		close(c.ended)
	}()
	return c, nil
}

// listen makes the socket that the server inherits.
func listen(path string) (*os.File, error) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	defer l.Close()
	l.SetUnlinkOnClose(false)
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, err
	}
	return l.File()
}

func (c *Client) makeKey() (*os.File, error) {
	c.key = make([]byte, keySize)
	rand.Read(c.key)
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if _, err := w.Write(c.key); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (c *Client) address() connection.Address {
	return connection.Address{Path: filepath.Join(c.dir, "listener")}
}

// A Child is one that a fork server has started.
type Child struct {
	Pid    int
	status *os.File
}

// Exit waits for the child's end and returns its exit code; that of a signal is
// negative. One that tells nothing, as in 3.6 one that is killed, is 255, as in
// Python.
func (c *Child) Exit() int {
	defer c.status.Close()
	code, err := readStatus(c.status)
	switch {
	case err != nil:
		return 255
	case code > 255: // as 3.6 says it
		return code & 0xff
	}
	return code
}

// Fork asks for a child that reads data; files are those that its pickles name
// by place. All stay the caller's.
func (c *Client) Fork(ctx context.Context, data, tracker *os.File, files ...*os.File) (*Child, error) {
	if len(files)+fixed > maxFiles {
		return nil, fmt.Errorf("forkserver: a child can be given %d descriptors, not %d", maxFiles-fixed, len(files))
	}
	statusR, statusW, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("forkserver: %w", err)
	}
	defer statusW.Close()
	all := append([]*os.File{data, statusW, c.alive, tracker}, files...)
	for _, f := range all {
		f.Fd() // puts it in blocking mode, which is all that Python understands
	}
	child := &Child{status: statusR}
	if err = c.request(ctx, all); err == nil {
		statusW.Close()
		stop := context.AfterFunc(ctx, func() { statusR.SetReadDeadline(time.Unix(1, 0)) })
		child.Pid, err = readStatus(statusR)
		if !stop() && err != nil {
			err = ctx.Err()
		}
	}
	if err != nil {
		statusR.Close()
		return nil, fmt.Errorf("forkserver: the server does not start the child: %w", err)
	}
	return child, nil
}

func (c *Client) request(ctx context.Context, files []*os.File) error {
	conn, err := connection.Dial(ctx, c.address(), connection.Config{Authkey: c.key, Exact: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	return reduction.SendHandles(ctx, conn, true, files...)
}

// Ended tells whether the server has ended, so that another is needed.
func (c *Client) Ended() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// closeTime is how long a server may take to end that has no clients: those it
// started are clients too.
const closeTime = 5 * time.Second

// Close lets the server end, which it does with its last child, and waits for
// that a while.
func (c *Client) Close() error {
	c.alive.Close()
	select {
	case <-c.ended:
		return os.RemoveAll(c.dir)
	case <-time.After(closeTime):
		return errors.Join(os.RemoveAll(c.dir), fmt.Errorf("forkserver: a process that the server (pid %d) started goes on, and so does the server", c.cmd.Process.Pid))
	}
}
