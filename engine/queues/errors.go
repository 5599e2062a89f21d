package queues

import (
	"errors"

	"github.com/brine-go/brine/pickle"
)

// ErrEmpty and ErrFull are Python's queue.Empty and queue.Full.
var (
	ErrEmpty error = pickle.QueueEmpty.New()
	ErrFull  error = pickle.QueueFull.New()
)

var (
	errClosed   = errors.New("queues: the queue is closed")
	errTaskDone = pickle.ValueError.New("task_done() called too many times")
)
