package engine

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/brine-go/brine/pickle"
)

// functions are Go functions by the names that Python has for them.
type functions struct {
	mu     sync.RWMutex
	byName map[string]*Function
}

// A Function is a Go function that peers call by a name.
type Function struct {
	engine  *Engine
	global  pickle.Global
	fn      reflect.Value
	context bool           // its first parameter is one
	named   bool           // the next is Keywords
	params  []reflect.Type // the others
	rest    reflect.Type   // of a variadic function's further arguments, or nil
	fails   bool           // its last result is an error
	names   []string       // of params and rest, where they were told
	doc     string
}

// Keywords are the keyword arguments of a call: what Python calls **kwargs.
type Keywords struct{ *pickle.Dict }

var (
	typeOfContext  = reflect.TypeFor[context.Context]()
	typeOfKeywords = reflect.TypeFor[Keywords]()
	typeOfError    = reflect.TypeFor[error]()
)

// Func makes a Go function known under the full name that Python has for it,
// such as "tasks.square", and returns what stands for it in messages. fn may
// take a context first, then Keywords, and may return an error last; arguments
// are converted as [pickle.As] does, and several results are a tuple. A later
// call for the same name wins.
//
// The names of the parameters may stand behind that of the function, as in
// "tasks.square(x)" or "tasks.add(*xs)"; doc is what Python's help says of it, a
// line each. The stubs that Python has of the function show both, and so does
// python -m brine.
//
// Func panics if fn is no function, the name has no module, or there are names for
// more or fewer parameters than fn has.
func (e *Engine) Func(name string, fn any, doc ...string) pickle.Global {
	full := name
	name, parameters, named := strings.Cut(name, "(")
	i := strings.LastIndexByte(name, '.')
	v := reflect.ValueOf(fn)
	if i <= 0 || v.Kind() != reflect.Func {
		panic(fmt.Sprintf("engine: Func(%q, %T): want a module and a name with a dot between, and a function", full, fn))
	}
	f := &Function{engine: e, global: pickle.Global{Module: name[:i], Name: name[i+1:]}, fn: v, doc: strings.Join(doc, "\n")}
	t := v.Type()
	f.params = slices.Collect(t.Ins())
	if t.IsVariadic() {
		last := len(f.params) - 1
		f.rest, f.params = f.params[last].Elem(), f.params[:last]
	}
	if len(f.params) > 0 && f.params[0] == typeOfContext {
		f.context, f.params = true, f.params[1:]
	}
	if len(f.params) > 0 && f.params[0] == typeOfKeywords {
		f.named, f.params = true, f.params[1:]
	}
	f.fails = t.NumOut() > 0 && t.Out(t.NumOut()-1) == typeOfError
	if named {
		if err := f.name(parameters); err != nil {
			panic(fmt.Sprintf("engine: Func(%q, %T): %v", full, fn, err))
		}
	}
	e.functions.mu.Lock()
	defer e.functions.mu.Unlock()
	if e.functions.byName == nil {
		e.functions.byName = make(map[string]*Function)
	}
	e.functions.byName[name] = f
	return f.global
}

// name gives the parameters their names, which end with a parenthesis.
func (f *Function) name(text string) error {
	list, rest, ok := strings.Cut(text, ")")
	if !ok || rest != "" {
		return errors.New("the names of the parameters end with a parenthesis")
	}
	want := len(f.params)
	if f.rest != nil {
		want++
	}
	if strings.TrimSpace(list) != "" {
		f.names = strings.Split(list, ",")
	}
	if len(f.names) != want {
		return fmt.Errorf("%d names for %d parameters", len(f.names), want)
	}
	for i, name := range f.names {
		name = strings.TrimPrefix(strings.TrimSpace(name), "*")
		if !identifier(name) || slices.Contains(f.names[:i], name) {
			return fmt.Errorf("%q cannot be the name of a parameter", name)
		}
		f.names[i] = name
	}
	return nil
}

// identifier tells whether Python takes a word for a name; that it takes few
// words, such as for, for something else is not looked at.
func identifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

// Function returns the Go function that peers mean by g. Python has more than
// one name for some: its main module is "__main__" and, in a child,
// "__mp_main__"; os.getpid is posix.getpid in a pickle; and what the Python
// package of brine calls brine.functions.tasks.square is tasks.square here.
func (e *Engine) Function(g pickle.Global) (*Function, bool) {
	name := g.String()
	e.functions.mu.RLock()
	defer e.functions.mu.RUnlock()
	f, ok := e.functions.byName[name]
	for i := 0; !ok && i < len(otherNames); i++ {
		if rest, is := strings.CutPrefix(name, otherNames[i].pickled); is {
			f, ok = e.functions.byName[otherNames[i].known+rest]
		}
	}
	return f, ok
}

