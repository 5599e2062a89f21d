package process

import (
	"bytes"
	"context"
	"encoding/binary"
	"log/slog"
	"strings"
	"sync"

	"github.com/brine-go/brine/pool"
)

// output logs what a worker prints, line by line, with the task that it is at,
// and keeps the last of it. Lines and answers come on ways of their own, so an
// answer is only taken when all was read that was written before it.
//
// A Python worker, which may have done many tasks by then, marks what it writes
// (loop.py): before the first that a task writes to a stream comes
//
//	+-------------------+---------------+----+
//	| 0 255 "brine" 255 | uint32 number | \n |
//	+-------------------+---------------+----+
//
// with the number, in network order, that the task's answer will have in its
// journal. What has no mark, since C code or a process of the worker's own wrote
// it, or a Go worker, is from the first task that is not answered, or the one
// that has the last mark; the next tasks are then sent one at a time.
type output struct {
	log    *slog.Logger
	worker *worker
	lines  [2]*lines // of stdout and stderr

	mu     sync.Mutex // guards what follows
	recent []byte     // of stderr
}

const (
	markHead   = "\x00\xffbrine\xff"
	markLength = len(markHead) + 4 + 1
)

// maxRecent is how much of what a worker wrote last is told when it dies.
const maxRecent = 2 << 10

func newOutput(w *worker) *output {
	o := &output{log: w.queue.Engine().Logger().With("worker", w.slot.name), worker: w}
	o.lines[0] = &lines{output: o, name: "stdout", level: slog.LevelInfo}
	o.lines[1] = &lines{output: o, name: "stderr", level: slog.LevelWarn}
	return o
}

// flush logs lines that have no end yet. It is called when nobody is at a task.
func (o *output) flush() {
	for _, l := range o.lines {
		l.flush()
	}
}

func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(bytes.TrimSpace(o.recent))
}

// lines logs each line that is written to it.
type lines struct {
	output *output
	name   string
	level  slog.Level

	mu     sync.Mutex // guards what follows
	part   []byte     // of a mark that has not come as a whole
	marked bool
	number uint32     // in the last mark
	rest   []byte     // of a line that has no end yet
	task   *pool.Task // which wrote rest
}

// maxLine is how long a line is logged in one piece.
const maxLine = 64 << 10

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(b)
	if len(l.part) > 0 {
		b = append(l.part, b...)
		l.part = nil
	}
	for len(b) > 0 {
		text, more, mark := cutMark(b)
		l.text(text)
		switch {
		case !mark:
			l.part = bytes.Clone(more)
			return n, nil
		case len(l.rest) > 0:
			l.end()
		}
		l.marked, l.number = true, binary.BigEndian.Uint32(more[len(markHead):])
		b = more[markLength:]
	}
	return n, nil
}

// cutMark cuts b before a mark, or before what may become one when more is read.
func cutMark(b []byte) (text, more []byte, mark bool) {
	at := 0
	for {
		i := bytes.IndexByte(b[at:], markHead[0])
		if i < 0 {
			return b, nil, false
		}
		at += i
		more = b[at:]
		whole := len(more) >= markLength
		switch head := more[:min(len(more), len(markHead))]; {
		case !strings.HasPrefix(markHead, string(head)) || whole && more[markLength-1] != '\n':
			at++
		default:
			return b[:at], more, whole
		}
	}
}

// text takes what one task wrote.
func (l *lines) text(b []byte) {
	if len(b) == 0 {
		return
	}
	task := l.output.worker.writer(l.marked, l.number)
	for len(b) > 0 {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		if len(l.rest) == 0 {
			l.task = task
		}
		l.rest = append(l.rest, line...)
		if whole || len(l.rest) >= maxLine {
			l.end()
		}
		b = rest
	}
}

// end logs the line.
func (l *lines) end() {
	l.output.line(l.name, l.level, l.task, l.rest)
	l.rest, l.task = l.rest[:0], nil
}

func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.end()
	}
}

func (o *output) line(stream string, level slog.Level, task *pool.Task, line []byte) {
	attrs := []slog.Attr{slog.String("stream", stream)}
	if task != nil {
		attrs = append(attrs, slog.Int64("job", task.Job), slog.Int64("task", task.Index))
	}
	if stream == "stderr" {
		o.keep(line)
	}
	o.log.LogAttrs(context.Background(), level, string(line), attrs...)
}

// keep keeps the last of what was written.
func (o *output) keep(line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.recent = append(append(o.recent, line...), '\n')
	if n := len(o.recent); n > maxRecent {
		o.recent = append(o.recent[:0], o.recent[n-maxRecent:]...)
	}
}
