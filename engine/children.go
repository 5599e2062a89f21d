package engine

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// children are the processes that an engine has started and not yet reaped.
type children struct {
	mu       sync.Mutex // guards what follows
	count    int        // of all that were ever started
	alive    map[*Process]bool
	closed   bool
	starting sync.WaitGroup // those reserved
}

// reserve returns the number of a child that is about to be started; release
// must follow.
func (c *children) reserve() (number int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, errClosed
	}
	c.starting.Add(1)
	c.count++
	return c.count, nil
}

func (c *children) release() { c.starting.Done() }

func (c *children) add(p *Process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alive == nil {
		c.alive = make(map[*Process]bool)
	}
	c.alive[p] = true
}

func (c *children) remove(p *Process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.alive, p)
}

func (c *children) list() []*Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*Process
	for p := range c.alive {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *Process) int { return cmp.Compare(a.Pid(), b.Pid()) })
	return all
}

// close ends daemons and those that have nothing to do yet, and waits for the
// others.
func (c *children) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.starting.Wait()
	all := c.list()
	for _, p := range all {
		if p.daemon || p.prepared.waits() {
			p.Terminate()
		}
	}
	for _, p := range all {
		p.Poll(context.Background())
	}
}

// Children are the processes started here that have not ended: Python's
// active_children.
func (e *Engine) Children() []*Process { return e.children.list() }
