package connection

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// Dial connects to a Listener and, with an authkey, does its half of the
// handshake. It is Python's Client.
func Dial(ctx context.Context, a Address, cfg Config) (*Conn, error) {
	network, address := a.network()
	nc, err := dial(ctx, network, address)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("connection: cannot connect to %s: %w", a, cause(err))
	}
	c, err := newConn(nc.(stream), cfg.withDefaults())
	if err != nil {
		nc.Close()
		return nil, err
	}
	if cfg.Authkey == nil {
		return c, nil
	}
	if err := c.introduce(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// dial waits for room in the peer's backlog: a Unix socket without room, and
// Python's has room for 16, is no reason to fail.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	for pause := time.Millisecond; ; pause = min(2*pause, longestPause) {
		nc, err := new(net.Dialer).DialContext(ctx, network, address)
		if network != "unix" || !errors.Is(err, syscall.EAGAIN) {
			return nc, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

const longestPause = 50 * time.Millisecond

// cause strips what packages net and os say about their own calls.
func cause(err error) error {
	for {
		switch e := err.(type) {
		case *net.OpError:
			err = e.Err
		case *os.SyscallError:
			err = e.Err
		default:
			return err
		}
	}
}
