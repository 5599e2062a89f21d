package pickle

import (
	"math/big"
	"reflect"
	"sync"
	"sync/atomic"
)

// A plan is how variables of a Go type are filled and written. It is made once.
type plan struct {
	typ    reflect.Type
	size   uintptr
	number int

	// read fills the variable at p, fill does so for values with parts that
	// nothing else refers to.
	read func(r *reader, p pointer, v ref) error
	fill func(r *reader, p pointer, v ref) error

	// direct reads a value in one pass, of which begins tells the first opcode.
	direct   directFunc
	begins   [256]bool
	atom     bool         // values have no parts
	loose    bool         // a part of a value may look like a whole one
	failures atomic.Int32 // since direct reading succeeded last

	grow     growFunc // of slices
	likeness likeness

	// write writes the variable at p. Values that interfaces hold stay there for it, or
	// are copied.
	write writeFunc
	stays bool
	lists bool // they are written as lists, if no Registry knows their type

	elem, key *plan // of what the type is made of
	fields    *structure
	known     *knownType
}

var (
	plans    sync.Map   // reflect.Type → *plan
	planning sync.Mutex // held while plans are made: they refer to each other

	planNumbers atomic.Int64
)

// recent are plans that were asked for, by a part of their type's address: most programs
// have a few types that they read again and again.
var recent [256]atomic.Pointer[plan]

// planOf returns the plan for a type.
func planOf(t reflect.Type) *plan {
	r := &recent[whereIs(t)/64%256]
	if p := r.Load(); p != nil && p.typ == t {
		return p
	}
	p := settledPlan(t)
	r.Store(p)
	return p
}

func settledPlan(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	planning.Lock()
	defer planning.Unlock()
	b := planner{}
	p := b.plan(t)
	b.settle()
	for t, p := range b {
		plans.Store(t, p)
	}
	return p
}

// A planner holds the plans that are being made.
type planner map[reflect.Type]*plan

func (b planner) plan(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	if p := b[t]; p != nil {
		return p
	}
	p := &plan{typ: t, size: t.Size(), number: int(planNumbers.Add(1)), known: knownTypes[t]}
	p.read = p.convert
	b[t] = p
	if p.known != nil {
		p.read = p.readKnown
	}
	switch {
	case t == typeRaw:
		p.read = p.readRaw
	case p.known == nil && !custom(t):
		b.byKind(p)
	case writtenByKind(t): // but read otherwise
		read := p.read
		b.byKind(p)
		p.read, p.fill = read, nil
	case t.Kind() == reflect.Pointer:
		p.elem = b.plan(t.Elem())
	}
	p.write, p.direct = p.writer(), p.directReader()
	if mayBeRegistered(t) {
		p.write = p.writeRegistered(p.write)
	}
	p.atom = p.elem == nil && p.fields == nil && p.known == nil
	return p
}

var (
	typeRaw       = reflect.TypeFor[Raw]()
	typeAny       = reflect.TypeFor[any]()
	typeBigInt    = reflect.TypeFor[*big.Int]()
	typeUnmarshal = reflect.TypeFor[Unmarshaler]()
)

// valueTypes stand for Python's types themselves: what is decoded is assigned.
var valueTypes = map[reflect.Type]bool{
	typeRaw:                       true,
	reflect.TypeFor[Tuple]():      true,
	reflect.TypeFor[List]():       true,
	reflect.TypeFor[Dict]():       true,
	reflect.TypeFor[Set]():        true,
	reflect.TypeFor[FrozenSet]():  true,
	reflect.TypeFor[Object]():     true,
	reflect.TypeFor[Exception]():  true,
	reflect.TypeFor[Bytearray]():  true,
	reflect.TypeFor[Buffer]():     true,
	reflect.TypeFor[Global]():     true,
	reflect.TypeFor[Slice]():      true,
	reflect.TypeFor[Range]():      true,
	reflect.TypeFor[ByteString](): true,
	reflect.TypeFor[big.Int]():    true,
	reflect.TypeFor[big.Float]():  true,
	reflect.TypeFor[big.Rat]():    true,

	reflect.TypeFor[OrderedDict]():     true,
	reflect.TypeFor[DefaultDict]():     true,
	reflect.TypeFor[Counter]():         true,
	reflect.TypeFor[Deque]():           true,
	reflect.TypeFor[SimpleNamespace](): true,
	reflect.TypeFor[Array]():           true,
	reflect.TypeFor[Pattern]():         true,
}

// custom tells whether variables of a type are filled by what is decoded first.
func custom(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return valueTypes[t] || t.Implements(typeUnmarshal) || reflect.PointerTo(t).Implements(typeUnmarshal)
}

func (b planner) byKind(p *plan) {
	t := p.typ
	switch t.Kind() {
	case reflect.Bool:
		p.read = p.readBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.read = p.intReader()
	case reflect.Float32:
		p.read = p.readFloat32
	case reflect.Float64:
		p.read = p.readFloat64
	case reflect.String:
		p.read = p.readString
	case reflect.Slice:
		p.elem = b.plan(t.Elem())
		p.read, p.fill, p.grow = p.readParts, p.fillSlice, grower(t)
		if t.Elem().Kind() == reflect.Uint8 {
			p.read = p.readBytes
		}
	case reflect.Array:
		p.elem = b.plan(t.Elem())
		p.read, p.fill = p.readParts, p.fillArray
	case reflect.Map:
		p.key, p.elem = b.plan(t.Key()), b.plan(t.Elem())
		p.read, p.fill = p.readParts, p.fillMap
	case reflect.Pointer:
		p.elem = b.plan(t.Elem())
		p.read = p.readPointer
	case reflect.Struct:
		p.fields = b.structure(t)
		p.read, p.fill = p.readParts, p.fillStruct
	}
}
