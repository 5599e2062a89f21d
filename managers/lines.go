package managers

import (
	"context"
	"slices"
	"time"
)

// Lines wait in a stack for the next calls, so that as many are in use as
// there are calls at a time, and the others grow old at its bottom.

const (
	oldLine  = time.Minute // a line that rested so long is closed
	trusted  = time.Second // one that did not may not have been closed by the manager
	maxLines = 1024        // that rest
)

// take returns a line that no other call uses.
func (c *Client) take(ctx context.Context) (*line, error) {
	for {
		l, err := c.rested()
		if err != nil {
			return nil, err
		}
		if l == nil {
			return c.line(ctx, c.name)
		}
		if time.Since(l.rest) < trusted || !l.conn.Ready() {
			return l, nil
		}
		l.hang() // nothing may come unasked: it is the end
	}
}

// rested takes the line that was used last, if there is one.
func (c *Client) rested() (*line, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClientClosed
	}
	n := len(c.idle)
	if n == 0 {
		return nil, nil
	}
	l := c.idle[n-1]
	c.idle[n-1] = nil
	c.idle = c.idle[:n-1]
	return l, nil
}

// put returns what take gave.
func (c *Client) put(l *line) {
	l.rest = time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.idle) >= maxLines {
		l.hang()
		return
	}
	c.idle = append(c.idle, l)
	if oldest := c.idle[0]; l.rest.Sub(oldest.rest) > oldLine {
		oldest.hang()
		c.idle = slices.Delete(c.idle, 0, 1)
	}
}
