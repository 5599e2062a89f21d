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

	mu     sync.Mutex    // guards what follows
	items  [][]byte      // not written yet
	feeder chan struct{} // not nil while a goroutine writes them; closed when it ends
	closed bool
	err    error // why they cannot be written

	stopped context.Context // ended by stop: nobody waits for the lock
	stop    context.CancelFunc
}

// batch is how many bytes are written while the lock is held once.
const batch = 64 << 10

// put leaves an item to the feeder.
func (out *outbox) put(item []byte) error {
	out.mu.Lock()
	defer out.mu.Unlock()
	if err := out.refuses(); err != nil {
		return err
	}
	out.items = append(out.items, item)
	if out.feeder == nil {
		out.feeder = make(chan struct{})
		if out.stop == nil {
			out.stopped, out.stop = context.WithCancel(context.Background())
		}
		go out.feed() // flush and abandon wait for it
	}
	return nil
}

// refuses is why nothing can be put; mu is held.
func (out *outbox) refuses() error {
	if out.closed {
		return errClosed
	}
	return out.err
}

// open is nil while something can be put.
func (out *outbox) open() error {
	out.mu.Lock()
	defer out.mu.Unlock()
	return out.refuses()
}

// feed writes items until there are none.
func (out *outbox) feed() {
	for {
		items := out.take()
		if items == nil {
			return
		}
		if err := out.write(out.stopped, items); err != nil {
			out.fail(err)
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
	if len(items) == 0 {
		out.ended()
	}
	return items
}

// fail drops what cannot be written.
func (out *outbox) fail(err error) {
	out.mu.Lock()
	defer out.mu.Unlock()
	out.err, out.items = err, nil
	out.ended()
}

// ended tells that the feeder ends; mu is held.
func (out *outbox) ended() {
	close(out.feeder)
	out.feeder = nil
	if out.closed {
		out.conn.Close()
	}
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
	if out.feeder == nil {
		out.conn.Close()
	}
}

// abandon drops what has not been written, and takes no more items.
func (out *outbox) abandon() {
	out.mu.Lock()
	out.closed = true
	stop, feeder := out.stop, out.feeder
	out.mu.Unlock()
	if stop != nil {
		stop()
	}
	out.conn.Close()
	if feeder != nil {
		<-feeder
	}
}

// flush waits until all has been written.
func (out *outbox) flush(ctx context.Context) error {
	for {
		out.mu.Lock()
		feeder, err := out.feeder, out.err
		out.mu.Unlock()
		if feeder == nil {
			return err
		}
		select {
		case <-feeder:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
