package connection

// CloseWrite tells the peer that nothing more will be sent, and lets what it
// sends be received. A peer that answers nothing then closes its side, so the
// end of the stream tells that no answer is under way. The Conn still has to be
// closed.
func (c *Conn) CloseWrite() error {
	if c.nc == nil {
		return c.Close()
	}
	return c.nc.CloseWrite()
}

// HungUp tells whether the peer has closed its side by now, which a receiver
// may not have found yet. Where the system does not tell, it is false.
func (c *Conn) HungUp() bool {
	gone := true // a descriptor that is closed has no peer
	c.control(func(fd uintptr) { gone = hungUp(fd) })
	return gone
}
