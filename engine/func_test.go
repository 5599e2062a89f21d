package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/brine-go/brine/pickle"
)

func TestFunc(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	e.Func("tasks.square(x)", func(_ context.Context, x int64) (int64, error) { return x * x, nil })
	e.Func("tasks.both", func(a int, b string) (int, string) { return a, b })
	e.Func("tasks.sum", func(xs ...float64) (s float64) {
		for _, x := range xs {
			s += x
		}
		return s
	})
	e.Func("tasks.most", func(x int, xs ...int) int { return slices.Max(append(xs, x)) })
	e.Func("tasks.fail", func() error { return pickle.KeyError.New("k") })
	e.Func("tasks.nothing", func() {})
	e.Func("__main__.f", func() int { return 7 })
	e.Func("tasks.boom", func() { panic("boom") })
	e.Func("tasks.named", func(_ context.Context, kw Keywords, x int) string {
		v, _, _ := kw.Get("y")
		return fmt.Sprint(x, kw.Len(), v)
	})
	for _, tt := range []struct {
		name string
		args pickle.Tuple
		want string
	}{
		{"tasks.named", pickle.Tuple{int64(1)}, "1 0 <nil> <nil>"},
		{"tasks.square", pickle.Tuple{int64(3)}, "9 <nil>"},
		{"tasks.square", pickle.Tuple{"x"}, "<nil> TypeError: square() argument 1 must fit Go's int64, not str"},
		{"tasks.square", nil, "<nil> TypeError: square() takes 1 positional argument but 0 were given"},
		{"tasks.both", pickle.Tuple{int64(1)}, "<nil> TypeError: both() takes 2 positional arguments but 1 was given"},
		{"tasks.most", nil, "<nil> TypeError: most() takes at least 1 positional argument but 0 were given"},
		{"tasks.both", pickle.Tuple{int64(1), "b"}, "[1 b] <nil>"},
		{"tasks.sum", pickle.Tuple{1.5, int64(2)}, "3.5 <nil>"},
		{"tasks.fail", nil, "<nil> KeyError: 'k'"},
		{"tasks.nothing", nil, "<nil> <nil>"},
		{"__mp_main__.f", nil, "7 <nil>"},
		{"tasks.boom", nil, "<nil> panic: boom"},
	} {
		module, name, _ := strings.Cut(tt.name, ".")
		f, ok := e.Function(pickle.Global{Module: module, Name: name})
		if !ok {
			t.Fatalf("no function %s", tt.name)
		}
		v, err := f.Call(t.Context(), tt.args, nil)
		if got := fmt.Sprint(v, " ", err); got != tt.want {
			t.Errorf("%s%v = %s, want %s", tt.name, tt.args, got, tt.want)
		}
	}
	kwargs := pickle.NewDict(1)
	kwargs.Set("y", "z")
	v, err := e.Call(t.Context(), pickle.Global{Module: "tasks", Name: "named"}, pickle.Tuple{int64(1)}, kwargs)
	if got := fmt.Sprint(v, " ", err); got != "1 1z <nil>" {
		t.Errorf("named(1, y='z') = %s", got)
	}
	_, err = e.Call(t.Context(), pickle.Global{Module: "tasks", Name: "square"}, pickle.Tuple{int64(1)}, kwargs)
	if err == nil || !strings.Contains(err.Error(), "takes no keyword arguments") {
		t.Errorf("square(1, y='z'): %v", err)
	}
	f, _ := e.Function(pickle.Global{Module: "tasks", Name: "boom"})
	_, err = f.Call(t.Context(), nil, nil)
	if p, ok := errors.AsType[*PanicError](err); !ok || !strings.Contains(p.Stack, "func_test.go") {
		t.Errorf("a panic is %v, want a PanicError with the stack", err)
	}
	if x := Exception(err); x.Class != pickle.RuntimeError || x.Cause == nil {
		t.Errorf("a panic as an exception is %#v, want a RuntimeError with the stack as its cause", x)
	}
}

// What Python learns of the functions.
func TestFunctionList(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	e.Func("tasks.area(width, height)", func(context.Context, float64, int) (float64, error) { return 0, nil }, "The area.", "", "In metres.")
	e.Func("tasks.add(x, *more)", func(int, ...int) int { return 0 })
	e.Func("tasks.plain", func([]byte, map[string]any, ...string) {})
	e.Func("tasks.none()", func() (int, string) { return 0, "" })
	got, err := json.Marshal(e.rows())
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"name":"tasks.add","parameters":[{"name":"x","type":"int","variadic":false},{"name":"more","type":"int","variadic":true}],"returns":"int"},` +
		`{"name":"tasks.area","parameters":[{"name":"width","type":"float","variadic":false},{"name":"height","type":"int","variadic":false}],"returns":"float","doc":"The area.\n\nIn metres."},` +
		`{"name":"tasks.none","parameters":[],"returns":"tuple[int, str]"},` +
		`{"name":"tasks.plain","parameters":[{"name":"arg1","type":"bytes","variadic":false},{"name":"arg2","type":"dict[str, object]","variadic":false},{"name":"args","type":"str","variadic":true}],"returns":"None"}]`
	if string(got) != want {
		t.Errorf("the list is\n%s\nwant\n%s", got, want)
	}
	for _, name := range []string{"tasks.f(x", "tasks.f(x, y)", "tasks.f()", "tasks.f(1)", "tasks.f(x) ", "tasks.f(x y)", "f(x)"} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, fmt.Sprintf("Func(%q", name)) {
					t.Errorf("Func(%q) of one parameter: %s", name, text)
				}
			}()
			e.Func(name, func(int) {})
		}()
	}
}
