package engine_test

import (
	"context"
	"fmt"
	"io"
	"log"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
	"github.com/brine-go/brine/reduction"
)

// A child calls any function that its Python can import, and inherits the
// connection that it answers through.
func ExampleEngine_StartProcess() {
	ctx := context.Background()
	python, err := pyinterop.Find(ctx)
	if err != nil {
		log.Fatal(err)
	}
	eng, err := engine.New(engine.Config{}) // main has called engine.Main
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	r, w, err := connection.Pipe(false, eng.Connection())
	if err != nil {
		log.Fatal(err)
	}
	child, err := eng.StartProcess(ctx, engine.ProcessConfig{
		Python: python,
		Target: reduction.Method(w, "send"),
		Args:   pickle.Tuple{pickle.Tuple{"six times seven", int64(42)}},
	})
	if err != nil {
		log.Fatal(err)
	}
	v, err := r.Recv(ctx)
	fmt.Println(v, err, child.Wait(ctx))
	// Output: [six times seven 42] <nil> <nil>
}

// parent is the beginning of the example above.
func parent(ctx context.Context) (*engine.Engine, *pyinterop.Interpreter) {
	python, err := pyinterop.Find(ctx)
	if err != nil {
		log.Fatal(err)
	}
	eng, err := engine.New(engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	return eng, python
}

// A child that was prepared has its start behind it when there is work.
func ExampleEngine_PrepareProcess() {
	ctx := context.Background()
	eng, python := parent(ctx)
	defer eng.Close()
	child, err := eng.PrepareProcess(ctx, engine.ProcessConfig{Python: python})
	if err != nil {
		log.Fatal(err)
	}
	// Here the program does something else; the child starts.
	r, w, err := connection.Pipe(false, eng.Connection())
	if err != nil {
		log.Fatal(err)
	}
	if err := child.Run(ctx, reduction.Method(w, "send"), pickle.Tuple{"ready"}, nil); err != nil {
		log.Fatal(err)
	}
	v, err := r.Recv(ctx)
	fmt.Println(v, err, child.Wait(ctx))
	// Output: ready <nil> <nil>
}

// What a child does not catch is the error of Wait.
func ExampleProcess_Wait() {
	ctx := context.Background()
	eng, python := parent(ctx)
	defer eng.Close()
	child, err := eng.StartProcess(ctx, engine.ProcessConfig{
		Python: python,
		Target: pickle.Global{Module: "decimal", Name: "Decimal"},
		Args:   pickle.Tuple{pickle.NewList("x")},
		Stderr: io.Discard,
	})
	if err != nil {
		log.Fatal(err)
	}
	err = child.Wait(ctx)
	exit, _ := err.(*engine.ExitError)
	fmt.Println(exit.Code, exit.Exception.Class.Error())
	// Output: 1 ValueError
}
