//go:build !linux

package reduction

import (
	"context"
	"errors"
	"os"

	"github.com/brine-go/brine/connection"
)

// SendHandles is not supported here.
func SendHandles(context.Context, *connection.Conn, bool, ...*os.File) error {
	return errors.ErrUnsupported
}

// RecvHandles is not supported here.
func RecvHandles(context.Context, *connection.Conn, bool, int) ([]*os.File, error) {
	return nil, errors.ErrUnsupported
}
