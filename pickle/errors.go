package pickle

import (
	"errors"
	"fmt"
	"reflect"
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

// A LimitError tells which of the limits in the package documentation a value exceeds.
type LimitError struct {
	Limit string // the name of the field of Limits; or "digits", "name" or "output"
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

// An UnmarshalTypeError tells that a value does not fit the Go type asked for.
type UnmarshalTypeError struct {
	Value  string // what it is: "str", "int 300", "an instance of shop.Order"
	Type   reflect.Type
	Offset int64  // in the pickle; -1 where that is not known
	Field  string // the way there from the outermost value: "orders[3].price"
	Err    error  // why, where the types alone do not tell
}

func (e *UnmarshalTypeError) Error() string {
	text := fmt.Sprintf("pickle: cannot unmarshal %s into a Go value of type %v", e.Value, e.Type)
	if e.Field != "" {
		text += ", in " + e.Field
	}
	if e.Offset >= 0 {
		text += fmt.Sprintf(", at %d", e.Offset)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}
func (e *UnmarshalTypeError) Unwrap() error { return e.Err }

// within adds a step at the front of the way to where err happened.
func within(err error, step string) error {
	var e *UnmarshalTypeError
	if !errors.As(err, &e) {
		return err
	}
	if e.Field != "" && e.Field[0] != '[' {
		step += "."
	}
	e.Field = step + e.Field
	return err
}

func inField(err error, name string) error { return within(err, name) }
func inItem(err error, i int) error        { return within(err, fmt.Sprintf("[%d]", i)) }

func inKey(err error, key reflect.Value) error {
	return within(err, fmt.Sprintf("[%.40q]", fmt.Sprint(key)))
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
