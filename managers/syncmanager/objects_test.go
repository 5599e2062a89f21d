package syncmanager

import (
	"errors"
	"sync"
	"testing"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A step is a call on an object and its outcome, as calls.txt shows them.
type step struct {
	method string
	args   []any
	want   string
}

func (s step) run(t *testing.T, p *managers.Proxy) {
	t.Helper()
	if got := outcome(t, p, s.method, s.args); got != s.want {
		t.Errorf("%s.%s(%v) gave %s, want %s", p.Token().TypeID, s.method, s.args, got, s.want)
	}
}

func create(t *testing.T, c *managers.Client, typeid string, args ...any) *managers.Proxy {
	t.Helper()
	p, err := c.Create(t.Context(), typeid, args...)
	if err != nil {
		t.Fatalf("create(%q, %v): %v", typeid, args, err)
	}
	return p
}

func ints(from, to int) *pickle.List {
	l := pickle.NewList()
	for i := from; i < to; i++ {
		l.Items = append(l.Items, int64(i))
	}
	return l
}

func TestPython2Slices(t *testing.T) {
	c := dial(t)
	end := 1<<63 - 1 // what a client sends for "to the end"
	l := create(t, c, "list", ints(0, 6))
	for _, s := range []step{
		{"__getslice__", []any{1, 3}, "[1, 2]"},
		{"__getslice__", []any{4, end}, "[4, 5]"},
		{"__getslice__", []any{5, 2}, "[]"},
		{"__getslice__", []any{-3, 2}, "[0, 1]"},
		{"__setslice__", []any{1, 3, "xyz"}, "None"},
		{"__repr__", nil, `"[0, 'x', 'y', 'z', 3, 4, 5]"`},
		{"__setslice__", []any{end, end, pickle.Tuple{int64(9)}}, "None"},
		{"__delslice__", []any{0, 6}, "None"},
		{"__repr__", nil, "'[5, 9]'"},
		{"__setslice__", []any{0, 1, 5}, "TypeError('must assign iterable to extended slice',)"},
		{"has_key", []any{1}, "error: "},
	} {
		if s.method == "has_key" {
			if _, err := l.Call(t.Context(), s.method, s.args...); err == nil || errors.As(err, new(*pickle.Exception)) {
				t.Errorf("list.has_key gave %v, want an error of the manager", err)
			}
			continue
		}
		s.run(t, l)
	}
	a := create(t, c, "Array", "i", ints(0, 6))
	step{"__getslice__", []any{1, 3}, "array('i', [1, 2])"}.run(t, a)
	step{"__setslice__", []any{1, end, typecode("i").array([]any{int64(7)})}, "None"}.run(t, a)
	step{"__repr__", nil, `"array('i', [0, 7])"`}.run(t, a)
	step{"has_key", []any{"a"}, "True"}.run(t, create(t, c, "dict", managers.Kwargs{"a": 1}))
}

// TestProxiesAsArguments gives objects to each other, and to themselves.
func TestProxiesAsArguments(t *testing.T) {
	c := dial(t)
	l := create(t, c, "list", ints(0, 2))
	d := create(t, c, "dict", managers.Kwargs{"k": "v"})
	s := create(t, c, "set", pickle.NewList("x"))
	a := create(t, c, "Array", "h", ints(7, 9))
	ns := create(t, c, "Namespace")
	for _, tt := range []struct {
		on *managers.Proxy
		step
	}{
		{l, step{"extend", []any{l}, "None"}},
		{l, step{"__getitem__", []any{pickle.Slice{}}, "[0, 1, 0, 1]"}},
		{l, step{"__setitem__", []any{pickle.Slice{Start: int64(1), Stop: int64(3)}, l}, "None"}},
		{l, step{"copy", nil, "[0, 0, 1, 0, 1, 1]"}},
		{l, step{"extend", []any{d}, "None"}},
		{l, step{"extend", []any{s}, "None"}},
		{l, step{"extend", []any{a}, "None"}},
		{l, step{"copy", nil, "[0, 0, 1, 0, 1, 1, 'k', 'x', 7, 8]"}},
		{l, step{"extend", []any{ns}, "TypeError(\"'NamespaceProxy' object is not iterable\",)"}},
		{l, step{"__add__", []any{l}, `TypeError('can only concatenate list (not "ListProxy") to list',)`}},
		{l, step{"count", []any{l}, "0"}},
		{l, step{"append", []any{l}, "None"}},
		{l, step{"__contains__", []any{l}, "False"}},
		{l, step{"__len__", nil, "11"}},
		{d, step{"update", []any{d}, "None"}},
		{d, step{"update", []any{create(t, c, "dict", managers.Kwargs{"n": 1}), managers.Kwargs{"m": 2}}, "None"}},
		{d, step{"update", []any{create(t, c, "list", pickle.NewList("ab", pickle.Tuple{"c", nil}))}, "None"}},
		{d, step{"copy", nil, "{'k': 'v', 'n': 1, 'm': 2, 'a': 'b', 'c': None}"}},
		{d, step{"__or__", []any{d}, "NotImplemented"}},
		{s, step{"update", []any{s, a}, "None"}},
		{s, step{"symmetric_difference_update", []any{s}, "None"}},
		{s, step{"__len__", nil, "0"}},
		{s, step{"__or__", []any{s}, "NotImplemented"}},
		{s, step{"__le__", []any{s}, "NotImplemented"}},
		{ns, step{"__setattr__", []any{"me", ns}, "None"}},
		{ns, step{"__repr__", nil, "\"Namespace(me=<NamespaceProxy object, typeid 'Namespace' at 0x" + ns.Token().ID + ">)\""}},
	} {
		tt.run(t, tt.on)
	}
}

// TestCrossing has clients give two objects to each other at once: whoever
// held both locks would end in a deadlock.
func TestCrossing(t *testing.T) {
	c := dial(t)
	a, b := create(t, c, "list", ints(0, 1)), create(t, c, "list", ints(0, 1))
	d, e := create(t, c, "dict", managers.Kwargs{"k": 1}), create(t, c, "dict", managers.Kwargs{"k": 2})
	tail := pickle.Slice{Start: int64(2)}
	var clients sync.WaitGroup
	for _, tt := range []struct {
		on     *managers.Proxy
		method string
		args   []any
	}{
		{a, "__setitem__", []any{tail, b}}, {b, "__setitem__", []any{tail, a}},
		{a, "__setitem__", []any{tail, d}}, {b, "count", []any{a}},
		{d, "update", []any{e}}, {e, "update", []any{d}},
	} {
		clients.Go(func() {
			for range 50 {
				if _, err := tt.on.Call(t.Context(), tt.method, tt.args...); err != nil {
					t.Errorf("%s: %v", tt.method, err)
					return
				}
			}
		})
	}
	clients.Wait()
}

func TestIterator(t *testing.T) {
	c := dial(t)
	d := create(t, c, "dict", pickle.NewList("ab", "cd"))
	iterate := func() *managers.Proxy {
		t.Helper()
		it, err := d.Call(t.Context(), "__iter__")
		if err != nil {
			t.Fatal(err)
		}
		return it.(*managers.Proxy)
	}
	next := func(p *managers.Proxy, want ...string) {
		t.Helper()
		for _, w := range want {
			step{"__next__", nil, w}.run(t, p)
		}
	}
	next(iterate(), "'a'", "'c'", "StopIteration()", "StopIteration()")

	it := iterate()
	step{"next", nil, "'a'"}.run(t, it) // Python 2's
	step{"__setitem__", []any{"new", 1}, "None"}.run(t, d)
	changed := "RuntimeError('dictionary changed size during iteration',)"
	next(it, changed)
	step{"__delitem__", []any{"new"}, "None"}.run(t, d)
	next(it, changed) // once changed, always changed

	it = iterate()
	next(it, "'a'")
	if v, err := it.Value(t.Context()); err != nil || show(t, v) != "iter['c']" {
		t.Errorf("the value of an iterator is %s, %v; want the rest", show(t, v), err)
	}
	l := create(t, c, "list", it)
	step{"copy", nil, "['c']"}.run(t, l)
	next(it, "StopIteration()")

	for _, method := range []string{"send", "throw", "close"} {
		if _, err := it.Call(t.Context(), method, nil); err == nil || errors.As(err, new(*pickle.Exception)) {
			t.Errorf("%s gave %v, want an error of the manager", method, err)
		}
	}
	next(create(t, c, "Iterator", reversedOver([]any{int64(1), int64(2)})), "2", "1", "StopIteration()")
	p := create(t, c, "Iterator", ints(0, 1)) // a list is no iterator
	if _, err := p.Call(t.Context(), "__next__"); err == nil || errors.As(err, new(*pickle.Exception)) {
		t.Errorf("__next__ of a list gave %v, want an error of the manager", err)
	}
}

func TestValues(t *testing.T) {
	c := dial(t)
	tests := []struct {
		p     *managers.Proxy
		value string
		repr  string
	}{
		{create(t, c, "list", "ab"), "['a', 'b']", "['a', 'b']"},
		{create(t, c, "dict", managers.Kwargs{"a": 1}), "{'a': 1}", "{'a': 1}"},
		{create(t, c, "set", "aa"), "set['a']", "{'a'}"},
		{create(t, c, "set"), "set[]", "set()"},
		{create(t, c, "Array", "i", ints(1, 3)), "array('i', [1, 2])", "array('i', [1, 2])"},
		{create(t, c, "Array", "u", ""), "array('u')", "array('u')"},
		{create(t, c, "Value", "i", 5), "", "Value('i', 5)"},
		{create(t, c, "Namespace", managers.Kwargs{"a": 1}), "", "Namespace(a=1)"},
		{create(t, c, "list", create(t, c, "list")), "[]", "[]"},
	}
	for _, tt := range tests {
		typeid := tt.p.Token().TypeID
		v, err := tt.p.Value(t.Context())
		if err != nil {
			t.Errorf("%s: %v", typeid, err)
		} else if got := show(t, v); tt.value != "" && got != tt.value {
			t.Errorf("%s: value is %s, want %s", typeid, got, tt.value)
		}
		if got, err := tt.p.Repr(t.Context()); err != nil || got != tt.repr {
			t.Errorf("%s: repr is %s, %v; want %s", typeid, got, err, tt.repr)
		}
	}
}

// TestInstances looks at how a Namespace and a Value leave.
func TestInstances(t *testing.T) {
	c := dial(t)
	for _, tt := range []struct {
		p     *managers.Proxy
		class string
		state string
	}{
		{create(t, c, "Value", "i", 5), "Value", "{'_typecode': 'i', '_value': 5}"},
		{create(t, c, "Namespace", managers.Kwargs{"a": 1}), "Namespace", "{'a': 1}"},
	} {
		v, err := tt.p.Value(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		o, ok := v.(*pickle.Object)
		if !ok || o.How != pickle.NewObj || o.Class != (pickle.Global{Module: "multiprocessing.managers", Name: tt.class}) {
			t.Fatalf("the value of a %s is %+v", tt.class, v)
		}
		if got := show(t, o.Ops[0].Items[0]); got != tt.state {
			t.Errorf("the state of a %s is %s, want %s", tt.class, got, tt.state)
		}
	}
}

// TestBudget asks for containers that a peer could not even describe.
func TestBudget(t *testing.T) {
	c := dial(t)
	huge := pickle.Range{Start: int64(0), Stop: int64(1e12), Step: int64(1)}
	l := create(t, c, "list", ints(0, 2))
	d := create(t, c, "dict")
	s := create(t, c, "set")
	for _, tt := range []struct {
		on *managers.Proxy
		step
	}{
		{l, step{"extend", []any{huge}, "MemoryError()"}},
		{l, step{"__imul__", []any{1 << 40}, "MemoryError()"}},
		{l, step{"__mul__", []any{1 << 62}, "MemoryError()"}},
		{l, step{"__setitem__", []any{pickle.Slice{}, huge}, "MemoryError()"}},
		{l, step{"copy", nil, "[0, 1]"}},
		{d, step{"fromkeys", []any{huge}, "MemoryError()"}},
		{d, step{"update", []any{huge}, "MemoryError()"}},
		{s, step{"update", []any{huge}, "MemoryError()"}},
		{s, step{"issuperset", []any{huge}, "MemoryError()"}},
	} {
		tt.run(t, tt.on)
	}
	for _, typeid := range []string{"list", "dict", "set"} {
		if _, err := c.Create(t.Context(), typeid, huge); err == nil {
			t.Errorf("create(%q, range(10**12)) succeeded", typeid)
		}
	}
}

// TestIterables makes lists of the recipes of Python's iterables, hostile ones
// among them.
func TestIterables(t *testing.T) {
	call := func(module, name string, args ...any) *pickle.Object {
		return &pickle.Object{Class: pickle.Global{Module: module, Name: name}, Args: pickle.Tuple(args)}
	}
	at := func(o *pickle.Object, state any) *pickle.Object {
		o.Ops = append(o.Ops, pickle.Op{Kind: pickle.Build, Items: []any{state}})
		return o
	}
	with := func(o *pickle.Object, kind pickle.OpKind, items ...any) *pickle.Object {
		o.Ops = append(o.Ops, pickle.Op{Kind: kind, Items: items})
		return o
	}
	dict := pickle.NewDict(1)
	if err := dict.Set("k", int64(1)); err != nil {
		t.Fatal(err)
	}
	view := func(method string) *pickle.Object {
		return &pickle.Object{
			Class: call("dill._dill", "_getattr", pickle.Global{Module: "builtins", Name: "dict"}, method, "repr"),
			Args:  pickle.Tuple{dict},
		}
	}
	long := pickle.Range{Start: int64(0), Stop: int64(400), Step: int64(1)}
	for _, tt := range []struct{ v, want any }{
		{at(call("builtins", "iter", ints(0, 3)), int64(1)), "[1, 2]"},
		{at(call("builtins", "iter", ints(0, 3)), int64(-5)), "[0, 1, 2]"},
		{at(call("builtins", "iter", ints(0, 3)), int64(1<<62)), "[]"},
		{call("builtins", "iter", "ab", "c"), pickle.TypeError},
		{at(call("builtins", "reversed", ints(0, 3)), int64(1)), "[1, 0]"},
		{at(call("builtins", "reversed", ints(0, 3)), int64(-1)), "[]"},
		{at(call("builtins", "reversed", ints(0, 3)), int64(1<<63-1)), "[2, 1, 0]"},
		{at(call("builtins", "reversed", ints(0, 3)), int64(-1<<63)), "[]"},
		{call("builtins", "enumerate", "ab", int64(5)), "[(5, 'a'), (6, 'b')]"},
		{call("builtins", "enumerate"), pickle.TypeError},
		{call("builtins", "zip", "abc", ints(0, 2)), "[('a', 0), ('b', 1)]"},
		{call("builtins", "zip"), "[]"},
		{call("builtins", "zip", "ab", nil), pickle.TypeError},
		{call("builtins", "zip", long, long, long), pickle.MemoryError},
		{call("builtins", "enumerate", call("builtins", "enumerate", long)), pickle.MemoryError},
		{with(call("collections", "OrderedDict"), pickle.SetItems, "a", nil, "b", nil), "['a', 'b']"},
		{with(call("collections", "OrderedDict"), pickle.SetItems, "odd"), "[]"},
		{call("collections", "Counter", dict), "['k']"},
		{call("collections", "deque"), "[]"},
		{with(call("mine", "List"), pickle.Append, "a"), "['a']"},
		{call("mine", "Other"), pickle.TypeError},
		{view("keys"), "['k']"},
		{view("values"), "[1]"},
		{view("items"), "[('k', 1)]"},
		{view("popitem"), pickle.TypeError},
		{pickle.Range{Start: int64(1), Stop: int64(-4), Step: int64(-2)}, "[1, -1, -3]"},
		{pickle.ByteString("ab"), "['a', 'b']"},
		{"a\xed\xa0\x80\u20ac", `['a', '\ud800', '€']`},
	} {
		items, err := (&budget{1000}).elements(t.Context(), tt.v)
		if class, ok := tt.want.(pickle.ExceptionClass); ok {
			if !errors.Is(err, class) {
				t.Errorf("elements of %v: %v, want %s", tt.v, err, class)
			}
			continue
		}
		if got := show(t, pickle.NewList(items...)); err != nil || got != tt.want {
			t.Errorf("elements of %v are %s, %v; want %s", tt.v, got, err, tt.want)
		}
	}
}

func TestSortKey(t *testing.T) {
	l := create(t, dial(t), "list", pickle.NewList("b", "a"))
	_, err := l.Call(t.Context(), "sort", managers.Kwargs{"key": pickle.Global{Module: "builtins", Name: "len"}})
	if !errors.Is(err, pickle.TypeError) {
		t.Errorf("sort(key=len) gave %v, want TypeError", err)
	}
	step{"copy", nil, "['b', 'a']"}.run(t, l)
	_, err = l.Call(t.Context(), "sort", managers.Kwargs{"reverse": true})
	if err != nil {
		t.Error(err)
	}
}

// TestArrayForms makes arrays of what the pickles of an array.array hold.
func TestArrayForms(t *testing.T) {
	class := pickle.Global{Module: "array", Name: "array"}
	rebuilt := pickle.Global{Module: "array", Name: "_array_reconstructor"}
	for _, tt := range []struct {
		o    *pickle.Object
		want string
	}{
		{&pickle.Object{Class: class, Args: pickle.Tuple{"h", []byte{1, 0, 0xff, 0xff}}}, "[1, -1]"},
		{&pickle.Object{Class: class, Args: pickle.Tuple{pickle.ByteString("I"), ints(5, 6)}}, "[5]"},
		{&pickle.Object{Class: class, Args: pickle.Tuple{"u", "ab"}}, "['a', 'b']"},
		{&pickle.Object{Class: class, Args: pickle.Tuple{"w", []byte{0xac, 0x20, 0, 0, 0, 0xd8, 0, 0}}}, `['€', '\ud800']`},
		{&pickle.Object{Class: class, Args: pickle.Tuple{"Q", []byte{0, 0, 0, 0, 0, 0, 0, 0x80}}}, "[9223372036854775808]"},
		{&pickle.Object{Class: class, Args: pickle.Tuple{"d"}}, "[]"},
		{&pickle.Object{Class: rebuilt, Args: pickle.Tuple{class, "i", int64(9), []byte{0, 0, 1, 2}}}, "[258]"},
		{&pickle.Object{Class: rebuilt, Args: pickle.Tuple{class, "f", int64(14), []byte{0, 0, 0xc0, 0x3f}}}, "[1.5]"},
		{&pickle.Object{Class: rebuilt, Args: pickle.Tuple{class, "u", int64(18), []byte{0x3d, 0xd8, 0, 0xde}}}, "['😀']"},
		{&pickle.Object{Class: rebuilt, Args: pickle.Tuple{class, "b", int64(5), []byte{1, 0}}}, ""}, // 256 is no char
		{&pickle.Object{Class: rebuilt, Args: pickle.Tuple{class, "i", int64(22), []byte{}}}, ""},
		{&pickle.Object{Class: class, Args: pickle.Tuple{"i", []byte{1}}}, ""},
		{&pickle.Object{Class: class, Args: pickle.Tuple{"x"}}, ""},
	} {
		a, ok := arrayOf(tt.o)
		if !ok {
			if tt.want != "" {
				t.Errorf("%v is no array, want %s", tt.o.Args, tt.want)
			}
			continue
		}
		if got := show(t, pickle.NewList(a.items...)); got != tt.want {
			t.Errorf("%v holds %s, want %s", tt.o.Args, got, tt.want)
		}
	}
}

// TestHeld looks for proxies in containers, one that holds itself among them.
func TestHeld(t *testing.T) {
	proxy := &managers.ProxyRef{Token: &managers.Token{TypeID: "list", ID: "1"}}
	nested := pickle.NewList(proxy)
	l := &list{items: []any{int64(1), nested, "text"}}
	l.watch.see(l.items...)
	d := new(dict)
	if err := d.set([]entry{{"k", proxy}, {"n", nil}}); err != nil {
		t.Fatal(err)
	}
	plain := &list{items: []any{int64(1)}}
	plain.watch.see(plain.items...)
	for _, tt := range []struct {
		name string
		h    managers.Holder
		want []any
	}{
		{"list", l, []any{nested}},
		{"plain list", plain, nil},
		{"dict", d, []any{proxy}},
		{"iterator", newDictIterator(d), nil},
		{"value", &value{typecode: "i", held: proxy}, []any{proxy}},
	} {
		var got []any
		tt.h.Held(func(v any) bool {
			tt.h.Held(func(any) bool { return false }) // no lock is held
			got = append(got, v)
			return true
		})
		if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
			t.Errorf("%s holds %v, want %v", tt.name, got, tt.want)
		}
	}
}
