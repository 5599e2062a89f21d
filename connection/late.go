package connection

import (
	"time"

	"golang.org/x/sys/unix"
)

// TrySendFrame is SendFrame that does not wait: it returns how much of b the
// socket took at once. SendRest must send the others, if some are left.
func (c *Conn) TrySendFrame(b []byte) (sent int, err error) {
	n := len(b) - Prefix
	if n > longest {
		return 0, &LengthError{Length: int64(n), Limit: longest}
	}
	appendHeader(b[:0], n)
	ctlErr := c.raw.Write(func(fd uintptr) bool {
		sent, err = unix.Write(int(fd), b)
		return true
	})
	if sent < 0 {
		sent = 0
	}
	if err == unix.EAGAIN || err == unix.EINTR {
		err = nil
	}
	if err == nil && ctlErr != nil {
		err = ctlErr
	}
	if err != nil {
		return sent, plain(err)
	}
	c.sent.Store(true)
	return sent, nil
}

// SendRest sends what TrySendFrame left, within d.
func (c *Conn) SendRest(b []byte, d time.Duration) error {
	c.nc.SetWriteDeadline(time.Now().Add(d))
	defer c.nc.SetWriteDeadline(time.Time{})
	_, err := c.nc.Write(b)
	return c.wrote(true, err)
}

// CloseIdle closes the connection unless the peer does so within d.
func (c *Conn) CloseIdle(d time.Duration) {
	time.AfterFunc(d, func() { c.Close() })
}
