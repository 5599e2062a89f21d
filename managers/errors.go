package managers

import (
	"errors"
	"fmt"
	"strings"

	"github.com/brine-go/brine/pickle"
)

// ErrNoMethod is returned by a Referent that has no method of that name.
var ErrNoMethod = errors.New("managers: no such method")

var errCrowd = errors.New("too many handshakes of this peer at once")

// A refusal is an error that the client sees as a RemoteError: the server's
// word, not an exception of the object that was called.
type refusal struct{ err error }

func (e *refusal) Error() string { return e.err.Error() }
func (e *refusal) Unwrap() error { return e.err }

// A Raised error is an exception of a class that is not known here: the client
// raises Value.
type Raised struct{ Value any }

func (e *Raised) Error() string { return "an exception: " + pickle.TypeName(e.Value) }

// refuse says no with a Python exception.
func refuse(class pickle.ExceptionClass, format string, args ...any) error {
	return &refusal{class.New(fmt.Sprintf(format, args...))}
}

// traceback is the text of a RemoteError. Only its last line is ours to say:
// there are no frames.
func traceback(err error) string {
	var line string
	if p, ok := errors.AsType[*panicked](err); ok {
		return "Traceback (most recent call last):\n" + p.stack + "RuntimeError: " + p.Error() + "\n"
	}
	if e, ok := errors.AsType[*pickle.Exception](err); ok {
		line = exceptionLine(e)
	} else {
		line = "RuntimeError: " + err.Error()
	}
	return "Traceback (most recent call last):\n  (in brine)\n" + line + "\n"
}

func exceptionLine(e *pickle.Exception) string {
	name := string(e.Class)
	if short, ok := strings.CutPrefix(name, "builtins."); ok {
		name = short
	}
	var text string
	switch {
	case len(e.Args) == 0:
		return name
	case len(e.Args) == 1 && e.Class == pickle.KeyError:
		text, _ = pickle.Repr(e.Args[0])
	case len(e.Args) == 1:
		text, _ = pickle.Str(e.Args[0])
	default:
		text, _ = pickle.Repr(e.Args)
	}
	return name + ": " + text
}
