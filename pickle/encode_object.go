package pickle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

var (
	errName      = errors.New("a name with a newline needs protocol 4")
	errInstArgs  = errors.New("arguments that are not a tuple")
	errLookup    = errors.New("a global that the pickle computes needs protocol 4")
	errConstruct = errors.New("an unknown way of construction")
)

// A construction is an object whose arguments are being written.
type construction struct {
	o     *Object
	first uint32 // when the earliest of it and those around it was made
}

// A late is a change of an object that waits until another one is made.
type late struct {
	key key // of the changed object
	op  *Op
}

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

// known returns a global of Python's own as one that the value might name:
// Recode leaves those their names.
func (e *encoder) known(g Global) Global {
	if e.codec.passage.exact() && e.version < 3 {
		return g.to2()
	}
	return g
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

// global writes a class or function under the name that the peer has for it.
func (e *encoder) global(g Global) error {
	if e.eager {
		return e.named(e.codec.globalOut(g))
	}
	if n, ok := e.globals[g]; ok {
		e.refer(n)
		return nil
	}
	if err := e.newGlobal(e.codec.globalOut(g)); err != nil {
		return err
	}
	e.madeGlobal(g)
	return nil
}

// named writes a class or function by its name for the peer.
func (e *encoder) named(g Global) error {
	if n, ok := e.globals[g]; ok {
		e.refer(n)
		return nil
	}
	if err := e.newGlobal(g); err != nil {
		return err
	}
	e.nodes[e.madeGlobal(g)].entry = e.put()
	return nil
}

// madeGlobal notes that the global is what the output so far pushes last.
func (e *encoder) madeGlobal(g Global) (number int) {
	if e.globals == nil {
		e.globals = map[Global]int{}
	}
	e.nodes = append(e.nodes, node{made: len(e.out), entry: -1})
	e.globals[g] = len(e.nodes) - 1
	return len(e.nodes) - 1
}

func (e *encoder) newGlobal(g Global) error {
	if !validString(g.Module) || !validString(g.Name) {
		return e.fail(g, errText)
	}
	if e.version >= 4 {
		if e.eager {
			return e.apply(opStackGlobal, g.Module, g.Name)
		}
		e.out = putText(e.out, g.Module, e.version)
		e.out = putText(e.out, g.Name, e.version)
		e.op(opStackGlobal)
		return nil
	}
	if outer, inner, ok := cutLast(g.Name); ok {
		return e.attribute(Global{g.Module, outer}, inner)
	}
	if !oneLine(g.Module) || !oneLine(g.Name) {
		return e.fail(g, errName)
	}
	e.out = append(append(append(e.out, opGlobal), g.Module...), '\n')
	e.out = append(append(e.out, g.Name...), '\n')
	return nil
}

// attribute writes a nested class or method, which protocols below 4 cannot
// name: they fetch it from what it is in.
func (e *encoder) attribute(outer Global, name string) error {
	if err := e.global(e.known(Global{"builtins", "getattr"})); err != nil {
		return err
	}
	if e.version < 2 {
		e.op(opMark)
	}
	write := e.newGlobal
	if e.eager {
		write = e.named
	}
	if err := write(outer); err != nil {
		return err
	}
	attribute := any(name)
	if e.codec.Dialect.Python2 {
		attribute = ByteString(name)
	}
	if err := e.value(attribute); err != nil {
		return err
	}
	if e.version < 2 {
		e.op(opTuple)
	} else {
		e.op(opTuple2)
	}
	if e.eager {
		e.put()
	}
	e.op(opReduce)
	return nil
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 || i == len(name)-1 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

func oneLine(s string) bool { return !strings.ContainsRune(s, '\n') }

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
		return e.changeLate(o)
	}
	if !e.eager || e.memoizes(o) {
		e.made(k)
	}
	if err := e.changeLate(o); err != nil {
		return err
	}
	err = e.changes(o.Ops, k)
	e.leave()
	return err
}

