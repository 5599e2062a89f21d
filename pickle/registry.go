package pickle

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
)

// A Registry knows Go types for Python classes and functions. The zero
// Registry knows none, that of Stdlib those of the standard library. It may be
// used from many goroutines, also while classes are registered.
type Registry struct{ classes classTable }

// ErrUnclaimed is what Rebuild and SetState return for arguments that their Go
// type cannot stand for: the value then is an inert *Object, which is written as
// it came.
var ErrUnclaimed = errors.New("no value of the registered class")

// A Class is how the Go type T stands for a Python class.
type Class[T any] struct {
	// Reduce returns the recipe by which v leaves.
	Reduce func(ctx context.Context, v T) (*Object, error)
	// ReduceEx is Reduce for a class that leaves differently by protocol, as
	// Python's __reduce_ex__ lets it. The protocol is never the default.
	ReduceEx func(ctx context.Context, v T, p Protocol) (*Object, error)
	// Rebuild makes a T of the arguments that the pickle calls the class
	// (or its __new__) with. It may decline with ErrUnclaimed.
	Rebuild func(ctx context.Context, args Tuple, kwargs *Dict) (T, error)
	// SetState takes what BUILD brings. T should then be a pointer. It may
	// decline with ErrUnclaimed, having changed nothing.
	SetState func(ctx context.Context, v T, state any) error
}

// A class is a Class without its type.
type class struct {
	name     string
	reduce   func(ctx context.Context, v any, p Protocol) (*Object, error)
	rebuild  func(ctx context.Context, args Tuple, kwargs *Dict) (any, error)
	setState func(ctx context.Context, v, state any) error

	// Of the standard library: make is rebuild with the decoder at hand, ofState
	// is make for bytes alone, which are a part of the pickle, and finish makes
	// the value of an Object that has got its state.
	make    func(d *decoder, args Tuple) (v any, ok bool, err error)
	ofState func(d *decoder, state []byte) (v any, ok bool)
	finish  func(o *Object) (v any, ok bool)

	constant *any // the member of an Enum that has the name

	structure *structure // of RegisterStruct
	fills     reflect.Type

	pointed bool // made of the class of a *T, for a T
}

// A classTable is read by every message and written at start: readers take no
// lock, writers replace the maps.
type classTable struct {
	mu   sync.Mutex // for writers
	maps atomic.Pointer[classMaps]
}

type classMaps struct {
	names map[string]*class
	types map[reflect.Type]*class
}

// Register makes T stand for the Python class or function of that full name,
// such as "decimal.Decimal", or "shop:Outer.Inner" for one in a class. A later
// call for the same name or type wins. One type may have several names: it
// leaves by the last Reduce. Where T is a pointer, what it points to leaves by
// it as well, unless registered for itself.
func Register[T any](r *Registry, name string, c Class[T]) {
	if err := checkName(name); err != nil {
		panic(fmt.Sprintf("pickle: Register %q: %v", name, err))
	}
	if t := reflect.TypeFor[T](); (c.Reduce != nil || c.ReduceEx != nil) && !mayBeRegistered(t) {
		panic(fmt.Sprintf("pickle: Register %q: %v cannot be reduced: it is no type that a package names, nor a pointer to one", name, t))
	}
	erased := &class{name: globalNamed(name).String()}
	if c.Reduce != nil {
		erased.reduce = func(ctx context.Context, v any, _ Protocol) (*Object, error) { return c.Reduce(ctx, v.(T)) }
	}
	if c.ReduceEx != nil {
		erased.reduce = func(ctx context.Context, v any, p Protocol) (*Object, error) { return c.ReduceEx(ctx, v.(T), p) }
	}
	if c.Rebuild != nil {
		erased.rebuild = func(ctx context.Context, args Tuple, kwargs *Dict) (any, error) {
			return c.Rebuild(ctx, args, kwargs)
		}
	}
	if c.SetState != nil {
		erased.setState = func(ctx context.Context, v, state any) error { return c.SetState(ctx, v.(T), state) }
	}
	r.classes.add(erased, reflect.TypeFor[T]())
}

// checkName tells what is wrong with the full name of a class.
func checkName(name string) error {
	i := strings.LastIndexAny(name, ".:")
	switch {
	case i <= 0:
		return errors.New("the name has no module")
	case i == len(name)-1:
		return errors.New("the name ends in its module")
	case !oneLine(name):
		return errors.New("the name has a newline")
	}
	return nil
}

func (t *classTable) add(c *class, typ reflect.Type) {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := &classMaps{names: map[string]*class{}, types: map[reflect.Type]*class{}}
	if old := t.maps.Load(); old != nil {
		for k, v := range old.names {
			next.names[k] = v
		}
		for k, v := range old.types {
			next.types[k] = v
		}
	}
	if c.rebuild != nil || c.structure != nil || c.make != nil || c.finish != nil || c.constant != nil {
		next.names[c.name] = c
	}
	if old := next.types[typ]; c.reduce != nil || c.structure != nil || old == nil || old.pointed {
		next.types[typ] = c
	}
	if c.reduce != nil && typ.Kind() == reflect.Pointer {
		if old := next.types[typ.Elem()]; old == nil || old.pointed {
			next.types[typ.Elem()] = c.forValues(typ.Elem())
		}
	}
	t.maps.Store(next)
}

// forValues returns the class by which values of type t leave, made of that of pointers to them.
func (c *class) forValues(t reflect.Type) *class {
	reduce := func(ctx context.Context, v any, p Protocol) (*Object, error) {
		to := reflect.New(t)
		to.Elem().Set(reflect.ValueOf(v))
		return c.reduce(ctx, to.Interface(), p)
	}
	return &class{name: c.name, reduce: reduce, pointed: true}
}

// named returns the class that rebuilds instances of g, or nil.
func (r *Registry) named(g Global) *class {
	if r == nil {
		return nil
	}
	m := r.classes.maps.Load()
	if m == nil {
		return nil
	}
	var buf [96]byte
	name := append(append(append(buf[:0], g.Module...), '.'), g.Name...)
	return m.names[string(name)]
}

// of returns the class that a Go value stands for, or nil.
func (r *Registry) of(v any) *class { return r.ofType(reflect.TypeOf(v)) }
