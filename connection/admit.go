package connection

import (
	"sync/atomic"
	"time"
)

// Admit does the handshake of the side that accepted, and then serves the Conn
// as Serve does: neither waits for the peer. admitted is called in between,
// where handle will be. If the peer does not prove that it knows the key, within
// Config.HandshakeTimeout, done tells why, and is all that is called.
func (c *Conn) Admit(admitted func(), handle func(*Frame), done func(error)) {
	if c.cfg.Authkey == nil {
		admitted()
		c.Serve(handle, done)
		return
	}
	a := &admission{
		handshake: handshake{c: c, key: c.cfg.Authkey, steps: accepting},
		admitted:  admitted, handle: handle, done: done,
	}
	c.in.limit = maxHandshake
	a.timer = time.AfterFunc(c.cfg.HandshakeTimeout, a.expire)
	if a.err = a.begin(); a.err != nil {
		c.Close()
	}
	c.Serve(a.take, a.end)
}

// An admission is a handshake that is served.
type admission struct {
	handshake
	admitted func()
	handle   func(*Frame)
	done     func(error)

	timer *time.Timer // calls expire
	late  atomic.Bool
	err   error // of a step
}

func (a *admission) expire() {
	a.late.Store(true)
	a.c.Close()
}

// take does the next step.
func (a *admission) take(f *Frame) {
	if a.err = a.handshake.take(f.Bytes()); a.err != nil {
		a.c.Close()
		return
	}
	if len(a.steps) > 0 || !a.timer.Stop() {
		return
	}
	a.c.in.limit = a.c.cfg.MaxMessage
	a.c.serveOn(a.handle, a.done)
	a.admitted()
}

// end is called when the Conn ends before the handshake has.
func (a *admission) end(err error) {
	a.timer.Stop()
	if a.err != nil {
		err = a.err
	}
	a.done(a.failed(err, a.late.Load()))
}
