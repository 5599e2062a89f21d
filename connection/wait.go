package connection

import (
	"context"
	"sync"
)

// A Waiter is what Wait waits for: a Conn, a Listener, a process.
type Waiter interface {
	// Poll waits until the Waiter is ready, and returns false when ctx ends
	// before.
	Poll(ctx context.Context) bool
}

// Wait waits until one of ws is ready, and returns those that are found ready by
// then. If ctx ends before, that is the error. It is Python's multiprocessing.connection.wait.
func Wait(ctx context.Context, ws ...Waiter) (ready []Waiter, err error) {
	one, found := context.WithCancel(ctx)
	defer found()
	is := make([]bool, len(ws))
	var running sync.WaitGroup
	for i, w := range ws {
		running.Go(func() {
			if is[i] = w.Poll(one); is[i] {
				found()
			}
		})
	}
	running.Wait()
	for i, w := range ws {
		if is[i] {
			ready = append(ready, w)
		}
	}
	if len(ready) == 0 {
		return nil, ctx.Err()
	}
	return ready, nil
}

// Ready tells whether Poll would not wait, as far as the descriptor shows it:
// bytes that have been read already do not count.
func (c *Conn) Ready() bool {
	ready := true
	c.raw.Control(func(fd uintptr) { ready = readable(fd) })
	return ready
}
