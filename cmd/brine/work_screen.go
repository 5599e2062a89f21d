package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// A screen is standard error: lines, and on a terminal a bar beneath them that
// tells how far the run is.
type screen struct {
	out   io.Writer
	width func() int // of the terminal; nil is none
	now   func() time.Time

	mu      sync.Mutex // guards what follows: workers' lines come from elsewhere
	running bool
	bar     bool // stands there
	told    time.Time
	progress
}

// progress counts calls.
type progress struct {
	started      time.Time
	done, failed int
	here         int   // of done, by this run
	length       int64 // of the input; 0 is unknown
	first, at    int64 // where the run began in it, and where it is
}

// lineTime is how often a line tells of the progress where there is no
// terminal.
const lineTime = 30 * time.Second

func newScreen(out io.Writer) *screen {
	s := &screen{out: out, now: time.Now}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.width = func() int {
			if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
				return n
			}
			return 80
		}
	}
	return s
}

// begin begins a run. An earlier one has done and failed calls.
func (s *screen) begin(length int64, done, failed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running, s.told = true, s.now()
	s.progress = progress{started: s.now(), done: done, failed: failed, length: length, first: -1}
}

// count says that a call is done, whose input ended there.
func (s *screen) count(failed bool, at int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done++
	s.here++
	if failed {
		s.failed++
	}
	if s.first < 0 {
		s.first = at
	}
	s.at = max(s.at, at)
}

// draw shows the progress: at each call on a terminal, else now and then.
func (s *screen) draw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	switch {
	case !s.running:
	case s.width != nil:
		s.show(s.line(now, s.width()-1))
	case now.Sub(s.told) >= lineTime:
		s.told = now
		fmt.Fprintf(s.out, "brine: %s\n", s.line(now, 0))
	}
}

func (s *screen) show(line string) {
	fmt.Fprintf(s.out, "\r%s\x1b[K", line)
	s.bar = true
}

// clear takes the bar away.
func (s *screen) clear() {
	if s.bar {
		io.WriteString(s.out, "\r\x1b[K")
		s.bar = false
	}
}

// end leaves the last progress standing.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
	if s.width == nil {
		return
	}
	s.clear()
	took := s.now().Sub(s.started)
	fmt.Fprintf(s.out, "%s in %s\n", s.counts(s.now()), clock(took))
}

// say writes a line of ours.
func (s *screen) say(format string, args ...any) { s.write(fmt.Appendf(nil, format+"\n", args...)) }

func (s *screen) write(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.out.Write(b)
}

// Write is for the log, which comes in lines.
func (s *screen) Write(b []byte) (int, error) {
	if !bytes.HasSuffix(b, []byte("\n")) {
		b = append(b[:len(b):len(b)], '\n')
	}
	s.write(b)
	return len(b), nil
}

// counts is the part of the progress that is always there.
func (p *progress) counts(now time.Time) string {
	text := grouped(p.done) + " done"
	if p.failed > 0 {
		text += ", " + grouped(p.failed) + " failed"
	}
	if seconds := now.Sub(p.started).Seconds(); seconds > 0 && p.here > 0 {
		text += ", " + speed(float64(p.here)/seconds)
	}
	return text
}

// line is the progress in a line of so many columns; 0 is without a bar.
func (p *progress) line(now time.Time, width int) string {
	text := p.counts(now)
	if p.length <= 0 || p.first < 0 {
		return cut(text, width)
	}
	part := float64(p.at) / float64(p.length)
	tail := fmt.Sprintf("%3.0f%%", 100*part)
	if moved := p.at - p.first; moved > 0 {
		left := now.Sub(p.started).Seconds() / float64(moved) * float64(p.length-p.at)
		tail += ", " + clock(time.Duration(left*float64(time.Second))) + " left"
	}
	if width == 0 {
		return text + ", " + strings.TrimSpace(tail)
	}
	room := width - len(text) - len(tail) - 4
	if room < 10 {
		return cut(text+"  "+tail, width)
	}
	room = min(room, 40)
	full := int(part * float64(room))
	return text + " [" + strings.Repeat("#", full) + strings.Repeat("-", room-full) + "] " + tail
}

func cut(text string, width int) string {
	if width > 0 && len(text) > width {
		return text[:width]
	}
	return text
}

// grouped is a number as people read it: 12,345.
func grouped(n int) string {
	text := itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func itoa(n int) string { return strconv.Itoa(n) }

// speed is calls per second.
func speed(rate float64) string {
	if rate < 10 {
		return fmt.Sprintf("%.1f/s", rate)
	}
	return grouped(int(rate)) + "/s"
}

// clock is a time as people read it: 2.5s, 0:42, 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case s < 3600:
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
