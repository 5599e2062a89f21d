//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// An engineRow is a line about what processes of one host share.
type engineRow struct {
	id, what, unit string
	mode           string
	size           int
	other          bool // the other end of brine's is a Python
	figure         func(opsASecond float64) float64
	goals          []goal
	pairs          int // how many are drawn, one after another
}

func microseconds(ops float64) float64 { return 1e6 / ops }
func nanoseconds(ops float64) float64  { return 1e9 / ops }

func megabytes(size int) func(float64) float64 {
	return func(ops float64) float64 { return ops * float64(size) / 1e6 }
}

const large = 64 << 20

// pairs of processes are drawn where a Python receives what is large: whether
// its malloc keeps the memory of one message for the next, or returns it to the
// system, is a matter of how its heap happens to lie, for as long as it lives;
// it makes up to five times the speed.
const pairs = 5

var engineRows = []engineRow{
	{"I1", "64 B stream", "us/msg", "stream", 64, false, microseconds, []goal{atMost(0.1, "python")}, 1},
	{"I2", "1 MiB stream", "MB/s", "stream", 1 << 20, false, megabytes(1 << 20), []goal{atLeast(3.3, "python")}, pairs},
	{"I2", "64 MiB stream", "MB/s", "stream", large, false, megabytes(large), []goal{atLeast(12, "python")}, pairs},
	{"I3", "to Python, 64 B", "us/msg", "stream", 64, true, microseconds, []goal{atMost(1/1.3, "python")}, 1},
	{"I3", "to Python, 1 MiB", "MB/s", "stream", 1 << 20, true, megabytes(1 << 20), []goal{atLeast(1.3, "python")}, pairs},
	{"I3", "to Python, 64 MiB", "MB/s", "stream", large, true, megabytes(large), []goal{atLeast(1.2, "python")}, pairs},
	{"I4", "with Python, 64 B", "us", "pingpong", 64, true, microseconds, []goal{atMost(0.8, "python"), atMost(0.2, "queue")}, 1},
	{"L1", "lock, taken and freed", "ns", "lock", 0, false, nanoseconds, []goal{atMost(0.5, "python")}, 1},
	{"L2", "hand-off, same core", "ns", "handoff", 0, false, nanoseconds, []goal{atMost(1, "python")}, 1},
	{"S1", "attach and close", "us", "attach", 1 << 20, false, microseconds, []goal{atMost(0.7, "python")}, 1},
	{"S2", "copy in, 64 MiB", "MB/s", "copyin", large, false, megabytes(large), []goal{atLeast(1, "python")}, 1},
	{"S2", "copy out, 64 MiB", "MB/s", "copyout", large, false, megabytes(large), []goal{atLeast(8, "python")}, 1},
}

// sharing returns what measures the rows of that name.
func sharing(id string) func(*bench) ([]line, error) {
	return func(b *bench) (lines []line, err error) {
		for _, r := range engineRows {
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

func (r engineRow) measure(b *bench) (line, error) {
	one := *b
	one.windows = max(1, b.windows/r.pairs)
	all, noisy := map[string][]sample{}, false
	for range r.pairs {
		res, err := r.pair(&one)
		if err != nil {
			return line{}, err
		}
		for name, s := range res.by {
			all[name] = append(all[name], s)
		}
		noisy = noisy || res.noisy
	}
	res := results{map[string]sample{}, noisy}
	for name, samples := range all {
		res.by[name] = medians(samples)
	}
	return line{r.id, r.what, r.unit, res.values(func(s sample) float64 { return r.figure(s.ops) }), r.goals, res.note()}, nil
}

// pair measures brine beside Python, each with processes that are new.
func (r engineRow) pair(b *bench) (res results, err error) {
	script := filepath.Join(b.scripts, "engine.py")
	self, err := os.Executable()
	if err != nil {
		return res, err
	}
	size := strconv.Itoa(r.size)
	ours := []string{self, "engine", r.mode, size}
	if r.other {
		ours = append(ours, b.python, script)
	}
	if r.mode == "handoff" {
		ours = append([]string{"taskset", "-c", "0"}, ours...)
	}
	commands := []struct {
		name string
		args []string
	}{{"brine", ours}, {"python", []string{b.python, script, r.mode, size}}}
	if r.mode == "stream" || r.mode == "pingpong" {
		floor := append([]string{self, "engine", "floor" + r.mode}, ours[3:]...)
		commands = append(commands, struct {
			name string
			args []string
		}{"floor", floor})
	}
	if len(r.goals) > 1 {
		commands = append(commands, struct {
			name string
			args []string
		}{"queue", []string{b.python, script, "queue", size}})
	}
	var contenders []contender
	for _, c := range commands {
		p, err := begin(c.args)
		if err != nil {
			return res, fmt.Errorf("%s: %w", c.name, err)
		}
		defer p.stop()
		if _, err := p.run(time.Millisecond); err != nil { // the other end is up
			return res, fmt.Errorf("%s: %w", c.name, err)
		}
		contenders = append(contenders, contender{&peer{name: c.name, cmd: p.cmd}, p.run})
	}
	return b.measure(contenders)
}

// begin starts a program that speaks as python/engine.py does.
func begin(args []string) (*clients, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &clients{&script{cmd, stdin, bufio.NewReader(stdout)}}
	var ready string
	if err := c.next(20*time.Second, &ready); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}
