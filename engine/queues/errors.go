package queues

import (
	"net"

	"github.com/brine-go/brine/pickle"
)

// ErrEmpty and ErrFull are Python's queue.Empty and queue.Full.
var (
	ErrEmpty error = pickle.QueueEmpty.New()
	ErrFull  error = pickle.QueueFull.New()
)

var (
	errClosed   = closedError{}
	errTaskDone = pickle.ValueError.New("task_done() called too many times")
)

// A closedError is the answer of a queue after its Close, and net.ErrClosed.
type closedError struct{}

func (closedError) Error() string        { return "queues: the queue is closed" }
func (closedError) Is(target error) bool { return target == net.ErrClosed }
