// Command sharedarray shares a numpy array with a Python program, under a lock.
// Start it, and beside it, in another terminal, the Python program:
//
//	go run ./examples/sharedarray
//	python3 examples/sharedarray/add.py
//
// Both add one to all items of the array, a hundred times, while they hold the
// lock. The items lie in shared memory: no byte of them is copied or sent.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

const (
	length = 1_000_000
	rounds = 100
)

func main() {
	engine.Main() // the process that removes the names if we are killed never comes back from here
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sharedarray:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	eng, err := engine.New(engine.Config{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, eng.Close()) }()
	sharedmemory.Register(eng)
	synchronize.Register(eng)

	memory, err := sharedmemory.Create(eng, "", 8*length)
	if err != nil {
		return err
	}
	defer memory.Close()
	array, err := sharedmemory.View[float64](memory, 0, length)
	if err != nil {
		return err
	}
	lock, err := synchronize.NewLock(eng)
	if err != nil {
		return err
	}

	python, err := meet(ctx, eng, out)
	if err != nil {
		return err
	}
	defer python.Close()
	if err := send(ctx, eng, python, pickle.Tuple{lock, memory, length, rounds}); err != nil {
		return err
	}
	for range rounds {
		if err := add(ctx, lock, array); err != nil {
			return err
		}
	}
	if _, err := python.Recv(ctx); err != nil { // it is done, too
		return err
	}
	for i, v := range array {
		if v != 2*rounds {
			return fmt.Errorf("item %d is %v, want %v", i, v, 2*rounds)
		}
	}
	fmt.Fprintf(out, "each of the %d items is %v: %d from Go and as many from Python\n", length, array[0], rounds)
	return nil
}

// add adds one to all items.
func add(ctx context.Context, lock *synchronize.Lock, array []float64) error {
	if err := lock.Acquire(ctx); err != nil {
		return err
	}
	for i := range array {
		array[i]++
	}
	return lock.Release()
}

// meet waits for the Python program. It connects to a socket in a folder that is
// ours alone, so there is no need of a key.
func meet(ctx context.Context, eng *engine.Engine, out io.Writer) (*connection.Conn, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("brine-sharedarray-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: another one runs, or was killed: remove it then", err)
	}
	defer os.RemoveAll(dir)
	cfg := eng.Connection()
	cfg.Authkey = nil
	l, err := connection.Listen(ctx, connection.Address{Path: filepath.Join(dir, "socket")}, cfg)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	fmt.Fprintln(out, "now run: python3 examples/sharedarray/add.py")
	return l.Accept(ctx)
}

// send pickles v as for a child that is being started, which may have locks:
// they are open to whoever knows their names, for as long as we are there.
func send(ctx context.Context, eng *engine.Engine, c *connection.Conn, v any) error {
	b, err := eng.Connection().Codec.Marshal(reduction.WithInheritance(ctx, new(reduction.Inheritance)), v)
	if err != nil {
		return err
	}
	return c.SendBytes(ctx, b)
}
