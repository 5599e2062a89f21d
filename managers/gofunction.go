package managers

import (
	"context"
	"fmt"
	"math/big"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/brine-go/brine/pickle"
)

// A function is a Go function that clients call.
type function struct {
	fn        reflect.Value
	signature *Signature
	receivers int            // parameters before those of the call: none, or the object
	context   bool           // the next one is a context
	params    []reflect.Type // of the call
	defaults  []reflect.Value
	rest      reflect.Type   // of a variadic function's further arguments, or nil
	results   []reflect.Type // but for the error
	fails     bool           // there is an error behind them
}

var (
	typeOfContext = reflect.TypeFor[context.Context]()
	typeOfError   = reflect.TypeFor[error]()
)

// newFunction reads a Go function; class goes before its Python name in
// messages.
func newFunction(fn reflect.Value, receivers int, class string, d declaration) (*function, error) {
	t := fn.Type()
	f := &function{fn: fn, receivers: receivers}
	in := slices.Collect(t.Ins())[receivers:]
	if t.IsVariadic() {
		f.rest = in[len(in)-1].Elem()
		in = in[:len(in)-1]
	}
	if len(in) > 0 && in[0] == typeOfContext {
		f.context = true
		in = in[1:]
	}
	f.params = in
	if len(in) > maxParams {
		return nil, fmt.Errorf("%d parameters; at most %d may be", len(in), maxParams)
	}
	f.results = slices.Collect(t.Outs())
	if n := len(f.results); n > 0 && f.results[n-1] == typeOfError {
		f.fails, f.results = true, f.results[:n-1]
	}
	return f, f.declare(class, d)
}

// declare gives f its Python signature and the defaults in it.
func (f *function) declare(class string, d declaration) error {
	if d.text == "" {
		d.text = d.name + "(" + positional(len(f.params), f.rest != nil) + ")"
	}
	if !strings.Contains(d.text, "(") || !strings.HasSuffix(d.text, ")") {
		return fmt.Errorf("%q is no declaration such as get(key, default=None)", d.text)
	}
	f.signature = Sig(class + d.text)
	if n := len(f.signature.params); n != len(f.params) || f.signature.variadic != (f.rest != nil) || f.signature.kwargs {
		return fmt.Errorf("%s declares %d parameters; the Go function has %d", d.text, n, len(f.params))
	}
	f.defaults = make([]reflect.Value, len(f.params))
	for i, p := range f.signature.params[f.signature.required:] {
		i += f.signature.required
		v, err := literal(p.value)
		if err == nil {
			f.defaults[i], err = convert(context.Background(), pickle.Codec{}, v, f.params[i])
		}
		if err != nil {
			return fmt.Errorf("the default of %s: %w", p.name, err)
		}
	}
	return nil
}

// positional is a list of parameters that have no names.
func positional(n int, variadic bool) string {
	var names []string
	for i := range n {
		names = append(names, string(rune('a'+i)))
	}
	if variadic {
		return strings.Join(append(names, "*args"), ", ")
	}
	return strings.Join(append(names, "/"), ", ")
}

// arguments converts those of a call that is bound.
func (f *function) arguments(ctx context.Context, c *Call) ([]reflect.Value, error) {
	args := make([]reflect.Value, 0, len(f.params)+2)
	for i, t := range f.params {
		if !c.Has(i) {
			args = append(args, f.defaults[i])
			continue
		}
		v, err := c.Value(ctx, i)
		if err != nil {
			return nil, err
		}
		if args, err = f.add(ctx, c, args, v, t); err != nil {
			return nil, err
		}
	}
	if f.rest == nil {
		return args, nil
	}
	for i := len(f.params); i < c.NArgs(); i++ {
		v, err := c.valueAt(ctx, int32(i))
		if err != nil {
			return nil, err
		}
		if args, err = f.add(ctx, c, args, v, f.rest); err != nil {
			return nil, err
		}
	}
	return args, nil
}

func (f *function) add(ctx context.Context, c *Call, args []reflect.Value, v any, t reflect.Type) ([]reflect.Value, error) {
	arg, err := convert(ctx, c.s.codec, v, t)
	if err != nil {
		return nil, f.misfit(len(args), v, t)
	}
	return append(args, arg), nil
}

// convert makes a Go value of one of Python's.
func convert(ctx context.Context, codec pickle.Codec, v any, t reflect.Type) (reflect.Value, error) {
	if p, ok := v.(*ProxyRef); ok {
		if one, ok := p.Referent().(instance); ok && reflect.TypeOf(one.value).AssignableTo(t) && t != reflect.TypeFor[any]() {
			return reflect.ValueOf(one.value), nil
		}
	}
	arg := reflect.New(t)
	err := codec.Assign(ctx, arg.Interface(), v)
	return arg.Elem(), err
}

// misfit says what is wrong with argument i.
func (f *function) misfit(i int, v any, t reflect.Type) error {
	which := fmt.Sprint(i + 1)
	if i < len(f.params) && !f.signature.builtin {
		which = "'" + f.signature.params[i].name + "'"
	}
	switch v.(type) {
	case int64, *big.Int:
		switch t.Kind() {
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
			reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
			return pickle.OverflowError.New(fmt.Sprintf("%s() argument %s is out of range for Go's %s", f.signature.name, which, t))
		}
	}
	return pickle.TypeError.New(fmt.Sprintf("%s() argument %s must fit Go's %s, not %s",
		f.signature.name, which, t, pickle.TypeName(v)))
}

// call calls the Go function. A panic of it is an error.
func (f *function) call(ctx context.Context, receiver reflect.Value, args []reflect.Value) (out []reflect.Value, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &refusal{&panicked{value: v, stack: string(debug.Stack())}}
		}
	}()
	all := make([]reflect.Value, 0, len(args)+2)
	if f.receivers > 0 {
		all = append(all, receiver)
	}
	if f.context {
		all = append(all, reflect.ValueOf(ctx))
	}
	out = f.fn.Call(append(all, args...))
	if !f.fails {
		return out, nil
	}
	last := len(out) - 1
	err, _ = out[last].Interface().(error)
	return out[:last], err
}

// A panicked error is a Go method that panicked.
type panicked struct {
	value any
	stack string
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }
