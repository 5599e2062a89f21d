package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/brine-go/brine/pyinterop/tracker"
)

// A name is one that this process has given to what the kernel keeps.
type name struct {
	kind tracker.Kind
	text string
}

// names are those that must be removed in the end: by us in Close, by the
// tracker if we die.
type names struct {
	executable string

	mu     sync.Mutex // guards what follows
	made   map[name]bool
	client *tracker.Client // of the family's tracker; nil until the first name
	helper *helper         // our own tracker
	closed bool
}

var (
	errClosed = errors.New("engine: the engine is closed")
	errNoMain = errors.New("engine: nobody would remove shared names if this program dies: " +
		"call engine.Main first in main (or TestMain), so that the program can be its own resource tracker")
)

// Track has a name, with its leading slash, removed when the family has ended.
// Only who made it tracks it.
func (e *Engine) Track(k tracker.Kind, text string) error {
	n := &e.names
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.start(); err != nil {
		return err
	}
	if err := n.client.Register(k, text); err != nil {
		return err
	}
	if n.made == nil {
		n.made = make(map[name]bool)
	}
	n.made[name{k, text}] = true
	return nil
}

// Untrack takes it back, once the name has been removed.
func (e *Engine) Untrack(k tracker.Kind, text string) error {
	n := &e.names
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.made[name{k, text}] {
		return nil
	}
	delete(n.made, name{k, text})
	return n.client.Unregister(k, text)
}

// start makes sure that there is a tracker.
func (n *names) start() (err error) {
	switch {
	case n.closed:
		return errClosed
	case n.client != nil:
		return nil
	}
	if n.helper, err = startTracker(n.executable); err == nil {
		n.client = tracker.NewClient(n.helper.pipe, tracker.Plain)
	}
	return err
}

func (n *names) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil
	}
	n.closed = true
	var errs []error
	for m := range n.made {
		if err := unlinkers[m.kind](m.text); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err) // the tracker may have more luck
			continue
		}
		errs = append(errs, n.client.Unregister(m.kind, m.text))
	}
	n.made = nil
	if n.helper != nil {
		errs = append(errs, n.helper.close())
	}
	return errors.Join(errs...)
}

// A helper is this program, run as the resource tracker.
type helper struct {
	pipe  *os.File
	ended chan error // gets what Wait returns
}

// trackerPatience is how long Close waits for the tracker: it ends when the
// last process of the family has.
const trackerPatience = 5 * time.Second

func startTracker(executable string) (*helper, error) {
	if executable == "" {
		if !answers.Load() {
			return nil, errNoMain
		}
		var err error
		if executable, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("engine: cannot start a resource tracker: %w", err)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	defer r.Close()
	cmd := exec.Command(executable, tracker.Command(3)...)
	cmd.ExtraFiles = []*os.File{r}
	cmd.Stderr = os.Stderr
	apart(cmd)
	if err := cmd.Start(); err != nil {
		w.Close()
		return nil, fmt.Errorf("engine: cannot start a resource tracker: %w", err)
	}
	h := &helper{pipe: w, ended: make(chan error, 1)}
	go func() { h.ended <- cmd.Wait() }() // close waits for it
	return h, nil
}

func (h *helper) close() error {
	h.pipe.Close()
	select {
	case err := <-h.ended:
		if err != nil {
			return fmt.Errorf("engine: the resource tracker: %w", err)
		}
	case <-time.After(trackerPatience): // a process of the family lives on
	}
	return nil
}
