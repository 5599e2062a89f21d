// Command goworkers runs Go functions in the workers of a Python Pool.
//
//	go run ./examples/goworkers [-python python3]
//
// This program is two things. Started by you, it runs pool.py, which is a Python
// program. Started by the Pool of that program, as an interpreter would be, it
// is a worker: engine.Main sees the difference.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool/process"
	"github.com/brine-go/brine/pyinterop"
)

//go:embed pool.py
var script []byte

// setup says what a worker can do.
func setup(e *engine.Engine) {
	process.Register(e)
	e.Func("primes.count(limit)", count, "How many primes there are below limit.")
}

// count is how many primes there are below limit.
func count(limit int64) (int64, error) {
	if limit < 0 {
		return 0, pickle.ValueError.New(fmt.Sprintf("no primes below %d", limit))
	}
	sieve := make([]bool, limit)
	var primes int64
	for n := int64(2); n < limit; n++ {
		if sieve[n] {
			continue
		}
		primes++
		for m := n * n; m < limit; m += n {
			sieve[m] = true
		}
	}
	return primes, nil
}

func main() {
	engine.Main(setup) // a worker never comes back from here
	python := flag.String("python", "python3", "the interpreter that runs pool.py")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *python, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "goworkers:", err)
		os.Exit(1)
	}
}

// run runs pool.py and tells it which program its workers are: this one.
func run(ctx context.Context, python string, out io.Writer) error {
	worker, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "goworkers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := pyinterop.WriteHelper(dir); err != nil {
		return err
	}
	file := filepath.Join(dir, "pool.py")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, python, file, worker)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+dir)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	return cmd.Run()
}
