package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// newest is a Python that can run workers.
func newest(t *testing.T) string {
	t.Helper()
	path := ""
	for _, py := range harness.Pythons(t) {
		if py.AtLeast(3, 6) && py.Impl == "CPython" {
			path = py.Path
		}
	}
	return path
}

func TestWork(t *testing.T) {
	python := newest(t)
	for _, tt := range []struct {
		name, function, in, out, err, log string
	}{
		{name: "numbers", function: "math:sqrt", in: "4\n9\n\n2.25\n", out: "2\n3\n1.5\n"},
		{name: "values", function: "builtins:sorted", in: `[3, 1, 2]` + "\n" + `{"b": 1, "a": null}`, out: "[1,2,3]\n[\"a\",\"b\"]\n"},
		{name: "no JSON for it", function: "builtins:bytes", in: "2\n", out: `"b'\\x00\\x00'"` + "\n"},
		{name: "failures", function: "builtins:int", in: "\"1\"\n\"x\"\n\"3\"\n", out: "1\nnull\n3\n", err: "1 of 3 calls failed",
			log: `{"line":2,"input":"x","error":"ValueError: invalid literal for int() with base 10: 'x'","traceback":"`},
		{name: "bad input", function: "builtins:int", in: "1\n{\n2\n", out: "1\n", err: "input line 2 is no JSON"},
		{name: "no function", function: "sqrt", err: "want MODULE:FUNCTION"},
		{name: "a worker that dies", function: "os:_exit", in: "3\n", out: "null\n", err: "1 of 1 calls failed", log: "exited with status 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := workFlags{python: python, workers: 2, path: []string{t.TempDir()}}
			var out, log bytes.Buffer
			err := f.work(t.Context(), tt.function, strings.NewReader(tt.in), &out, &log)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("the error is %v, want %q", err, tt.err)
			}
			if out.String() != tt.out {
				t.Errorf("the output is %q, want %q", out.String(), tt.out)
			}
			if !strings.Contains(log.String(), tt.log) {
				t.Errorf("standard error has %q, want %q in it", log.String(), tt.log)
			}
		})
	}
}

func TestWorkIsInterrupted(t *testing.T) {
	f := workFlags{python: newest(t), workers: 1}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, log bytes.Buffer
	in := &firstThen{text: "0\n1000\n1000\n", then: cancel}
	err := f.work(ctx, "time:sleep", in, &out, &log)
	if err == nil || !strings.Contains(err.Error(), "interrupted: ") {
		t.Errorf("got %v", err)
	}
}

// firstThen is read once; then something happens.
type firstThen struct {
	text string
	then func()
}

func (r *firstThen) Read(b []byte) (int, error) {
	n := copy(b, r.text)
	r.text = r.text[n:]
	if n == 0 {
		r.then()
		select {}
	}
	return n, nil
}
