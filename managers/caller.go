package managers

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// A Caller is a thread in the eyes of the manager: the RLocks and Conditions
// that it acquires are its own. It has one connection, so calls of several
// goroutines wait for each other. Goroutines have no identity; a Caller is one.
type Caller struct {
	c    *Client
	name string

	line atomic.Pointer[line] // nil until the first call
	turn chan struct{}        // holds one token; whoever has it may use the line and what follows
	err  error                // why there can be no connection any more
}

// Caller returns a new one. Its connection is made by its first call.
func (c *Client) Caller() *Caller {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	k := &Caller{c: c, name: fmt.Sprintf("%s|Caller-%d", c.name, c.made), turn: make(chan struct{}, 1)}
	k.turn <- struct{}{}
	if c.closed {
		k.err = errClientClosed
	} else {
		c.callers[k] = struct{}{}
	}
	return k
}

// take returns the line, to whoever's turn it is until they call put.
func (k *Caller) take(ctx context.Context) (*line, error) {
	select {
	case <-k.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l, err := k.line.Load(), k.err
	if err == nil && l == nil {
		if l, err = k.c.line(ctx, k.name); err == nil {
			k.line.Store(l)
		}
	}
	if err != nil {
		k.turn <- struct{}{}
		return nil, err
	}
	return l, nil
}

// put ends a turn. What the manager tied to a connection that was lost is lost
// with it, so there is no second one.
func (k *Caller) put(l *line, lost error) {
	if lost != nil {
		l.hang()
		k.err = fmt.Errorf("managers: this caller has lost its connection, and what it held with it: %w", lost)
	}
	k.turn <- struct{}{}
}

var errCallerClosed = errors.New("managers: the caller is closed")

// Close closes the connection. A call that is under way fails.
func (k *Caller) Close() error {
	k.c.mu.Lock()
	delete(k.c.callers, k)
	k.c.mu.Unlock()

	if l := k.line.Load(); l != nil {
		l.hang()
	}
	<-k.turn
	defer func() { k.turn <- struct{}{} }()
	if k.err == nil {
		k.err = errCallerClosed
	}
	if l := k.line.Load(); l != nil { // made by that call
		l.hang()
	}
	return nil
}
