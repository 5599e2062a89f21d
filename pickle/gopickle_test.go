package pickle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	gopickle "github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// gopickle is a second opinion on what pickles mean, where it is right.

// theirClass is a class that gopickle meets. It records what is done with it.
type theirClass struct{ name Global }

// theirObject is what comes of that, and of calling it, as a pickle can.
type theirObject struct {
	how     string
	class   any
	args    *types.Tuple
	changes []change
}

func (c *theirClass) Call(args ...any) (any, error) {
	if v, ok := theirNative(c.name, args); ok {
		return v, nil
	}
	if class, ok := exceptionOf(c.name); ok {
		c = &theirClass{class.global()} // which C code has another name for
	}
	return &theirObject{how: "call", class: c, args: types.NewTupleFromSlice(args)}, nil
}

func (c *theirClass) PyNew(args ...any) (any, error) {
	return &theirObject{how: "new", class: c, args: types.NewTupleFromSlice(args)}, nil
}

func (o *theirObject) Call(args ...any) (any, error) {
	return &theirObject{how: "call", class: o, args: types.NewTupleFromSlice(args)}, nil
}

func (o *theirObject) PyNew(args ...any) (any, error) {
	return &theirObject{how: "new", class: o, args: types.NewTupleFromSlice(args)}, nil
}

func (o *theirObject) Append(v any) { o.changed("append", v) }
func (o *theirObject) Add(v any)    { o.changed("add", v) }
func (o *theirObject) Set(k, v any) { o.changed("item", k, v) }

func (o *theirObject) PySetState(state any) error {
	if c, ok := o.class.(*theirClass); ok && isException(c.name) {
		o.changes = nil // only the last state stays
	}
	o.changed("state", state)
	return nil
}

func (o *theirObject) changed(word string, parts ...any) {
	o.changes = append(o.changes, change{word, parts})
}

func isException(g Global) bool { _, ok := exceptionOf(g); return ok }

// What gopickle has no type for.
type (
	theirSequence struct {
		word  string
		parts []any
	} // a slice or range
	theirBuffer struct {
		bytes    []byte
		readOnly bool
	}
	theirPersistent struct{ id any }
	theirExtension  int
)

// theirNative makes values of calls as Python would.
func theirNative(g Global, args []any) (any, bool) {
	switch g.String() {
	case "builtins.set", "builtins.frozenset":
		items, ok := theirItems(args)
		if !ok {
			return nil, false
		}
		if g.Name == "set" {
			return types.NewSetFromSlice(items), true
		}
		return types.NewFrozenSetFromSlice(items), true
	case "builtins.bytes":
		return []byte{}, len(args) == 0
	case "_codecs.encode":
		return theirLatin1(args)
	case "builtins.bytearray":
		if len(args) == 0 {
			return types.NewByteArray(), true
		}
		b, ok := args[0].([]byte)
		if s, isStr := args[0].(string); isStr && len(args) == 1 {
			b, ok = []byte(s), true // a str of Python 2, or an error
		} else if len(args) != 1 {
			b, ok = theirLatin1(args)
		}
		return types.NewByteArrayFromSlice(b), ok
	case "builtins.complex":
		if len(args) != 2 {
			return nil, false
		}
		re, ok1 := args[0].(float64)
		im, ok2 := args[1].(float64)
		return complex(re, im), ok1 && ok2
	case "copyreg._reconstructor":
		if c, ok := theirBase(args); ok {
			return &theirObject{how: "new", class: c, args: new(types.Tuple)}, true
		}
	case "copyreg.__newobj__":
		if len(args) > 0 {
			return &theirObject{how: "new", class: args[0], args: types.NewTupleFromSlice(args[1:])}, true
		}
	case "builtins.slice":
		return theirSequence{g.Name, args}, len(args) == 3
	case "builtins.range":
		return theirRange(args)
	}
	return nil, false
}

// theirBase returns the class of which the arguments of copyreg._reconstructor
// make an instance, if that is no subclass of a built-in type.
func theirBase(args []any) (any, bool) {
	if len(args) != 3 {
		return nil, false
	}
	if _, ok := args[1].(*types.ObjectClass); ok { // which is known to it
		return args[0], true
	}
	base, ok := args[1].(*theirClass)
	return args[0], ok && base.name == Global{"builtins", "object"}
}

func theirRange(args []any) (any, bool) {
	switch len(args) {
	case 1:
		args = []any{0, args[0], 1}
	case 2:
		args = []any{args[0], args[1], 1}
	case 3:
	default:
		return nil, false
	}
	for _, n := range args {
		_, small := n.(int)
		if _, large := n.(*big.Int); !small && !large {
			return nil, false
		}
	}
	return theirSequence{"range", args}, args[2] != 0
}

func theirItems(args []any) ([]any, bool) {
	if len(args) == 0 {
		return nil, true
	}
	switch x := args[0].(type) {
	case *types.List:
		return *x, len(args) == 1
	case *types.Tuple:
		return *x, len(args) == 1
	}
	return nil, false
}

