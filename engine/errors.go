package engine

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/brine-go/brine/pickle"
)

// An ExitError tells how a child ended that did not end well. It is the
// exception that the child did not catch: errors.Is finds the class and every
// base of it, errors.As the *pickle.Exception.
type ExitError struct {
	Name string // of the process
	Pid  int
	Code int // Python's exitcode: a signal's number is negative

	// Exception is what the child did not catch, nil where it told none. Of
	// one that ended a child before its target ran only the text is known.
	Exception *pickle.Exception
	// Traceback is the text that Python shows for it, or the Go stack.
	Traceback string
	// Classes are that of the exception and its bases, nearest first.
	Classes []pickle.ExceptionClass
	// Err is what else was wrong: the context that ended the child, what
	// could not be written to it.
	Err error
}

func (e *ExitError) Error() string {
	text := fmt.Sprintf("engine: process %s (pid %d) ended with exit code %d", e.Name, e.Pid, e.Code)
	if e.Code < 0 {
		text = fmt.Sprintf("engine: process %s (pid %d) was ended by %s", e.Name, e.Pid, signalName(-e.Code))
	}
	if e.Exception != nil {
		text += ": " + e.Exception.Error()
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *ExitError) Unwrap() []error {
	var errs []error
	if e.Exception != nil {
		errs = append(errs, e.Exception)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// Is tells whether target is a class of the exception, also a base that only
// the child knows.
func (e *ExitError) Is(target error) bool {
	for _, c := range e.Classes {
		if errors.Is(c, target) {
			return true
		}
	}
	return false
}

// signalName is how a signal is called: "signal 9 (killed)".
func signalName(n int) string { return fmt.Sprintf("signal %d (%s)", n, syscall.Signal(n)) }
