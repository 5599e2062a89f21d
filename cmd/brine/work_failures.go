package main

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
)

// A failure is a call that failed, as a line of --errors.
type failure struct {
	Line      int             `json:"line"` // of the input; of pickles, the number
	Input     json.RawMessage `json:"input"`
	Error     string          `json:"error"`
	Traceback string          `json:"traceback,omitempty"`
}

// report tells of a call that failed.
func (w *work) report(r record, err error) error {
	f := failure{Line: r.line, Input: shown(r.input), Error: err.Error(), Traceback: tracebackOf(err)}
	if w.out.errors == nil {
		w.screen.write(f.text(w.in.format))
		return nil
	}
	b, bad := json.Marshal(f)
	if bad != nil {
		return bad
	}
	return w.out.errors.put(append(b, '\n'))
}

// tracebackOf is what the worker said of an exception, if it did.
func tracebackOf(err error) string {
	if e, ok := errors.AsType[*pickle.Exception](err); ok && e.Cause != nil && len(e.Cause.Args) > 0 {
		text, _ := e.Cause.Args[0].(string)
		return strings.Trim(text, "\n\"")
	}
	if e, ok := errors.AsType[*pool.RaisedError](err); ok {
		return strings.Trim(e.Traceback, "\n\"")
	}
	return ""
}

// maxShown is how much of an input people are shown.
const maxShown = 1000

// text is the failure for people.
func (f failure) text(format string) []byte {
	what, input := "line", string(f.Input)
	if format == "pickle" {
		what = "pickle"
	}
	if runes := []rune(input); len(runes) > maxShown {
		input = string(runes[:maxShown]) + " …"
	}
	text := "brine: " + what + " " + itoa(f.Line) + ": " + f.Error + "\n  input: " + input + "\n"
	if f.Traceback != "" {
		text += "  " + strings.ReplaceAll(f.Traceback, "\n", "\n  ") + "\n"
	}
	return []byte(text)
}
