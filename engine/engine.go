package engine

import (
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"sync"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// A Config says who a process is. The zero Config is that of a main process.
type Config struct {
	// Name is what peers call us: "MainProcess".
	Name string
	// Authkey proves that a peer belongs to the family: 32 random bytes.
	// nil asks for those; an empty key that is not nil is a key.
	Authkey []byte
	// Logger takes what nobody waits for, and what children say: slog.Default().
	// One that writes to standard error is Python's log_to_stderr.
	Logger *slog.Logger
	// Executable is the program that helpers are started from; it calls Main
	// first. "" is this program.
	Executable string
	// Tracker is the pipe to the resource tracker of the family that we belong
	// to. nil starts one when the first name is tracked.
	Tracker io.Writer
	// Package is what the Pythons of the family call multiprocessing:
	// "multiprocess" is the fork with dill.
	Package string
}

// An Engine is one process's runtime. It is safe for use by many goroutines.
type Engine struct {
	name     string
	authkey  []byte
	logger   *slog.Logger
	registry pickle.Registry
	dialect  pickle.Dialect // of the family
	identity []int          // the path of child counters that leads here
	daemon   bool
	parent   *Parent // nil in the main process
	names    names
	children children
	forks    forks
	sharer   *reduction.Sharer
	locals   sync.Map // what packages above keep for us

	functions functions
}

// New returns an engine; Close ends it.
func New(cfg Config) (*Engine, error) {
	e := &Engine{name: cfg.Name, authkey: slices.Clone(cfg.Authkey), logger: cfg.Logger}
	e.names.executable = cfg.Executable
	e.dialect.Package = cfg.Package
	if cfg.Tracker != nil {
		e.names.use(cfg.Tracker)
	}
	if e.name == "" {
		e.name = "MainProcess"
	}
	if cfg.Authkey == nil {
		e.authkey = make([]byte, 32)
		rand.Read(e.authkey)
	}
	if e.logger == nil {
		e.logger = slog.Default()
	}
	e.sharer = reduction.NewSharer(e.Connection())
	reduction.Register(&e.registry, e.sharer)
	shared := e.Connection()
	shared.Exact = true
	reduction.RegisterConn(&e.registry, shared)
	return e, nil
}

// Name is Python's current_process().name.
func (e *Engine) Name() string { return e.name }

// Authkey is Python's current_process().authkey. It must not be changed, shown
// or logged.
func (e *Engine) Authkey() []byte { return e.authkey }

// Registry knows the Go types that stand for Python classes. Register before
// the first message.
func (e *Engine) Registry() *pickle.Registry { return &e.registry }

// Logger takes what nobody waits for.
func (e *Engine) Logger() *slog.Logger { return e.logger }

// Connection is the Config to dial and listen within the family.
func (e *Engine) Connection() connection.Config {
	return connection.Config{Authkey: e.authkey, Codec: pickle.Codec{Registry: &e.registry, Dialect: e.dialect}}
}

// CPUCount is how many processors this process may use: those of its affinity,
// and no more than the quota of its cgroup allows, rounded up, though not less than
// 2 for that; see runtime.GOMAXPROCS. It is 3.13's process_cpu_count, which knows no
// cgroup (cpu_count knows no affinity either); what the environment variable
// PYTHON_CPU_COUNT is there, GOMAXPROCS is here.
func (e *Engine) CPUCount() int { return runtime.GOMAXPROCS(0) }

// Close ends the engine: children that are daemons are terminated and the others
// have ended, descriptors that it shares or keeps are closed, names that it still
// tracks are removed, and its tracker has ended. What was built from it must be
// closed before.
func (e *Engine) Close() error {
	e.children.close()
	err := errors.Join(e.forks.close(), e.sharer.Close())
	e.locals.Range(func(_, v any) bool {
		if c, ok := v.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
		return true
	})
	return errors.Join(err, e.names.close())
}

// Local returns what a package above keeps for this engine under a key of a
// type of its own; the first caller makes it. Close closes what is an
// io.Closer.
func (e *Engine) Local(key any, make func() any) any {
	if v, ok := e.locals.Load(key); ok {
		return v
	}
	v, _ := e.locals.LoadOrStore(key, make())
	return v
}
