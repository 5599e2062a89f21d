package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// Call calls what a message names: a Go function by its name, a method of a
// class, or a partial of one. What is not registered is an AttributeError that
// says so.
func (e *Engine) Call(ctx context.Context, fn any, args pickle.Tuple, kwargs *pickle.Dict) (any, error) {
	f, first, named, err := e.callee(fn)
	if err != nil {
		return nil, err
	}
	if len(first) > 0 {
		args = append(first[:len(first):len(first)], args...)
	}
	if named.Len() > 0 {
		if kwargs != nil {
			for name, v := range kwargs.All() {
				named.Set(name, v)
			}
		}
		kwargs = named
	}
	return f.Call(ctx, args, kwargs)
}

func (e *Engine) callee(fn any) (*Function, pickle.Tuple, *pickle.Dict, error) {
	g, args, kwargs, ok := reduction.Callee(fn)
	if !ok {
		text, _ := pickle.Repr(fn)
		return nil, nil, nil, pickle.TypeError.New(fmt.Sprintf(
			"a Go process calls Go functions by their names, not %.200s", text))
	}
	f, ok := e.Function(g)
	if !ok {
		return nil, nil, nil, pickle.AttributeError.New(fmt.Sprintf(
			"no Go function is registered as %s in this program: see engine.Func", g))
	}
	return f, args, kwargs, nil
}

// Traceback is what Python would show of an error that a function returned: where
// the function is, or the stack on which it panicked, and the errors that led to
// this one.
func (e *Engine) Traceback(fn any, err error) string {
	var b strings.Builder
	b.WriteString("Go traceback (most recent call last):\n")
	if p, ok := errors.AsType[*PanicError](err); ok {
		b.WriteString(p.Stack)
	} else if f, _, _, bad := e.callee(fn); bad == nil {
		pc := f.fn.Pointer()
		file, line := runtime.FuncForPC(pc).FileLine(pc)
		fmt.Fprintf(&b, "  File %q, line %d, in %s\n", file, line, f.global)
	}
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
		fmt.Fprintf(&b, "  because of %T: %v\n", cause, cause)
	}
	fmt.Fprintf(&b, "%s\n", Exception(err).Error())
	return b.String()
}
