//go:build !unix

package connection

import (
	"errors"
	"syscall"
)

func prepare(string, string, syscall.RawConn) error { return nil }

func lockFolder(string) (unlock func(), err error) { return nil, errors.ErrUnsupported }
