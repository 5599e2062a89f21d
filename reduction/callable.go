package reduction

import "github.com/brine-go/brine/pickle"

var (
	getattr        = pickle.Global{Module: "builtins", Name: "getattr"}
	rebuildPartial = pickle.Global{Module: "multiprocessing.reduction", Name: "_rebuild_partial"}
)

// Method is an attribute of a value, such as a bound method or one of a class,
// as Python's pickler writes it: getattr(owner, name).
func Method(owner any, name string) *pickle.Object {
	return &pickle.Object{Class: getattr, Args: pickle.Tuple{owner, name}}
}

// Partial is functools.partial(fn, *args, **kwargs) as multiprocessing's pickler
// writes it.
func Partial(fn any, args pickle.Tuple, kwargs *pickle.Dict) *pickle.Object {
	if args == nil {
		args = pickle.Tuple{}
	}
	if kwargs == nil {
		kwargs = pickle.NewDict(0)
	}
	return &pickle.Object{Class: rebuildPartial, Args: pickle.Tuple{fn, args, kwargs}}
}

// Callee takes a callable that was decoded apart: the function, and the
// arguments that partials put before those of the call. A method of a class is
// a function under the dotted name of both.
func Callee(v any) (fn pickle.Global, args pickle.Tuple, kwargs *pickle.Dict, ok bool) {
	kwargs = pickle.NewDict(0)
	fn, ok = callee(v, &args, kwargs, maxPartials)
	return fn, args, kwargs, ok
}

// maxPartials is how deep partials and attributes may lie in each other.
const maxPartials = 100

func callee(v any, args *pickle.Tuple, kwargs *pickle.Dict, depth int) (fn pickle.Global, ok bool) {
	if g, ok := v.(pickle.Global); ok {
		return g, true
	}
	o, _ := v.(*pickle.Object)
	if o == nil || depth == 0 || o.How != pickle.Reduce || len(o.Ops) > 0 {
		return fn, false
	}
	parts, _ := o.Args.(pickle.Tuple)
	switch {
	case o.Class == getattr && len(parts) == 2:
		name, isText := parts[1].(string)
		owner, ok := callee(parts[0], new(pickle.Tuple), pickle.NewDict(0), 1)
		owner.Name += "." + name
		return owner, ok && isText
	case o.Class == rebuildPartial && len(parts) == 3:
		first, ok1 := parts[1].(pickle.Tuple)
		named, ok2 := parts[2].(*pickle.Dict)
		if !ok1 || !ok2 {
			return fn, false
		}
		fn, ok = callee(parts[0], args, kwargs, depth-1)
		*args = append(*args, first...)
		for name, value := range named.All() {
			kwargs.Set(name, value)
		}
		return fn, ok
	}
	return fn, false
}
