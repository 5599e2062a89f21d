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

	turn chan struct{} // full while a goroutine of ours reads, or waits for the lock
	late chan []byte   // has the item whose Get had given up, for who is next

	stopped context.Context // ended by close: nobody waits any more
	stop    context.CancelFunc

	mu   sync.Mutex    // guards rest
	rest chan struct{} // not nil once the rest of an item is read; then closed
}

// start makes the inbox ready for use; it has its conn and its lock.
func (in *inbox) start() {
	in.turn, in.late = make(chan struct{}, 1), make(chan []byte, 1)
	in.stopped, in.stop = context.WithCancel(context.Background())
}

// get returns the next item, and calls taken once it has left the pipe.
func (in *inbox) get(ctx context.Context, taken func()) ([]byte, error) {
	if in.stopped.Err() != nil {
		return nil, errClosed
	}
	select {
	case in.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-in.stopped.Done():
		return nil, errClosed
	}
	if item := in.waiting(); item != nil {
		return item, nil
	}
	if err := in.acquire(ctx); err != nil {
		<-in.turn
		return nil, err
	}
	return in.read(ctx, taken)
}

// tryGet is get where that would not have to wait for others, else ErrEmpty.
func (in *inbox) tryGet(ctx context.Context, taken func()) ([]byte, error) {
	if in.stopped.Err() != nil {
		return nil, errClosed
	}
	select {
	case in.turn <- struct{}{}:
	default:
		return nil, ErrEmpty
	}
	if item := in.waiting(); item != nil {
		return item, nil
	}
	if !in.conn.Ready() || !in.lock.TryAcquire() {
		<-in.turn
		return nil, ErrEmpty
	}
	if !in.conn.Ready() { // who had the lock took it
		in.leave()
		return nil, ErrEmpty
	}
	return in.read(ctx, taken)
}

// waiting returns a late item, if there is one, and ends our turn.
func (in *inbox) waiting() (item []byte) {
	select {
	case item = <-in.late:
		<-in.turn
	default:
	}
	return item
}

// acquire takes the lock, and waits for it until close.
func (in *inbox) acquire(ctx context.Context) error {
	if in.lock.TryAcquire() {
		return nil
	}
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(in.stopped, cancel)()
	err := in.lock.Acquire(waiting)
	if err != nil && ctx.Err() == nil && in.stopped.Err() != nil {
		err = errClosed
	}
	return err
}

// leave gives back the lock and our turn.
func (in *inbox) leave() error {
	defer func() { <-in.turn }()
	return in.lock.Release()
}

// read reads an item; the lock and the turn are ours, and are given back.
func (in *inbox) read(ctx context.Context, taken func()) ([]byte, error) {
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
	if failed := in.leave(); err == nil {
		err = failed
	}
	return item, err
}

// readRest reads what is missing of an item. The lock and the turn are given
// back when that has come.
func (in *inbox) readRest(taken func()) {
	in.mu.Lock()
	defer in.mu.Unlock()
	rest := make(chan struct{})
	in.rest = rest
	go func() { // close waits for it
		defer close(rest)
		item, err := in.conn.RecvBytes(context.Background()) // until close
		if err == nil {
			in.late <- item // has room: who gives up has found it empty
			taken()
		}
		in.leave()
	}()
}

// ready tells whether there is an item, as far as one can see.
func (in *inbox) ready() bool { return len(in.late) > 0 || in.conn.Ready() }

// close ends reading. An item of which only a part has come is lost to others.
func (in *inbox) close() {
	in.stop()
	in.conn.Close()
	in.mu.Lock()
	rest := in.rest
	in.mu.Unlock()
	if rest != nil {
		<-rest
	}
}
