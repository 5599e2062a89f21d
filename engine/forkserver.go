package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/forkserver"
	"github.com/brine-go/brine/reduction"
)

// forks are the fork servers of an engine: one for each way to start a Python.
type forks struct {
	mu      sync.Mutex // guards what follows; held while a server starts
	servers map[string]*forkserver.Client
	closed  bool
}

// client returns the fork server for the child, and starts it at the first, or
// when it has died.
func (f *forks) client(cfg *ProcessConfig, e *Engine) (*forkserver.Client, error) {
	if cfg.Python == nil {
		return nil, errors.New("a Go program is not forked: only a Python has a fork server")
	}
	key := fmt.Sprintf("%q", [][]string{{cfg.Package, cfg.Python.Path}, cfg.Python.Flags, cfg.Preload})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, errClosed
	}
	if c := f.servers[key]; c != nil {
		if !c.Ended() {
			return c, nil
		}
		c.Close()
		delete(f.servers, key)
	}
	output := &lines{logger: e.logger.With("process", "forkserver"), level: slog.LevelWarn}
	c, err := forkserver.Start(cfg.Python, cfg.Package, cfg.Preload, environ(), output)
	if err != nil {
		return nil, err
	}
	if f.servers == nil {
		f.servers = make(map[string]*forkserver.Client)
	}
	f.servers[key] = c
	return c, nil
}

func (f *forks) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	var errs []error
	for _, c := range f.servers {
		errs = append(errs, c.Close())
	}
	f.servers = nil
	return errors.Join(errs...)
}

// forkedFirst is what a forked child does before it unpickles anything of its
// program, by being unpickled: what the start of a program does for a spawned
// one. Its standard output and error become the pipes.
func (l *launch) forkedFirst(write [4]*os.File) pickle.Tuple {
	system := func(name string) pickle.Global { return pickle.Global{Module: "os", Name: name} }
	call := func(fn any, args ...any) *pickle.Object { return &pickle.Object{Class: fn, Args: pickle.Tuple(args)} }
	first := pickle.Tuple{}
	for fd := 1; fd <= 2; fd++ {
		number := call(reduction.Method(reduction.NewDupFD(write[fd]), "detach"))
		first = append(first, call(system("dup2"), number, int64(fd)))
	}
	if l.cfg.Group {
		first = append(first, call(system("setpgid"), int64(0), int64(0)))
	}
	if len(l.cfg.Env) > 0 {
		env := pickle.NewDict(len(l.cfg.Env))
		for _, pair := range l.cfg.Env {
			name, value, _ := strings.Cut(pair, "=")
			env.Set(name, value)
		}
		first = append(first, call(reduction.Method(system("environ"), "update"), env))
	}
	return first
}
