package managers

import (
	"context"
	"sync"
	"time"

	"github.com/brine-go/brine/pickle"
)

// A hold is what all copies of a proxy share. When nobody has one any more,
// the manager is told, as Close would.
type hold struct{ *reference }

// garbage are references whose proxies were dropped without Close. Cleanups may
// not wait, so a goroutine gives them up; it ends when there are none left.
type garbage struct {
	mu      sync.Mutex // guards lost and busy
	lost    []*reference
	busy    bool
	stopped bool

	running sync.WaitGroup // stop waits for it
	cancel  context.CancelFunc
}

// dropTime is how long the manager gets to take one reference back.
const dropTime = 10 * time.Second

// lose is the cleanup of a hold.
func (c *Client) lose(r *reference) {
	if r.closed.Load() {
		return
	}
	g := &c.garbage
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped { // Close gives it up
		return
	}
	g.lost = append(g.lost, r)
	if g.busy {
		return
	}
	g.busy = true
	var ctx context.Context
	ctx, g.cancel = context.WithCancel(context.Background())
	g.running.Go(func() {
		for r := g.next(); r != nil; r = g.next() {
			c.giveUp(ctx, r)
		}
	})
}

// next is nil when there is no more, and the goroutine ends.
func (g *garbage) next() *reference {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lost) == 0 || g.stopped {
		g.busy = false
		g.cancel()
		return nil
	}
	r := g.lost[0]
	g.lost = g.lost[1:]
	return r
}

// giveUp closes a reference that nobody closed.
func (c *Client) giveUp(ctx context.Context, r *reference) {
	ctx, cancel := context.WithTimeout(ctx, dropTime)
	defer cancel()
	if err := c.drop(ctx, r); err != nil && ctx.Err() == nil {
		c.log.Warn("a manager did not take a reference back", "object", r.typeid+" "+r.id, "error", err)
	}
}

// drop gives a reference up, once.
func (c *Client) drop(ctx context.Context, r *reference) error {
	if r.closed.Swap(true) {
		return nil
	}
	c.mu.Lock()
	_, open := c.refs[r]
	delete(c.refs, r)
	c.mu.Unlock()
	if !open { // Client.Close has done it
		return nil
	}
	_, err := c.dispatch(ctx, "decref", pickle.Tuple{r.id}, nil)
	return err
}

// stop ends the goroutine after the reference that it is giving up, or when ctx
// ends. What it has not begun is left to Client.Close.
func (g *garbage) stop(ctx context.Context) {
	g.mu.Lock()
	g.stopped = true
	if g.busy {
		defer context.AfterFunc(ctx, g.cancel)()
	}
	g.mu.Unlock()
	g.running.Wait()
}
