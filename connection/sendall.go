package connection

import "context"

// SendAll sends each of bodies as a message, many small ones in one write.
func (c *Conn) SendAll(ctx context.Context, bodies [][]byte) error {
	buf := getSmall()
	defer buf.put()
	return c.sendUntil(ctx, func() error {
		c.sending.Lock()
		defer c.sending.Unlock()
		for len(bodies) > 0 {
			n, frames := gather(buf.b[:0], bodies)
			r := rest{b: frames}
			if n == 0 { // one that is too large to copy
				n, r = 1, rest{b: appendHeader(buf.b[:0], len(bodies[0])), more: bodies[:1]}
			}
			if _, err := c.send(r, forEver); err != nil {
				return err
			}
			bodies = bodies[n:]
		}
		return nil
	})
}

// gather appends the frames of the first bodies, as many as have room.
func gather(b []byte, bodies [][]byte) (n int, frames []byte) {
	for ; n < len(bodies); n++ {
		if longHeader+len(bodies[n]) > cap(b)-len(b) {
			break
		}
		b = append(appendHeader(b, len(bodies[n])), bodies[n]...)
	}
	return n, b
}
