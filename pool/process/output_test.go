package process

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/brine-go/brine/pool"
)

func TestOutput(t *testing.T) {
	mark := func(n byte) string { return markHead + string([]byte{0, 0, 0, n, '\n'}) }
	for _, tt := range []struct {
		name, written string
		want          []string // lines with the task's number
	}{
		{"no mark: the first task's", "a\nb\n", []string{"50 a", "50 b"}},
		{"marks", mark(5) + "a\nb\n" + mark(7) + "c\n", []string{"50 a", "50 b", "52 c"}},
		{"a mark ends a line", "a" + mark(6) + "b" + mark(7) + "c\n", []string{"50 a", "51 b", "52 c"}},
		{"a mark of an answered task", mark(4) + "a\n", []string{"50 a"}},
		{"a mark of none", mark(8) + "a\n", []string{"none a"}},
		{"what looks like a mark", "\x00\xffbrine\xfe\n" + markHead + "12345\n", []string{"50 \x00\xffbrine\xfe", "50 " + markHead + "12345"}},
		{"a mark behind what looks like one", "\x00\xff" + mark(6) + "a\n", []string{"50 \x00\xff", "51 a"}},
		{"a line without an end", "a\nb", []string{"50 a", "50 b"}},
	} {
		for _, size := range []int{1, 3, len(tt.written)} { // of what is read at once
			var got bytes.Buffer
			o := newOutputOf(&got)
			for at := 0; at < len(tt.written); at += size {
				o.lines[0].Write([]byte(tt.written[at:min(at+size, len(tt.written))]))
			}
			o.flush()
			if want := strings.Join(tt.want, "\n") + "\n"; got.String() != want {
				t.Errorf("%s, %d bytes at once: %.200q, want %.200q", tt.name, size, got.String(), want)
			}
		}
	}
}

// newOutputOf is that of a worker which has tasks 50 to 52 and answered five times.
func newOutputOf(log *bytes.Buffer) *output {
	w := &worker{number: 5, flight: []*pool.Task{{Job: 1, Index: 50}, {Job: 1, Index: 51}, {Job: 1, Index: 52}}}
	o := &output{worker: w, log: slog.New(taskHandler{log})}
	o.lines[0] = &lines{output: o, name: "stdout"}
	o.lines[1] = &lines{output: o, name: "stderr"}
	return o
}

// A taskHandler writes each record's task and text.
type taskHandler struct{ to *bytes.Buffer }

func (taskHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h taskHandler) WithAttrs([]slog.Attr) slog.Handler     { return h }
func (h taskHandler) WithGroup(string) slog.Handler          { return h }
func (h taskHandler) Handle(_ context.Context, r slog.Record) error {
	task := "none"
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "task" {
			task = a.Value.String()
		}
		return true
	})
	fmt.Fprintln(h.to, task, r.Message)
	return nil
}
