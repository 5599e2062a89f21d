package pickle

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
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
	Field    string // the way there from the outermost value: "orders[3].price"
	Err      error
}

func (e *EncodeError) Error() string {
	text := fmt.Sprintf("pickle: cannot write %s at protocol %d", describe(e.Value), e.Protocol.version())
	if e.Field != "" {
		text += ", in " + e.Field
	}
	return text + ": " + e.Err.Error()
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
	var way *string
	if e, ok := errors.AsType[*UnmarshalTypeError](err); ok {
		way = &e.Field
	} else if e, ok := errors.AsType[*EncodeError](err); ok {
		way = &e.Field
	} else {
		return err
	}
	const end = "…"
	switch {
	case strings.HasPrefix(*way, end):
		return err
	case len(*way) > maxWay:
		step = end
	case *way != "" && (*way)[0] != '[':
		step += "."
	}
	*way = step + *way
	return err
}

// maxWay is up to which length the way to an error is told, from the error outwards.
const maxWay = 200

func inField(err error, name string) error { return within(err, name) }
func inItem(err error, i int) error        { return within(err, fmt.Sprintf("[%d]", i)) }
func inChange(err error, i int) error      { return within(err, fmt.Sprintf("Ops[%d]", i)) }

func inKey(err error, key reflect.Value) error {
	if key.Kind() == reflect.Interface && !key.IsNil() {
		key = key.Elem()
	}
	switch {
	case key.CanInt(), key.CanUint(), key.CanFloat(), key.Kind() == reflect.Bool:
		return within(err, fmt.Sprintf("[%v]", key))
	case key.Kind() == reflect.String:
		return within(err, fmt.Sprintf("[%.40q]", key.String()))
	}
	return within(err, fmt.Sprintf("[%v]", key.Type()))
}

// inOnly is inItem for lists around each other that hold nothing else.
func inOnly(err error, lists int) error {
	for range lists {
		err = inItem(err, 0)
	}
	return err
}

// inEntry is inKey for a key that may be any value of Python's.
func inEntry(err error, key any) error {
	switch k := key.(type) {
	case string:
		return within(err, fmt.Sprintf("[%.40q]", k))
	case int64, float64, bool:
		return within(err, fmt.Sprintf("[%v]", k))
	}
	return within(err, "["+describe(key)+"]")
}

// A Describer is a decoded value of another package that says what errors call it:
// "numpy.ndarray of float64 with shape (2, 3)".
type Describer interface{ DescribePickle() string }

// describe names a value for messages: the Python type of Python's values, the
// Go type of others.
func describe(v any) string {
	switch x := v.(type) {
	case nil:
		return "None"
	case *Object:
		return "an instance of " + x.className().String()
	case Global:
		if !oneLine(x.Module) || !oneLine(x.Name) {
			return strconv.Quote(x.String())
		}
		return x.String()
	}
	if isPython(v) {
		return TypeName(v)
	}
	if d, ok := v.(Describer); ok {
		return d.DescribePickle()
	}
	return fmt.Sprintf("a %T", v)
}
