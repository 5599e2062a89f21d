package connection

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Send pickles v and sends it.
func (c *Conn) Send(ctx context.Context, v any) error {
	b, err := c.cfg.Codec.Append(ctx, make([]byte, Prefix, 256), v)
	if err != nil {
		return err
	}
	return c.sendUntil(ctx, func() error { return c.sendFrame(b, nil, forEver) })
}

// SendBytes sends b as one message.
func (c *Conn) SendBytes(ctx context.Context, b []byte) error {
	return c.sendUntil(ctx, func() error { return c.sendBytes(b) })
}

// sendUntil calls send so that the end of ctx interrupts it.
func (c *Conn) sendUntil(ctx context.Context, send func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := watch(ctx, c.nc, stream.SetWriteDeadline)
	err := send()
	stop()
	return because(ctx, err)
}

func (c *Conn) sendBytes(b []byte) error {
	if len(b) > smallSize-Prefix {
		return c.sendFrame(make([]byte, Prefix), [][]byte{b}, forEver)
	}
	buf := getSmall()
	defer buf.put()
	return c.sendFrame(buf.b[:Prefix+copy(buf.b[Prefix:], b)], nil, forEver)
}

// SendFrame sends b[Prefix:], and what more there is behind it, as one message
// in one write and without a copy; the length goes where b begins. Frames of
// several goroutines do not mix. A peer that takes nothing for
// Config.StallTimeout is given up. On a Conn that is served it does not wait:
// it copies what the peer does not take at once.
func (c *Conn) SendFrame(b []byte, more ...[]byte) error { return c.sendFrame(b, more, untilStall) }

// A patience says how long a write waits for the peer.
type patience uint8

const (
	forEver patience = iota // until a deadline that others set
	untilStall
	notAtAll
)

func (c *Conn) sendFrame(b []byte, more [][]byte, p patience) error {
	all, err := framed(b, more)
	if err != nil {
		return err
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	_, err = c.send(all, p)
	return err
}

// framed puts the length in front of a message.
func framed(b []byte, more [][]byte) (rest, error) {
	if len(b) < Prefix {
		return rest{}, fmt.Errorf("connection: a frame begins with %d bytes for its length, got %d", Prefix, len(b))
	}
	n := len(b) - Prefix
	for _, m := range more {
		n += len(m)
	}
	if n > longest {
		return rest{b: appendHeader(nil, n), more: append([][]byte{b[Prefix:]}, more...)}, nil
	}
	appendHeader(b[:0], n)
	return rest{b: b, more: more}, nil
}

// send writes what the patience allows of r. sending is locked.
func (c *Conn) send(r rest, p patience) (rest, error) {
	if err, ok := c.sendServed(&r); ok {
		if err == nil && p != notAtAll && !r.empty() {
			c.postpone(r.clone(), nil)
		}
		return r, c.sendEnded(r.inside, err)
	}
	w := writers.Get().(*writer)
	w.conn, w.rest, w.patience = c, r, p
	restore := c.portion(r.size())
	err := c.raw.Write(w.ready)
	restore()
	if w.err != nil {
		err = w.err
	}
	if w.waited && p == untilStall {
		c.nc.SetWriteDeadline(time.Time{})
	}
	r = w.rest
	*w = writer{ready: w.ready}
	writers.Put(w)
	return r, c.sendEnded(r.inside, err)
}

// sendEnded ends a write. One that failed inside a frame took the stream's
// place along.
func (c *Conn) sendEnded(inside bool, err error) error {
	if err == nil {
		c.sent.Store(true)
		return nil
	}
	if c.state.Load()&closed != 0 { // a pipe tells of a deadline, or a file
		return net.ErrClosed
	}
	if inside {
		c.Close()
	}
	if p, ok := c.nc.(*pipeEnd); ok && !p.writes {
		return errOnlyReceives
	}
	return plain(err)
}

// A rest is what is left to send of a message.
type rest struct {
	b      []byte
	more   [][]byte // behind b
	inside bool     // some of the message was sent
}

func (r *rest) empty() bool {
	for len(r.b) == 0 && len(r.more) > 0 {
		r.b, r.more = r.more[0], r.more[1:]
	}
	return len(r.b) == 0
}

func (r *rest) size() int {
	n := len(r.b)
	for _, m := range r.more {
		n += len(m)
	}
	return n
}

// writeTo writes what the descriptor of c takes.
func (r *rest) writeTo(c *Conn, fd uintptr) (written int, err error) {
	for !r.empty() {
		n, err := c.put(fd, r.b, r.more)
		if err == syscall.EAGAIN {
			break
		}
		if err != nil {
			return written, os.NewSyscallError("write", err)
		}
		written += n
		r.advance(n)
	}
	return written, nil
}

// advance passes over n bytes.
func (r *rest) advance(n int) {
	for n > len(r.b) {
		n -= len(r.b)
		r.b, r.more = r.more[0], r.more[1:]
	}
	r.b, r.inside = r.b[n:], true
}

// clone is in memory of its own.
func (r *rest) clone() rest {
	return rest{b: append(bytes.Clone(r.b), bytes.Join(r.more, nil)...), inside: r.inside}
}

// A writer writes for one call. It goes round with its callback.
type writer struct {
	rest
	conn     *Conn
	patience patience
	waited   bool
	err      error
	ready    func(fd uintptr) bool // w.writable, made once
}

var writers = sync.Pool{New: func() any {
	w := new(writer)
	w.ready = w.writable
	return w
}}

// writable writes what the socket takes. It returns false to wait for more.
func (w *writer) writable(fd uintptr) bool {
	if _, w.err = w.writeTo(w.conn, fd); w.err != nil || w.empty() || w.patience == notAtAll {
		return true
	}
	if w.patience == untilStall {
		// Only who must wait pays for a deadline.
		w.conn.nc.SetWriteDeadline(time.Now().Add(w.conn.cfg.StallTimeout))
	}
	w.waited = true
	return false
}
