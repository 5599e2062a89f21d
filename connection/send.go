package connection

import (
	"bytes"
	"context"
	"errors"
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
	return c.sendUntil(ctx, func() error { return c.sendFrame(b, forEver) })
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
		return c.sendParts(net.Buffers{appendHeader(nil, len(b)), b})
	}
	buf := getSmall()
	defer buf.put()
	return c.sendFrame(buf.b[:Prefix+copy(buf.b[Prefix:], b)], forEver)
}

// SendFrame sends b[Prefix:] as one message, in one write and without a copy;
// the length goes where b begins. Frames of several goroutines do not mix. A
// peer that takes nothing for Config.StallTimeout is given up. On a Conn that
// is served it does not wait: it copies what the peer does not take at once.
func (c *Conn) SendFrame(b []byte) error { return c.sendFrame(b, untilStall) }

// A patience says how long a write waits for the peer.
type patience uint8

const (
	forEver patience = iota // until a deadline that others set
	untilStall
	notAtAll
)

func (c *Conn) sendFrame(b []byte, p patience) error {
	if len(b)-Prefix > longest {
		return c.sendParts(net.Buffers{appendHeader(nil, len(b)-Prefix), b[Prefix:]})
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	_, err := c.write(b, p)
	return err
}

// write writes the frame b, whose length it puts in front. sending is locked.
func (c *Conn) write(b []byte, p patience) (rest []byte, err error) {
	if len(b) < Prefix {
		return nil, fmt.Errorf("connection: a frame begins with %d bytes for its length, got %d", Prefix, len(b))
	}
	appendHeader(b[:0], len(b)-Prefix)
	return c.send(b, p, false)
}

// send writes b, inside a frame or at its start. sending is locked.
func (c *Conn) send(b []byte, p patience, inside bool) (rest []byte, err error) {
	if rest, err, ok := c.sendServed(b); ok {
		if len(rest) > 0 && err == nil && p != notAtAll {
			c.postpone(bytes.Clone(rest), nil)
			rest = nil
		}
		return rest, c.sendEnded(inside || len(rest) < len(b), err)
	}
	w := writers.Get().(*writer)
	w.conn, w.rest, w.patience, w.err = c, b, p, nil
	err = c.raw.Write(w.ready)
	if w.err != nil {
		err = w.err
	}
	if w.waited && p == untilStall {
		c.nc.SetWriteDeadline(time.Time{})
	}
	rest = w.rest
	w.conn, w.rest, w.waited = nil, nil, false
	writers.Put(w)
	return rest, c.sendEnded(inside || len(rest) < len(b), err)
}

func (c *Conn) sendParts(parts net.Buffers) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	if c.served.Load() != nil {
		var err error
		for i := 0; i < len(parts) && err == nil; i++ {
			_, err = c.send(parts[i], untilStall, i > 0)
		}
		return err
	}
	n, err := parts.WriteTo(c.nc)
	return c.sendEnded(n > 0, err)
}

// sendEnded ends a write. One that failed inside a frame took the stream's
// place along.
func (c *Conn) sendEnded(inside bool, err error) error {
	if err == nil {
		c.sent.Store(true)
		return nil
	}
	if inside {
		c.Close()
	}
	return plain(err)
}

// A writer writes for one call. It goes round with its callback.
type writer struct {
	conn     *Conn
	rest     []byte
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

// put is write(2) on a descriptor that it does not wait for.
func (c *Conn) put(fd uintptr, b []byte) (int, error) {
	if c.pipe {
		return writeFile(fd, b)
	}
	return write(fd, b)
}

// writable writes what the socket takes. It returns false to wait for more.
func (w *writer) writable(fd uintptr) bool {
	for len(w.rest) > 0 {
		n, err := w.conn.put(fd, w.rest)
		switch {
		case n > 0:
			w.rest = w.rest[n:]
			continue
		case !errors.Is(err, syscall.EAGAIN):
			w.err = os.NewSyscallError("write", err)
			return true
		case w.patience == notAtAll:
			return true
		case w.patience == untilStall:
			// Only who must wait pays for a deadline.
			w.conn.nc.SetWriteDeadline(time.Now().Add(w.conn.cfg.StallTimeout))
		}
		w.waited = true
		return false
	}
	return true
}
