//go:build !linux

package connection

import (
	"context"
	"io"
	"net"
)

// served is what a loop keeps of a Conn. There is none here: a Conn that is
// served has a goroutine, and sends as any other.
type served struct {
	handle func(*Frame)
	done   func(error)
}

func (c *Conn) serve(handle func(*Frame), done func(error)) error {
	c.served.Store(&served{handle, done})
	c.in.yield = func(f *Frame, _ error) bool {
		c.served.Load().handle(f)
		return true
	}
	go func() { // ends with the connection
		err := c.read(context.Background(), c.ready)
		c.in.yield = nil
		c.calm()
		c.leave()
		if err == io.EOF || err == net.ErrClosed {
			err = nil
		}
		c.served.Load().done(err)
	}()
	return nil
}

// serveOn replaces what Serve was told. It is called by handle.
func (c *Conn) serveOn(handle func(*Frame), done func(error)) { c.served.Store(&served{handle, done}) }

func (c *Conn) closeServed(uint32) bool { return false }

func (c *Conn) controlServed(func(fd uintptr)) bool { return false }

func (c *Conn) sendServed(*rest) (err error, ok bool) { return nil, false }

func (c *Conn) postpone(rest, func(error)) bool { return false }

func (c *Conn) hold(func(error), []byte, [][]byte) bool { return false }

func (c *Conn) mark(func(error)) bool { return false }
