package connection

import (
	"context"
	"fmt"
	"syscall"
	"time"
)

// UnixSocket gives access to the socket, for what passes a Unix socket beside
// messages: descriptors. Nobody else may receive or send meanwhile. What waits
// on it fails with os.ErrDeadlineExceeded when ctx ends, until stop.
func (c *Conn) UnixSocket(ctx context.Context) (socket syscall.RawConn, stop func(), err error) {
	if c.tcp {
		return nil, nil, fmt.Errorf("connection: descriptors pass through Unix sockets only, not to %s", c.Peer().Addr)
	}
	if c.nc == nil {
		return nil, nil, errBusy // a loop has it
	}
	return c.raw, watch(ctx, c.nc, func(s stream, t time.Time) error { return s.SetDeadline(t) }), nil
}

// Buffered is how many bytes have been read from the socket and not been
// delivered. A descriptor that came with one of them is lost: see Config.Exact.
func (c *Conn) Buffered() int { return c.in.to - c.in.from }
