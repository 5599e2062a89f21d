package managers

import (
	"context"
	"errors"
	"fmt"

	"github.com/brine-go/brine/connection"
)

// A Caller is a thread in the eyes of the manager: the RLocks and Conditions
// that it acquires are its own. It has one connection, so calls of several
// goroutines wait for each other. Goroutines have no identity; a Caller is one.
type Caller struct {
	c    *Client
	name string

	turn chan struct{} // holds one token; whoever has it uses what follows
	conn *connection.Conn
	err  error // why there can be no connection any more
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

// use lends the connection to f. What the manager tied to a connection that
// failed is lost with it, so there is no second one.
func (k *Caller) use(ctx context.Context, f func(*connection.Conn) error) error {
	select {
	case <-k.turn:
		defer func() { k.turn <- struct{}{} }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if k.err != nil {
		return k.err
	}
	if k.conn == nil {
		conn, err := k.c.serve(ctx, k.name)
		if err != nil {
			return err
		}
		k.conn = conn
	}
	err := f(k.conn)
	if err != nil {
		k.conn.Close()
		k.err = fmt.Errorf("managers: this caller has lost its connection: %w", err)
	}
	return err
}

var errCallerClosed = errors.New("managers: the caller is closed")

// Close closes the connection, after the call that is under way.
func (k *Caller) Close() error {
	k.c.mu.Lock()
	delete(k.c.callers, k)
	k.c.mu.Unlock()

	<-k.turn
	defer func() { k.turn <- struct{}{} }()
	if k.err != nil {
		return nil
	}
	k.err = errCallerClosed
	if k.conn == nil {
		return nil
	}
	return k.conn.Close()
}
