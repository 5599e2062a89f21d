package pickle

import "strings"

// known returns a global of Python's own as one that the value might name:
// Recode leaves those their names.
func (e *encoder) known(g Global) Global {
	if e.codec.passage.exact() && e.version < 3 {
		return g.to2()
	}
	return g
}

// global writes a class or function under the name that the peer has for it.
func (e *encoder) global(g Global) error {
	if e.eager {
		return e.named(e.codec.globalOut(g))
	}
	if n, ok := e.findGlobal(g); ok {
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
	if n, ok := e.findGlobal(g); ok {
		e.refer(n)
		return nil
	}
	if err := e.newGlobal(g); err != nil {
		return err
	}
	e.memoize(e.madeGlobal(g))
	return nil
}

// findGlobal returns the node of a global that has been written. Mostly it is the last one.
func (e *encoder) findGlobal(g Global) (n int, ok bool) {
	if e.lastNode > 0 && g == e.lastGlobal {
		return e.lastNode - 1, true
	}
	if n, ok = e.globals[g]; ok {
		e.lastGlobal, e.lastNode = g, n+1
	}
	return n, ok
}

// madeGlobal notes that the global is what the output so far pushes last.
func (e *encoder) madeGlobal(g Global) (number int) {
	if e.globals == nil {
		e.globals = map[Global]int{}
	}
	e.nodes = append(e.nodes, node{made: len(e.out)})
	e.globals[g] = len(e.nodes) - 1
	return len(e.nodes) - 1
}

func (e *encoder) newGlobal(g Global) error {
	if !validString(g.Module) || !validString(g.Name) {
		return e.fail(g, errText)
	}
	if e.version >= 4 {
		if e.eager {
			return e.apply(opStackGlobal, e.module(g), g.Name)
		}
		e.out = putText(e.out, g.Module, e.version)
		e.out = putText(e.out, g.Name, e.version)
		e.op(opStackGlobal)
		return nil
	}
	if outer, inner, ok := cutLast(g.Name); ok {
		return e.attribute(Global{g.Module, outer}, inner)
	}
	switch {
	case g.Module == "" || g.Name == "":
		return e.fail(g, errNoName) // which only STACK_GLOBAL can say
	case !oneLine(g.Module) || !oneLine(g.Name):
		return e.fail(g, errName)
	}
	e.out = append(append(append(e.out, opGlobal), g.Module...), '\n')
	e.out = append(append(e.out, g.Name...), '\n')
	return nil
}

// module returns the text of a module's name, which stays the string that it is in the
// pickle: classes of builtins share one in Python, and functions have others. A bytearray
// that there was an opcode for has none; its class shares that of what is written first.
func (e *encoder) module(g Global) string {
	switch {
	case g.Module != "builtins":
		return g.Module
	case e.builtins == "":
		e.builtins, e.bytearrayFirst = g.Module, g.Name == "bytearray"
	case g.Name != "bytearray" && !e.bytearrayFirst:
		return g.Module
	}
	return e.builtins
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
	e.reduce(opTuple2)
	return nil
}

// reduce ends a call's arguments, for which later protocols have the opcode, and makes it.
func (e *encoder) reduce(tuple byte) {
	if e.version < 2 {
		tuple = opTuple
	}
	e.op(tuple)
	if e.eager {
		e.put()
	}
	e.op(opReduce)
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 || i == len(name)-1 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

func oneLine(s string) bool { return !strings.ContainsRune(s, '\n') }
