package connection

import (
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// Serve receives every message as the loop of Frames does, and returns at
// once: handle runs on a goroutine that belongs to the Conn. One on which
// nothing comes for a while gives up its goroutine until something does, so
// that an idle connection costs a kilobyte (see Config.IdleAfter). When the peer closes, Close is
// called (both nil) or receiving fails, done is called with the reason, once
// and last.
func (c *Conn) Serve(handle func(*Frame), done func(error)) {
	if err := c.enter(); err != nil {
		go done(err)
		return
	}
	c.in.yield = func(f *Frame, _ error) bool {
		handle(f)
		return true
	}
	c.done = done
	go c.run()
}

// run handles messages while they come. It is the only goroutine that
// receives: another is started only after it has parked the Conn.
func (c *Conn) run() {
	in := &c.in
	var stuck time.Time // since when nothing came inside a message
	for {
		before := in.total
		c.nc.SetReadDeadline(time.Now().Add(c.cfg.IdleAfter))
		err := c.raw.Read(c.ready)
		if in.err != nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			c.finish(err)
			return
		}
		switch {
		case in.total != before:
			stuck = time.Time{}
		case in.buf == nil:
			if park(c) {
				return
			}
		case stuck.IsZero():
			stuck = time.Now()
		case time.Since(stuck) > c.cfg.StallTimeout:
			in.err = in.cut(os.ErrDeadlineExceeded)
			in.drop()
			c.finish(in.err)
			return
		}
	}
}

// finish is the end of run.
func (c *Conn) finish(err error) {
	if c.in.err != nil {
		err = c.in.err
	}
	c.in.yield = nil
	c.leave()
	if err == io.EOF || errors.Is(err, net.ErrClosed) {
		err = nil
	}
	c.done(err)
}
