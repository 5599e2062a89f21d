package pool

import "time"

// A Config says how a pool runs tasks. The zero Config runs Go functions on as
// many goroutines as there are processors.
type Config struct {
	// Backend has the workers: Goroutines{} if nil. It belongs to one pool.
	Backend Backend
	// Options are those of every call, where With gives no others.
	Options
}

// Options say how the tasks of a call are run.
type Options struct {
	// Tag chooses workers that have it; "" is any worker.
	Tag string
	// Priority lets tasks with a larger one overtake others that wait.
	Priority int
	// Timeout is how long a task may run; 0 is for ever. A chunk is one task.
	Timeout time.Duration
	// Retries is how often a task is tried again that Retry accepts. It may
	// then have had an effect twice.
	Retries int
	// Retry tells which errors are worth another try: those of lost workers,
	// if nil.
	Retry func(error) bool
	// ChunkSize is the number of items in a task of Map and Starmap: as
	// Python chooses it if 0, or Adaptive. In IMap 0 is 1.
	ChunkSize int
	// Window is the number of tasks that IMap has submitted and not yielded:
	// four for each worker if 0.
	Window int
	// Progress is called when items are done, by one goroutine at a time. It
	// must not wait.
	Progress func(Progress)
}

// Adaptive is a ChunkSize: chunks begin small and grow until one takes some
// milliseconds, and get smaller again as the end comes near.
const Adaptive = -1

// Progress counts the items of one call.
type Progress struct {
	Done, Failed int // Failed are among Done
	Total        int // -1 where it is not known yet
}

// Stats count what a pool has done and has to do.
type Stats struct {
	Workers   int
	Waiting   int // tasks that no worker has
	Running   int // tasks that a worker has
	Done      int // tasks that were answered, of which
	Failed    int // with an error
	Retried   int // tries after the first
	Abandoned int // goroutines that go on with a task that was given up
}
