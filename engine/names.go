package engine

import (
	"errors"
	"fmt"
	"io"
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
	client *tracker.Client // of the family's tracker; nil until the first name or child
	writer io.Writer       // its pipe
	helper *helper         // our own tracker
	closed bool
}

var (
	errClosed = errors.New("engine: the engine is closed")
	errNoMain = errors.New("engine: this program cannot be started as its own resource tracker or child, " +
		"so nobody would remove shared names if it dies: call engine.Main first in main (or TestMain)")
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
	path, err := n.program()
	if err != nil {
		return err
	}
	if n.helper, err = startTracker(path); err == nil {
		n.use(n.helper.pipe)
	}
	return err
}

func (n *names) use(w io.Writer) { n.writer, n.client = w, tracker.NewClient(w, tracker.Plain) }

// pipe is what a child tells the family's tracker through.
func (n *names) pipe() (*os.File, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.start(); err != nil {
		return nil, err
	}
	f, ok := n.writer.(*os.File)
	if !ok {
		return nil, fmt.Errorf("engine: a child cannot share the tracker, whose pipe is a %T and no *os.File", n.writer)
	}
	return f, nil
}

// program is the executable that calls Main.
func (n *names) program() (string, error) {
	if n.executable != "" {
		return n.executable, nil
	}
	if !answers.Load() {
		return "", errNoMain
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("engine: cannot find this program's file: %w", err)
	}
	return path, nil
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
