package pickle

import (
	"errors"
	"fmt"
)

// What can be wrong with a pickle, beside what it holds.
var (
	ErrTruncated  = errors.New("the pickle ends inside a value")
	ErrTrailing   = errors.New("bytes follow the end of the pickle")
	ErrUnderflow  = errors.New("the stack is empty")
	ErrNoMark     = errors.New("no MARK on the stack")
	ErrMemo       = errors.New("no memo entry")
	ErrProtocol   = errors.New("unsupported pickle protocol")
	ErrOpcode     = errors.New("not an opcode")
	ErrUTF8       = errors.New("not UTF-8")
	ErrPersistent = errors.New("a persistent id that nobody resolves")
	ErrExtension  = errors.New("an extension code that nobody resolves")
	ErrBuffer     = errors.New("no out-of-band buffer left")
)

// A SyntaxError tells which opcode of a pickle cannot be followed.
type SyntaxError struct {
	Op     byte
	Offset int // of the opcode
	Err    error
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("pickle: %s at %d: %v", opName(e.Op), e.Offset, e.Err)
}
func (e *SyntaxError) Unwrap() error { return e.Err }

// A LimitError tells which of a Codec's Limits a value exceeds.
type LimitError struct {
	Limit string // the name of the field of Limits
	Max   int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("more than the limit of %d (%s)", e.Max, e.Limit)
}

// An EncodeError tells why a value cannot be written.
type EncodeError struct {
	Value    any
	Protocol Protocol
	Err      error
}

func (e *EncodeError) Error() string {
	return fmt.Sprintf("pickle: cannot write %s at protocol %d: %v", describe(e.Value), e.Protocol.version(), e.Err)
}
func (e *EncodeError) Unwrap() error { return e.Err }

// An AssignError tells that a value does not fit the Go type asked for.
type AssignError struct {
	Value any
	Type  string
}

func (e *AssignError) Error() string {
	return fmt.Sprintf("pickle: %s is no %s", describe(e.Value), e.Type)
}

// describe names a value for messages: the Python type of Python's values, the
// Go type of others.
func describe(v any) string {
	switch x := v.(type) {
	case nil:
		return "None"
	case *Object:
		return "an instance of " + x.className().String()
	case Global:
		return x.String()
	}
	if isPython(v) {
		return TypeName(v)
	}
	return fmt.Sprintf("a %T", v)
}
