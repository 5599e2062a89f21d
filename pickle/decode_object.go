package pickle

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

var (
	errKwargs = errors.New("keyword arguments that are not a dict")
	errNames  = errors.New("a global needs two strings")
	errNoName = errors.New("a global without a name")
)

// maxName is how long the name of a global may be with that of its module: a
// pickle can look one up a million times.
const maxName = 4096

var errLongName = &LimitError{"name", maxName}

// global executes GLOBAL and STACK_GLOBAL.
func (d *decoder) global(op byte) error {
	if op == opGlobal {
		g, err := d.globalLines()
		if err == nil {
			d.push(g)
		}
		return err
	}
	if err := d.need(2); err != nil {
		return err
	}
	n := len(d.stack)
	module, ok1 := d.stack[n-2].(string)
	name, ok2 := d.stack[n-1].(string)
	if !ok1 || !ok2 {
		return d.lookup()
	}
	if len(module)+len(name) > maxName {
		return errLongName
	}
	d.cut(n - 2)
	d.push(d.codec.globalIn(Global{module, name}, d.proto))
	return d.charge(48)
}

// lookup executes a STACK_GLOBAL whose module or name is not in the pickle.
func (d *decoder) lookup() error {
	n := len(d.stack)
	names := Tuple(slices.Clone(d.stack[n-2:]))
	for _, name := range names {
		if _, ok := name.(string); !ok && !opaque(name) {
			return errNames
		}
	}
	depth := d.cut(n - 2)
	if err := d.charge(objectSize + 32); err != nil {
		return err
	}
	return d.pushNested(d.newObject(Object{How: Lookup, Args: names}), depth+1)
}

// globalLines reads a global whose module and name are lines.
func (d *decoder) globalLines() (Global, error) {
	module, err := d.line()
	if err != nil {
		return Global{}, err
	}
	name, err := d.line()
	if err != nil {
		return Global{}, err
	}
	if len(module) == 0 || len(name) == 0 {
		return Global{}, errNoName
	}
	if len(module)+len(name) > maxName {
		return Global{}, errLongName
	}
	if !utf8.Valid(module) || !utf8.Valid(name) {
		return Global{}, ErrUTF8
	}
	g := Global{string(module), string(name)}
	return d.codec.globalIn(g, d.proto), d.charge(96 + len(module) + len(name))
}

// reduce executes REDUCE, NEWOBJ and NEWOBJ_EX.
func (d *decoder) reduce(op byte) error {
	o := Object{How: Reduce}
	n := 2
	switch op {
	case opNewObj:
		o.How = NewObj
	case opNewObjEx:
		o.How, n = NewObjEx, 3
	}
	if err := d.need(n); err != nil {
		return err
	}
	height := len(d.stack) - n
	values := d.stack[height:]
	o.Class, o.Args = values[0], values[1]
	if n == 3 {
		kwargs, ok := values[2].(*Dict)
		if !ok {
			return errKwargs
		}
		o.Kwargs = kwargs
	}
	return d.pushCall(o, d.cut(height)+1)
}

// instance executes INST and OBJ, by which Python 2 makes its old instances.
func (d *decoder) instance(op byte) error {
	var class any
	if op == opInst {
		g, err := d.globalLines()
		if err != nil {
			return err
		}
		class = g
	}
	height, err := d.unmark()
	if err != nil {
		return err
	}
	args := d.stack[height:]
	if op == opObj {
		if len(args) == 0 {
			return ErrUnderflow
		}
		class, args = args[0], args[1:]
	}
	if err := d.charge(16 * len(args)); err != nil {
		return err
	}
	o := Object{How: Inst, Class: class, Args: Tuple(slices.Clone(args))}
	return d.pushCall(o, d.cut(height)+1)
}

// pushCall pushes what the construction stands for: what the registered class
// makes of it, a value of Python's own types, or an Object.
func (d *decoder) pushCall(o Object, depth int) error {
	if !callable(underlying(o.Class)) {
		return fmt.Errorf("%s is not callable", describe(o.Class))
	}
	args, isTuple := o.Args.(Tuple)
	if _, ok := underlying(o.Args).(Tuple); !ok && !opaque(underlying(o.Args)) {
		return fmt.Errorf("the arguments are %s, not a tuple", describe(o.Args))
	}
	if err := d.charge(objectSize); err != nil {
		return err
	}
	if g, ok := d.callee(o.Class); ok && isTuple {
		v, done, err := d.rebuild(g, o.How, args, o.Kwargs)
		if err != nil {
			return err
		}
		if done {
			return d.pushNested(v, depth)
		}
	}
	if v, done, err := d.callPartial(o.Class, args); done || err != nil {
		if err != nil {
			return err
		}
		return d.pushNested(v, depth)
	}
	d.remember(&o)
	return d.pushNested(d.newObject(o), depth)
}

