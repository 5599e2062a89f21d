package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
)

// workFlags are the flags of brine work.
type workFlags struct {
	input   inputFlags
	results resultFlags

	unordered bool
	python    string
	path      []string
	golang    string
	workers   int
	timeout   time.Duration
	retries   int
	grace     time.Duration
}

const workLong = `Call a Python function with each line of a file, or of standard input, in
several processes.

FILE, or --format, says what the input is:
  json    a value in each line, the argument of one call (.jsonl, .json)
  csv     a header, then rows: the names are keyword arguments, the texts their
          values. With --no-header a row's texts are positional ones (.csv)
  pickle  pickles one after the other, each the argument of a call (.pkl)
With --star a list is all positional arguments of a call, a dict all keyword
ones. What cannot be read is told with its line; the rest goes on.

Results are lines of JSON, in the order of the input: null where a call failed.
Tuples and sets are lists, and what JSON has no form for is its repr. To
--output x.pkl they are pickles. With --unordered they are written as they come,
and those of failed calls are left out.

A call that fails is told on standard error with its traceback and its input, or
as a line of JSON in --errors FILE; the exit status is 1 then. A worker that
dies fails its own call only, and is replaced. Input is read as fast as calls
are made, and never held as a whole.

Ctrl-C stops reading; calls that were begun get --grace, a second one ends them
at once. With --output a journal, OUTPUT.journal, tells what is done until all
is: the same command with --resume goes on from there, also after a kill. It
drops what was half written, and makes the calls again that were under way. Its
input must begin as it did.`

const workExample = `  seq 10 | brine work math:sqrt
  brine work shop:price orders.csv --output prices.jsonl --errors failed.jsonl
  brine work shop:price orders.csv --output prices.jsonl --resume
  brine work --go ./goworkers primes:count limits.jsonl`

func workCommand() *cobra.Command {
	var f workFlags
	cmd := &cobra.Command{
		Use:     "work MODULE:FUNCTION [FILE]",
		Short:   "Call a Python function with each line of a file, in many processes",
		Long:    workLong,
		Example: workExample,
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.input.in, f.results.out = cmd.InOrStdin(), cmd.OutOrStdout()
			if len(args) == 2 {
				f.input.name = args[1]
			}
			return f.work(cmd.Context(), args[0], newScreen(cmd.ErrOrStderr()))
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.input.format, "format", "", "the input is `FORMAT`: json, csv or pickle; else FILE's name says which, or it is json")
	fl.BoolVar(&f.input.noHeader, "no-header", false, "the first row of CSV is a call, too")
	fl.BoolVar(&f.input.star, "star", false, "values are lists or dicts of arguments")
	fl.StringVar(&f.results.name, "output", "", "write results to `FILE`, not to standard output")
	fl.StringVar(&f.results.format, "output-format", "", "results are `FORMAT`: json or pickle; else --output's name says so, else json")
	fl.StringVar(&f.results.errors, "errors", "", "write failed calls to `FILE`, as JSON")
	fl.BoolVar(&f.unordered, "unordered", false, "write results as they come")
	fl.BoolVar(&f.results.resume, "resume", false, "go on where an earlier run stopped")
	fl.IntVar(&f.workers, "workers", runtime.NumCPU(), "run `N` processes")
	fl.DurationVar(&f.timeout, "timeout", 0, "stop a call after `TIME`; 0 is never")
	fl.IntVar(&f.retries, "retries", 0, "try a call up to `N` times more whose worker died")
	fl.DurationVar(&f.grace, "grace", 5*time.Second, "calls that were begun get `TIME` after Ctrl-C")
	fl.StringVar(&f.python, "python", "python3", "run workers with `PYTHON`, as that of a venv")
	fl.StringArrayVar(&f.path, "path", []string{"."}, "modules are in `DIR`; may be repeated")
	fl.StringVar(&f.golang, "go", "", "workers are the Go `PROGRAM`, which calls engine.Main, and the function is one of its own")
	cmd.MarkFlagsMutuallyExclusive("go", "python")
	cmd.MarkFlagsMutuallyExclusive("go", "path")
	return cmd
}

