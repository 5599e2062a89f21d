package connection

import (
	"context"
	"fmt"
	"net"
	"os"
)

// Dial connects to a Listener and, with an authkey, does its half of the
// handshake. It is Python's Client.
func Dial(ctx context.Context, a Address, cfg Config) (*Conn, error) {
	network, address := a.network()
	nc, err := new(net.Dialer).DialContext(ctx, network, address)
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
