package pyclass

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A Config says which classes there are, and how their worker is started. What
// clients send is unpickled there: they can do all that the worker can.
type Config struct {
	// Engine is that of the server.
	Engine *engine.Engine
	// Process has the worker's Python, and where modules are found. Target,
	// Args and Kwargs are ours.
	Process engine.ProcessConfig
	// Classes are classes, or other callables that return objects, by typeid.
	Classes map[string]pickle.Global
	// StartTimeout is how long a worker may take until it has imported them: a
	// minute.
	StartTimeout time.Duration
}

// A Host has the worker in which the objects of a server live.
type Host struct {
	cfg  Config
	keys atomic.Int64 // given to objects

	running  sync.WaitGroup // starts of workers that calls wait for
	starting sync.Mutex     // held while a worker starts

	mu     sync.Mutex // guards what follows
	worker *worker    // the last that was started
	closed bool
}

// errClosed is why nothing more is made.
var errClosed = errors.New("the server is stopping")

// Register adds the classes to a server as types, whose proxies have the methods
// that Python's server would expose: those that are public, or that the class
// names in _exposed_. It starts the worker, and fails if one of the classes is
// not found. Close the Host when the server has stopped.
func Register(s *managers.Server, cfg Config) (*Host, error) {
	if cfg.StartTimeout <= 0 {
		cfg.StartTimeout = time.Minute
	}
	h := &Host{cfg: cfg}
	for typeid := range cfg.Classes {
		t := managers.Type{
			New:       func(_ context.Context, c *managers.Call) (managers.Referent, error) { return nil, h.create(typeid, c) },
			Signature: managers.Sig(typeid + "(*args, **kwds)"),
		}
		if err := s.Register(typeid, t); err != nil {
			return nil, err
		}
	}
	if _, err := h.start(); err != nil {
		return nil, fmt.Errorf("managers/pyclass: %w", err)
	}
	return h, nil
}

// Close ends the worker, and the objects in it.
func (h *Host) Close() {
	h.mu.Lock()
	h.closed = true
	w := h.worker
	h.mu.Unlock()
	h.running.Wait()
	if w != nil {
		w.close()
	}
}

// PID is that of the worker, 0 if there is none now.
func (h *Host) PID() int {
	if w := h.live(); w != nil {
		return w.process.Pid()
	}
	return 0
}

// live is the worker, if there is one that has not died.
func (h *Host) live() *worker {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.worker == nil || h.worker.lost() != nil {
		return nil
	}
	return h.worker
}

// start returns the worker, a new one where there is none.
func (h *Host) start() (*worker, error) {
	h.starting.Lock()
	defer h.starting.Unlock()
	if w := h.live(); w != nil {
		return w, nil
	}
	ready := make(chan answer, 1)
	w, err := launch(h.cfg, func(a answer) { ready <- a })
	if err != nil {
		return nil, err
	}
	timeout := time.NewTimer(h.cfg.StartTimeout)
	defer timeout.Stop()
	select {
	case a := <-ready:
		err = a.started()
	case <-timeout.C:
		err = fmt.Errorf("the Python worker was not ready after %v", h.cfg.StartTimeout)
		w.kill("it was not ready in time")
	}
	h.mu.Lock()
	if err == nil && h.closed {
		err = errClosed
	}
	if err == nil {
		h.worker = w
	}
	h.mu.Unlock()
	if err != nil {
		w.close()
		return nil, err
	}
	h.cfg.Engine.Logger().Debug("a worker hosts objects", "pid", w.process.Pid())
	return w, nil
}

// started is what a worker says that has looked for its classes.
func (a answer) started() error {
	switch {
	case a.err != nil:
		return a.err
	case a.kind == "ready":
		return nil
	}
	lines := strings.Split(strings.TrimSpace(a.text()), "\n")
	return fmt.Errorf("the Python worker did not find its classes: %s", lines[len(lines)-1])
}

// create makes an object for a client.
func (h *Host) create(typeid string, c *managers.Call) error {
	given, err := argumentsOf(c)
	if err != nil {
		return err
	}
	waiter := c.Park(func() {})
	createIn := func(w *worker) {
		o := &object{worker: w, typeid: typeid, key: h.keys.Add(1)}
		w.ask("create", o.key, typeid, false, given, func(a answer) { o.made(waiter, a) })
	}
	if w := h.live(); w != nil {
		createIn(w)
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		fail(waiter, errClosed)
		return nil
	}
	h.running.Go(func() { // Close waits for it
		w, err := h.start()
		if err == nil {
			createIn(w)
		} else {
			fail(waiter, err)
		}
	})
	return nil
}

// fail tells a client that an object was not made: the server's failure.
func fail(waiter *managers.Waiter, err error) {
	if !waiter.Settle() {
		return
	}
	if _, ok := errors.AsType[*managers.RemoteError](err); !ok {
		err = &managers.RemoteError{Traceback: "Traceback (most recent call last):\n  (in brine)\nRuntimeError: " + err.Error() + "\n"}
	}
	waiter.Raise(err)
}
