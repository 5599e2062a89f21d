package pickle

import (
	"errors"
	"strconv"
)

var (
	errName      = errors.New("a name with a newline needs protocol 4")
	errInstArgs  = errors.New("arguments that are not a tuple")
	errLookup    = errors.New("a global that the pickle computes needs protocol 4")
	errAddItems  = errors.New("an object with items that are added needs protocol 4")
	errConstruct = errors.New("an unknown way of construction")
)

// call writes the call of a global.
func (e *encoder) call(module, name string, args ...any) error {
	if err := e.global(e.known(Global{module, name})); err != nil {
		return err
	}
	if err := e.freshTuple(args); err != nil {
		return err
	}
	e.op(opReduce)
	return nil
}

// freshTuple writes a tuple that only this call has.
func (e *encoder) freshTuple(args []any) error {
	if err := e.enter(); err != nil {
		return err
	}
	marked := e.version < 2 || len(args) > 3
	switch {
	case len(args) == 0 && e.version >= 1: // is not memoized
		e.op(opEmptyTuple)
		e.leave()
		return nil
	case marked:
		e.op(opMark)
	}
	for _, v := range args {
		if err := e.value(v); err != nil {
			return err
		}
	}
	e.leave()
	if marked {
		e.op(opTuple)
	} else {
		e.op(opTuple1 + byte(len(args)-1))
	}
	if e.eager && len(args) > 0 {
		e.put()
	}
	return nil
}

