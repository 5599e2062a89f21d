// Command worker is the Go child whose start the process rows measure: it can
// what a program with a pool's worker can, and nothing else.
package main

import (
	"context"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pool/process"
)

func setup(e *engine.Engine) {
	process.Register(e)
	e.Func("bench.send", func(ctx context.Context, c *connection.Conn, v any) error { return c.Send(ctx, v) })
	e.Func("bench.nothing", func() {})
}

func main() { engine.Main(setup) }