// work makes the calls, and says how it went.
func (f *workFlags) work(ctx context.Context, name string, screen *screen) (err error) {
	module, function, ok := strings.Cut(name, ":")
	if !ok || module == "" || function == "" {
		return fmt.Errorf("%q names no function: want MODULE:FUNCTION", name)
	}
	if err := f.check(); err != nil {
		return err
	}
	fn := pickle.Global{Module: module, Name: function}
	in, err := f.input.open()
	if err != nil {
		return err
	}
	defer in.Close()
	p, err := f.start(ctx, screen)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end(p)) }()
	if err := f.find(ctx, p, fn); err != nil {
		return err
	}
	out, err := f.results.open(journal{Function: name, Input: f.input.name, Format: in.format, Unordered: f.unordered})
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, out.Close()) }()
	w := &work{flags: f, pool: p, fn: fn, in: in, out: out, screen: screen}
	return w.run(ctx)
}

// check refuses numbers that make no sense.
func (f *workFlags) check() error {
	switch {
	case f.workers < 1:
		return fmt.Errorf("--workers %d: at least 1 is needed", f.workers)
	case f.timeout < 0:
		return fmt.Errorf("--timeout %v: want a time, or 0 for none", f.timeout)
	case f.retries < 0:
		return fmt.Errorf("--retries %d: want 0 or more", f.retries)
	case f.grace < 0:
		return fmt.Errorf("--grace %v: want a time, or 0", f.grace)
	}
	return nil
}

// callable is the function by which a worker finds another.
var callable = pickle.Global{Module: "builtins", Name: "callable"}

// find fails if Python does not find the function: that is told once, and not for
// each call.
func (f *workFlags) find(ctx context.Context, p *pool.Pool, fn pickle.Global) error {
	if f.golang != "" {
		return nil
	}
	v, err := p.With(pool.Options{}).Apply(ctx, callable, fn)
	_, unstarted := errors.AsType[*process.StartError](err)
	switch {
	case unstarted:
		return err
	case ctx.Err() != nil:
		return errors.New("interrupted: no call was made")
	case err != nil:
		return fmt.Errorf("%s:%s cannot be called: %w\n%s", fn.Module, fn.Name, err, tracebackOf(err))
	case v != true:
		return fmt.Errorf("%s:%s cannot be called: it is no function", fn.Module, fn.Name)
	}
	return nil
}

// start starts the workers.
func (f *workFlags) start(ctx context.Context, screen *screen) (*pool.Pool, error) {
	cfg := engine.Config{Logger: slog.New(slog.NewTextHandler(screen, nil))}
	g := process.Group{N: f.workers}
	var err error
	if f.golang != "" {
		cfg.Executable, err = filepath.Abs(f.golang)
	} else {
		err = f.findPython(ctx, &g)
	}
	if err != nil {
		return nil, err
	}
	e, err := engine.New(cfg)
	if err != nil {
		return nil, err
	}
	p, err := pool.New(e, pool.Config{
		Backend: process.NewBackend(g),
		Options: pool.Options{Timeout: f.timeout, Retries: f.retries},
	})
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return p, nil
}

func (f *workFlags) findPython(ctx context.Context, g *process.Group) error {
	python, err := pyinterop.Probe(ctx, f.python)
	if err != nil {
		return fmt.Errorf("--python: %w", err)
	}
	g.Process.Python = python
	for _, dir := range f.path {
		if dir, err = filepath.Abs(dir); err != nil {
			return fmt.Errorf("--path: %w", err)
		}
		g.Process.Path = append(g.Process.Path, dir)
	}
	return nil
}

// joinTime is how long workers may take to end: more than they get before they
// are killed.
const joinTime = 20 * time.Second

// end ends the pool and its engine.
func end(p *pool.Pool) error {
	ctx, cancel := context.WithTimeout(context.Background(), joinTime)
	defer cancel()
	p.Terminate()
	err := p.Join(ctx)
	if errors.Is(err, pool.ErrTerminated) {
		err = nil
	}
	return errors.Join(err, p.Engine().Close())
}
