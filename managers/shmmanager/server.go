package shmmanager

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A Config says how a server keeps segments.
type Config struct {
	// Keep is Python's rule: a segment stays until it is released or the server
	// ends, also when nobody can use it any more.
	Keep bool
}

// Register lets a server own segments. It must come before Serve.
func Register(e *engine.Engine, s *managers.Server, cfg Config) {
	g := &segments{engine: e, log: e.Logger(), keep: cfg.Keep, holders: make(map[string][]int)}
	g.ctx, g.stop = context.WithCancel(context.Background())
	s.Function("track_segment", g.track, "SharedMemoryServer.track_segment(c, segment_name)")
	s.Function("release_segment", g.release, "SharedMemoryServer.release_segment(c, segment_name)")
	s.Function("list_segments", g.list, "SharedMemoryServer.list_segments(c)")
	s.Finally(g.close)
}

// segments are a server's.
type segments struct {
	engine *engine.Engine
	log    *slog.Logger
	keep   bool

	ctx     context.Context // of the goroutines
	stop    context.CancelFunc
	running sync.WaitGroup // close waits for them

	mu       sync.Mutex       // guards what follows
	names    []string         // in the order in which they came
	holders  map[string][]int // the processes that must end before anyone looks who has one
	watching bool
	closed   bool
}

func (g *segments) track(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	name, err := nameOf(ctx, c)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.names = append(g.names, name)
	switch {
	case g.keep || g.closed:
	case c.PID() != 0:
		g.watch(name, []int{c.PID()})
	default: // over TCP: whoever has it mapped, which takes time to find out
		w := c.Park(func() {})
		g.running.Go(func() {
			g.find(name)
			if w.Settle() {
				w.Return(nil, nil)
			}
		})
		return nil
	}
	return r.Return(nil)
}

func (g *segments) release(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	name, err := nameOf(ctx, c)
	if err != nil {
		return err
	}
	if !g.forget(name) {
		return pickle.ValueError.New("list.remove(x): x not in list")
	}
	err = g.unlink(name)
	if errors.Is(err, fs.ErrNotExist) {
		return pickle.ExceptionClass("builtins.FileNotFoundError").New(int64(syscall.ENOENT), "No such file or directory: '/"+name+"'")
	}
	if err != nil {
		return err
	}
	return r.Return(nil)
}

func (g *segments) list(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	items := make([]any, len(g.names))
	for i, name := range g.names {
		items[i] = name
	}
	return r.Return(pickle.NewList(items...))
}

// nameOf is the argument of a function. A name with a slash could be that of any
// file.
func nameOf(ctx context.Context, c *managers.Call) (string, error) {
	v, err := c.Value(ctx, 0)
	if err != nil {
		return "", err
	}
	name, err := pickle.As[string](v)
	if name = strings.TrimPrefix(name, "/"); err != nil || name == "" || strings.Contains(name, "/") {
		return "", pickle.ValueError.New("segment_name must be the name of a segment")
	}
	return name, nil
}

// forget is false if the segment is not among the server's.
func (g *segments) forget(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.names, name)
	if i < 0 {
		return false
	}
	g.names = slices.Delete(g.names, i, i+1)
	if !slices.Contains(g.names, name) {
		delete(g.holders, name)
	}
	return true
}

func (g *segments) unlink(name string) error {
	s, err := sharedmemory.Open(g.engine, name)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Unlink()
}

// close removes all segments. What is gone already is no failure: whoever made
// it has a resource tracker of their own.
func (g *segments) close() {
	g.mu.Lock()
	names := g.names
	g.names, g.holders, g.closed = nil, nil, true
	g.mu.Unlock()
	g.stop()
	for _, name := range names {
		if err := g.unlink(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			g.log.Warn("cannot remove a segment", "segment", name, "error", err)
		}
	}
	g.running.Wait()
}

// watch has somebody look after a segment when all of the processes have ended.
// g.mu is locked.
func (g *segments) watch(name string, pids []int) {
	g.holders[name] = append(g.holders[name], pids...)
	if !g.watching {
		g.watching = true
		g.running.Go(g.look)
	}
}

// interval is how long a segment may outlast its last process.
const interval = 500 * time.Millisecond

// look goes on until there is nothing to watch.
func (g *segments) look() {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for g.ctx.Err() == nil {
		select {
		case <-g.ctx.Done():
		case <-tick.C:
		}
		for _, name := range g.left() {
			g.find(name)
		}
		g.mu.Lock()
		if len(g.holders) == 0 {
			g.watching = false
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
	}
}

// left are the segments that none of their known processes is left of.
func (g *segments) left() (names []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for name, pids := range g.holders {
		pids = slices.DeleteFunc(pids, func(pid int) bool { return !alive(pid) })
		if g.holders[name] = pids; len(pids) == 0 {
			names = append(names, name)
		}
	}
	return names
}

// find looks who has a segment, and removes it if nobody has. Processes that we
// may not look into are those of other users, who may not open it, and of root,
// which is believed to have no need to.
func (g *segments) find(name string) {
	list, err := sharedmemory.List()
	i := slices.IndexFunc(list, func(s sharedmemory.Segment) bool { return s.Name == name })
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed || !slices.Contains(g.names, name):
	case err != nil:
		g.log.Warn("cannot see who has a segment; it stays", "segment", name, "error", err)
		delete(g.holders, name)
	case i < 0: // its maker's resource tracker was faster, or its name is no usual one
		delete(g.holders, name)
	case len(list[i].PIDs) > 0:
		g.holders[name] = nil
		g.watch(name, list[i].PIDs)
	default:
		g.collect(name)
	}
}

// collect removes a segment that nobody has.
func (g *segments) collect(name string) {
	removed, err := sharedmemory.Collect(sharedmemory.Collection{Names: []string{name}, IgnoreHidden: true})
	if err != nil {
		g.log.Warn("cannot remove a segment that nobody has", "segment", name, "error", err)
	}
	if len(removed) > 0 || err != nil {
		delete(g.holders, name)
	}
	if len(removed) > 0 {
		g.names = slices.DeleteFunc(g.names, func(n string) bool { return n == name })
		g.log.Info("removed a segment that nobody has any more", "segment", name, "bytes", removed[0].Size)
	}
}
