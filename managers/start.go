package managers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// A StartConfig says which of Python's managers a child is.
type StartConfig struct {
	// Process says who runs it: Python must be set. Path and Main let it find a
	// manager class of your own; Target, Args and Kwargs are not used.
	Process engine.ProcessConfig
	// Class is the manager's, such as pickle.Global{"mymodule", "QueueManager"}.
	// The zero Class is multiprocessing.managers.SyncManager.
	Class pickle.Global
	// Address is where it listens. The zero Address is a Unix socket of its
	// own choice.
	Address connection.Address
	// Authkey is the manager's. nil is the engine's, which proxies inside of
	// values need.
	Authkey []byte
	// Grace is how long Close waits for the manager to end: 2 seconds.
	Grace time.Duration
}

// A Child is a manager that runs in a Python process of ours, and a Client of
// it: Python's BaseManager after start().
type Child struct {
	*Client
	process *engine.Process
	grace   time.Duration
}

// Start starts a manager and connects to it. The manager ends with ctx or with
// Close, and what it kept is gone then.
func Start(ctx context.Context, e *engine.Engine, cfg StartConfig) (*Child, error) {
	if cfg.Process.Python == nil {
		return nil, errors.New("managers: StartConfig.Process.Python must be set: the manager is a Python one")
	}
	if cfg.Authkey == nil {
		cfg.Authkey = e.Authkey()
	}
	ready, tell, err := connection.Pipe(false, e.Connection())
	if err != nil {
		return nil, err
	}
	defer ready.Close()
	p, err := e.StartProcess(ctx, cfg.process(tell))
	tell.Close() // so that the end of the child is the end of the pipe
	if err != nil {
		return nil, err
	}
	c := &Child{process: p, grace: orDefault(cfg.Grace, 2*time.Second)}
	if c.Client, err = c.connect(ctx, e, ready, cfg.Authkey); err != nil {
		return nil, errors.Join(err, c.end(context.WithoutCancel(ctx)))
	}
	return c, nil
}

// process is BaseManager.start's: the class's _run_server with its registry.
func (cfg *StartConfig) process(tell *connection.Conn) engine.ProcessConfig {
	if cfg.Class.Name == "" {
		module := "multiprocessing"
		if cfg.Process.Package != "" {
			module = cfg.Process.Package
		}
		cfg.Class = pickle.Global{Module: module + ".managers", Name: "SyncManager"}
	}
	var address any
	if cfg.Address != (connection.Address{}) {
		address = cfg.Address.Python()
	}
	of := func(name string) pickle.Global {
		return pickle.Global{Module: cfg.Class.Module, Name: cfg.Class.Name + "." + name}
	}
	pc := cfg.Process
	pc.Target = of("_run_server")
	pc.Args = pickle.Tuple{of("_registry"), address, cfg.Authkey, "pickle", tell}
	pc.Kwargs = nil
	return pc
}

func (c *Child) connect(ctx context.Context, e *engine.Engine, ready *connection.Conn, key []byte) (*Client, error) {
	v, err := ready.Recv(ctx)
	if err != nil {
		return nil, fmt.Errorf("managers: %s ended before it served: %w", c.process.Name(), err)
	}
	a, err := connection.FromPython(v)
	if err != nil {
		return nil, err
	}
	return Dial(ctx, e, a, ClientConfig{Authkey: key})
}

// Process is the one that the manager runs in.
func (c *Child) Process() *engine.Process { return c.process }

// Close ends the manager, which is asked to and then made to; references need
// not be given up. The end of ctx ends the asking.
func (c *Child) Close(ctx context.Context) error {
	asked := c.Client.Shutdown(ctx)
	err := c.Client.close(ctx, func([]*reference) error { return nil })
	if ended := c.end(ctx); ended != nil {
		return errors.Join(asked, err, ended)
	}
	return err
}

// end waits for the process, and makes it end where it does not.
func (c *Child) end(ctx context.Context) error {
	for _, more := range []func() error{c.process.Terminate, c.process.Kill} {
		soon, cancel := context.WithTimeout(ctx, c.grace)
		err := c.process.Wait(soon)
		cancel()
		if _, ended := c.process.ExitCode(); ended {
			return err
		}
		if err := more(); err != nil {
			return err
		}
		ctx = context.WithoutCancel(ctx)
	}
	return c.process.Wait(ctx)
}
