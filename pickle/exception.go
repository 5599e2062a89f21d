package pickle

import "strings"

// An ExceptionClass is the full name of an exception class, such as
// "builtins.KeyError". It is an error itself, for errors.Is: an *Exception
// is its class and every base class of it.
type ExceptionClass string

const (
	BaseException       ExceptionClass = "builtins.BaseException"
	BaseError           ExceptionClass = "builtins.Exception"
	ArithmeticError     ExceptionClass = "builtins.ArithmeticError"
	AssertionError      ExceptionClass = "builtins.AssertionError"
	AttributeError      ExceptionClass = "builtins.AttributeError"
	BufferError         ExceptionClass = "builtins.BufferError"
	EOFError            ExceptionClass = "builtins.EOFError"
	IndexError          ExceptionClass = "builtins.IndexError"
	KeyError            ExceptionClass = "builtins.KeyError"
	LookupError         ExceptionClass = "builtins.LookupError"
	MemoryError         ExceptionClass = "builtins.MemoryError"
	NotImplementedError ExceptionClass = "builtins.NotImplementedError"
	OSError             ExceptionClass = "builtins.OSError"
	OverflowError       ExceptionClass = "builtins.OverflowError"
	RecursionError      ExceptionClass = "builtins.RecursionError"
	RuntimeError        ExceptionClass = "builtins.RuntimeError"
	StopIteration       ExceptionClass = "builtins.StopIteration"
	TypeError           ExceptionClass = "builtins.TypeError"
	UnicodeEncodeError  ExceptionClass = "builtins.UnicodeEncodeError"
	ValueError          ExceptionClass = "builtins.ValueError"
	ZeroDivisionError   ExceptionClass = "builtins.ZeroDivisionError"

	QueueEmpty         ExceptionClass = "queue.Empty"
	QueueFull          ExceptionClass = "queue.Full"
	QueueShutDown      ExceptionClass = "queue.ShutDown"
	BrokenBarrierError ExceptionClass = "threading.BrokenBarrierError"
)

// An Exception is a Python exception instance as a value and as a Go error.
type Exception struct {
	Class ExceptionClass
	Args  Tuple
	State any // what BUILD sets: nil, or a dict of attributes such as __notes__

	// Cause is the __cause__. Python pickles only that of an exception from
	// another process: a RemoteTraceback, or RemoteTracebackInFuture, of the
	// traceback's text.
	Cause *Exception
}

// New returns an instance of the class; args are Python values.
func (c ExceptionClass) New(args ...any) *Exception {
	return &Exception{Class: c, Args: args}
}

// baseClasses is the tree of Python's exception classes: whose base each is.
// Those of builtins have their bare name.
var baseClasses = map[string]string{
	"BaseException": "BaseExceptionGroup Exception GeneratorExit KeyboardInterrupt SystemExit",
	"Exception": "ArithmeticError AssertionError AttributeError BufferError EOFError ImportError " +
		"LookupError MemoryError NameError OSError ReferenceError RuntimeError " +
		"StopAsyncIteration StopIteration SyntaxError SystemError TypeError ValueError " +
		"Warning ExceptionGroup",
	"ArithmeticError": "FloatingPointError OverflowError ZeroDivisionError",
	"ImportError":     "ModuleNotFoundError",
	"LookupError":     "IndexError KeyError",
	"NameError":       "UnboundLocalError",
	"OSError": "BlockingIOError ChildProcessError ConnectionError FileExistsError " +
		"FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError " +
		"PermissionError ProcessLookupError TimeoutError",
	"ConnectionError": "BrokenPipeError ConnectionAbortedError ConnectionRefusedError " +
		"ConnectionResetError",
	"RuntimeError":     "NotImplementedError PythonFinalizationError RecursionError",
	"SyntaxError":      "IndentationError",
	"IndentationError": "TabError",
	"ValueError":       "UnicodeError",
	"UnicodeError":     "UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError",
	"Warning": "BytesWarning DeprecationWarning EncodingWarning FutureWarning ImportWarning " +
		"PendingDeprecationWarning ResourceWarning RuntimeWarning SyntaxWarning " +
		"UnicodeWarning UserWarning",
}

// exceptionBases leads from a class to its base.
var exceptionBases = func() map[ExceptionClass]ExceptionClass {
	bases := map[ExceptionClass]ExceptionClass{
		BaseException:      "",
		QueueEmpty:         BaseError,
		QueueFull:          BaseError,
		QueueShutDown:      BaseError,
		BrokenBarrierError: RuntimeError,
	}
	for base, classes := range baseClasses {
		for class := range strings.FieldsSeq(classes) {
			bases[ExceptionClass("builtins."+class)] = ExceptionClass("builtins." + base)
		}
	}
	return bases
}()

// exceptionNames leads from the global of a class to the class.
var exceptionNames = func() map[Global]ExceptionClass {
	names := map[Global]ExceptionClass{
		{"_queue", "Empty"}: QueueEmpty, // where Python 3.7 and later define it
	}
	for class := range exceptionBases {
		names[class.global()] = class
	}
	return names
}()

// exceptionOf returns the exception class of that name, if it is a known one.
func exceptionOf(g Global) (ExceptionClass, bool) {
	class, ok := exceptionNames[g]
	return class, ok
}

// global splits the full name.
func (c ExceptionClass) global() Global {
	i := strings.LastIndexByte(string(c), '.')
	if i < 0 {
		return Global{"builtins", string(c)}
	}
	return Global{string(c[:i]), string(c[i+1:])}
}

// name is the class as tracebacks show it.
func (c ExceptionClass) name() string { return strings.TrimPrefix(string(c), "builtins.") }

// Error returns the name of the class, as tracebacks show it.
func (c ExceptionClass) Error() string { return c.name() }

// Is tells whether target is the class or one of its bases.
func (c ExceptionClass) Is(target error) bool {
	want, ok := target.(ExceptionClass)
	for ok && c != "" {
		if c == want {
			return true
		}
		c = exceptionBases[c]
	}
	return false
}

// Error returns what the last line of Python's traceback says.
func (e *Exception) Error() string {
	text, err := Str(e)
	if err != nil || text == "" {
		return e.Class.name()
	}
	return e.Class.name() + ": " + text
}

// Is tells whether target is the class of the exception or a base of it.
func (e *Exception) Is(target error) bool { return e.Class.Is(target) }
