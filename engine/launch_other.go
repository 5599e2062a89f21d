//go:build !linux

package engine

import (
	"errors"
	"os"
	"os/exec"
	"syscall"

	"github.com/brine-go/brine/pyinterop/forkserver"
)

const (
	terminate = syscall.SIGTERM
	kill      = syscall.SIGKILL
)

func spawnChild(*exec.Cmd, bool, *os.File) (child, error) { return nil, errors.ErrUnsupported }
func forkedChild(*forkserver.Child, bool, *os.File) child { return nil }
func serveForks(forkserver.Command) int                   { return 1 }
func (s *stream) read()                                   {}
func (s *stream) drain()                                  {}