// memoizes tells whether an object gets a memo entry, which makes its POP no
// effect: where it had one, or is needed once more for changes that wait.
func (e *encoder) memoizes(o *Object) bool {
	if o.memoized || len(e.late[o]) > 0 {
		return true
	}
	for i := range o.Ops {
		if e.waitsFor(&o.Ops[i]) != nil {
			return true
		}
	}
	return false
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
		return e.apply(opStackGlobal, args...)
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
	attribute := Global{"builtins", "getattr"}
	create := &Object{Class: e.known(attribute), Args: Tuple{o.Class, "__new__"}}
	partial := &Object{
		Class: Global{"functools", "partial"},
		Args:  Tuple{create},
		Ops:   []Op{{Kind: Build, Items: []any{Tuple{create, append(Tuple{o.Class}, args...), kwargs, nil}}}},
	}
	return e.apply(opReduce, partial, emptyTuple)
}

func argsOf(o *Object) any {
	if o.Args == nil {
		return emptyTuple
	}
	return o.Args
}

func (e *encoder) apply(op byte, parts ...any) error {
	for _, p := range parts {
		if err := e.value(p); err != nil {
			return err
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
	if !ok || !oneLine(g.Module) || !oneLine(g.Name) {
		return e.fail(o, errName)
	}
	e.op(opInst)
	e.out = append(append(append(append(e.out, g.Module...), '\n'), g.Name...), '\n')
	return nil
}

// changes writes what was done to an object. A change that was made after
// another object came to be, whose arguments are being written now, may need
// that object: it waits for the outermost such.
func (e *encoder) changes(ops []Op, k key) error {
	for i := range ops {
		op := &ops[i]
		if until := e.waitsFor(op); until != nil {
			if e.late == nil {
				e.late = map[*Object][]late{}
			}
			e.late[until] = append(e.late[until], late{k, op})
			continue
		}
		if err := e.change(op); err != nil {
			return err
		}
	}
	return nil
}

// begin notes that the arguments of o are being written.
func (e *encoder) begin(o *Object) {
	first := o.seq
	if first == 0 { // made here, not decoded: nothing waits for it
		first = math.MaxUint32
	}
	if n := len(e.building); n > 0 {
		first = min(first, e.building[n-1].first)
	}
	e.building = append(e.building, construction{o, first})
}

// waitsFor returns the outermost object being built that was made before the
// change, or nil.
func (e *encoder) waitsFor(op *Op) *Object {
	i := sort.Search(len(e.building), func(i int) bool { return e.building[i].first < op.seq })
	if i == len(e.building) {
		return nil
	}
	return e.building[i].o
}

// changeLate writes the changes that waited for the object.
func (e *encoder) changeLate(o *Object) error {
	for len(e.late[o]) > 0 {
		waiting := e.late[o]
		delete(e.late, o)
		for _, l := range waiting {
			e.again(l.key)
			if err := e.change(l.op); err != nil {
				return err
			}
			e.op(opPop)
		}
	}
	return nil
}

func (e *encoder) change(op *Op) error {
	switch op.Kind {
	case Build, Effect:
		if len(op.Items) != 1 {
			return fmt.Errorf("pickle: an Op with %d items instead of one", len(op.Items))
		}
		if err := e.value(op.Items[0]); err != nil {
			return err
		}
		if op.Kind == Build {
			e.op(opBuild)
		} else {
			e.op(opPop)
		}
		return nil
	case Append:
		if op.extend && e.version > 0 {
			return e.items(op.Items, 0, opAppends)
		}
		return e.items(op.Items, opAppend, opAppends)
	case AddItems:
		return e.items(op.Items, 0, opAddItems)
	}
	if len(op.Items)%2 != 0 {
		return errOdd
	}
	if len(op.Items) == 0 {
		return nil
	}
	marked := e.beginPairs(len(op.Items) / 2)
	for i := 0; i < len(op.Items); i += 2 {
		if err := e.pair(op.Items[i], op.Items[i+1], marked); err != nil {
			return err
		}
	}
	e.endPairs(marked)
	return nil
}

// exception writes an exception as the call of its class.
func (e *encoder) exception(x *Exception) error {
	k := keyOf(x)
	if e.again(k) {
		return nil
	}
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
		_, inPython2 := namesTo2[g]
		if base == "" || inPython2 || c == QueueEmpty || c == QueueFull {
			return g
		}
		c = base
	}
}

func putDecimal(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func putSized8(dst, b []byte) []byte {
	return append(binary.LittleEndian.AppendUint64(dst, uint64(len(b))), b...)
}
