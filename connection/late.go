package connection

import "time"

// TrySendFrame is SendFrame that does not wait: it returns how much of b the
// socket took at once. If some is left then SendRest must send it before any
// other frame is sent.
func (c *Conn) TrySendFrame(b []byte) (sent int, err error) {
	if n := len(b) - Prefix; n > longest {
		return 0, &LengthError{Length: int64(n), Limit: longest}
	}
	if !c.sending.TryLock() { // then all of it waits for its turn
		appendHeader(b[:0], len(b)-Prefix)
		return 0, nil
	}
	defer c.sending.Unlock()
	rest, err := c.write(b, notAtAll)
	return len(b) - len(rest), err
}

// SendRest sends what TrySendFrame left, within d.
func (c *Conn) SendRest(b []byte, d time.Duration) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.nc.SetWriteDeadline(time.Now().Add(d))
	defer c.nc.SetWriteDeadline(time.Time{})
	_, err := c.send(b, forEver, true)
	return err
}

// CloseIdle closes the connection unless the peer does so within d: who closes
// first keeps the connection's ports occupied for a minute.
func (c *Conn) CloseIdle(d time.Duration) {
	time.AfterFunc(d, func() { c.Close() })
}
