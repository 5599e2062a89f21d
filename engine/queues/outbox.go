package queues

import (
	"context"
	"sync"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine/synchronize"
)

// An outbox is the writing end of a queue, which other processes have too, and
// what is to be written: Python's feeder thread and its buffer.
type outbox struct {
	conn *connection.Conn
	lock *synchronize.Lock // held by the process that writes

	mu      sync.Mutex // guards what follows
	items   [][]byte   // not written yet
	feeding bool       // a goroutine writes them
	closed  bool
	err     error          // why they cannot be written
	running sync.WaitGroup // the feeder; flush waits for it

	stopped context.Context // ended by stop: nobody waits for the lock
	stop    context.CancelFunc
}

// batch is how many bytes are written while the lock is held once.
const batch = 64 << 10

// put leaves an item to the feeder.
func (out *outbox) put(item []byte) error {
	out.mu.Lock()
	defer out.mu.Unlock()
	switch {
	case out.closed:
		return errClosed
	case out.err != nil:
		return out.err
	}
	out.items = append(out.items, item)
	if !out.feeding {
		out.feeding = true
		if out.stop == nil {
			out.stopped, out.stop = context.WithCancel(context.Background())
		}
		out.running.Go(out.feed)
	}
	return nil
}

// feed writes items until there are none.
func (out *outbox) feed() {
	for {
		items := out.take()
		if items == nil {
			return
		}
		if err := out.write(out.stopped, items); err != nil {
			out.mu.Lock()
			out.err, out.items, out.feeding = err, nil, false
			out.mu.Unlock()
			return
		}
	}
}

// take returns the next items to write together; nil ends the feeder.
func (out *outbox) take() (items [][]byte) {
	out.mu.Lock()
	defer out.mu.Unlock()
	size := 0
	for n, item := range out.items {
		if size += len(item); n > 0 && size > batch {
			break
		}
		items = out.items[:n+1]
	}
	out.items = out.items[len(items):]
	out.feeding = len(items) > 0
	if !out.feeding && out.closed {
		out.conn.Close()
	}
	return items
}

func (out *outbox) write(ctx context.Context, items [][]byte) error {
	if err := out.lock.Acquire(ctx); err != nil {
		return err
	}
	err := out.conn.SendAll(ctx, items)
	if failed := out.lock.Release(); err == nil {
		err = failed
	}
	return err
}

// close takes no more items, and closes the pipe when all are written.
func (out *outbox) close() {
	out.mu.Lock()
	defer out.mu.Unlock()
	out.closed = true
	if !out.feeding {
		out.conn.Close()
	}
}

// abandon drops what has not been written.
func (out *outbox) abandon() {
	out.mu.Lock()
	stop := out.stop
	out.mu.Unlock()
	if stop != nil {
		stop()
	}
	out.conn.Close()
	out.running.Wait()
}

// flush waits until all has been written.
func (out *outbox) flush(ctx context.Context) error {
	done := make(chan struct{})
	go func() { out.running.Wait(); close(done) }() // ends with the feeder
	select {
	case <-done:
		out.mu.Lock()
		defer out.mu.Unlock()
		return out.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
