//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	maxForeign   = 0.15 // of a core; a busier window is left out
	ticksASecond = 100  // USER_HZ, the unit of /proc
)

// A sample is one window of one peer.
type sample struct {
	ops      float64 // a second
	cpu      float64 // microseconds of the server an operation
	p50, p99 float64 // microseconds
}

// work is what a window did.
type work struct {
	ops      int
	elapsed  time.Duration
	p50, p99 float64
}

// A contender is a peer with its load, both ready to run.
type contender struct {
	*peer
	run func(time.Duration) (work, error)
}

// results are the medians by peer.
type results struct {
	by    map[string]sample
	noisy bool // too few windows were quiet
}

// measure runs the contenders in turn until each has its quiet windows, or
// until three times as many have been tried.
func (b *bench) measure(contenders []contender) (results, error) {
	quiet, all := map[string][]sample{}, map[string][]sample{}
	for range 3 * b.windows {
		done := true
		for _, c := range contenders {
			s, foreign, err := window(c, b.window)
			if err != nil {
				return results{}, fmt.Errorf("%s: %w", c.name, err)
			}
			all[c.name] = append(all[c.name], s)
			if foreign <= maxForeign {
				quiet[c.name] = append(quiet[c.name], s)
			}
			done = done && len(quiet[c.name]) >= b.windows
		}
		if done {
			break
		}
	}
	r := results{by: map[string]sample{}}
	for name := range all {
		use := quiet[name]
		if len(use) < b.windows {
			use, r.noisy = all[name], true
		}
		r.by[name] = medians(use)
	}
	return r, nil
}

// values picks one figure of every peer.
func (r results) values(pick func(sample) float64) map[string]float64 {
	m := map[string]float64{}
	for name, s := range r.by {
		m[name] = pick(s)
	}
	return m
}

func (r results) note() string {
	if r.noisy {
		return "other work was running: not all windows were quiet"
	}
	return ""
}

func opsOf(s sample) float64 { return s.ops }
func cpuOf(s sample) float64 { return s.cpu }
func p50Of(s sample) float64 { return s.p50 }
func p99Of(s sample) float64 { return s.p99 }

func window(c contender, d time.Duration) (s sample, foreign float64, err error) {
	start := time.Now()
	before, cpu := foreignTicks(), c.cpu()
	w, err := c.run(d)
	if err != nil {
		return s, 0, err
	}
	cpu = c.cpu() - cpu
	foreign = (foreignTicks() - before) / ticksASecond / time.Since(start).Seconds()
	if w.ops == 0 {
		return s, foreign, fmt.Errorf("no operation ended within %v", d)
	}
	return sample{
		ops: float64(w.ops) / w.elapsed.Seconds(),
		cpu: float64(cpu.Nanoseconds()) / 1000 / float64(w.ops),
		p50: w.p50,
		p99: w.p99,
	}, foreign, nil
}

func medians(s []sample) sample {
	return sample{
		ops: medianOf(s, opsOf), cpu: medianOf(s, cpuOf),
		p50: medianOf(s, p50Of), p99: medianOf(s, p99Of),
	}
}

func medianOf(s []sample, pick func(sample) float64) float64 {
	v := make([]float64, len(s))
	for i := range s {
		v[i] = pick(s[i])
	}
	return median(v)
}

func median(v []float64) float64 {
	slices.Sort(v)
	n := len(v)
	if n == 0 {
		return 0
	}
	return (v[(n-1)/2] + v[n/2]) / 2
}

// percentiles sorts v, which holds nanoseconds, and returns microseconds.
func percentiles(v []int64) (p50, p99 float64) {
	if len(v) == 0 {
		return 0, 0
	}
	slices.Sort(v)
	return float64(v[len(v)/2]) / 1000, float64(v[len(v)*99/100]) / 1000
}

// cpuTime is what a process has used, threads that ended included, to the
// nanosecond. /proc/PID/stat would tell it in ticks of 10 ms.
func cpuTime(pid int) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|2), &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// foreignTicks is the time that processes outside of our process group have
// used. Interrupts are nobody's and are left out.
func foreignTicks() float64 {
	return machineTicks() - groupTicks(syscall.Getpgrp())
}

func machineTicks() float64 {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	f := strings.Fields(line) // cpu user nice system idle …
	if len(f) < 4 {
		return 0
	}
	return number(f[1]) + number(f[2]) + number(f[3])
}

func groupTicks(group int) (sum float64) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if e.Name()[0] < '0' || e.Name()[0] > '9' {
			continue
		}
		text, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		// The name, in parentheses, may hold anything.
		f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(f) < 15 || int(number(f[2])) != group {
			continue
		}
		for _, v := range f[11:15] { // utime stime cutime cstime
			sum += number(v)
		}
	}
	return sum
}

func number(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return v
}

// status reads a number of /proc/PID/status, such as VmRSS in KiB.
func status(pid int, field string) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				return number(f[0])
			}
		}
	}
	return 0
}

// raiseFileLimit takes all descriptors that we may have. A limit that was set
// is inherited by the servers too.
func raiseFileLimit() error {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return err
	}
	r.Cur = r.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &r)
}
