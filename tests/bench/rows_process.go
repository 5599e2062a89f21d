//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A processRow is a line about children: how long until the first result of one
// that is started, or of a call of one that runs.
type processRow struct {
	id, what, unit string
	brine          []string // the command, of words for processCommand
	python, floor  []string
	figure         func(sample) float64
	goals          []goal
}

func p50Milliseconds(s sample) float64 { return s.p50 / 1000 }

// The commands: a mode of this program or of python/process.py, and what it is
// given.
var (
	byGo     = func(mode string, with string) []string { return []string{"{bench}", "process", mode, with} }
	byPython = func(mode string, with ...string) []string {
		return append([]string{"{python}", "-c", "import process; process.main()", mode}, with...)
	}
)

var processRows = []processRow{
	{"C1", "Go starts Python", "ms", byGo("spawn", "{python}"), byPython("spawn"), nil, p50Milliseconds, []goal{atMost(1, "python")}},
	{"C2", "by a fork server", "ms", byGo("forkserver", "{python}"), byPython("forkserver"), nil, p50Milliseconds, []goal{atMost(1, "python")}},
	{"C3", "Python starts Go", "ms", byPython("go", "{worker}"), byPython("spawn"), byPython("floor", "/bin/true"), p50Milliseconds, []goal{atMost(0.1, "python")}},
	{"C4", "Go starts Go", "ms", byGo("go", "{worker}"), byPython("spawn"), nil, p50Milliseconds, nil},
	{"C5", "prepared Python", "ms", byGo("prepared", "{python}"), byPython("spawn"), nil, p50Milliseconds, nil},
	{"C6", "Go calls Python", "us", byGo("pool", "{python}"), byPython("pool"), nil, p50Of, nil},
	{"C7", "Python calls Go", "us", byPython("gopool", "{worker}"), byPython("pool"), nil, p50Of, nil},
	{"C8", "Go calls Go", "us", byGo("gopool", "{worker}"), byPython("pool"), nil, p50Of, nil},
}

// children returns what measures the row of that name.
func children(id string) func(*bench) ([]line, error) {
	return func(b *bench) (lines []line, err error) {
		worker, err := b.worker()
		if err != nil {
			return nil, err
		}
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		os.Setenv("PYTHONPATH", b.scripts)
		words := map[string]string{"{bench}": self, "{python}": b.python, "{worker}": worker}
		for _, r := range processRows {
			if r.id != id {
				continue
			}
			l, err := r.measure(b, words)
			if err != nil {
				return lines, fmt.Errorf("%s: %w", r.what, err)
			}
			lines = append(lines, l)
		}
		return lines, nil
	}
}

func (r processRow) measure(b *bench, words map[string]string) (line, error) {
	var contenders []contender
	for name, command := range map[string][]string{"brine": r.brine, "python": r.python, "floor": r.floor} {
		if command == nil {
			continue
		}
		args := make([]string, len(command))
		for i, word := range command {
			if args[i] = word; words[word] != "" {
				args[i] = words[word]
			}
		}
		p, err := begin(args)
		if err != nil {
			return line{}, fmt.Errorf("%s: %w", name, err)
		}
		defer p.stop()
		contenders = append(contenders, contender{&peer{name: name, cmd: p.cmd}, p.run})
	}
	res, err := b.measure(contenders)
	if err != nil {
		return line{}, err
	}
	return line{r.id, r.what, r.unit, res.values(r.figure), r.goals, res.note()}, nil
}

// worker builds the Go child, once.
func (b *bench) worker() (string, error) {
	path := filepath.Join(b.dir, "worker")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	cmd := exec.Command("go", "build", "-o", path, "github.com/brine-go/brine/tests/bench/worker")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does: with libc it starts later
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the worker: %w\n%s", err, out)
	}
	return path, nil
}
