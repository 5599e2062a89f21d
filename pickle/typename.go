package pickle

import (
	"math/big"
	"reflect"
	"strings"
)

// A TypeNamer is a Go type that stands for a Python class; TypeName is
// type(v).__name__.
type TypeNamer interface{ TypeName() string }

// TypeName is type(v).__name__.
func TypeName(v any) string {
	switch x := integer(v).(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64, float32:
		return "float"
	case complex128, complex64:
		return "complex"
	case string:
		return "str"
	case []byte:
		return "bytes"
	case *Pattern:
		return x.TypeName()
	case nativer:
		return TypeName(x.native())
	case *Bytearray:
		return "bytearray"
	case Tuple:
		return "tuple"
	case *List:
		return "list"
	case *Dict:
		return "dict"
	case *Set:
		return "set"
	case *FrozenSet:
		return "frozenset"
	case Slice:
		return "slice"
	case Range:
		return "range"
	case Global:
		return globalTypeName(x)
	case *Exception:
		return x.name()
	case *Object:
		return lastName(x.className().Name)
	case mutable:
		return lastName(x.class().Name)
	case TypeNamer:
		return x.TypeName()
	case Raw:
		if v, err := built(x); err == nil {
			return TypeName(v)
		}
		return "object"
	}
	if n, ok := standsFor(v); ok {
		return TypeName(n)
	}
	return goTypeName(v)
}

func globalTypeName(g Global) string {
	switch {
	case g == NotImplemented:
		return "NotImplementedType"
	case g == Ellipsis:
		return "ellipsis"
	case g.isBuiltinFunction():
		return "builtin_function_or_method"
	}
	return "type"
}

// goTypeName names a Go type that says nothing about itself.
func goTypeName(v any) string {
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	if t.Name() == "" {
		return "object"
	}
	return t.Name()
}

// lastName is __name__ of a qualified or full name.
func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// className returns the class of an instance, for messages.
func (o *Object) className() Global {
	class := o.Class
	if g, ok := class.(Global); ok && g.isReconstructor() {
		if args, ok := o.Args.(Tuple); ok && len(args) > 0 {
			class = args[0]
		}
	}
	if g, ok := class.(Global); ok {
		return g
	}
	return Global{"builtins", "object"}
}

// isReconstructor tells whether g makes an instance of its first argument.
func (g Global) isReconstructor() bool {
	switch g.Module {
	case "copyreg", "copy_reg":
		return g.Name == "_reconstructor" || g.Name == "__newobj__" || g.Name == "__newobj_ex__"
	case "array":
		return g.Name == "_array_reconstructor"
	}
	return false
}

// cTypes are classes written in C: their messages name the module as well. The
// value tells whether instances can be keys.
var cTypes = map[Global]bool{
	{"array", "array"}:             false,
	{"collections", "OrderedDict"}: false,
	{"collections", "defaultdict"}: false,
	{"collections", "deque"}:       false,
	{"datetime", "date"}:           true,
	{"datetime", "datetime"}:       true,
	{"datetime", "time"}:           true,
	{"datetime", "timedelta"}:      true,
	{"datetime", "timezone"}:       true,
	{"types", "SimpleNamespace"}:   false,
	{"decimal", "Decimal"}:         true,
	{"zoneinfo", "ZoneInfo"}:       true,
}

func unhashableClass(o *Object) bool {
	class := o.className()
	if class == (Global{"collections", "Counter"}) {
		return true
	}
	hashable, known := cTypes[class]
	return known && !hashable
}

// fullTypeName is how the interpreter itself names a type in messages.
func fullTypeName(v any) string {
	var class Global
	switch x := v.(type) {
	case *Object:
		class = x.className()
	case mutable:
		class = x.class()
	}
	if _, ok := cTypes[class]; ok {
		return class.String()
	}
	return TypeName(v)
}