// otherNames are beginnings of names in pickles, and of those that programs use.
var otherNames = []struct{ pickled, known string }{
	{"brine.functions.", ""}, {"__mp_main__.", "__main__."}, {"posix.", "os."}, {"_operator.", "operator."},
	{"_functools.", "functools."}, {"_bisect.", "bisect."}, {"_heapq.", "heapq."}, {"_socket.", "socket."},
}

// Name is what stands for the function in messages.
func (f *Function) Name() pickle.Global { return f.global }

// Call calls the function with Python values. Arguments that do not fit are a
// TypeError, as in Python; a panic is a *PanicError.
func (f *Function) Call(ctx context.Context, args pickle.Tuple, kwargs *pickle.Dict) (v any, err error) {
	in, err := f.arguments(ctx, args, kwargs)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, &PanicError{Value: p, Stack: string(debug.Stack())}
		}
	}()
	return f.results(f.fn.Call(in))
}

func (f *Function) arguments(ctx context.Context, args pickle.Tuple, kwargs *pickle.Dict) ([]reflect.Value, error) {
	if kwargs != nil && kwargs.Len() > 0 && !f.named {
		return nil, pickle.TypeError.New(f.global.Name + "() takes no keyword arguments")
	}
	if n := len(args); n < len(f.params) || n > len(f.params) && f.rest == nil {
		return nil, f.wrongCount(n)
	}
	in := make([]reflect.Value, 0, len(args)+2)
	if f.context {
		in = append(in, reflect.ValueOf(ctx))
	}
	if f.named {
		if kwargs == nil {
			kwargs = pickle.NewDict(0)
		}
		in = append(in, reflect.ValueOf(Keywords{kwargs}))
	}
	for i, arg := range args {
		t := f.rest
		if i < len(f.params) {
			t = f.params[i]
		}
		p := reflect.New(t)
		if err := f.engine.Assign(ctx, p.Interface(), arg); err != nil {
			return nil, pickle.TypeError.New(fmt.Sprintf("%s() argument %d must fit Go's %s, not %s",
				f.global.Name, i+1, t, pickle.TypeName(arg)))
		}
		in = append(in, p.Elem())
	}
	return in, nil
}

// wrongCount says what Python says of n arguments.
func (f *Function) wrongCount(n int) error {
	least, s, were := "", "s", "were"
	if f.rest != nil {
		least = "at least "
	}
	if len(f.params) == 1 {
		s = ""
	}
	if n == 1 {
		were = "was"
	}
	return pickle.TypeError.New(fmt.Sprintf("%s() takes %s%d positional argument%s but %d %s given",
		f.global.Name, least, len(f.params), s, n, were))
}

func (f *Function) results(out []reflect.Value) (any, error) {
	if f.fails {
		last := len(out) - 1
		if err, _ := out[last].Interface().(error); err != nil {
			return nil, err
		}
		out = out[:last]
	}
	switch len(out) {
	case 0:
		return nil, nil
	case 1:
		return out[0].Interface(), nil
	}
	t := make(pickle.Tuple, len(out))
	for i, v := range out {
		t[i] = v.Interface()
	}
	return t, nil
}

// Assign stores v in the variable that ptr points to: a decoded value, or one of
// Go's types, as if it had been sent.
func (e *Engine) Assign(ctx context.Context, ptr, v any) error {
	codec := e.Connection().Codec
	err := codec.Assign(ctx, ptr, v)
	if err == nil {
		return nil
	}
	if data, bad := codec.Marshal(ctx, v); bad == nil && codec.Unmarshal(ctx, data, ptr) == nil {
		return nil
	}
	return err
}

// A PanicError is a function that panicked.
type PanicError struct {
	Value any    // what it panicked with
	Stack string // of its goroutine
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Exception is err as a Python exception: itself where it is one, else a
// RuntimeError with its text, and with the stack of a panic as its cause.
func Exception(err error) *pickle.Exception {
	if e, ok := errors.AsType[*pickle.Exception](err); ok {
		return e
	}
	e := pickle.RuntimeError.New(err.Error())
	if p, ok := errors.AsType[*PanicError](err); ok {
		e.Cause = pickle.RemoteTraceback.New("\n\"\"\"\n" + p.Stack + "\"\"\"")
	}
	return e
}