func theirLatin1(args []any) (b []byte, ok bool) {
	if len(args) != 2 || !isLatin1(args[1]) {
		return nil, false
	}
	text, ok := args[0].(string)
	for _, r := range text {
		if r > 0xff {
			return nil, false
		}
		b = append(b, byte(r))
	}
	return b, ok
}

// lookAtTheirs tells the figure of a value that gopickle made.
func lookAtTheirs(v any) (figure, error) {
	if s, ok := atom(v); ok {
		return s, nil
	}
	switch x := v.(type) {
	case change:
		return figure{word: x.word, parts: x.parts}, nil
	case *types.ByteArray:
		return figure{word: "bytearray " + strconv.Quote(string(*x)), id: x}, nil
	case *types.Tuple:
		return figure{word: "tuple", parts: *x}, nil
	case *types.List:
		return figure{word: "list", id: x, parts: *x}, nil
	case *types.Dict:
		s := figure{word: "dict", id: x, keyed: asPairs}
		for _, e := range *x {
			s.parts = append(s.parts, e.Key, e.Value)
		}
		return s, nil
	case *types.Set:
		s := figure{word: "set", id: x, keyed: asMembers}
		for item := range *x {
			s.parts = append(s.parts, item)
		}
		return s, nil
	case *types.FrozenSet:
		s := figure{word: "frozenset", keyed: asMembers}
		for item := range *x {
			s.parts = append(s.parts, item)
		}
		return s, nil
	case *types.ObjectClass:
		return figure{word: `global "builtins.object"`}, nil
	case *theirClass:
		return figure{word: "global " + strconv.Quote(x.name.String())}, nil
	case *theirObject:
		s := figure{word: x.how, id: x, parts: []any{x.class, x.args}}
		for _, c := range x.changes {
			s.parts = append(s.parts, c)
		}
		return s, nil
	case theirSequence:
		return figure{word: x.word, parts: x.parts}, nil
	case theirBuffer:
		return figure{word: fmt.Sprintf("buffer %q %v", x.bytes, x.readOnly)}, nil
	case theirPersistent:
		return figure{word: "persistent", parts: []any{x.id}}, nil
	case theirExtension:
		return figure{word: fmt.Sprint("extension ", int(x))}, nil
	}
	return figure{}, beyond(fmt.Sprintf("a %T", v))
}

// gopickleLoads is gopickle with somebody who records what it asks for. Its
// panics are errors.
func gopickleLoads(data []byte, buffers [][]byte) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("gopickle panics: %v", r)
		}
	}()
	var proto byte
	if len(data) > 1 && data[0] == opProto {
		proto = data[1]
	}
	u := gopickle.NewUnpickler(bytes.NewReader(data))
	u.FindClass = func(module, name string) (any, error) {
		g := Global{module, name}
		if proto < 3 || module == "__builtin__" {
			g = g.to3()
		}
		return &theirClass{g}, nil
	}
	u.PersistentLoad = func(id any) (any, error) { return theirPersistent{id}, nil }
	u.GetExtension = func(code int) (any, error) { return theirExtension(code), nil }
	u.NextBuffer = func() (any, error) {
		if len(buffers) == 0 {
			return nil, io.EOF
		}
		b := theirBuffer{bytes: buffers[0]}
		buffers = buffers[1:]
		return b, nil
	}
	u.MakeReadOnly = func(v any) (any, error) {
		b, ok := v.(theirBuffer)
		if !ok {
			return nil, errors.New("no buffer")
		}
		b.readOnly = true
		return b, nil
	}
	return u.Load()
}

// gopickleMisreads tells why gopickle is not asked: what it gets wrong, and what
// makes it take memory without end.
func gopickleMisreads(data []byte) string {
	protos := 0
	for in, err := range Instructions(data) {
		if err != nil {
			return "no pickle"
		}
		switch in.Op {
		case opString, opUnicode:
			if bytes.ContainsRune(in.Arg, '\\') || !isASCII(string(in.Arg)) {
				return "text on a line stays escaped"
			}
		case opNewObjEx:
			return "keyword arguments are overwritten"
		case opInt, opLong, opFloat:
			if strings.Trim(string(in.Arg), "0123456789-.eL") != "" {
				return "numbers are parsed as in Go"
			}
		case opFrame:
			if length(in.Arg) > uint64(len(data)) {
				return "a frame is allocated as it claims"
			}
		case opProto:
			if protos++; in.Offset > 0 || protos > 1 {
				return "the protocol in the middle"
			}
		}
	}
	imports, _, err := Imports(data)
	if err != nil {
		return "no pickle"
	}
	for _, i := range imports {
		g := i.Global.to3()
		switch g.String() {
		case "builtins.list", "builtins.dict", "collections.OrderedDict", "array._array_reconstructor",
			"functools.partial": // by which newer constructions are written for 2.7
			return g.String() + " is not that"
		}
		if strings.HasPrefix(g.Module, "dill") {
			return "dill is known here"
		}
	}
	return ""
}

