package pool

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/brine-go/brine/pickle"
)

var (
	// ErrClosed is the answer to who submits after Close: Python's
	// ValueError('Pool not running').
	ErrClosed = errors.New("pool: the pool is closed")
	// ErrTerminated is the answer to tasks that Terminate dropped or stopped.
	ErrTerminated = errors.New("pool: the pool was terminated before the task was done")
)

// A TimeoutError tells that a task ran longer than it may, and was stopped.
type TimeoutError struct{ After time.Duration }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("pool: the task was stopped after %v, its timeout", e.After)
}

// Timeout makes it a timeout for those who look for one.
func (e *TimeoutError) Timeout() bool { return true }

// A WorkerLostError tells that the process that ran a task died. Whether the
// task had an effect is unknown.
type WorkerLostError struct {
	PID        int
	ExitCode   int            // -1 where a signal ended it
	Signal     syscall.Signal // 0 where none did
	PeakMemory int64          // bytes, as last seen; 0 is unknown
	OOM        Verdict        // whether the kernel killed it for want of memory
	Reason     string         // why we ended it, if we did
	Output     string         // the last lines that it wrote to stderr
}

// A Verdict is an answer that may be missing.
type Verdict int8

const (
	Unknown Verdict = iota
	No
	Yes
)

func (e *WorkerLostError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "pool: worker %d ", e.PID)
	switch {
	case e.Reason != "":
		fmt.Fprintf(&b, "was ended while it ran the task: %s", e.Reason)
	case e.Signal != 0:
		fmt.Fprintf(&b, "was killed by signal %d (%v) while it ran the task", int(e.Signal), e.Signal)
	default:
		fmt.Fprintf(&b, "exited with status %d while it ran the task", e.ExitCode)
	}
	if e.PeakMemory > 0 {
		fmt.Fprintf(&b, "; its peak memory was %d MiB", e.PeakMemory>>20)
	}
	if e.OOM == Yes {
		b.WriteString("; the OOM killer did it")
	}
	if e.Output != "" {
		fmt.Fprintf(&b, "; it last wrote:\n%s", e.Output)
	}
	return b.String()
}

// A RaisedError is an exception of a class that this program does not know.
type RaisedError struct {
	Value     any    // as it was pickled
	Traceback string // in the worker, if it came along
}

func (e *RaisedError) Error() string {
	if o, ok := e.Value.(*pickle.Object); ok {
		if class, ok := o.Class.(pickle.Global); ok {
			text, _ := pickle.Repr(o.Args)
			return class.String() + text
		}
	}
	text, err := pickle.Repr(e.Value)
	if err != nil {
		return "an exception of a class that is not known"
	}
	return text
}
