package pickle

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
	State any // what BUILD sets, or nil
}

// New returns an instance of the class; args are Python values.
func (c ExceptionClass) New(args ...any) *Exception {
	return &Exception{Class: c, Args: args}
}
