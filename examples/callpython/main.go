// Command callpython calls Python functions from Go and uses what they return.
//
//	go run ./examples/callpython [-python python3] [-workers 2]
//
// The workers are plain Pythons, started as multiprocessing starts them: nothing
// is installed there. With numpy in that Python, numpy does the work.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
)

//go:embed statistic.py
var module []byte

func main() {
	engine.Main(process.Register)
	python := flag.String("python", "", "the interpreter (default: that of the virtual environment, or python3)")
	workers := flag.Int("workers", 2, "how many processes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *python, *workers, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "callpython:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, python string, workers int, out io.Writer) error {
	dir, err := os.MkdirTemp("", "callpython")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "statistic.py"), module, 0o600); err != nil {
		return err
	}
	py, err := find(ctx, python)
	if err != nil {
		return err
	}
	eng, err := engine.New(engine.Config{})
	if err != nil {
		return err
	}
	defer eng.Close()
	process.Register(eng)
	p, err := pool.New(eng, pool.Config{Backend: process.NewBackend(process.Group{
		N: workers, Process: engine.ProcessConfig{Python: py, Path: []string{dir}},
	})})
	if err != nil {
		return err
	}
	defer p.Join(ctx)
	defer p.Terminate()
	return describe(ctx, p, out)
}

func find(ctx context.Context, python string) (*pyinterop.Interpreter, error) {
	if python == "" {
		return pyinterop.Find(ctx)
	}
	return pyinterop.Probe(ctx, python)
}

// A summary is what statistic.describe returns, a dict.
type summary struct {
	N               int
	Mean, Deviation float64
}

var describePython = pickle.Global{Module: "statistic", Name: "describe"}

// describe calls one function in another process for each row.
func describe(ctx context.Context, p *pool.Pool, out io.Writer) error {
	rows := [][]float64{{2, 4, 4, 4, 5, 5, 7, 9}, {1, 2, 3, 4}, {10}}
	summaries, err := pool.Map[summary](ctx, p, describePython, rows)
	if err != nil {
		return err
	}
	for i, s := range summaries {
		fmt.Fprintf(out, "%v: n=%d mean=%g deviation=%.3f\n", rows[i], s.N, s.Mean, s.Deviation)
	}
	// What Python raises is an error here.
	if _, err := p.Apply(ctx, describePython, pickle.NewList()); err != nil {
		fmt.Fprintln(out, "of nothing:", err)
	}
	return nil
}
