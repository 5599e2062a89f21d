package pickle

import (
	"maps"
	"math/big"
	"net/netip"
	"time"
)

// Stdlib returns a Registry that knows the classes of Python's standard library
// that people send: those of the table in the package documentation. More may
// be registered with it.
//
// Instances of their subclasses, and what was made of arguments that no such
// class takes, stay an *Object.
func Stdlib() *Registry {
	r := new(Registry)
	r.classes.maps.Store(&classMaps{names: maps.Clone(standard.names), types: maps.Clone(standard.types)})
	return r
}

// A maker returns the value that a class makes of arguments, and false for
// those that it does not make one of.
type maker = func(d *decoder, args Tuple) (v any, ok bool, err error)

// standard holds the classes of Stdlib, and standardRegistry is one that nobody
// adds to.
var (
	standard         classMaps
	standardRegistry *Registry
)

func init() { // makers decode keys, which may be Raws, which are decoded
	standard.names = map[string]*class{}
	for name, make := range map[string]maker{
		"array.array":                makeArray,
		"array._array_reconstructor": makeMachineArray,
		"re._compile":                makePattern,

		"collections.Counter":     makeCounter,
		"collections.OrderedDict": makeOrderedDict,
		"collections.defaultdict": makeDefaultDict,
		"collections.deque":       makeDeque,
		"types.SimpleNamespace":   makeSimpleNamespace,

		"multiprocessing.pool.rebuild_exc":        makeCaused(RemoteTraceback),
		"concurrent.futures.process._rebuild_exc": makeCaused(RemoteTracebackInFuture),

		"datetime.date":      makeDate,
		"datetime.datetime":  makeDatetime,
		"datetime.time":      makeTime,
		"datetime.timedelta": makeTimedelta,
		"datetime.timezone":  makeTimezone,
		"decimal.Decimal":    makeDecimal,
		"fractions.Fraction": makeFraction,

		"ipaddress.IPv4Address":   makeAddress(true),
		"ipaddress.IPv6Address":   makeAddress(false),
		"ipaddress.IPv4Network":   makePrefix(true, asNetwork),
		"ipaddress.IPv6Network":   makePrefix(false, asNetwork),
		"ipaddress.IPv4Interface": makePrefix(true, asInterface),
		"ipaddress.IPv6Interface": makePrefix(false, asInterface),

		"pathlib.PurePosixPath":   makePurePosixPath,
		"pathlib.PosixPath":       makePosixPath,
		"pathlib.PureWindowsPath": makePureWindowsPath,
		"pathlib.WindowsPath":     makeWindowsPath,

		"pathlib._local.PurePosixPath":   makePurePosixPath, // where Python 3.13 has them
		"pathlib._local.PosixPath":       makePosixPath,
		"pathlib._local.PureWindowsPath": makePureWindowsPath,
		"pathlib._local.WindowsPath":     makeWindowsPath,

		"uuid.UUID":                   makeUUID,
		"zoneinfo.ZoneInfo._unpickle": makeZoneInfo,
	} {
		standard.names[name] = &class{name: name, make: make}
	}
	standard.names["datetime.datetime"].ofState = datetimeOfState
	standard.names["datetime.date"].ofState = dateOfState
	standard.names["datetime.time"].ofState = timeOfState
	standard.names["uuid.UUID"].finish = finishUUID
	standardRegistry = Stdlib()
}

// A writer is a value of this package that stands for an instance of a class of
// the standard library: it knows how it leaves.
type writer interface{ write(e *encoder) error }

// standIn returns what a value of a Go type leaves as, where Python has a class
// for it, and nil for other types.
func standIn(v any) (writer, error) {
	switch x := v.(type) {
	case time.Time:
		return awareOf(x)
	case time.Duration:
		return TimedeltaOf(x), nil
	case *big.Rat:
		return fraction{x}, nil
	case *big.Float:
		return bigFloat{x}, nil
	case netip.Addr:
		return address46{x}, nil
	case netip.Prefix:
		if x != x.Masked() {
			return IPInterface{x}, nil
		}
		return IPNetwork{x}, nil
	}
	return nil, nil
}

// standsFor returns what a value is to those who look at it as Python would.
func standsFor(v any) (any, bool) {
	if n, ok := v.(nativer); ok {
		return n.native(), true
	}
	if v != nil && isNil(v) {
		return nil, true
	}
	if w, err := standIn(v); w != nil && err == nil {
		if n, ok := w.(nativer); ok {
			return n.native(), true
		}
	}
	return nil, false
}

// A stateful is a writer that takes what BUILD brings.
type stateful interface {
	setState(d *decoder, state any) error
}

// recipe returns the call that makes an instance of a class: what a writer is
// for those who look at objects.
func recipe(class Global, args ...any) *Object {
	return &Object{How: Reduce, Class: class, Args: Tuple(args)}
}

// callee returns the name of what is called. Methods of a class are fetched
// from it by a call of getattr, in every protocol.
func (d *decoder) callee(class any) (Global, bool) {
	switch x := class.(type) {
	case Global:
		return x, true
	case *Object:
		if d.codec.Registry != nil {
			return x.attribute()
		}
	}
	return Global{}, false
}

var getattrFunction = Global{"builtins", "getattr"}

// attribute returns the name of what a call of getattr fetches from a class.
func (o *Object) attribute() (Global, bool) {
	if g, ok := o.Class.(Global); !ok || g.current() != getattrFunction || o.How != Reduce || len(o.Ops) > 0 {
		return Global{}, false
	}
	args := o.arguments()
	if len(args) != 2 {
		return Global{}, false
	}
	class, ok := args[0].(Global)
	name, ok2 := textOfValue(args[1])
	return Global{class.Module, class.Name + "." + name}, ok && ok2
}

// classNamed is Registry.named for one that is asked for again and again.
func (d *decoder) classNamed(g Global) *class {
	if d.codec.Registry == nil {
		return nil
	}
	if g != d.lastName {
		d.lastName, d.lastClass = g, d.codec.Registry.named(g)
	}
	return d.lastClass
}

// finish replaces an object that has got its state by the value that it is.
// Who refers to the object already, keeps it: such values have no identity.
func (d *decoder) finish(o *Object) {
	if d.codec.Registry == nil || len(o.Ops) != 1 {
		return
	}
	c := d.classNamed(o.className())
	if c == nil || c.finish == nil {
		return
	}
	v, ok := c.finish(o)
	if !ok {
		return
	}
	d.stack[len(d.stack)-1] = v
	const near = 8 // it was memoized just before its state
	for i := len(d.memo) - 1; i >= max(0, len(d.memo)-near); i-- {
		if old, depth := d.recall(d.memo[i]); old == any(o) {
			d.memo[i] = d.keep(v, depth)
		}
	}
}
