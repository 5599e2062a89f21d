package synchronize

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"
)

// A line is where goroutines of this process wait for their turn to sleep in
// the kernel.
type line struct {
	length atomic.Int32 // of places, so that who finds it empty takes no lock

	mu     sync.Mutex // guards what follows
	places list.List  // of chan struct{}, closed when the turn comes
}

// wait runs f when all who came earlier have left. It returns what f does, or
// the error of ctx if that ends before.
func (l *line) wait(ctx context.Context, f func() error) error {
	place, turn := l.join()
	defer l.leave(place)
	if turn == nil { // there is nobody else
		return f()
	}
	select {
	case <-turn:
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *line) join() (*list.Element, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var turn chan struct{} // nil for the first: it is its turn
	if l.places.Len() > 0 {
		turn = make(chan struct{})
	}
	l.length.Add(1)
	return l.places.PushBack(turn), turn
}

// leave gives the turn on, if it was ours.
func (l *line) leave(place *list.Element) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := l.places.Front() == place
	l.places.Remove(place)
	l.length.Add(-1)
	if next := l.places.Front(); first && next != nil {
		close(next.Value.(chan struct{}))
	}
}
