package connection

import (
	"context"
	"sync"
	"sync/atomic"
)

// Ask sends a message as SendFrame does, and receives the next as RecvFrame
// does: the answer, where the peer says nothing else. It costs one write and
// one read, since no answer is looked for before the question is out; a Conn
// that is the only busy one of this process looks for its answer for some
// microseconds before it sleeps, and one of a Pipe sleeps in a system call for
// some milliseconds. sent is false where the peer cannot have got the message.
func (c *Conn) Ask(b []byte, more ...[]byte) (f *Frame, sent bool, err error) {
	if err := c.enter(); err != nil {
		return nil, false, err
	}
	defer c.leave()
	a := askers.Get().(*asker)
	a.conn, a.b, a.more, a.turn = c, b, more, turns.Add(1)
	err = c.read(context.Background(), a.ready)
	sent, unsent := a.asked, a.err
	*a = asker{ready: a.ready}
	askers.Put(a)
	switch {
	case unsent != nil:
		return nil, false, unsent
	case err != nil:
		return nil, sent, err
	}
	return c.in.next(), true, nil
}

// turns counts calls of Ask. A Conn whose turns follow each other is the only
// busy one.
var turns atomic.Uint64

// An asker asks for one call. It goes round with its callback.
type asker struct {
	conn  *Conn
	b     []byte
	more  [][]byte
	turn  uint64
	asked bool
	err   error                 // why it could not ask
	ready func(fd uintptr) bool // a.readable, made once
}

var askers = sync.Pool{New: func() any {
	a := new(asker)
	a.ready = a.readable
	return a
}}

// readable is called by the runtime's poller at once, which is when it asks,
// and then at every arrival. None is lost from the first call on.
func (a *asker) readable(fd uintptr) bool {
	c := a.conn
	if a.asked {
		return c.readable(fd)
	}
	if a.err = c.SendFrame(a.b, a.more...); a.err != nil {
		return true
	}
	a.asked = true
	if c.in.buf != nil { // the peer spoke before
		return c.readable(fd)
	}
	if c.shared {
		return linger(fd) && c.readable(fd)
	}
	came := false
	if c.turn+1 == a.turn {
		c.vigil.keep(func() bool {
			if came = c.readable(fd); !came {
				yield() // the peer may be on this core
			}
			return came || turns.Load() != a.turn
		})
	}
	c.turn = a.turn
	return came
}
