package engine

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pyinterop/spawn"
)

// output is what comes out of a child: what it prints and what it reports.
type output struct {
	logger  *slog.Logger // with the child's name and pid
	streams []*stream
	stderr  *tail
	report  *connection.Conn

	end     context.CancelFunc // called when the child has been reaped
	running sync.WaitGroup     // a reader for each stream, and one for the report

	told *spawn.Uncaught // by the reader, until finish
}

// A stream is a pipe that the child prints to.
type stream struct {
	pipe *os.File

	mu sync.Mutex // held while something is read and handed on
	to io.Writer
	b  []byte // room for what is read
}

// newOutput reads what the pipes bring, from start on.
func newOutput(stdout, stderr, report *os.File, cfg *ProcessConfig) (*output, error) {
	conn, err := connection.FromFile(report, connection.Config{Exact: true})
	if err != nil {
		return nil, err
	}
	outTo, errTo := cfg.Stdout, cfg.Stderr
	if same(outTo, errTo) {
		both := &shared{to: outTo}
		outTo, errTo = both, both
	}
	o := &output{report: conn, stderr: &tail{to: errTo}}
	o.streams = []*stream{{pipe: stdout, to: outTo}, {pipe: stderr, to: o.stderr}}
	return o, nil
}

// same tells whether both are one writer, which is then written to by one
// goroutine at a time, as by os/exec.
func same(a, b io.Writer) bool {
	return a != nil && b != nil && reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// shared is a writer that two streams share.
type shared struct {
	mu sync.Mutex
	to io.Writer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.to.Write(b)
}

// lines logs each line that is written to it.
type lines struct {
	logger *slog.Logger
	level  slog.Level
	rest   []byte // of a line that has no end yet
}

// maxText is how long a line may be that is logged in one piece.
const maxText = 64 << 10

func (l *lines) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		line, rest, found := bytes.Cut(b, []byte("\n"))
		l.rest = append(l.rest, line...)
		if found || len(l.rest) >= maxText {
			l.flush()
		}
		b = rest
	}
	return n, nil
}

func (l *lines) flush() {
	l.logger.Log(context.Background(), l.level, string(bytes.TrimSuffix(l.rest, []byte("\r"))))
	l.rest = l.rest[:0]
}

func (l *lines) finish() {
	if len(l.rest) > 0 {
		l.flush()
	}
}

// tail keeps the end of what is written through it.
type tail struct {
	to  io.Writer
	buf []byte
}

// maxTail is enough for a traceback.
const maxTail = 32 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.buf = append(t.buf, b...)
	if n := len(t.buf); n > 2*maxTail {
		t.buf = append(t.buf[:0], t.buf[n-maxTail:]...)
	}
	return t.to.Write(b)
}

// start reads until finish. The logger is that of the child.
func (o *output) start(logger *slog.Logger) {
	o.logger = logger
	if o.streams[0].to == nil {
		o.streams[0].to = &lines{logger: logger.With("stream", "stdout"), level: slog.LevelInfo}
	}
	if o.stderr.to == nil {
		o.stderr.to = &lines{logger: logger.With("stream", "stderr"), level: slog.LevelWarn}
	}
	for _, s := range o.streams {
		o.running.Go(s.read)
	}
	ctx, end := context.WithCancel(context.Background())
	o.end = end
	o.running.Go(func() { o.reports(ctx) })
}

// flush hands on what the child has written.
func (o *output) flush() {
	for _, s := range o.streams {
		s.drain()
	}
}

// finish reads what the child, which has ended, left behind.
func (o *output) finish() {
	o.end()
	for _, s := range o.streams {
		s.pipe.SetReadDeadline(time.Unix(1, 0))
	}
	o.running.Wait()
	for _, s := range o.streams {
		s.pipe.Close()
	}
	for _, w := range []io.Writer{o.streams[0].to, o.stderr.to} {
		if l, ok := w.(*lines); ok {
			l.finish()
		}
	}
	o.report.Close()
}

// reportPatience is how long the rest of a report may take whose child ended.
const reportPatience = time.Second

// reports handles what comes until the child has closed its end or, ctx being
// done, has been reaped: what it wrote is in the pipe then.
func (o *output) reports(ctx context.Context) {
	for {
		data, err := o.report.RecvBytes(ctx)
		if err != nil {
			break
		}
		o.handle(data)
	}
	ctx, cancel := context.WithTimeout(context.Background(), reportPatience)
	defer cancel()
	for o.report.Ready() {
		data, err := o.report.RecvBytes(ctx)
		if err != nil {
			return
		}
		o.handle(data)
	}
}

func (o *output) handle(data []byte) {
	r, err := spawn.ParseReport(data)
	switch {
	case err != nil:
		o.logger.Warn("a report of the child makes no sense", "error", err)
	case r.Uncaught != nil:
		o.told = r.Uncaught
	case r.Log != nil:
		o.log(r.Log)
	}
}

// log makes a record of Python's logging one of slog's.
func (o *output) log(r *spawn.LogRecord) {
	level := slogLevel(r.Level)
	ctx := context.Background()
	if !o.logger.Enabled(ctx, level) {
		return
	}
	record := slog.NewRecord(r.Time, level, r.Text, 0)
	record.AddAttrs(slog.String("logger", r.Logger))
	o.logger.Handler().Handle(ctx, record)
}

// slogLevel is a level of Python's logging in slog: INFO is 20 there and 0 here.
func slogLevel(n int) slog.Level { return slog.Level((n - 20) * 4 / 10) }

// uncaught is the exception that ended the child, as far as it is known.
func (o *output) uncaught(code int) *spawn.Uncaught {
	if o.told == nil && (code == 1 || code == 255) { // the latter from a fork server of 3.6
		o.told, _ = spawn.UncaughtIn(string(o.stderr.buf))
	}
	return o.told
}

// pythonLevel is the least level of Python's logging that our Logger takes.
func (e *Engine) pythonLevel() int {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if e.logger.Enabled(context.Background(), level) {
			return int(level)*10/4 + 20
		}
	}
	return 50
}
