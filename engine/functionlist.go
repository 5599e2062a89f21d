package engine

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
)

// listOption has a program print the functions that it offers, for the stubs
// that Python's side makes of them.
const listOption = "--brine-functions"

// A row describes a function by Python's words.
type row struct {
	Name       string      `json:"name"`
	Parameters []parameter `json:"parameters"`
	Returns    string      `json:"returns"`
	Doc        string      `json:"doc,omitempty"`
}

type parameter struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Variadic bool   `json:"variadic"`
	Keywords bool   `json:"keywords,omitempty"` // **kwargs
}

// list prints the functions as JSON, in the order of their names. Those that
// are Python's own are nobody's to call.
func list(setup []func(*Engine), w io.Writer) (status int) {
	e, err := New(Config{})
	if err == nil {
		for _, f := range setup {
			f(e)
		}
		err = json.NewEncoder(w).Encode(e.rows())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (e *Engine) rows() []row {
	rows := []row{}
	for _, name := range slices.Sorted(maps.Keys(e.functions.byName)) {
		f := e.functions.byName[name]
		if strings.HasPrefix(name, "multiprocessing.") || strings.HasPrefix(name, "concurrent.") || name == "os.getpid" {
			continue
		}
		r := row{Name: name, Parameters: []parameter{}, Returns: f.returns(), Doc: f.doc}
		for i, t := range f.params {
			r.Parameters = append(r.Parameters, parameter{Name: f.nameOf(i, fmt.Sprintf("arg%d", i+1)), Type: pythonType(t)})
		}
		if f.rest != nil {
			r.Parameters = append(r.Parameters, parameter{Name: f.nameOf(len(f.params), "args"), Type: pythonType(f.rest), Variadic: true})
		}
		if f.named {
			r.Parameters = append(r.Parameters, parameter{Name: "kwargs", Type: "object", Keywords: true})
		}
		rows = append(rows, r)
	}
	return rows
}

func (f *Function) nameOf(parameter int, otherwise string) string {
	if parameter < len(f.names) {
		return f.names[parameter]
	}
	return otherwise
}

func (f *Function) returns() string {
	outs := slices.Collect(f.fn.Type().Outs())
	if f.fails {
		outs = outs[:len(outs)-1]
	}
	var names []string
	for _, t := range outs {
		names = append(names, pythonType(t))
	}
	switch len(names) {
	case 0:
		return "None"
	case 1:
		return names[0]
	}
	return "tuple[" + strings.Join(names, ", ") + "]"
}

// pythonType is what Python calls the values that a Go type stands for.
func pythonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "int"
	case reflect.Float32, reflect.Float64:
		return "float"
	case reflect.Complex64, reflect.Complex128:
		return "complex"
	case reflect.String:
		return "str"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "list[" + pythonType(t.Elem()) + "]"
	case reflect.Map:
		return "dict[" + pythonType(t.Key()) + ", " + pythonType(t.Elem()) + "]"
	case reflect.Pointer:
		return pythonType(t.Elem())
	}
	return "object"
}
