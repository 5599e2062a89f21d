//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// A poolRow is a line about pools with Python workers.
type poolRow struct {
	id, what, unit string
	mode           string
	size           int
	kinds          []string // beside "brine": those of python/pool.py
	figure         func(opsASecond float64) float64
	goals          []goal
}

func milliseconds(ops float64) float64 { return 1e3 / ops }

const array = 8 << 20

var poolRows = []poolRow{
	{"P1", "map, chunk 1", "us/task", "map", 0, []string{"python", "ppe", "loky", "go"}, microseconds,
		[]goal{atMost(0.25, "python"), atMost(0.06, "ppe"), atMost(0.03, "loky")}},
	{"P2", "apply via a manager", "us", "apply", 0, []string{"python", "local"}, microseconds,
		[]goal{atMost(0.25, "python"), atMost(1.5, "local")}},
	{"P2", "apply_async, get, drop", "us", "applyasync", 0, []string{"python", "local"}, microseconds, nil},
	{"P3", "1 MiB bytes in", "MB/s", "in", 1 << 20, []string{"python", "ppe", "loky"}, megabytes(1 << 20), []goal{atLeast(1.8, "python")}},
	{"P3", "8 MiB array in", "MB/s", "arrayin", array, []string{"python", "ppe", "loky"}, megabytes(array), []goal{atLeast(4.5, "python")}},
	{"P4", "1 MiB bytes back", "MB/s", "out", 1 << 20, []string{"python", "ppe", "loky"}, megabytes(1 << 20), []goal{atLeast(5, "python")}},
	{"P4", "8 MiB array back", "MB/s", "arrayout", array, []string{"python", "ppe", "loky"}, megabytes(array), []goal{atLeast(5, "python")}},
	{"P5", "start 2 workers", "ms", "start", 2, []string{"python", "forkserver"}, milliseconds, []goal{atMost(0.45, "python")}},
	{"P5", "start 8 workers", "ms", "start", 8, []string{"python", "forkserver"}, milliseconds, []goal{atMost(0.25, "python")}},
}

// pools returns what measures the rows of that name.
func pools(id string) func(*bench) ([]line, error) {
	return func(b *bench) (lines []line, err error) {
		for _, r := range poolRows {
			if r.id != id {
				continue
			}
			l, err := r.measure(b)
			if err != nil {
				return lines, fmt.Errorf("%s: %w", r.what, err)
			}
			lines = append(lines, l)
		}
		return lines, nil
	}
}

func (r poolRow) measure(b *bench) (line, error) {
	var contenders []contender
	for _, name := range append([]string{"brine"}, r.kinds...) {
		args, stop, err := r.command(b, name)
		if err != nil {
			return line{}, fmt.Errorf("%s: %w", name, err)
		}
		defer stop()
		c, err := begin(args)
		if err != nil {
			return line{}, fmt.Errorf("%s: %w", name, err)
		}
		defer c.stop()
		contenders = append(contenders, contender{&peer{name: name, cmd: c.cmd}, c.run})
	}
	res, err := b.measure(contenders)
	if err != nil {
		return line{}, err
	}
	return line{r.id, r.what, r.unit, res.values(func(s sample) float64 { return r.figure(s.ops) }), r.goals, res.note()}, nil
}

// command is that of a contender, and what ends the server that it needs.
func (r poolRow) command(b *bench, name string) (args []string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	script, size := filepath.Join(b.scripts, "pool.py"), strconv.Itoa(r.size)
	stop = func() {}
	if r.id == "P2" {
		switch name {
		case "brine":
			p, err := b.start("brine", "unix", "--pool-python", b.python, "--pool-workers", strconv.Itoa(poolWorkers))
			if err != nil {
				return nil, nil, err
			}
			return []string{b.python, script, "managed", r.mode, size, p.address, b.keyFile}, p.stop, nil
		case "python":
			return []string{b.python, script, "managed", r.mode, size}, stop, nil
		}
		return []string{b.python, script, "mp", r.mode, size}, stop, nil
	}
	switch kind := name; kind {
	case "brine":
		args = []string{self, "pool", r.mode, size, b.python}
		if r.mode == "start" {
			args = append(args, "forkserver")
		}
		return args, stop, nil
	case "python":
		kind = "mp"
		if r.mode == "start" {
			kind = "spawn"
		}
		return []string{b.python, script, kind, r.mode, size}, stop, nil
	default:
		return []string{b.python, script, kind, r.mode, size, self}, stop, nil
	}
}
