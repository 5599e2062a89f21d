//go:build !linux

package engine

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
)

const (
	terminate = syscall.SIGTERM
	kill      = syscall.SIGKILL
)

type child struct{ pid int }

func startChild(*exec.Cmd, bool, *os.File) (*child, error) { return nil, errors.ErrUnsupported }

func (c *child) write([]byte) <-chan error   { return nil }
func (c *child) exited() <-chan struct{}     { return nil }
func (c *child) reap() int                   { return 0 }
func (c *child) signal(syscall.Signal) error { return errors.ErrUnsupported }
func drain(*os.File, io.Writer, []byte)      {}
