package process

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"

	"github.com/brine-go/brine/pool"
)

// output logs what a worker prints, line by line, with the task that it is at,
// and keeps the last of it. Lines and answers come on ways of their own: a line
// that is read when its task has ended has the number of the next, or none.
type output struct {
	log    *slog.Logger
	mu     sync.Mutex // guards what follows
	job    int64      // of the task, 0 is none
	index  int64
	recent []byte // of stderr
}

// maxRecent is how much of what a worker wrote last is told when it dies.
const maxRecent = 2 << 10

func newOutput(w *worker) *output {
	return &output{log: w.queue.Engine().Logger().With("worker", w.slot.name)}
}

// task says which task the worker is at.
func (o *output) task(t *pool.Task) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.job, o.index = 0, 0
	if t != nil {
		o.job, o.index = t.Job, t.Index
	}
}

func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(bytes.TrimSpace(o.recent))
}

func (o *output) stream(name string) io.Writer {
	level := slog.LevelInfo
	if name == "stderr" {
		level = slog.LevelWarn
	}
	return &lines{output: o, name: name, level: level}
}

// lines logs each line that is written to it.
type lines struct {
	output *output
	name   string
	level  slog.Level
	rest   []byte // of a line that has no end yet
}

// maxLine is how long a line is logged in one piece.
const maxLine = 64 << 10

func (l *lines) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		l.rest = append(l.rest, line...)
		if whole || len(l.rest) >= maxLine {
			l.output.line(l.name, l.level, l.rest)
			l.rest = l.rest[:0]
		}
		b = rest
	}
	return n, nil
}

func (o *output) line(stream string, level slog.Level, line []byte) {
	o.mu.Lock()
	attrs := []slog.Attr{slog.String("stream", stream)}
	if o.job != 0 {
		attrs = append(attrs, slog.Int64("job", o.job), slog.Int64("task", o.index))
	}
	if stream == "stderr" {
		o.recent = append(append(o.recent, line...), '\n')
		if n := len(o.recent); n > maxRecent {
			o.recent = append(o.recent[:0], o.recent[n-maxRecent:]...)
		}
	}
	o.mu.Unlock()
	o.log.LogAttrs(context.Background(), level, string(line), attrs...)
}
