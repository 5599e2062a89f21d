package managers

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/brine-go/brine/pickle"
)

// An instance is an object of a registered Go type. Two of the same pointer
// are one object.
type instance struct {
	class *class
	value any // a pointer
}

// construct makes an object with the class's New.
func (k *class) construct(ctx context.Context, c *Call) (Referent, error) {
	args, err := k.new.arguments(ctx, c)
	if err != nil {
		return nil, err
	}
	out, err := k.new.call(ctx, reflect.Value{}, args)
	if err != nil {
		return nil, k.exception(err)
	}
	if out[0].IsNil() {
		return nil, pickle.RuntimeError.New("the constructor of " + k.typeid + " returned nil")
	}
	return k.referent(out[0]), nil
}

// referent is the object that a value of the class's type is.
func (k *class) referent(v reflect.Value) Referent {
	if isSequence(v.Type()) {
		return k.sequenceOf(v)
	}
	return instance{k, v.Interface()}
}

func (o instance) Call(ctx context.Context, c *Call, r *Reply) error {
	f := o.class.methods[string(c.method)]
	if f == nil {
		return ErrNoMethod
	}
	if err := c.bind(f.signature); err != nil {
		return err
	}
	args, err := f.arguments(ctx, c)
	if err != nil {
		return err
	}
	if f.context {
		o.wait(ctx, c, f, args)
		return nil
	}
	out, err := f.call(ctx, reflect.ValueOf(o.value), args)
	if err != nil {
		return o.class.exception(err)
	}
	return o.class.answer(r, out)
}

// wait calls a method that may wait, on a goroutine of its own: the connection
// goes on reading, and so sees its client go.
func (o instance) wait(ctx context.Context, c *Call, f *function, args []reflect.Value) {
	ctx, cancel := context.WithCancel(ctx)
	w := c.Park(cancel)
	o.class.s.methods.Go(func() {
		defer cancel()
		out, err := f.call(ctx, reflect.ValueOf(o.value), args)
		if !w.Settle() {
			return // nobody is there to be answered
		}
		w.answer(func(r *Reply) error {
			if err != nil {
				return o.class.exception(err)
			}
			return o.class.answer(r, out)
		}, nil)
	})
}

// answer replies with the results of a method.
func (k *class) answer(r *Reply, out []reflect.Value) error {
	switch len(out) {
	case 0:
		return r.Return(nil)
	case 1:
		return k.answerOne(r, out[0])
	}
	t := make(pickle.Tuple, len(out))
	for i, v := range out {
		t[i] = plain(v)
	}
	return r.Return(t)
}

func (k *class) answerOne(r *Reply, v reflect.Value) error {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.IsValid() && v.Kind() == reflect.Pointer && !v.IsNil() {
		if of := k.s.classes[v.Type()]; of != nil {
			return r.Object(of.typeid, instance{of, v.Interface()})
		}
	}
	if v.IsValid() && isSequence(v.Type()) && !v.IsNil() {
		return r.Object(sequenceTypeID, k.sequenceOf(v))
	}
	return r.Return(plain(v))
}

// plain is a Go value to pickle: a nil pointer, interface or sequence is None.
func plain(v reflect.Value) any {
	if !v.IsValid() || (v.Kind() == reflect.Pointer || isSequence(v.Type())) && v.IsNil() {
		return nil
	}
	return v.Interface()
}

// exception is what a method's error is to Python.
func (k *class) exception(err error) error {
	if p, ok := errors.AsType[*panicked](err); ok {
		k.s.log.Error("a method panicked", "class", k.pointer.String(), "panic", fmt.Sprint(p.value), "stack", p.stack)
		return err
	}
	if e, ok := errors.AsType[*pickle.Exception](err); ok {
		return e
	}
	for target, class := range k.errors {
		if errors.Is(err, target) {
			return class.New(err.Error())
		}
	}
	if class, ok := errors.AsType[pickle.ExceptionClass](err); ok {
		return class.New()
	}
	return pickle.RuntimeError.New(err.Error())
}

// Repr is the object's String, or Python's words for an object that has none.
func (o instance) Repr() (text string, err error) {
	s, ok := o.value.(fmt.Stringer)
	if !ok {
		return fmt.Sprintf("<%s object at %p>", o.class.pointer.Elem().Name(), o.value), nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = pickle.RuntimeError.New(fmt.Sprintf("panic: %v", v))
		}
	}()
	return s.String(), nil
}
