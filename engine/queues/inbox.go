package queues

import (
	"context"
	"errors"
	"net"
	"sync"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine/synchronize"
)

// An inbox is the reading end of a queue, which other processes have too.
type inbox struct {
	conn *connection.Conn
	lock *synchronize.Lock // held by the process that reads

	mu      sync.Mutex    // guards what follows
	late    [][]byte      // items whose Get had given up
	rest    chan struct{} // not nil while the rest of one is read; then closed
	reading sync.WaitGroup
}

// get returns the next item, and calls taken once it has left the pipe.
func (in *inbox) get(ctx context.Context, taken func()) ([]byte, error) {
	for {
		item, rest := in.waiting()
		switch {
		case item != nil:
			return item, nil
		case rest == nil:
			return in.read(ctx, taken)
		}
		select { // nobody else can read before
		case <-rest:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// waiting returns a late item, or what tells that there will be one.
func (in *inbox) waiting() (item []byte, rest <-chan struct{}) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.late) == 0 {
		return nil, in.rest
	}
	item = in.late[0]
	in.late = in.late[1:]
	return item, nil
}

func (in *inbox) read(ctx context.Context, taken func()) ([]byte, error) {
	if err := in.lock.Acquire(ctx); err != nil {
		return nil, err
	}
	item, err := in.conn.RecvBytes(ctx)
	if errors.Is(err, net.ErrClosed) {
		err = errClosed
	}
	if err != nil && in.conn.Buffered() > 0 {
		in.readRest(taken)
		return nil, err
	}
	if err == nil {
		taken()
	}
	if failed := in.lock.Release(); err == nil {
		err = failed
	}
	return item, err
}

// readRest reads what is missing of an item. The lock is held, and is released
// when that has come.
func (in *inbox) readRest(taken func()) {
	in.mu.Lock()
	defer in.mu.Unlock()
	rest := make(chan struct{})
	in.rest = rest
	in.reading.Go(func() {
		item, err := in.conn.RecvBytes(context.Background()) // until Close
		in.mu.Lock()
		defer in.mu.Unlock()
		if err == nil {
			in.late = append(in.late, item)
			taken()
		}
		in.lock.Release()
		in.rest = nil
		close(rest)
	})
}

// ready tells whether there is an item, as far as one can see.
func (in *inbox) ready() bool {
	in.mu.Lock()
	late := len(in.late) > 0
	in.mu.Unlock()
	return late || in.conn.Ready()
}

// close ends reading. An item of which only a part has come is lost to others.
func (in *inbox) close() {
	in.conn.Close()
	in.reading.Wait()
}
