package pickle

import (
	"fmt"
	"hash/maphash"
	"math/big"
	"strconv"
)

// maxRepr bounds a repr in bytes: shared parts are written each time.
const maxRepr = 64 << 20

// A Reprer is a Go type that stands for a Python class and has a repr.
type Reprer interface{ Repr() (string, error) }

// Repr is Python's repr. Errors are *Exception: RecursionError, ValueError for
// an int of more than 4300 digits, MemoryError beyond 64 MiB.
//
// Instances of a few classes of the standard library are shown as there;
// others as <module.Class object at 0x...>.
func Repr(v any) (string, error) {
	var p printer
	err := p.repr(v)
	return string(p.buf), err
}

// A printer writes reprs to a buffer.
type printer struct {
	buf    []byte
	depth  int
	active []identity            // the containers being written, up to a few
	rest   map[identity]struct{} // and those further in
}

func (p *printer) write(s string) { p.buf = append(p.buf, s...) }

func (p *printer) repr(v any) error {
	if len(p.buf) > maxRepr {
		return MemoryError.New("the repr is too long")
	}
	switch x := integer(v).(type) {
	case nil:
		p.write("None")
	case bool:
		if x {
			p.write("True")
		} else {
			p.write("False")
		}
	case int64:
		p.buf = strconv.AppendInt(p.buf, x, 10)
	case *big.Int:
		return p.bigInt(x)
	case float64:
		p.buf = appendFloat(p.buf, x, true)
	case float32:
		p.buf = appendFloat(p.buf, float64(x), true)
	case complex128:
		p.buf = appendComplex(p.buf, x)
	case complex64:
		p.buf = appendComplex(p.buf, complex128(x))
	case string:
		p.buf = appendString(p.buf, x)
	case []byte:
		p.buf = appendBytes(p.buf, x)
	case ByteString:
		return p.repr(x.native())
	case *Bytearray:
		p.write("bytearray(")
		p.buf = appendBytes(p.buf, x.Bytes)
		p.write(")")
	case Tuple:
		return p.within(x, "(...)", func() error { return p.tuple(x) })
	case *List:
		return p.within(x, "[...]", func() error { return p.list(x.Items) })
	case *Dict:
		return p.within(x, "{...}", func() error { return p.dict(x) })
	case *Set:
		return p.within(x, "set(...)", func() error { return p.set("set", &x.table) })
	case *FrozenSet:
		return p.within(x, "frozenset(...)", func() error { return p.set("frozenset", &x.table) })
	case Slice:
		return p.call("slice", x.Start, x.Stop, x.Step)
	case Range:
		return p.rangeOf(x)
	case Global:
		p.global(x)
	case *Exception:
		return p.within(x, lastName(string(x.Class))+"(...)", func() error { return p.exception(x) })
	case *Object:
		return p.object(x)
	case Reprer:
		s, err := x.Repr()
		p.write(s)
		return err
	case Raw:
		v, err := built(x)
		if err != nil {
			return err
		}
		return p.repr(v)
	default:
		p.address(goTypeName(v), v)
	}
	return nil
}

// within writes a container, or the mark that stands for it inside itself.
func (p *printer) within(v any, mark string, write func() error) error {
	id, ok := identify(v)
	if ok && p.isActive(id) {
		p.write(mark)
		return nil
	}
	if p.depth >= maxNested {
		return RecursionError.New("maximum recursion depth exceeded while getting the repr of an object")
	}
	p.depth++
	if ok {
		p.activate(id)
		defer p.deactivate(id)
	}
	err := write()
	p.depth--
	return err
}

const fewActive = 16

func (p *printer) isActive(id identity) bool {
	for _, a := range p.active {
		if a == id {
			return true
		}
	}
	_, ok := p.rest[id]
	return ok
}

func (p *printer) activate(id identity) {
	if len(p.active) < fewActive {
		p.active = append(p.active, id)
		return
	}
	if p.rest == nil {
		p.rest = make(map[identity]struct{})
	}
	p.rest[id] = struct{}{}
}

func (p *printer) deactivate(id identity) {
	if n := len(p.active); p.active[n-1] == id {
		p.active = p.active[:n-1]
		return
	}
	delete(p.rest, id)
}

// items writes items with commas between.
func (p *printer) items(items []any) error {
	for i, item := range items {
		if i > 0 {
			p.write(", ")
		}
		if err := p.repr(item); err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) bracketed(open string, items []any, end string) error {
	p.write(open)
	err := p.items(items)
	p.write(end)
	return err
}

func (p *printer) list(items []any) error { return p.bracketed("[", items, "]") }

func (p *printer) tuple(t Tuple) error {
	if len(t) == 1 {
		return p.bracketed("(", t, ",)")
	}
	return p.bracketed("(", t, ")")
}

// call writes a call of a function with those arguments.
func (p *printer) call(name string, args ...any) error { return p.bracketed(name+"(", args, ")") }

func (p *printer) dict(d *Dict) error {
	p.write("{")
	first := true
	for k, v := range d.All() {
		if !first {
			p.write(", ")
		}
		first = false
		if err := p.repr(k); err != nil {
			return err
		}
		p.write(": ")
		if err := p.repr(v); err != nil {
			return err
		}
	}
	p.write("}")
	return nil
}

func (p *printer) set(name string, t *table) error {
	if t.live == 0 {
		p.write(name + "()")
		return nil
	}
	items := make([]any, 0, t.live)
	for item := range t.all {
		items = append(items, item)
	}
	if name == "set" {
		return p.bracketed("{", items, "}")
	}
	return p.bracketed(name+"({", items, "})")
}

func (p *printer) rangeOf(r Range) error {
	if isInt(r.Step, 1) {
		return p.call("range", r.Start, r.Stop)
	}
	return p.call("range", r.Start, r.Stop, r.Step)
}

// exception writes an exception as Python 3.7 and later do: without a comma
// after a single argument.
func (p *printer) exception(e *Exception) error {
	return p.call(lastName(string(e.Class)), e.visibleArgs()...)
}

// visibleArgs returns what Python shows of the arguments: an OSError takes its
// file names out of them.
func (e *Exception) visibleArgs() Tuple {
	if n := len(e.Args); n > 2 && n <= 5 && e.Is(OSError) {
		return e.Args[:2]
	}
	return e.Args
}

func (p *printer) global(g Global) {
	switch {
	case g == NotImplemented, g == Ellipsis:
		p.write(g.Name)
	case g.isBuiltinFunction():
		p.write("<built-in function " + g.Name + ">")
	case g.isBuiltin():
		p.write("<class '" + g.Name + "'>")
	default:
		p.write("<class '" + g.String() + "'>")
	}
}

var addressSeed = maphash.MakeSeed()

// address writes an object that has no repr of its own. The address differs
// from object to object and stays, but does not tell where the object is.
func (p *printer) address(class string, v any) {
	at := maphash.Comparable(addressSeed, fmt.Sprintf("%p", v))&0xff_ffff_fff0 | 0x7f00_0000_0000
	p.write(fmt.Sprintf("<%s object at 0x%012x>", class, at))
}
