package pyclass

import (
	"context"
	"fmt"
	"slices"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// An object is one in the worker.
type object struct {
	worker  *worker
	typeid  string
	key     int64
	exposed []string
}

// arguments are those of a call, kept as they came.
type arguments struct {
	args pickle.Tuple
	kwds *pickle.Dict
}

func argumentsOf(c *managers.Call) (a arguments, err error) {
	a = arguments{args: make(pickle.Tuple, c.NArgs()), kwds: pickle.NewDict(0)}
	for i := range a.args {
		if a.args[i], err = c.Arg(i); err != nil {
			return a, err
		}
	}
	return a, c.Keywords(func(name string, v any) error { return a.kwds.Set(name, v) })
}

// made answers the client that asked for the object.
func (o *object) made(waiter *managers.Waiter, a answer) {
	switch {
	case a.err != nil:
		fail(waiter, a.err)
		return
	case a.kind != "created":
		fail(waiter, &managers.RemoteError{Traceback: a.text()})
		return
	}
	v, _ := a.built()
	o.expose(v)
	if !waiter.Settle() { // nobody is there to have it
		o.Close()
		return
	}
	waiter.Create(o.typeid, o)
}

// expose takes the names of methods, as the worker told them.
func (o *object) expose(v any) {
	names, _ := v.(pickle.Tuple)
	for _, name := range names {
		if text, ok := name.(string); ok {
			o.exposed = append(o.exposed, text)
		}
	}
}

// Exposed are the methods that clients may call.
func (o *object) Exposed() []string { return o.exposed }

// Call has the worker run a method.
func (o *object) Call(_ context.Context, c *managers.Call, _ *managers.Reply) error {
	name := c.Method()
	if name == "next" && o.typeid == "Iterator" { // Python 2's
		name = "__next__"
	}
	switch name {
	case "__str__", "__repr__", "#GETVALUE":
		if c.NArgs() > 0 {
			return managers.ErrNoMethod
		}
	default:
		if !slices.Contains(o.exposed, name) {
			return managers.ErrNoMethod
		}
	}
	if err := o.worker.lost(); err != nil {
		return pickle.RuntimeError.New(fmt.Sprintf("this %s is gone: %v, which had it; create a new one", o.typeid, err))
	}
	given, err := argumentsOf(c)
	if err != nil {
		return err
	}
	plain := c.Dialect().Python2 // whose Pool has no exceptions with tracebacks
	waiter := c.Park(func() {})
	o.worker.ask("call", o.key, name, plain, given, func(a answer) {
		switch returned := o.returned(a); {
		case !waiter.Settle(): // nobody is there to have it
			if returned != nil {
				returned.Close()
			}
		case returned != nil:
			waiter.Object(returned.typeid, returned)
		default:
			o.answer(waiter, name, a)
		}
	})
	return nil
}

// returned is the object that a method returned, nil if it was a value.
func (o *object) returned(a answer) *object {
	if a.kind != "proxy" {
		return nil
	}
	v, _ := a.built()
	parts, _ := v.(pickle.Tuple)
	if len(parts) != 3 {
		return nil
	}
	r := &object{worker: o.worker}
	r.typeid, _ = parts[0].(string)
	r.key, _ = parts[1].(int64)
	r.expose(parts[2])
	return r
}

// answer answers the client that called a method.
func (o *object) answer(waiter *managers.Waiter, method string, a answer) {
	if lost, ok := a.err.(*LostError); ok {
		waiter.Raise(pickle.RuntimeError.New(fmt.Sprintf("%v while it ran %s.%s, which may have had an effect; its objects are gone: create new ones",
			lost, o.typeid, method)))
		return
	}
	switch {
	case a.err != nil:
		waiter.Raise(a.err)
	case a.kind == "return":
		waiter.Return(a.value, nil)
	case a.kind == "error":
		waiter.Raise(&managers.Raised{Value: a.value})
	default:
		waiter.Raise(&managers.RemoteError{Traceback: a.text()})
	}
}

// Close has the worker drop the object.
func (o *object) Close() {
	if o.worker.lost() == nil {
		o.worker.tell("drop", o.key)
	}
}

// built is the value of an answer.
func (a answer) built() (any, error) {
	if raw, ok := a.value.(pickle.Raw); ok {
		return raw.Value(context.Background(), pickle.Codec{})
	}
	return a.value, nil
}

// text is the value of an answer that is text.
func (a answer) text() string {
	v, _ := a.built()
	text, _ := v.(string)
	return text
}