func (d *decoder) newObject(o Object) *Object {
	instance := d.objects.next(1, d.few())
	*instance = o
	d.clock++
	instance.seq = d.clock
	return instance
}

func (d *decoder) rebuild(g Global, how Construction, args Tuple, kwargs *Dict) (v any, done bool, err error) {
	if d.codec.passage.exact() {
		return d.exactNative(g, how, args)
	}
	if c := d.classNamed(g); c != nil && (c.rebuild != nil || c.structure != nil) {
		return d.rebuildAs(c, g, args, kwargs)
	} else if c != nil && c.make != nil {
		if how == Reduce || how == NewObj && len(args) == 0 {
			if err := d.chargeTexts(args); err != nil {
				return nil, false, err
			}
			return c.make(d, args)
		}
		return nil, false, nil
	}
	if how == NewObj || how == NewObjEx {
		return nil, false, nil
	}
	if g.Module == "copyreg" {
		if v, done, err := d.reconstruct(g, args); done || err != nil {
			return v, done, err
		}
	}
	if v, ok := d.member(g, args); ok {
		return v, true, nil
	}
	return d.native(g, args)
}

// underlying returns the value that an object stands in the place of.
func underlying(v any) any {
	for {
		o, ok := v.(*Object)
		if !ok || o.How != Existing {
			return v
		}
		v = o.Args
	}
}

// chargeTexts charges for looking at long arguments, which a pickle may pass
// many times.
func (d *decoder) chargeTexts(args Tuple) error {
	n := 0
	for _, arg := range args {
		switch x := arg.(type) {
		case string:
			n += len(x)
		case ByteString:
			n += len(x)
		case []byte:
			n += len(x)
		}
	}
	return d.charge(n)
}

// callable tells whether a value may be called: a global, what a pickle
// computes or names elsewhere, or a Go value, but no value of Python's types.
func callable(v any) bool {
	_, ok := v.(Global)
	return ok || opaque(v)
}

// opaque tells whether a value may be of any Python type.
func opaque(v any) bool {
	switch v.(type) {
	case *Object, PersistentID, Extension:
		return true
	}
	return !isPython(v)
}

// isPython tells whether v is of a type that stands for one of Python's.
func isPython(v any) bool {
	switch v.(type) {
	case nil, bool, int64, float64, complex128, string, []byte, ByteString, *Bytearray,
		Tuple, *List, *Dict, *Set, *FrozenSet, Slice, Range, Global, *Exception, *Object, Raw, *Buffer, writer:
		return true
	}
	return isBig(v)
}

// change notes what is done to the value on top of the stack.
func (d *decoder) change(kind OpKind, items []any) error {
	if err := d.charge(64 + 16*len(items)); err != nil {
		return err
	}
	items = d.itemsOf(items) // they lie on the stack
	o, err := d.changed()
	if err != nil {
		return err
	}
	if o.Ops == nil {
		o.Ops = d.ops.alone(1, d.few()) // most objects change once
	}
	d.clock++
	o.Ops = append(o.Ops, Op{Kind: kind, Items: items, seq: d.clock})
	return nil
}

// changed returns the value on top of the stack as one that takes notes: an
// object, or one that is put in its place there.
func (d *decoder) changed() (*Object, error) {
	top := len(d.stack) - 1
	v := d.stack[top]
	if o, ok := v.(*Object); ok {
		return o, nil
	}
	if err := d.charge(objectSize); err != nil {
		return nil, err
	}
	o := d.newObject(Object{How: Existing, Args: v})
	return o, d.pushNested(o, d.cut(top)+1)
}

// build executes BUILD.
func (d *decoder) build() error {
	items, target, depth, err := d.batch(false, 1)
	if err != nil {
		return err
	}
	state := items[0]
	switch t := target.(type) {
	case *Object:
		if err = d.change(Build, items); err == nil {
			d.finish(t)
		}
	case Global, PersistentID, Extension:
		err = d.change(Build, items)
	case *Exception:
		t.State = state
	case stateful:
		if err = t.setState(d, state); errors.Is(err, ErrUnclaimed) {
			err = d.change(Build, items)
		}
	case writer:
		err = d.change(Build, items)
	default:
		c := d.codec.Registry.of(target)
		if c == nil || c.setState == nil && c.structure == nil {
			return fmt.Errorf("%s takes no state", describe(target))
		}
		if m, ok := state.(*Dict); ok { // one state may fill many values
			if err := d.charge(entrySize * m.Len()); err != nil {
				return err
			}
		}
		if c.structure != nil {
			err = d.fillStruct(fill{class: c, v: target, state: state, built: true})
			break
		}
		d.fills.changing(target)
		switch err := c.setState(d.ctx, target, state); {
		case errors.Is(err, ErrUnclaimed):
			if err := d.change(Build, items); err != nil {
				return err
			}
		case err != nil:
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	if err != nil {
		return err
	}
	return d.deepen(depth)
}
