package pickle

import (
	"fmt"
	"hash/maphash"
	"math/big"
	"slices"
	"strconv"
)

// Bounds of a repr, in which shared parts are written each time. Of a value that
// weighs more it may be longer.
const (
	maxRepr       = 16 << 20 // bytes
	maxContainers = 512 << 10
	reprPiece     = 1 << 20 // of a long repr: growing it whole would leave five times as much behind
)

// A Reprer is a Go type that stands for a Python class and has a repr.
type Reprer interface{ Repr() (string, error) }

// Repr is Python's repr. Errors are *Exception: RecursionError, ValueError for
// an int of more than 4300 digits, MemoryError beyond 16 MiB or 512 K containers
// if that is also more than four times the bytes of the value itself: it then
// has the same parts again and again.
//
// Instances of a few classes of the standard library are shown as there;
// others as <module.Class object at 0x...>.
func Repr(v any) (string, error) {
	p := printer{whole: v, room: maxRepr, visits: maxContainers}
	if err := p.repr(v); err != nil {
		return "", err
	}
	return p.text(), nil
}

// A printer writes reprs to a buffer.
type printer struct {
	buf        []byte   // the last piece
	pieces     [][]byte // those before it
	length     int      // of these
	whole      any      // what the repr is of
	room       int      // bytes that it may take
	containers int      // that were written
	visits     int      // that may be
	depth      int
	active     []identity            // the containers being written, up to a few
	rest       map[identity]struct{} // and those further in
}

var errDeepRepr = RecursionError.New("maximum recursion depth exceeded while getting the repr of an object")

func (p *printer) write(s string) { p.buf = append(p.buf, s...) }

func (p *printer) repr(v any) error {
	if p.over() && !p.extend() {
		return MemoryError.New("the repr is too long")
	}
	switch n := len(p.buf); {
	case n > reprPiece*3/4:
		p.pieces, p.length = append(p.pieces, p.buf), p.length+n
		p.buf = make([]byte, 0, reprPiece)
	case cap(p.buf)-n < 16: // doubling, where append would copy more often
		p.buf = slices.Grow(p.buf, max(64, n))
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
	case nativer:
		return p.repr(x.native())
	case *Bytearray:
		p.buf = appendBytearray(p.buf, x.Bytes)
	case Tuple:
		return p.within(v, "(...)", (*printer).tuple)
	case *List:
		return p.within(v, "[...]", (*printer).list)
	case *Dict:
		return p.within(v, "{...}", (*printer).dict)
	case *Set:
		return p.within(v, "set(...)", (*printer).set)
	case *FrozenSet:
		return p.within(v, "frozenset(...)", (*printer).frozenset)
	case Slice:
		return p.call("slice", x.Start, x.Stop, x.Step)
	case Range:
		return p.rangeOf(x)
	case Global:
		p.global(x)
	case *Exception:
		return p.within(v, x.name()+"(...)", (*printer).exception)
	case *Object:
		return p.object(x)
	case mutable:
		return p.instance(x)
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
		if n, ok := standsFor(v); ok {
			return p.repr(n)
		}
		p.address(goTypeName(v), v)
	}
	return nil
}

// text is what has been written.
func (p *printer) text() string {
	if p.pieces == nil {
		return textOf(p.buf)
	}
	return textOf(slices.Concat(append(p.pieces, p.buf)...))
}

func (p *printer) over() bool { return p.length+len(p.buf) > p.room || p.containers > p.visits }

// extend makes room for the repr of a large value, once.
func (p *printer) extend() bool {
	weight := weigh(p.whole)
	p.whole = nil
	p.room, p.visits = max(p.room, 4*weight), max(p.visits, weight/16)
	return !p.over()
}

// within writes a container, or the mark that stands for it inside itself.
func (p *printer) within(v any, mark string, write func(*printer, any) error) error {
	id, ok := identify(v)
	if ok && p.isActive(id) {
		p.write(mark)
		return nil
	}
	if p.depth >= maxNested {
		return errDeepRepr
	}
	p.containers++
	p.depth++
	if ok {
		p.activate(id)
	}
	err := write(p, v)
	if ok {
		p.deactivate(id)
	}
	p.depth--
	return err
}

const fewActive = 16

func (p *printer) isActive(id identity) bool {
	for _, a := range p.active {
		if a.n == id.n && a.p == id.p {
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

func (p *printer) list(v any) error { return p.bracketed("[", v.(*List).Items, "]") }

func (p *printer) tuple(v any) error {
	t := v.(Tuple)
	if len(t) == 1 {
		return p.bracketed("(", t, ",)")
	}
	return p.bracketed("(", t, ")")
}

// call writes a call of a function with those arguments.
func (p *printer) call(name string, args ...any) error {
	if p.depth >= maxNested {
		return errDeepRepr
	}
	p.depth++
	defer func() { p.depth-- }()
	p.containers++
	return p.bracketed(name+"(", args, ")")
}

func (p *printer) dict(v any) error {
	p.write("{")
	first := true
	for k, v := range v.(*Dict).All() {
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

func (p *printer) set(v any) error {
	if s := v.(*Set); s.Len() > 0 {
		return p.bracketed("{", slices.Collect(s.All()), "}")
	}
	p.write("set()")
	return nil
}

func (p *printer) frozenset(v any) error {
	if s := v.(*FrozenSet); s.Len() > 0 {
		return p.bracketed("frozenset({", slices.Collect(s.All()), "})")
	}
	p.write("frozenset()")
	return nil
}

func (p *printer) rangeOf(r Range) error {
	if isInt(r.Step, 1) {
		return p.call("range", r.Start, r.Stop)
	}
	return p.call("range", r.Start, r.Stop, r.Step)
}

// exception writes an exception as Python 3.7 and later do: without a comma
// after a single argument.
func (p *printer) exception(v any) error {
	e := v.(*Exception)
	return p.call(e.name(), e.visibleArgs()...)
}

func (p *printer) global(g Global) {
	g = g.current()
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
	at := maphash.Comparable(addressSeed, address(v))&0xff_ffff_fff0 | 0x7f00_0000_0000
	p.write(fmt.Sprintf("<%s object at 0x%012x>", class, at))
}