// object writes a construction and what was done to the result.
func (e *encoder) object(o *Object, k key) error {
	if e.again(k) {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	e.begin(o)
	err := e.construct(o)
	e.building = e.building[:len(e.building)-1]
	if err != nil {
		return err
	}
	if n := e.find(k.at, k.size); n >= 0 { // made meanwhile, through its arguments
		e.op(opPop)
		e.refer(n)
		e.leave()
		return e.changeLate(e.takeLate(o))
	}
	if !e.eager || e.memoizes(o) {
		e.made(k)
	}
	err = e.changes(o, o.Ops, k)
	e.leave()
	return err
}

// construct writes the constructor call.
func (e *encoder) construct(o *Object) error {
	args, isTuple := o.Args.(Tuple)
	if o.Args == nil {
		isTuple = true
	}
	switch o.How {
	case Reduce:
		return e.apply(opReduce, o.Class, argsOf(o))
	case NewObj:
		if e.version >= 2 {
			return e.apply(opNewObj, o.Class, argsOf(o))
		}
		if !isTuple {
			return e.fail(o, errInstArgs)
		}
		return e.call("copyreg", "__newobj__", append([]any{o.Class}, args...)...)
	case NewObjEx:
		kwargs := o.Kwargs
		if kwargs == nil {
			kwargs = new(Dict)
		}
		if e.version >= 4 {
			return e.apply(opNewObjEx, o.Class, argsOf(o), kwargs)
		}
		return e.newObjEx(o, args, kwargs)
	case Inst:
		if !isTuple {
			return e.fail(o, errInstArgs)
		}
		return e.oldInstance(o, args)
	case Lookup:
		if e.version < 4 || len(args) != 2 {
			return e.fail(o, errLookup)
		}
		return e.apply(opStackGlobal, args[0], args[1])
	case Existing:
		return e.value(o.Args)
	}
	return e.fail(o, errConstruct)
}

// newObjEx writes keyword arguments for protocols without an opcode for them:
// as the call of a partial of __new__, which Python 2 has too.
func (e *encoder) newObjEx(o *Object, args Tuple, kwargs *Dict) error {
	if e.version == 3 {
		return e.call("copyreg", "__newobj_ex__", o.Class, argsOf(o), kwargs)
	}
	if o.Args != nil && args == nil {
		return e.fail(o, errInstArgs)
	}
	create := e.creator(o.Class)
	if err := e.global(Global{"functools", "partial"}); err != nil {
		return err
	}
	if err := e.freshTuple([]any{create}); err != nil {
		return err
	}
	e.op(opReduce)
	if e.eager {
		e.put()
	}
	e.op(opMark)
	if err := e.value(create); err != nil {
		return err
	}
	if err := e.freshTuple(append(Tuple{o.Class}, args...)); err != nil {
		return err
	}
	if err := e.value(kwargs); err != nil {
		return err
	}
	e.op(opNone, opTuple)
	if e.eager {
		e.put()
	}
	e.op(opBuild)
	if err := e.freshTuple(nil); err != nil {
		return err
	}
	e.op(opReduce)
	return nil
}

// creator returns the __new__ of a class, which is the same for all of its objects.
func (e *encoder) creator(class any) *Object {
	g, isGlobal := class.(Global)
	if create := e.creators[g]; create != nil && isGlobal {
		return create
	}
	create := &Object{Class: e.known(Global{"builtins", "getattr"}), Args: Tuple{class, "__new__"}, memoized: true}
	if isGlobal {
		if e.creators == nil {
			e.creators = map[Global]*Object{}
		}
		e.creators[g] = create
	}
	return create
}

func argsOf(o *Object) any {
	if o.Args == nil {
		return emptyTuple
	}
	return o.Args
}

// apply writes what an opcode makes an object of: class, arguments and keyword arguments.
func (e *encoder) apply(op byte, parts ...any) error {
	for i, p := range parts {
		if err := e.value(p); err != nil {
			return inField(err, [...]string{"Class", "Args", "Kwargs"}[i])
		}
	}
	e.op(op)
	return nil
}

// oldInstance writes OBJ, or INST at protocol 0.
func (e *encoder) oldInstance(o *Object, args Tuple) error {
	e.op(opMark)
	if e.version > 0 {
		if err := e.value(o.Class); err != nil {
			return err
		}
	}
	for _, v := range args {
		if err := e.value(v); err != nil {
			return err
		}
	}
	if e.version > 0 {
		e.op(opObj)
		return nil
	}
	g, ok := o.Class.(Global)
	g = e.codec.globalOut(g)
	switch {
	case !ok || !oneLine(g.Module) || !oneLine(g.Name):
		return e.fail(o, errName)
	case g.Module == "" || g.Name == "":
		return e.fail(o, errNoName)
	}
	e.op(opInst)
	e.out = append(append(append(append(e.out, g.Module...), '\n'), g.Name...), '\n')
	return nil
}

// exception writes an exception, with its cause if Python can have that.
func (e *encoder) exception(x *Exception) error {
	if e.again(keyOf(x)) {
		return nil
	}
	if x.Cause != nil {
		if rebuild, ok := rebuilders[x.Cause.Class]; ok {
			return e.caused(x, rebuild)
		}
	}
	return e.uncaused(x)
}

// uncaused writes an exception as the call of its class.
func (e *encoder) uncaused(x *Exception) error {
	k := keyOf(x)
	if err := e.enter(); err != nil {
		return err
	}
	if err := e.global(e.exceptionGlobal(x.Class)); err != nil {
		return err
	}
	args := x.Args
	if args == nil {
		args = Tuple{}
	}
	if err := e.tuple(args); err != nil {
		return err
	}
	e.op(opReduce)
	if n := e.find(k.at, k.size); n >= 0 {
		e.op(opPop)
		e.refer(n)
		e.leave()
		return nil
	}
	e.made(k)
	if x.State != nil {
		if err := e.value(x.State); err != nil {
			return err
		}
		e.op(opBuild)
	}
	e.leave()
	return nil
}

// exceptionGlobal returns the class, or for a Python 2 the nearest base that
// it has.
func (e *encoder) exceptionGlobal(c ExceptionClass) Global {
	if !e.codec.Dialect.Python2 {
		return c.global()
	}
	for {
		g := c.global()
		base := exceptionBases[c]
		_, inPython2 := renamed().namesTo2[g]
		if base == "" || inPython2 || c == QueueEmpty || c == QueueFull {
			return g
		}
		c = base
	}
}

func putDecimal(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }
