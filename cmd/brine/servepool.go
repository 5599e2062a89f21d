package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers/syncmanager"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
)

// poolFlags say which workers a client's Pool has.
type poolFlags struct {
	python    string
	workers   int
	path      []string
	maxMemory int64
}

func (f *poolFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.python, "pool-python", "", "clients may start Pools, whose workers run their code with the interpreter `PYTHON`: they can do all that this user can")
	fl.IntVar(&f.workers, "pool-workers", runtime.NumCPU(), "a Pool has at most `N` workers")
	fl.StringArrayVar(&f.path, "pool-path", nil, "workers look for modules in `DIR` first; may be repeated")
	fl.Int64Var(&f.maxMemory, "pool-memory", 0, "kill a worker that has more than `BYTES` resident")
}

func (f *poolFlags) config(eng *engine.Engine) (cfg syncmanager.PoolConfig, err error) {
	if f.python == "" {
		return cfg, nil
	}
	if f.workers < 1 {
		return cfg, fmt.Errorf("--pool-workers %d: at least 1 is needed", f.workers)
	}
	p, err := f.process(f.python)
	if err != nil {
		return cfg, err
	}
	return syncmanager.PoolConfig{Engine: eng, Workers: process.Group{N: f.workers, MaxMemory: f.maxMemory, Process: p}}, nil
}

// process is how a worker is started.
func (f *poolFlags) process(name string) (p engine.ProcessConfig, err error) {
	if p.Python, err = pyinterop.Probe(context.Background(), name); err != nil {
		return p, fmt.Errorf("--pool-python: %w", err)
	}
	for _, dir := range f.path {
		if dir, err = filepath.Abs(dir); err != nil {
			return p, fmt.Errorf("--pool-path: %w", err)
		}
		p.Path = append(p.Path, dir)
	}
	return p, nil
}
