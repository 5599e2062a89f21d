package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/spawn"
	"github.com/brine-go/brine/reduction"
)

// ErrParentDied is the cause for which the context of a child's target ends when
// its parent has.
var ErrParentDied = errors.New("engine: the parent process has died")

// A birth is how this process came to be the child of another.
type birth struct {
	command spawn.Command
	pipe    *os.File // the parent writes to, and keeps open
}

// Descriptor returns what the parent gave us under that number.
func (b *birth) Descriptor(n int) (*os.File, error) {
	n += b.command.Inherited
	f := os.NewFile(uintptr(n), fmt.Sprintf("inherited %d", n))
	if _, err := f.Stat(); err != nil {
		return nil, err
	}
	return f, nil
}

// live is the life of a process that was started as a child: it ends with the
// exit status that a Python child would have.
func (b *birth) live(setup []func(*Engine)) (status int) {
	keepFromChildren()
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	b.pipe = os.NewFile(uintptr(b.command.Pipe), "parent")
	e, o, err := b.learn(ctx, setup)
	if err != nil {
		fmt.Fprintf(os.Stderr, "Go process %d cannot begin:\n%s: %v\n", os.Getpid(), Exception(err).Class.Error(), err)
		return 1
	}
	noInput()
	e.parent = &Parent{Name: o.ParentName, Pid: o.ParentPid, died: make(chan struct{})}
	if o.Modern {
		go watch(ctx, b.pipe, func() { // ends with the process
			close(e.parent.died)
			stop(ErrParentDied)
		})
	}
	status = e.run(reduction.WithBirth(ctx, b), o)
	if err := e.Close(); err != nil {
		e.logger.Warn("closing the engine", "error", err)
	}
	return status
}

// learn reads who we are and what we are to do.
func (b *birth) learn(ctx context.Context, setup []func(*Engine)) (*Engine, *spawn.ProcessObject, error) {
	r := spawn.NewReader(b.pipe, b.command)
	p, err := r.Preparation(ctx)
	if err != nil {
		return nil, nil, err
	}
	cfg := Config{Name: p.Name, Authkey: p.Authkey, Package: b.command.Package}
	if cfg.Authkey == nil {
		cfg.Authkey = []byte{}
	}
	if b.command.Tracker >= 0 {
		cfg.Tracker = os.NewFile(uintptr(b.command.Tracker), "tracker")
	}
	if p.LogToStderr {
		cfg.Logger = logToStderr(p)
	}
	e, err := New(cfg)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range setup {
		f(e)
	}
	o, err := r.ProcessObject(reduction.WithBirth(ctx, b), e.Registry()) // also when there is nowhere to work
	if p.Dir != "" {
		if bad := os.Chdir(p.Dir); err == nil {
			err = bad
		}
	}
	if err != nil {
		return nil, nil, err
	}
	e.identity, e.daemon = o.Identity, o.Daemon
	return e, o, nil
}

// logToStderr is what Python's log_to_stderr asks for.
func logToStderr(p *spawn.Preparation) *slog.Logger {
	level := slog.LevelInfo
	if p.LogLevel > 0 {
		level = slogLevel(p.LogLevel)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})).With("process", p.Name)
}

// run calls the target, and tells of the error that it did not handle as a Python
// child does: on stderr, and to a parent that asked for a report.
func (e *Engine) run(ctx context.Context, o *spawn.ProcessObject) (status int) {
	if o.Target == nil {
		if o.Class.Name != "SpawnProcess" && o.Class.Name != "ForkServerProcess" && o.Class.Name != "Process" {
			fmt.Fprintf(os.Stderr, "Process %s:\nTypeError: %s overrides run(), which is Python and cannot run in a Go process\n", o.Name, o.Class)
			return 1
		}
		return 0
	}
	_, err := e.Call(ctx, o.Target, o.Args, o.Kwargs)
	if err == nil {
		return 0
	}
	x := Exception(err)
	if x.Class == systemExit {
		return exitStatus(x)
	}
	text := e.Traceback(o.Target, err)
	fmt.Fprintf(os.Stderr, "Process %s:\n%s", o.Name, text)
	if d, ok := o.Report.(*reduction.DupFD); ok {
		if f, err := d.Detach(ctx); err == nil {
			spawn.WriteUncaught(f, x, text)
		}
	}
	return 1
}

const systemExit pickle.ExceptionClass = "builtins.SystemExit"

// exitStatus is that of sys.exit.
func exitStatus(x *pickle.Exception) int {
	if len(x.Args) == 0 || x.Args[0] == nil {
		return 0
	}
	if n, err := pickle.As[int64](x.Args[0]); err == nil {
		return int(n & 0xff)
	}
	if _, beyond := x.Args[0].(*big.Int); beyond {
		return 255
	}
	text, _ := pickle.Str(x.Args[0])
	fmt.Fprintln(os.Stderr, text)
	return 1
}

// A Parent is the process that started this one.
type Parent struct {
	Name string
	Pid  int
	died chan struct{}
}

// Died is closed when the parent has ended. Pythons before 3.8 do not let their
// children know.
func (p *Parent) Died() <-chan struct{} { return p.died }

// Parent is Python's parent_process: nil in the main process.
func (e *Engine) Parent() *Parent { return e.parent }

// Daemon tells whether the parent ends this process when it ends itself. Unlike
// Python's, a daemon of Go may have children, such as a worker of a pool that calls
// a Python: those of Go, and of Python 3.8 or later, hear of its end (see Parent).
func (e *Engine) Daemon() bool { return e.daemon }
