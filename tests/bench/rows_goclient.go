//go:build linux

package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/syncmanager"
)

// A goClient is package managers as a client, in this process: in the table it
// has brine's column, and stock Python clients of the same server Python's.
type goClient struct {
	*managers.Client
	engine *engine.Engine
	step   func(ctx context.Context) error // two operations
}

const stepOps = 2

// goSteps are what clients.py does in the modes of those names.
var goSteps = map[string]func(ctx context.Context, c *managers.Client) (step func(context.Context) error, err error){
	"dict": func(ctx context.Context, c *managers.Client) (func(context.Context) error, error) {
		d, err := syncmanager.NewDict(ctx, c, map[string]int64{"key7": 7, "key8": 8})
		return func(ctx context.Context) error {
			if _, err := d.Get(ctx, "key7"); err != nil {
				return err
			}
			return d.Set(ctx, "key8", 42)
		}, err
	},
	"queue": func(ctx context.Context, c *managers.Client) (func(context.Context) error, error) {
		q, err := syncmanager.NewQueue[int64](ctx, c, 0)
		return func(ctx context.Context) error {
			if err := q.Put(ctx, 7); err != nil {
				return err
			}
			_, err := q.Get(ctx)
			return err
		}, err
	},
}

func (b *bench) goClient(mode string, p *peer) (*goClient, error) {
	e, err := engine.New(engine.Config{})
	if err != nil {
		return nil, err
	}
	g := &goClient{engine: e}
	ctx := context.Background()
	g.Client, err = managers.Dial(ctx, e, connection.Address{Path: p.address}, managers.ClientConfig{Authkey: b.key})
	if err == nil {
		g.step, err = goSteps[mode](ctx, g.Client)
	}
	if err != nil {
		e.Close()
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return g, nil
}

func (g *goClient) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	g.Close(ctx)
	g.engine.Close()
}

// run has n goroutines work for d.
func (g *goClient) run(n int, d time.Duration) (work, error) {
	var running sync.WaitGroup
	steps, errs := make([]int, n), make([]error, n)
	start := time.Now()
	for i := range n {
		running.Go(func() {
			for time.Since(start) < d && errs[i] == nil {
				errs[i] = g.step(context.Background())
				steps[i]++
			}
		})
	}
	running.Wait()
	w := work{elapsed: time.Since(start)}
	for i := range n {
		if errs[i] != nil {
			return w, errs[i]
		}
		w.ops += stepOps * steps[i]
	}
	return w, nil
}

// goClients measures a row, GO1 on brine's server or GO2 on Python's: how much
// more goroutines get done than as many Python processes.
func goClients(id, server string) func(*bench) ([]line, error) {
	return func(b *bench) (lines []line, err error) {
		ratios := map[int]float64{1: 1.3, 8: 1.8, 64: 2.3}
		for _, mode := range []string{"dict", "queue"} {
			for _, n := range []int{1, 8, 64} {
				r, err := b.goBesideStock(server, mode, n)
				if err != nil {
					return lines, err
				}
				l := line{id, fmt.Sprintf("%s, %d clients", mode, n), "ops/s", r.values(opsOf), nil, r.note()}
				if server == "brine" {
					l.goals = []goal{atLeast(ratios[n], "python")}
				}
				lines = append(lines, l)
			}
		}
		return lines, nil
	}
}

func (b *bench) goBesideStock(server, mode string, n int) (results, error) {
	p, err := b.start(server, "unix")
	if err != nil {
		return results{}, err
	}
	defer p.stop()
	g, err := b.goClient(mode, p)
	if err != nil {
		return results{}, err
	}
	defer g.stop()
	stock, err := b.clients(mode, p, n)
	if err != nil {
		return results{}, err
	}
	defer stock.stop()
	as := func(column string) *peer {
		own := *p
		own.name = column
		return &own
	}
	return b.measure([]contender{
		{as("brine"), func(d time.Duration) (work, error) { return g.run(n, d) }},
		{as("python"), stock.run},
	})
}
