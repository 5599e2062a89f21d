package managers

import (
	"context"
	"math/big"

	"github.com/brine-go/brine/pickle"
)

// A Call is a client's request: a view on the frame it came in, whose
// arguments are built only when they are asked for. It is valid until the
// method returns.
type Call struct {
	s      *session
	r      *Reply
	obj    *object // nil for the server's own functions
	view   *pickle.View
	frame  []byte
	method []byte // aliases the frame

	args, kwds []pickle.Item // of the view
	whole      *wholeCall    // the decoded request, where a view is not enough
	skip       int           // leading arguments that are not the method's: create's typeid
	proxies    bool          // the request brings some, so it is built

	params [maxParams]int32 // where each parameter's argument is: see bind
}

const maxParams = 8

// A wholeCall is a request built as values.
type wholeCall struct {
	args pickle.Tuple
	kwds *pickle.Dict
}

// Places of an argument in Call.params.
const (
	absent  = -1
	keyword = 1 << 16 // plus its index among kwds' values
)

// Method is the name of the method that is called.
func (c *Call) Method() string { return string(c.method) }

// Owner is who calls: one thread of one process, for as long as it is connected.
func (c *Call) Owner() *Owner { return c.s.owner }

// PID is that of the process that calls, where the transport tells, else 0.
func (c *Call) PID() int { return c.s.peer.PID }

// Dialect tells how the caller names things.
func (c *Call) Dialect() pickle.Dialect { return c.s.codec.Dialect }

// Modern tells whether the caller is Python 3.12 or later.
func (c *Call) Modern() bool { return c.s.modern() }

// NArgs is the number of positional arguments.
func (c *Call) NArgs() int {
	if c.whole != nil {
		return len(c.whole.args)
	}
	return len(c.args)
}

// Has tells whether parameter i of the bound signature was given.
func (c *Call) Has(i int) bool { return i < maxParams && c.params[i] != absent }

// Item returns the argument for parameter i as it is best kept: a pickle.Raw,
// or built where it holds proxies or shares parts with other arguments. An
// absent argument is nil, None.
func (c *Call) Item(i int) (any, error) { return c.item(c.place(i)) }

// Value returns the argument for parameter i, built. Absent is nil.
func (c *Call) Value(ctx context.Context, i int) (any, error) { return c.valueAt(ctx, c.place(i)) }

func (c *Call) valueAt(ctx context.Context, at int32) (any, error) {
	v, err := c.item(at)
	if raw, ok := v.(pickle.Raw); ok && err == nil {
		return raw.Value(ctx, c.s.codec)
	}
	return v, err
}

// Arg returns positional argument i of a variadic method, as Item does.
func (c *Call) Arg(i int) (any, error) { return c.item(int32(i)) }

// Keywords calls yield for every keyword argument, kept as Item does.
func (c *Call) Keywords(yield func(name string, v any) error) error {
	if c.whole != nil {
		for k, v := range c.whole.kwds.All() {
			if err := yield(textOf(k), v); err != nil {
				return err
			}
		}
		return nil
	}
	for i := 0; i < len(c.kwds)/2; i++ {
		name, _ := c.view.Text(c.kwds[2*i])
		v, err := c.item(keyword + int32(i))
		if err == nil {
			err = yield(string(name), v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Int returns the argument for parameter i as an index: Python's __index__,
// clamped to int64.
func (c *Call) Int(ctx context.Context, i int, absentValue int) (int, error) {
	at := c.place(i)
	if at == absent {
		return absentValue, nil
	}
	if c.whole == nil {
		if n, ok := c.view.Int(c.viewItem(at)); ok {
			return int(n), nil
		}
	}
	v, err := c.Value(ctx, i)
	if err != nil {
		return 0, err
	}
	return Index(v)
}

// Index is Python's operator.index for sizes and positions.
func Index(v any) (int, error) {
	switch v := v.(type) {
	case int64:
		return int(v), nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case *big.Int:
		return 0, pickle.OverflowError.New("Python int too large to convert to C ssize_t")
	}
	return 0, pickle.TypeError.New("'" + pickle.TypeName(v) + "' object cannot be interpreted as an integer")
}

func (c *Call) place(i int) int32 {
	if i >= maxParams {
		return absent
	}
	return c.params[i]
}

func (c *Call) viewItem(at int32) pickle.Item {
	if at >= keyword {
		return c.kwds[2*(at-keyword)+1]
	}
	return c.args[at]
}

func (c *Call) item(at int32) (any, error) {
	if at == absent {
		return nil, nil
	}
	if c.whole == nil {
		if raw, ok := c.view.Raw(c.viewItem(at)); ok {
			return raw, nil
		}
		if err := c.build(); err != nil {
			return nil, err
		}
	}
	if at >= keyword {
		return c.keywordValue(int(at - keyword)), nil
	}
	return c.whole.args[at], nil
}

func (c *Call) keywordValue(n int) any {
	for _, v := range c.whole.kwds.All() {
		if n == 0 {
			return v
		}
		n--
	}
	return nil
}

// bind finds each parameter's argument. Order and wording are CPython's.
func (c *Call) bind(s *Signature) error {
	for i := range c.params {
		c.params[i] = absent
	}
	n := c.NArgs()
	if c.nkwds() > 0 {
		if err := c.bindKeywords(s, n); err != nil {
			return err
		}
	}
	if err := s.checkCount(n); err != nil {
		return err
	}
	for i := range min(n, len(s.params)) {
		c.params[i] = int32(i)
	}
	if n < s.required {
		return s.missing(c.Has)
	}
	return nil
}

func (c *Call) nkwds() int {
	if c.whole != nil {
		return c.whole.kwds.Len()
	}
	return len(c.kwds) / 2
}

func (c *Call) bindKeywords(s *Signature, n int) error {
	if s.kwargs {
		return nil
	}
	k := 0
	bind := func(name []byte) error {
		i := -1
		if !s.builtin {
			i = s.index(name)
		}
		if i < 0 {
			return s.unexpected(string(name))
		}
		if i < n {
			return s.repeated(i)
		}
		c.params[i] = keyword + int32(k)
		k++
		return nil
	}
	if c.whole != nil {
		for name := range c.whole.kwds.All() {
			if err := bind([]byte(textOf(name))); err != nil {
				return err
			}
		}
		return nil
	}
	for i := 0; i < len(c.kwds); i += 2 {
		name, _ := c.view.Text(c.kwds[i])
		if err := bind(name); err != nil {
			return err
		}
	}
	return nil
}

// textOf returns the characters of a str of either Python.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case pickle.ByteString:
		return string(v)
	}
	return ""
}
