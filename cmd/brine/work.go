package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
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
	python  string
	path    []string
	workers int
	timeout time.Duration
	retries int
}

const workLong = `Call a Python function with each line of a file, or of standard input, in
several Python processes.

A line is a value in JSON, and so is each line of the output: the results, in
order. Where a call fails the line is null, and a line on standard error tells
the input's number, the input, the error and the traceback. A worker that dies
fails its own call only. Interrupted, the command says how many lines are done.`

func workCommand() *cobra.Command {
	var f workFlags
	cmd := &cobra.Command{
		Use:     "work MODULE:FUNCTION [FILE]",
		Short:   "Call a Python function with each line of JSON, in many processes",
		Long:    workLong,
		Example: "  seq 10 | brine work math:sqrt",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := cmd.InOrStdin()
			if len(args) == 2 {
				file, err := os.Open(args[1])
				if err != nil {
					return err
				}
				defer file.Close()
				in = file
			}
			return f.work(cmd.Context(), args[0], in, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.python, "python", "python3", "run workers with `PYTHON`")
	fl.StringArrayVar(&f.path, "path", []string{"."}, "modules are in `DIR`; may be repeated")
	fl.IntVar(&f.workers, "workers", runtime.NumCPU(), "run `N` processes")
	fl.DurationVar(&f.timeout, "timeout", 0, "stop a call after `TIME`; 0 is never")
	fl.IntVar(&f.retries, "retries", 0, "try a call up to `N` times more whose worker died")
	return cmd
}

// start starts the workers.
func (f *workFlags) start(ctx context.Context, e *engine.Engine) (*pool.Pool, error) {
	if f.workers < 1 {
		return nil, fmt.Errorf("--workers %d: at least 1 is needed", f.workers)
	}
	python, err := pyinterop.Probe(ctx, f.python)
	if err != nil {
		return nil, fmt.Errorf("--python: %w", err)
	}
	g := process.Group{N: f.workers}
	g.Process.Python = python
	for _, dir := range f.path {
		if dir, err = filepath.Abs(dir); err != nil {
			return nil, fmt.Errorf("--path: %w", err)
		}
		g.Process.Path = append(g.Process.Path, dir)
	}
	return pool.New(e, pool.Config{
		Backend: process.NewBackend(g),
		Options: pool.Options{Timeout: f.timeout, Retries: f.retries},
	})
}

func (f *workFlags) work(ctx context.Context, name string, in io.Reader, out, log io.Writer) (err error) {
	module, function, ok := strings.Cut(name, ":")
	if !ok || module == "" || function == "" {
		return fmt.Errorf("%q names no function: want MODULE:FUNCTION", name)
	}
	e, err := engine.New(engine.Config{Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	p, err := f.start(ctx, e)
	if err != nil {
		return err
	}
	defer p.Terminate()
	inputs := &jsonLines{in: in, kept: make(map[int]any)}
	w := bufio.NewWriter(out)
	defer w.Flush()
	done, failed := 0, 0
	for v, err := range pool.IMap[any](ctx, p, pickle.Global{Module: module, Name: function}, inputs.all()) {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted: %d lines are done", done)
		}
		input := inputs.take(done)
		done++
		var line []byte
		if err == nil {
			line, err = json.Marshal(jsonOrRepr(v))
		}
		if err != nil {
			failed++
			line = []byte("null")
			report(log, done, input, err)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
		if inputs.idle() { // show what is there before waiting for more
			w.Flush()
		}
	}
	switch {
	case inputs.err != nil:
		return inputs.err
	case failed > 0:
		return fmt.Errorf("%d of %d calls failed", failed, done)
	}
	return nil
}

// report tells of a call that failed.
func report(log io.Writer, line int, input any, err error) {
	r := struct {
		Line      int    `json:"line"`
		Input     any    `json:"input"`
		Error     string `json:"error"`
		Traceback string `json:"traceback,omitempty"`
	}{Line: line, Input: jsonOrRepr(input), Error: err.Error()}
	if e, ok := errors.AsType[*pickle.Exception](err); ok && e.Cause != nil && len(e.Cause.Args) > 0 {
		r.Traceback, _ = e.Cause.Args[0].(string)
	} else if e, ok := errors.AsType[*pool.RaisedError](err); ok {
		r.Traceback = e.Traceback
	}
	b, _ := json.Marshal(r)
	fmt.Fprintf(log, "%s\n", b)
}

// jsonLines are the inputs. They are kept until their results are there.
type jsonLines struct {
	in  io.Reader
	err error // what ended them; read after the results

	mu   sync.Mutex // guards kept
	kept map[int]any
}

// maxLine is the longest line that is read.
const maxLine = 1 << 30

func (l *jsonLines) all() iter.Seq[any] {
	return func(yield func(any) bool) {
		s := bufio.NewScanner(l.in)
		s.Buffer(nil, maxLine)
		n := 0
		for line := 1; s.Scan(); line++ {
			text := strings.TrimSpace(s.Text())
			if text == "" {
				continue
			}
			v, err := parseJSON(text)
			if err != nil {
				l.err = fmt.Errorf("input line %d is no JSON: %w", line, err)
				return
			}
			l.mu.Lock()
			l.kept[n] = v
			l.mu.Unlock()
			if n++; !yield(v) {
				return
			}
		}
		l.err = s.Err()
	}
}

func (l *jsonLines) take(n int) any {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.kept[n]
	delete(l.kept, n)
	return v
}

func (l *jsonLines) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.kept) == 0
}
