package sharedctypes

import (
	"fmt"
	"reflect"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// ctype is a class of Python's and the Go type that lies in memory alike.
type ctype struct {
	class pickle.Global
	typ   reflect.Type
}

// ctypes are the classes that every Python has; the first of a Go type is the
// one that it leaves as.
var ctypes = []ctype{
	of[int8]("c_byte"), of[uint8]("c_ubyte"), of[int16]("c_short"), of[uint16]("c_ushort"),
	of[int32]("c_int"), of[uint32]("c_uint"), of[int64]("c_long"), of[uint64]("c_ulong"),
	of[float32]("c_float"), of[float64]("c_double"), of[bool]("c_bool"),
	of[Char]("c_char"), of[WChar]("c_wchar"), of[int64]("c_longlong"), of[uint64]("c_ulonglong"),
}

// Char and WChar leave as c_char and c_wchar: Python has an Array of them as
// bytes or str, with a value that ends at the first zero and, of Char, a raw
// that does not. What arrives can be had as uint8 and int32 too.
type (
	Char  uint8
	WChar int32
)

func of[T any](name string) ctype {
	return ctype{pickle.Global{Module: "ctypes", Name: name}, reflect.TypeFor[T]()}
}

// lies tells whether a Go type lies in memory as the class does: the one that it
// leaves as, and for a named number the number.
func (c ctype) lies(as reflect.Type) bool {
	return c.typ == as || c.typ.Kind() == as.Kind() && as.Kind() != reflect.Struct && as.PkgPath() == ""
}

// structs are those that a program has registered with an engine.
type structs struct{ list []ctype }

type structsKey struct{}

func structsOf(e *engine.Engine) *structs {
	return e.Local(structsKey{}, func() any { return new(structs) }).(*structs)
}

// RegisterStruct makes T stand for a ctypes.Structure of that full name, whose
// fields have the same types in the same order. T has no pointers. Register
// before the first message.
func RegisterStruct[T any](e *engine.Engine, name pickle.Global) error {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct || !flat(t) {
		return fmt.Errorf("sharedctypes: %v cannot be shared: a struct of numbers, bools, and arrays and structs of them is wanted", t)
	}
	s := structsOf(e)
	s.list = append(s.list, ctype{name, t})
	return nil
}

// flat tells whether all of a type lies where the value does.
func flat(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return flat(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !flat(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Int, reflect.Uint, reflect.Uintptr:
		return false // their size is the machine's
	}
	return t.Kind() <= reflect.Float64
}

// ctypeOf is the class that a Go type leaves as.
func ctypeOf[T any](e *engine.Engine) (ctype, error) {
	t := reflect.TypeFor[T]()
	for _, list := range [][]ctype{structsOf(e).list, ctypes} {
		for _, c := range list {
			if c.typ == t {
				return c, nil
			}
		}
	}
	return ctype{}, fmt.Errorf("sharedctypes: no class of ctypes stands for %v; RegisterStruct names one for a struct", t)
}

// ctypeNamed is the class of that name.
func ctypeNamed(e *engine.Engine, g pickle.Global) (ctype, error) {
	for _, list := range [][]ctype{structsOf(e).list, ctypes} {
		for _, c := range list {
			if c.class == g {
				return c, nil
			}
		}
	}
	return ctype{}, fmt.Errorf("sharedctypes: nothing is known of the memory of %v: register its layout with RegisterStruct", g)
}
