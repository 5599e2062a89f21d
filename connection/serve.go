package connection

import (
	"context"
	"time"
)

// Serve receives every message as the loop of Frames does, and returns at
// once. handle runs where other connections are served, too, so it should not
// wait: one that takes long holds them up for some milliseconds, until they go
// on without it. From now on SendFrame does not wait either; a peer that does
// not take its answers is asked for no more messages.
//
// When the peer closes, Close is called (both nil) or receiving fails, done is
// called with the reason, once and last, where handle is.
func (c *Conn) Serve(handle func(*Frame), done func(error)) {
	err := c.enter()
	if err == nil {
		err = c.serve(handle, done)
	}
	if err != nil {
		go done(err)
	}
}

// Post is SendFrame that does not wait. done tells that the message went, or
// failed, at once. Otherwise its bytes are the Conn's until it calls sent, with
// no lock held: when the peer has taken all, or is given up.
func (c *Conn) Post(sent func(error), b []byte, more ...[]byte) (done bool, err error) {
	if !c.sending.TryLock() { // somebody writes, and may have to wait
		go func() { sent(c.SendFrame(b, more...)) }()
		return false, nil
	}
	r, err := framed(b, more)
	if err == nil {
		r, err = c.send(r, notAtAll)
	}
	switch {
	case err != nil || r.empty():
		c.sending.Unlock()
		return true, err
	case c.postpone(r, sent):
		c.sending.Unlock()
		return false, nil
	}
	go func() { // has the lock until all is written
		_, err := c.send(r, untilStall)
		c.sending.Unlock()
		sent(err)
	}()
	return false, nil
}

// Answer is Post for the handler of Serve, and for no one else: a short message
// may go only after the handling of others that came at the same time.
func (c *Conn) Answer(sent func(error), b []byte, more ...[]byte) (done bool, err error) {
	if c.hold(sent, b, more) {
		return false, nil
	}
	return c.Post(sent, b, more...)
}

// Flush waits until the peer has taken all that was posted, or ctx ends.
func (c *Conn) Flush(ctx context.Context) error {
	taken := make(chan error, 1)
	go func() { // ends with the write that is under way
		c.sending.Lock()
		defer c.sending.Unlock()
		if !c.mark(func(err error) { taken <- err }) {
			taken <- nil
		}
	}()
	select {
	case err := <-taken:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// CloseIdle closes the connection unless the peer does so within d: who closes
// first keeps the connection's ports occupied for a minute.
func (c *Conn) CloseIdle(d time.Duration) {
	c.idle.Store(time.AfterFunc(d, func() { c.Close() }))
}

// calm stops what CloseIdle began.
func (c *Conn) calm() {
	if t := c.idle.Load(); t != nil {
		t.Stop()
	}
}
