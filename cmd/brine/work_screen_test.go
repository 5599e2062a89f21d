package main

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestScreen: on a terminal a bar stands beneath the lines, elsewhere a line tells
// of the progress now and then.
func TestScreen(t *testing.T) {
	for _, tt := range []struct {
		name   string
		width  int // 0 is no terminal
		length int64
		want   string
	}{
		{"a terminal", 50, 4000,
			"\r0 done\x1b[K" +
				"\r1,001 done, 1 failed, 100/s   25%, 0:30 left\x1b[K" +
				"\r\x1b[Ka line\n" +
				"1,001 done, 1 failed, 33/s in 0:30\n"},
		{"a wide terminal", 80, 4000,
			"\r0 done\x1b[K" +
				"\r1,001 done, 1 failed, 100/s [########-------------------------]  25%, 0:30 left\x1b[K" +
				"\r\x1b[Ka line\n" +
				"1,001 done, 1 failed, 33/s in 0:30\n"},
		{"standard input", 80, 0,
			"\r0 done\x1b[K" + "\r1,001 done, 1 failed, 100/s\x1b[K" + "\r\x1b[Ka line\n" + "1,001 done, 1 failed, 33/s in 0:30\n"},
		{"no terminal", 0, 4000,
			"a line\n" + "brine: 1,001 done, 1 failed, 33/s, 25%, 1:30 left\n"},
	} {
		var out bytes.Buffer
		s := newScreen(&out)
		now := time.Unix(0, 0)
		s.now = func() time.Time { return now }
		if tt.width > 0 {
			s.width = func() int { return tt.width }
		}
		s.begin(tt.length, 0, 0)
		s.draw()
		for i := range 1001 {
			s.count(i == 0, int64(i))
		}
		now = now.Add(10 * time.Second)
		s.draw()
		s.say("a %s", "line")
		now = now.Add(20 * time.Second)
		if tt.width == 0 {
			s.draw()
		}
		s.end()
		if got := out.String(); got != tt.want {
			t.Errorf("%s:\n%q, want\n%q", tt.name, got, tt.want)
		}
		for line := range strings.FieldsFuncSeq(out.String(), func(r rune) bool { return r == '\r' || r == '\n' }) {
			if n := len(strings.TrimSuffix(line, "\x1b[K")); tt.width > 0 && n >= tt.width {
				t.Errorf("%s: %d columns: %s", tt.name, n, line)
			}
		}
	}
}

// TestWorkGivesUp: where no worker starts, no call is blamed for it.
func TestWorkGivesUp(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "sitecustomize.py", "import os, sys\nif 'multiprocessing' in ' '.join(sys.orig_argv): os._exit(7)\n")
	c := workCommandIn(t, dir, "math:sqrt")
	c.cmd.Env = append(c.cmd.Env, "PYTHONPATH="+dir)
	c.cmd.Stdin = strings.NewReader("1\n2\n")
	out, err := c.cmd.Output()
	if log := c.stderr.String(); err == nil || len(out) > 0 || strings.Contains(log, "line 1") ||
		!strings.Contains(log, "brine: pool/process: 5 starts of a worker failed in a row") {
		t.Errorf("it ended with %v, %q and %q", err, out, log)
	}
}

// TestWorkCannotWrite: what cannot be written ends the run.
func TestWorkCannotWrite(t *testing.T) {
	w := &results{out: &counted{Writer: bufio.NewWriter(failing{})}, dirty: true}
	if err := w.checkpoint(0, 0); err != nil {
		t.Errorf("nothing to write: %v", err)
	}
	w.put(0, []byte("1\n"), false)
	if err := w.checkpoint(1, 1); !errors.Is(err, errFull) {
		t.Errorf("the error is %v", err)
	}
}

var errFull = errors.New("no space left")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// TestSpans: what is done is few spans, whatever the order.
func TestSpans(t *testing.T) {
	var j journal
	for _, n := range []int{5, 1, 0, 3, 2, 7, 6, 9} {
		j.add(n)
	}
	if want := []span{{0, 4}, {5, 8}, {9, 10}}; len(j.Done) != 3 || j.Done[0] != want[0] || j.Done[1] != want[1] || j.Done[2] != want[2] {
		t.Errorf("%v, want %v", j.Done, want)
	}
	for n, want := range []bool{true, true, true, true, false, true, true, true, false, true, false} {
		if j.has(n) != want {
			t.Errorf("has(%d) is %v", n, !want)
		}
	}
	if j.low() != 4 || j.count() != 8 {
		t.Errorf("low %d and count %d, want 4 and 8", j.low(), j.count())
	}
}
