package engine

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/reduction"
)

// A ProcessConfig says what a child does and how it is started. The zero Config
// starts this program, which does nothing.
type ProcessConfig struct {
	// Target is what the child calls with Args and Kwargs: any function that
	// it can import, by its name, such as pickle.Global{"math", "sqrt"} or what
	// Func returned; a reduction.Method or a reduction.Partial. The result is
	// dropped, as by Python: send it through a queue or a connection.
	Target any
	// Args may have in them connections, queues, locks and shared memory: a
	// child inherits those.
	Args   pickle.Tuple
	Kwargs *pickle.Dict

	// Python runs the child; see pyinterop.Find. nil runs a Go program: the
	// Executable of the engine, which calls Main.
	Python *pyinterop.Interpreter
	// Package is what the child calls multiprocessing: "multiprocess" is the
	// fork with dill, which must be installed there.
	Package string
	// Main is the script, or the module, that is the child's main module: its
	// functions are those of "__main__". It is run under the name __mp_main__.
	Main string
	// Path stands before the child's sys.path.
	Path []string

	// ForkServer has Python's fork server start the child: an interpreter of the
	// engine's that waits for that, so that a child starts faster than the first.
	// Main and Python packages are still the child's to import.
	ForkServer bool
	// Preload are modules that the fork server imports once for all of its
	// children, found as PYTHONPATH says: Python's set_forkserver_preload. One
	// that it does not find is the child's to import. They must start no threads.
	Preload []string

	Name   string        // "SpawnProcess-1"
	Daemon bool          // Close of the engine ends it; a Python one has no children
	Dir    string        // where it works; "" is where we do
	Env    []string      // added to our environment, as "NAME=value"
	Group  bool          // it leads a process group, which is ended with it
	Grace  time.Duration // between SIGTERM and SIGKILL, when ctx ends it: 5 s

	// Stdout and Stderr take what the child writes. Where they are nil it goes
	// line by line to the engine's Logger, with the name and pid of the child.
	// They are written to by one goroutine each, and by one at a time if they are
	// the same.
	Stdout, Stderr io.Writer
}

// class is the name of the Python class that stands for the process.
func (cfg *ProcessConfig) class() string {
	if cfg.ForkServer {
		return "ForkServerProcess"
	}
	return "SpawnProcess"
}

// defaultGrace is ProcessConfig.Grace.
const defaultGrace = 5 * time.Second

// A Process is a child, as Python's Process is to its parent. Its methods may be
// called from many goroutines.
type Process struct {
	engine *Engine
	name   string
	daemon bool
	grace  time.Duration

	child    child // what the kernel knows
	output   *output
	payloads chan []byte // what it reads; closed after the last
	prepared prepared
	sentinel chan struct{} // closed when it has been reaped

	code int   // these are set when sentinel is closed
	err  error // of Wait
}

// StartProcess starts a child. When ctx ends so does the child: with SIGTERM,
// then SIGKILL. Wait for it, or Close the engine, which does.
//
// What cannot be pickled, and an executable that cannot be run, is an error at
// once; a target that the child does not find is one of Wait.
func (e *Engine) StartProcess(ctx context.Context, cfg ProcessConfig) (*Process, error) {
	return e.startProcess(ctx, cfg, false)
}

func (e *Engine) startProcess(ctx context.Context, cfg ProcessConfig, later bool) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n, err := e.children.reserve()
	if err != nil {
		return nil, err
	}
	defer e.children.release()
	if cfg.Name == "" {
		cfg.Name = fmt.Sprintf("%s-%d", cfg.class(), n)
	}
	if cfg.Package == "" {
		cfg.Package = e.dialect.Package
	}
	if cfg.Grace <= 0 {
		cfg.Grace = defaultGrace
	}
	l := &launch{
		engine: e, cfg: &cfg, later: later, identity: append(slices.Clone(e.identity), n), inherit: new(reduction.Inheritance),
	}
	p, err := l.start(ctx)
	if err != nil {
		return nil, fmt.Errorf("engine: cannot start %s: %w", cfg.Name, err)
	}
	p.payloads = make(chan []byte, 2)
	p.payloads <- l.payload
	if later {
		p.prepared.launch, p.prepared.inherit = l, l.inherit
	} else {
		close(p.payloads)
	}
	e.children.add(p)
	go p.supervise(ctx) // until sentinel is closed; Close waits for that
	return p, nil
}

// supervise is the child's life: it is written to, and read from, until it ends
// or ctx does.
func (p *Process) supervise(ctx context.Context) {
	written := p.child.write(p.payloads)
	exited := p.child.exited()
	var why error
	select {
	case <-exited:
	case <-ctx.Done():
		why = context.Cause(ctx)
		p.child.signal(terminate)
		timer := time.NewTimer(p.grace)
		select {
		case <-exited:
		case <-timer.C:
			p.child.signal(kill)
			<-exited
		}
		timer.Stop()
	}
	p.code = p.child.reap()
	p.forget()
	failed := <-written
	p.output.finish()
	p.err = p.outcome(why, failed)
	p.engine.children.remove(p)
	close(p.sentinel)
}

// outcome is the error of a child that has ended.
func (p *Process) outcome(why, failed error) error {
	u := p.output.uncaught(p.code)
	if p.code == 0 && u == nil && failed == nil {
		return nil // also if ctx ended meanwhile
	}
	err := &ExitError{Name: p.name, Pid: p.Pid(), Code: p.code, Err: why}
	if u != nil {
		err.Exception, err.Traceback, err.Classes = u.Exception, u.Traceback, u.Classes
	} else if failed != nil && why == nil {
		err.Err = fmt.Errorf("it did not read what it was to do: %w", failed)
	}
	return err
}

// Name is Python's Process.name.
func (p *Process) Name() string { return p.name }

// Pid is the process's number; it may be another's once the process has ended.
func (p *Process) Pid() int { return p.child.pid() }

// Daemon tells whether Close of the engine ends it.
func (p *Process) Daemon() bool { return p.daemon }

// Sentinel is closed when the process has ended, been reaped, and all that it
// wrote has been read.
func (p *Process) Sentinel() <-chan struct{} { return p.sentinel }

// Flush hands on to Stdout and Stderr, or logs, what the process has written
// there up to now. So what it wrote before it told us something else comes
// first.
func (p *Process) Flush() { p.output.flush() }

// Poll waits for that, or until ctx ends: a Process is a connection.Waiter.
func (p *Process) Poll(ctx context.Context) bool {
	select {
	case <-p.sentinel:
		return true
	default:
	}
	select {
	case <-p.sentinel:
		return true
	case <-ctx.Done():
		return false
	}
}

// Wait waits until the process has ended. An exit code other than 0 is an
// *ExitError. If ctx ends before the process does, that is the error; the
// process goes on.
func (p *Process) Wait(ctx context.Context) error {
	if !p.Poll(ctx) {
		return ctx.Err()
	}
	return p.err
}

// ExitCode is Python's exitcode, once the process has ended: 0 to 255, or the
// negative number of the signal that ended it.
func (p *Process) ExitCode() (code int, ended bool) {
	select {
	case <-p.sentinel:
		return p.code, true
	default:
		return 0, false
	}
}

// Terminate asks the process to end, with SIGTERM. One that has ended is no
// error.
func (p *Process) Terminate() error { return p.child.signal(terminate) }

// Kill ends the process, with SIGKILL.
func (p *Process) Kill() error { return p.child.signal(kill) }