// withGopickle compares what is made of a pickle. It returns errBeyond where
// gopickle has no opinion, and nil where both agree.
func withGopickle(data []byte) error {
	if why := gopickleMisreads(data); why != "" {
		return beyond(why)
	}
	v, err := usual.Decode(background, data)
	if err != nil {
		return beyond(err.Error())
	}
	ours, err := (&canon{look: lookAtOurs}).draw(v)
	if err != nil {
		return err
	}
	w, err := gopickleLoads(data, usual.Buffers)
	if err != nil {
		return beyond(err.Error())
	}
	theirs, err := (&canon{look: lookAtTheirs}).draw(w)
	if err != nil {
		return err
	}
	if ours != theirs {
		return fmt.Errorf("%q\n      is %s\nto gopickle %s", data, ours, theirs)
	}
	return nil
}

// What Pythons wrote means the same to gopickle, and so does what is written of
// it here.
func TestGopickleAgrees(t *testing.T) {
	agreed, misread := 0, map[string]int{}
	check := func(what string, data []byte) {
		t.Helper()
		if why := gopickleMisreads(data); why != "" {
			misread[why]++
		} else if err := withGopickle(data); err != nil {
			t.Errorf("%s: %v", what, err)
		} else {
			agreed++
		}
	}
	for _, vec := range append(pickleVectors(t), stdlibVectors(t)...) {
		name := fmt.Sprintf("%s, %s at protocol %d", vec.source, vec.name, vec.protocol)
		check(name, vec.data)
		for _, v := range []any{decode(t, string(vec.data)), decodeStdlib(t, vec.data)} {
			for version := range 6 {
				data, err := Codec{Protocol: protocolOf(version)}.Marshal(background, v)
				if err != nil {
					t.Fatal(err)
				}
				check(fmt.Sprintf("%s, written at %d", name, version), data)
			}
		}
	}
	t.Logf("%d pickles mean the same; gopickle misreads %v", agreed, misread)
	if agreed < 25_000 {
		t.Errorf("%d pickles were compared: too few", agreed)
	}
}

func decodeStdlib(t *testing.T, data []byte) any {
	v, err := Codec{Registry: Stdlib()}.Decode(background, data)
	if err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	return v
}

// What is written of Go's values is what gopickle reads.
func TestGopickleReadsOurs(t *testing.T) {
	shared := &List{}
	shared.Items = []any{int64(1), shared}
	type order struct {
		_    struct{} `pickle:",class=shop.Order"`
		Item string   `pickle:"item"`
		N    int      `pickle:"n"`
	}
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"atoms", []any{nil, true, 1, -1.5, "a€", int64(math.MinInt64)},
			`list(None, bool true, int 1, float -1.5, str "a€", int -9223372036854775808)`},
		{"a large int", new(big.Int).Lsh(big.NewInt(-1), 100), "int -1267650600228229401496703205376"},
		{"bytes", []byte("\x00\xff"), `bytes "\x00\xff"`},
		{"a map", map[string][]int{"a": {1, 2}}, `dict{str "a": list(int 1, int 2)}`},
		{"a set", map[int]struct{}{1: {}}, `set{int 1}`},
		{"tuples", Tuple{Tuple{}, Tuple{int64(1)}, Tuple{nil, nil}, Tuple{nil, nil, nil, nil}},
			"tuple(tuple, tuple(int 1), tuple(None, None), tuple(None, None, None, None))"},
		{"a list in itself", NewList(shared, shared), "list(list(int 1, #1), #1)"},
		{"a struct", struct {
			A int `pickle:"a"`
			B *int
		}{1, nil}, `dict{str "a": int 1, str "B": None}`},
		{"a dataclass", order{Item: "tea", N: 2},
			`new(global "shop.Order", tuple, state(dict{str "item": str "tea", str "n": int 2}))`},
		{"a class", Global{"shop", "Order"}, `global "shop.Order"`},
		{"an exception", KeyError.New("q"), `call(global "builtins.KeyError", tuple(str "q"))`},
		{"a date", Date{2024, 2, 29}, `call(global "datetime.date", tuple(bytes "\a\xe8\x02\x1d"))`},
	} {
		for version := 1; version <= 5; version++ {
			data, err := Codec{Protocol: Protocol(version)}.Marshal(background, tt.v)
			if err != nil {
				t.Errorf("%s at protocol %d: %v", tt.name, version, err)
				continue
			}
			v, err := gopickleLoads(data, nil)
			if err != nil {
				t.Errorf("%s at protocol %d: %v", tt.name, version, err)
				continue
			}
			if got, err := (&canon{look: lookAtTheirs}).draw(v); got != tt.want || err != nil {
				t.Errorf("%s at protocol %d is to gopickle\n     %s, %v\nwant %s", tt.name, version, got, err, tt.want)
			}
		}
	}
}
