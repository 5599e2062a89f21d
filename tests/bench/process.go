//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/reduction"
)

// A processMode prepares; step then does what is measured, and returns how long
// that took. executable is a Python, or a Go program.
type processMode func(e *engine.Engine, executable string) (step func() (time.Duration, error), err error)

var processModes = map[string]processMode{
	"spawn": spawnMode, "forkserver": forkServerMode, "prepared": preparedMode, "go": goMode, "pool": poolMode, "gopool": goPoolMode,
}

// processMain is "bench process MODE EXECUTABLE", in the place of
// python/process.py.
func processMain(args []string) error {
	cfg := engine.Config{Logger: slog.New(slog.DiscardHandler)}
	if args[0] == "go" || args[0] == "gopool" {
		cfg.Executable = args[1]
	}
	e, err := engine.New(cfg)
	if err != nil {
		return err
	}
	defer e.Close()
	step, err := processModes[args[0]](e, args[1])
	if err != nil {
		return err
	}
	if _, err := step(); err != nil {
		return err
	}
	fmt.Println(`"ready"`)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		seconds, err := strconv.ParseFloat(lines.Text(), 64)
		if err != nil {
			return err
		}
		var took []int64
		start := time.Now()
		for time.Since(start).Seconds() < seconds {
			d, err := step()
			if err != nil {
				return err
			}
			took = append(took, d.Nanoseconds())
		}
		elapsed := time.Since(start)
		p50, p99 := percentiles(took)
		answer, _ := json.Marshal(map[string]any{"Ops": len(took), "Seconds": elapsed.Seconds(), "P50": p50, "P99": p99})
		fmt.Println(string(answer))
	}
	return nil
}

// firstResult starts a child and waits for what it sends; its end is not part of
// the time.
func firstResult(e *engine.Engine, config func(w *connection.Conn) engine.ProcessConfig) (func() (time.Duration, error), error) {
	r, w, err := connection.Pipe(false, e.Connection())
	if err != nil {
		return nil, err
	}
	ctx, cfg := context.Background(), config(w)
	return func() (time.Duration, error) {
		start := time.Now()
		p, err := e.StartProcess(ctx, cfg)
		if err != nil {
			return 0, err
		}
		if _, err := r.Recv(ctx); err != nil {
			return 0, err
		}
		took := time.Since(start)
		return took, p.Wait(ctx)
	}, nil
}

func spawnMode(e *engine.Engine, python string) (func() (time.Duration, error), error) {
	return pythonMode(e, python, false)
}

func forkServerMode(e *engine.Engine, python string) (func() (time.Duration, error), error) {
	return pythonMode(e, python, true)
}

func pythonMode(e *engine.Engine, python string, forks bool) (func() (time.Duration, error), error) {
	py, err := pyinterop.Probe(context.Background(), python)
	if err != nil {
		return nil, err
	}
	return firstResult(e, func(w *connection.Conn) engine.ProcessConfig {
		return engine.ProcessConfig{Python: py, ForkServer: forks, Target: reduction.Method(w, "send"), Args: pickle.Tuple{int64(1)}}
	})
}

// preparedMode tells children what to do that wait for it.
func preparedMode(e *engine.Engine, python string) (func() (time.Duration, error), error) {
	py, err := pyinterop.Probe(context.Background(), python)
	if err != nil {
		return nil, err
	}
	r, w, err := connection.Pipe(false, e.Connection())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	return func() (time.Duration, error) {
		p, err := e.PrepareProcess(ctx, engine.ProcessConfig{Python: py})
		if err != nil {
			return 0, err
		}
		time.Sleep(preparation)
		start := time.Now()
		if err := p.Run(ctx, reduction.Method(w, "send"), pickle.Tuple{int64(1)}, nil); err != nil {
			return 0, err
		}
		if _, err := r.Recv(ctx); err != nil {
			return 0, err
		}
		took := time.Since(start)
		return took, p.Wait(ctx)
	}, nil
}

// preparation is more than a child takes until it waits.
const preparation = 200 * time.Millisecond

func goMode(e *engine.Engine, _ string) (func() (time.Duration, error), error) {
	return firstResult(e, func(w *connection.Conn) engine.ProcessConfig {
		return engine.ProcessConfig{Target: pickle.Global{Module: "bench", Name: "send"}, Args: pickle.Tuple{w, int64(1)}}
	})
}

func poolMode(e *engine.Engine, python string) (func() (time.Duration, error), error) {
	py, err := pyinterop.Probe(context.Background(), python)
	if err != nil {
		return nil, err
	}
	scripts, err := scriptFolder()
	if err != nil {
		return nil, err
	}
	return calls(e, engine.ProcessConfig{Python: py, Path: []string{scripts}}, pickle.Global{Module: "process", Name: "nothing"})
}

func goPoolMode(e *engine.Engine, _ string) (func() (time.Duration, error), error) {
	return calls(e, engine.ProcessConfig{}, pickle.Global{Module: "bench", Name: "nothing"})
}

func calls(e *engine.Engine, cfg engine.ProcessConfig, fn pickle.Global) (func() (time.Duration, error), error) {
	process.Register(e)
	p, err := pool.New(e, pool.Config{Backend: process.NewBackend(process.Group{N: 1, Process: cfg})})
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	return func() (time.Duration, error) {
		start := time.Now()
		_, err := p.Apply(ctx, fn)
		return time.Since(start), err
	}, nil
}
