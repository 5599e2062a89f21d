package process

import "time"

// A pace tells how many tasks to send ahead, from how long they take. Sending
// them together spares a wake-up for each; but a task that waits in a worker's
// pipe cannot be run by another one.
type pace struct {
	like any           // the tasks: see pool.Task.Like
	mean time.Duration // of a task, running; 0 is unknown
	solo int           // tasks that are to be sent one at a time
}

const (
	ahead    = time.Millisecond // worth of tasks that a worker has
	maxAhead = 1024             // tasks
	maxSolo  = 64
)

// slow has the next tasks sent one at a time.
func (p *pace) slow() { p.solo = maxSolo }

// note takes how long n tasks took, one after the other. Slow ones count at once.
func (p *pace) note(like any, took time.Duration, n int) {
	p.solo = max(p.solo-n, 0)
	each := max(took/time.Duration(n), 1)
	if p.like != like || p.mean == 0 || each > p.mean*8 {
		p.like, p.mean = like, each
		return
	}
	p.mean = max(p.mean+(each-p.mean)*time.Duration(min(n, 16))/16, 1)
}

// depth is how many tasks a worker should have at most.
func (p *pace) depth() int {
	if p.mean == 0 || p.solo > 0 {
		return 1
	}
	return max(1, min(maxAhead, int(ahead/p.mean)))
}

// room is how many tasks to send to a worker that has n: none as long as it has
// half of its depth, so that they go together.
func (p *pace) room(n int) int {
	depth := p.depth()
	if n > depth/2 || n >= depth {
		return 0
	}
	return depth - n
}
