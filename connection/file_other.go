//go:build !linux

package connection

import (
	"context"
	"errors"
	"os"
	"syscall"
)

func newPipe(bool) (r, w *os.File, err error) { return nil, nil, errors.ErrUnsupported }

// FromFile is not supported here.
func FromFile(f *os.File, _ Config) (*Conn, error) { return nil, errors.ErrUnsupported }

func (c *Conn) hand() error { return errors.ErrUnsupported }

// pollFor cannot tell here: who is asked for must be waited for.
func pollFor(context.Context, syscall.RawConn) bool { return true }
