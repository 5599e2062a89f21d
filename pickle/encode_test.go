package pickle

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
)

var python2 = Codec{Protocol: Protocol2, Dialect: Dialect{Python2: true}}

func at(p Protocol) Codec { return Codec{Protocol: p} }

func TestMarshal(t *testing.T) {
	long := new(big.Int).Lsh(big.NewInt(1), 64)
	tests := []struct {
		name string
		v    any
		c    Codec
		want string
	}{
		{"the default protocol", nil, Codec{}, "\x80\x04N."},
		{"protocol 0 has no header", true, at(Protocol0), "I01\n."},
		{"a byte", int64(255), at(Protocol2), "\x80\x02K\xff."},
		{"two bytes", int64(256), at(Protocol2), "\x80\x02M\x00\x01."},
		{"negative", int64(-1), at(Protocol2), "\x80\x02J\xff\xff\xff\xff."},
		{"beyond 32 bits", int64(1 << 31), at(Protocol2), "\x80\x02\x8a\x05\x00\x00\x00\x80\x00."},
		{"beyond 32 bits, text", int64(1 << 31), at(Protocol1), "L2147483648L\n."},
		{"beyond 32 bits for 2.7", int64(1 << 31), python2, "\x80\x02I2147483648\n."},
		{"the least int64", int64(math.MinInt64), Codec{}, "\x80\x04\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80."},
		{"beyond int64", long, Codec{}, "\x80\x04\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01."},
		{"beyond int64, text", long, at(Protocol0), "L18446744073709551616L\n."},
		{"a small *big.Int", big.NewInt(-128), Codec{}, "\x80\x04J\x80\xff\xff\xff."},
		{"a float", 1.5, Codec{}, "\x80\x04G\x3f\xf8\x00\x00\x00\x00\x00\x00."},
		{"a float, text", 1.5, at(Protocol0), "F1.5\n."},
		{"minus zero, text", math.Copysign(0, -1), at(Protocol0), "F-0.0\n."},
		{"text", "é", at(Protocol3), "\x80\x03X\x02\x00\x00\x00\xc3\xa9."},
		{"text on a line", "a\\\n\x1a\u00e9\u20ac\U0001f600", at(Protocol0), `Va\u005c\u000a\u001a` + "\xe9" + `\u20ac\U0001f600` + "\n."},
		{"a lone surrogate", "\xed\xa0\x80", Codec{}, "\x80\x04\x8c\x03\xed\xa0\x80."},
		{"a lone surrogate on a line", "\xed\xa0\x80", at(Protocol0), `V\ud800` + "\n."},
		{"bytes", []byte("ab"), Codec{}, "\x80\x04C\x02ab."},
		{"bytes at protocol 2", []byte("\xe9"), at(Protocol2), "\x80\x02c_codecs\nencode\nX\x02\x00\x00\x00\xc3\xa9X\x06\x00\x00\x00latin1\x86R."},
		{"bytes for 2.7", []byte("\xe9"), python2, "\x80\x02U\x01\xe9."},
		{"str of 2.7", ByteString("\xe9"), python2, "\x80\x02U\x01\xe9."},
		{"str of 2.7 on a line", ByteString("it's\n"), Codec{Protocol: Protocol0, Dialect: Dialect{Python2: true}}, `S'it\'s\x0a'` + "\n."},
		{"str of 2.7 for 3, ASCII", ByteString("a"), Codec{}, "\x80\x04\x8c\x01a."},
		{"str of 2.7 for 3", ByteString("\xe9"), Codec{}, "\x80\x04C\x01\xe9."},
		{"text for 2.7", "a", python2, "\x80\x02X\x01\x00\x00\x00a."},
		{"bytearray", &Bytearray{[]byte("a")}, at(Protocol5), "\x80\x05\x96\x01\x00\x00\x00\x00\x00\x00\x00a."},
		{"a set", set(int64(1)), Codec{}, "\x80\x04\x8f(K\x01\x90."},
		{"a set for 2.7", set(int64(1)), python2, "\x80\x02c__builtin__\nset\n]K\x01a\x85R."},
		{"slice", Slice{nil, int64(1), nil}, Codec{}, "\x80\x04\x8c\x08builtins\x8c\x05slice\x93NK\x01N\x87R."},
		{"range for 2.7", Range{int64(0), int64(1), int64(1)}, python2, "\x80\x02c__builtin__\nxrange\nK\x00K\x01K\x01\x87R."},
		{"an exception", KeyError.New("q"), Codec{}, "\x80\x04\x8c\x08builtins\x8c\x08KeyError\x93\x8c\x01q\x85R."},
		{"an exception for 2.7", KeyError.New(), python2, "\x80\x02cexceptions\nKeyError\n)R."},
		{"queue.Empty for 2.7", QueueEmpty.New(), python2, "\x80\x02cQueue\nEmpty\n)R."},
		{"what 2.7 does not have", BrokenBarrierError.New(), python2, "\x80\x02cexceptions\nRuntimeError\n)R."},
		{"what 2.7 does not have either", RecursionError.New(), python2, "\x80\x02cexceptions\nRuntimeError\n)R."},
		{"an OSError by its subclass", ExceptionClass("builtins.TimeoutError").New(), python2, "\x80\x02cexceptions\nOSError\n)R."},
		{"a nested class", Global{"m", "A.B"}, Codec{}, "\x80\x04\x8c\x01m\x8c\x03A.B\x93."},
		{"a nested class at protocol 3", Global{"m", "A.B"}, at(Protocol3), "\x80\x03cbuiltins\ngetattr\ncm\nA\nX\x01\x00\x00\x00B\x86R."},
		{"a nested class for 2.7", Global{"m", "A.B"}, python2, "\x80\x02c__builtin__\ngetattr\ncm\nA\nU\x01B\x86R."},
		{"a package by its other name", Global{"multiprocessing.managers", "Token"}, Codec{Dialect: Dialect{Package: "multiprocess"}},
			"\x80\x04\x8c\x15multiprocess.managers\x8c\x05Token\x93."},
		{"a name of 2.7 at protocol 2", Global{"copyreg", "x"}, at(Protocol2), "\x80\x02ccopy_reg\nx\n."},
		{"a type of 2.7 for 3", Global{"__builtin__", "long"}, Codec{}, "\x80\x04\x8c\x08builtins\x8c\x03int\x93."},
		{"a class of 2.7 for 3", Global{"UserDict", "UserDict"}, Codec{}, "\x80\x04\x8c\x0bcollections\x8c\x08UserDict\x93."},
		{"a class of 2.7 for 2.7", Global{"UserDict", "UserDict"}, python2, "\x80\x02cUserDict\nUserDict\n."},
		{"a type of 2.7 for 2.7", Global{"__builtin__", "long"}, python2, "\x80\x02c__builtin__\nlong\n."},
		{"dill's main", Global{"__builtin__", "__main__"}, Codec{}, "\x80\x04\x8c\x0b__builtin__\x8c\x08__main__\x93."},
		{"a global again", Tuple{KeyError.New(), KeyError.New()}, Codec{},
			"\x80\x04\x8c\x08builtins\x8c\x08KeyError\x93q\x00)Rh\x00)R\x86."},
		{"an extension", Extension(70000), Codec{}, "\x80\x04\x84\x70\x11\x01\x00."},
		{"a persistent id", PersistentID{"a"}, at(Protocol0), "Pa\n."},
		{"a persistent id of Python 2", PersistentID{ByteString("\xe9")}, at(Protocol0), "P\xe9\n."},
		{"Go's integers", []any{int8(1), uint64(1 << 63), int(3)}, Codec{}, "\x80\x04](K\x01\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00K\x03e."},
		{"Go's slices", [][]int{{1}}, Codec{}, "\x80\x04]]K\x01aa."},
		{"Go's maps", map[string]bool{"a": true}, Codec{}, "\x80\x04}\x8c\x01a\x88s."},
		{"attributes for 2.7", order{Item: "i"}, python2, "\x80\x02cshop\nOrder\n)\x81}(U\x04itemX\x01\x00\x00\x00iU\x05countK\x00ub."},
		{"a set in itself at protocol 2", selfish(), at(Protocol2), "\x80\x02c__builtin__\nset\nq\x00]cm\nC\n)Rq\x01h\x00]h\x01a\x85Rq\x02ba\x85R0h\x02."},
		{"a nil list", (*List)(nil), Codec{}, "\x80\x04N."},
		{"a nil object", (*Object)(nil), Codec{}, "\x80\x04N."},
		{"a nil dict", (*Dict)(nil), Codec{}, "\x80\x04N."},
		{"an object without arguments", &Object{How: NewObjEx, Class: Global{"m", "C"}}, Codec{}, "\x80\x04\x8c\x01m\x8c\x01C\x93)}\x92."},
		{"an empty bytearray at protocol 3", new(Bytearray), at(Protocol3), "\x80\x03cbuiltins\nbytearray\n)R."},
		{"an empty bytearray at protocol 5", new(Bytearray), at(Protocol5), "\x80\x05\x96\x00\x00\x00\x00\x00\x00\x00\x00."},
		{"a buffer", &Buffer{Bytes: []byte("a")}, at(Protocol5), "\x80\x05\x96\x01\x00\x00\x00\x00\x00\x00\x00a."},
		{"a buffer that is only read", &Buffer{Bytes: []byte("a"), ReadOnly: true}, at(Protocol5), "\x80\x05C\x01a."},
	}
	for _, tt := range tests {
		got, err := tt.c.Marshal(t.Context(), tt.v)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s:\n got %q, %v\nwant %q", tt.name, got, err, tt.want)
		}
	}
}

func set(items ...any) *Set {
	s := NewSet(len(items))
	for _, v := range items {
		if _, err := s.Add(v); err != nil {
			panic(err)
		}
	}
	return s
}

// selfish returns a set whose member has it for its state.
func selfish() *Set {
	o := &Object{Class: Global{"m", "C"}}
	s := set(o)
	o.Ops = []Op{{Kind: Build, Items: []any{s}}}
	return s
}

// What is met twice is memoized, and nothing else.
func TestMarshalShared(t *testing.T) {
	list := NewList()
	self := NewList()
	self.Items = []any{self}
	loop := NewList()
	tuple := Tuple{loop}
	loop.Items = []any{tuple}
	pair := Tuple{int64(1), int64(2)}
	text := strings.Repeat("x", longText)
	buffer := &Buffer{Bytes: []byte("a")}
	looped := ValueError.New(NewList())
	looped.Args[0].(*List).Items = []any{looped}
	slice := Slice{NewList(), nil, nil}
	boxed := any(slice)
	slice.Start.(*List).Items = []any{boxed}
	member := &Object{Class: Global{"m", "C"}}
	frozen := &FrozenSet{set(member).table}
	member.Ops = []Op{{Kind: Build, Items: []any{frozen}}}
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"a tree", Tuple{NewList(), NewList()}, "\x80\x04]]\x86."},
		{"a list twice", Tuple{list, list}, "\x80\x04]q\x00h\x00\x86."},
		{"a tuple twice", NewList(pair, pair), "\x80\x04](K\x01K\x02\x86q\x00h\x00e."},
		{"a list in itself", self, "\x80\x04]q\x00h\x00a."},
		{"a tuple in itself", tuple, "\x80\x04]q\x00h\x00\x85q\x01a0h\x01."},
		{"equal tuples are two", NewList(Tuple{int64(1)}, Tuple{int64(1)}), "\x80\x04](K\x01\x85K\x01\x85e."},
		{"a short string twice", Tuple{"a", "a"}, "\x80\x04\x8c\x01a\x8c\x01a\x86."},
		{"a buffer twice", Tuple{buffer, buffer}, "\x80\x04\x8c\x08builtins\x8c\x09bytearray\x93C\x01a\x85Rq\x00h\x00\x86."},
		{"an exception in itself", looped, "\x80\x04\x8c\x08builtins\x8c\x0aValueError\x93q\x00]q\x01h\x00h\x01\x85q\x02Rq\x03a0h\x02R0h\x03."},
		{"a slice in itself", boxed, "\x80\x04\x8c\x08builtins\x8c\x05slice\x93q\x00]q\x01h\x00h\x01NN\x87Rq\x02aNN\x87R0h\x02."},
		{"a frozenset in itself", frozen, "\x80\x04(\x8c\x01m\x8c\x01C\x93)Rq\x00(h\x00\x91q\x01b1h\x01."},
		{"a long string twice", Tuple{text, text}, "\x80\x04\x8c\x80" + text + "q\x00h\x00\x86."},
	}
	for _, tt := range tests {
		got, err := Marshal(tt.v)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if string(got) != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Values after one another in one pickle use none of each other's entries.
func TestAppendValue(t *testing.T) {
	list := NewList()
	c := Codec{}
	out := []byte("\x80\x04")
	for range 3 {
		var err error
		if out, err = c.AppendValue(t.Context(), out, NewList(list, list)); err != nil {
			t.Fatal(err)
		}
	}
	out = append(out, opTuple3, opStop)
	v := decode(t, string(out)).(Tuple)
	for i, pair := range v {
		items := pair.(*List).Items
		if items[0] != items[1] {
			t.Errorf("the lists in pair %d are two", i)
		}
		if i > 0 && items[0] == v[0].(*List).Items[0] {
			t.Errorf("pair %d shares its list with pair 0", i)
		}
	}
}

func TestMarshalErrors(t *testing.T) {
	endless := &Object{Class: Global{"m", "C"}}
	endless.Args = Tuple{endless}
	changed := func(op Op) *Object { return &Object{Class: Global{"m", "C"}, Ops: []Op{op}} }
	tests := []struct {
		name string
		v    any
		c    Codec
		text string
	}{
		{"not UTF-8", "a\xff", Codec{}, "pickle: cannot write str at protocol 4: a string that is not UTF-8"},
		{"inside", NewList("\xff"), Codec{}, "pickle: cannot write str at protocol 4, in [0]: a string that is not UTF-8"},
		{"a channel", []any{1, make(chan int)}, Codec{}, "pickle: cannot write a chan int at protocol 4, in [1]: no Python type is known for it"},
		{"a newline in a name", Global{"m\nn", "x"}, at(Protocol2), "pickle: cannot write \"m\\nn.x\" at protocol 2: a name with a newline needs protocol 4"},
		{"a persistent id of two lines at protocol 0", PersistentID{"a\nb"}, at(Protocol0), ""},
		{"a persistent id of two old lines at protocol 0", PersistentID{ByteString("a\nb")}, at(Protocol0), ""},
		{"a persistent id that Python 3 cannot read at protocol 0", PersistentID{"\u00e9"}, at(Protocol0),
			"pickle: cannot write a pickle.PersistentID at protocol 0: protocol 0 needs a persistent id of one line of ASCII text"},
		{"an extension of no code", Extension(0), Codec{}, "pickle: cannot write a pickle.Extension at protocol 4: extension codes are positive and need protocol 2"},
		{"a newline in the class of an old instance", &Object{How: Inst, Class: Global{"m", "C\nD"}}, at(Protocol0), ""},
		{"an old instance without a name", &Object{How: Inst, Class: Global{"m", ""}}, at(Protocol0), "pickle: cannot write an instance of m. at protocol 0: a global without a name"},
		{"an old instance of what is computed", &Object{How: Inst, Class: &Object{Class: Global{"m", "f"}}}, at(Protocol0), ""},
		{"an old instance of a list of arguments", &Object{How: Inst, Class: Global{"m", "C"}, Args: NewList()}, Codec{}, "pickle: cannot write an instance of m.C at protocol 4: arguments that are not a tuple"},
		{"a list of arguments of __new__", &Object{How: NewObj, Class: Global{"m", "C"}, Args: NewList()}, at(Protocol1), "pickle: cannot write an instance of m.C at protocol 1: arguments that are not a tuple"},
		{"a list of arguments beside keywords", &Object{How: NewObjEx, Class: Global{"m", "C"}, Args: NewList()}, at(Protocol2), "pickle: cannot write an instance of m.C at protocol 2: arguments that are not a tuple"},
		{"a global that is looked up", &Object{How: Lookup, Args: Tuple{"m", "x"}}, at(Protocol3), "pickle: cannot write an instance of builtins.object at protocol 3: a global that the pickle computes needs protocol 4"},
		{"a global that is looked up in a channel", &Object{How: Lookup, Args: Tuple{"m", make(chan int)}}, Codec{}, "pickle: cannot write a chan int at protocol 4, in Args: no Python type is known for it"},
		{"the cause of an exception", &Exception{Class: KeyError, Args: Tuple{make(chan int)}, Cause: ExceptionClass("multiprocessing.pool.RemoteTraceback").New("t")}, Codec{}, ""},
		{"in a set", set("\xff"), Codec{}, ""},
		{"in a set at protocol 2", set("\xff"), at(Protocol2), ""},
		{"a global of one name", &Object{How: Lookup, Args: Tuple{"m"}}, Codec{}, ""},
		{"an object made some other way", &Object{How: Existing + 1, Class: Global{"m", "C"}}, Codec{}, "pickle: cannot write an instance of m.C at protocol 4: an unknown way of construction"},
		{"two states at once", changed(Op{Kind: Build, Items: []any{nil, nil}}), Codec{}, "pickle: an Op with 2 items instead of one"},
		{"items to be added at protocol 3", changed(Op{Kind: AddItems, Items: []any{nil}}), at(Protocol3), "pickle: an object with items that are added needs protocol 4"},
		{"a key to be set without a value", changed(Op{Kind: SetItems, Items: []any{nil}}), Codec{}, "pickle: a key without a value"},
		{"an extension of protocol 0", Extension(1), at(Protocol0), ""},
		{"an object that is its own argument", endless, Codec{}, "pickle: more than the limit of 40000 (Depth)"},
		{"no such protocol", nil, at(Protocol(6)), "pickle: unsupported pickle protocol: 6"},
	}
	for _, tt := range tests {
		out, err := tt.c.Append(t.Context(), []byte("kept"), tt.v)
		if err == nil || tt.text != "" && err.Error() != tt.text {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.text)
		}
		if string(out) != "kept" {
			t.Errorf("%s: left %q", tt.name, out)
		}
	}
	if _, err := Marshal(map[any]any{NewList(): 1}); !errors.Is(err, TypeError) {
		t.Errorf("a list as a key: %v, want TypeError", err)
	}
}

// TestMarshalWay has each error tell the way to the value that cannot be written.
func TestMarshalWay(t *testing.T) {
	type item struct {
		Price any            `pickle:"price"`
		Rest  map[string]any `pickle:",inline"`
	}
	type pair struct {
		_    struct{} `pickle:",tuple"`
		A, B any
	}
	bad := make(chan int)
	deep := any(bad)
	for range 1000 {
		deep = NewList(deep)
	}
	dict := func(k any) *Dict {
		d := new(Dict)
		if err := d.Set(k, bad); err != nil {
			t.Fatal(err)
		}
		return d
	}
	many := make([]any, 2500)
	many[2400] = bad
	for _, tt := range []struct {
		v    any
		want string
	}{
		{bad, ""},
		{map[string][]item{"orders": {{}, {Price: bad}}}, `["orders"][1].price`},
		{map[int]any{3: bad}, "[3]"},
		{map[string]any{"a": bad}, `["a"]`},
		{item{Rest: map[string]any{"more": bad}}, `["more"]`},
		{[]*item{{Price: []any{bad}}}, "[0].price[0]"},
		{[1]any{pair{B: bad}}, "[0].B"},
		{[][][]any{{{nil, bad}}}, "[0][0][1]"},
		{many, "[2400]"},
		{NewList(many...), "[2400]"},
		{NewList(1.5, 2.5, bad), "[2]"},
		{Tuple{nil, dict("a")}, `[1]["a"]`},
		{dict(int64(5)), "[5]"},
		{dict(Tuple{}), "[tuple]"},
		{NewList(NewList(NewList(nil, bad))), "[0][0][1]"},
		{&Object{Class: Global{"m", "C"}, Args: Tuple{bad}}, "Args[0]"},
		{&Object{Class: bad}, "Class"},
		{&Object{Class: Global{"m", "C"}, Ops: []Op{{Kind: Build}, {Kind: Build, Items: []any{Tuple{bad}}}}[1:]}, "Ops[0][0]"},
		{&Object{Class: Global{"m", "C"}, Ops: []Op{{Kind: Append, Items: []any{bad}}}}, "Ops[0][0]"},
		{deep, "…" + times("[0]", 67)},
	} {
		for _, p := range []Protocol{Protocol0, Protocol2, Protocol5} {
			for range 2 { // the second time alike
				_, err := at(p).Marshal(t.Context(), tt.v)
				e, ok := errors.AsType[*EncodeError](err)
				if !ok || e.Field != tt.want {
					t.Fatalf("protocol %d: %v, want in %s", p, err, tt.want)
				}
			}
		}
	}
}

func TestMarshalDeep(t *testing.T) {
	l := NewList()
	for range 9_999 {
		l = NewList(l)
	}
	data, err := Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	decode(t, string(data))
}

// What lies side by side is not deep, whatever it is.
func TestMarshalWide(t *testing.T) {
	for name, one := range map[string]func() any{
		"bytes": func() any { return []byte{} }, "bytearrays": func() any { return new(Bytearray) }, "exceptions": func() any { return KeyError.New() },
		"objects": func() any { return &Object{Class: Global{"m", "C"}} }, "sets": func() any { return NewSet(0) }, "frozensets": func() any { return new(FrozenSet) },
		"lists": func() any { return NewList(nil) }, "tuples": func() any { return Tuple{NewList()} }, "persistent ids": func() any { return PersistentID{"a"} },
		"structs": func() any { return order{} }, "tuples of fields": func() any { return &couple{} }, "marshalers": func() any { return celsius(1) },
		"maps": func() any { return map[int]int{1: 2} }, "maps of any": func() any { return map[any]any{1: 2} }, "slices": func() any { return [][]int{{1}} },
	} {
		list := make([]any, 40_001)
		for i := range list {
			list[i] = one()
		}
		for _, p := range []Protocol{Protocol0, Protocol2, Protocol4} {
			if _, err := at(p).Marshal(t.Context(), list); err != nil {
				t.Errorf("%s at protocol %d: %v", name, p, err)
			}
		}
	}
}

// A spliced value may write any memo entry: where the value around it has
// entries of its own, nothing is spliced.
func TestMarshalRawBesideShared(t *testing.T) {
	raw := Raw{ops: []byte("]q\x00\x8c\x01r\x94a"), need: 4, proto: 4}
	if got, err := Marshal(NewList(raw, raw)); err != nil || string(got) != "\x80\x04](]q\x00\x8c\x01r\x94a]q\x00\x8c\x01r\x94ae." {
		t.Errorf("alone: %q, %v; want it spliced", got, err)
	}
	list := NewList("l")
	got, err := Marshal(NewList(list, raw, list))
	if err != nil {
		t.Fatal(err)
	}
	if have, want := asciiRepr(t, decode(t, string(got))), "[['l'], ['r'], ['l']]"; have != want {
		t.Errorf("%q is %s, want %s", got, have, want)
	}
}

// What is long stands beside the output, wherever the value has them.
func TestMarshalRefs(t *testing.T) {
	long, err := NewRaw(mustMarshal(t, make([]byte, largeItem)))
	if err != nil {
		t.Fatal(err)
	}
	short, shared := Raw{ops: []byte("K\x01"), proto: 4}, NewList("l")
	block := make([]byte, largeItem)
	tests := []struct {
		name  string
		value any
		want  int // refs
	}{
		{"alone", long, 1},
		{"short", short, 0},
		{"in a tuple", Tuple{short, long}, 1},
		{"in a tuple that is not plain", Tuple{long, NewList()}, 1},
		{"bytes", make([]byte, largeItem), 1},
		{"str", strings.Repeat("s", largeItem), 1},
		{"bytes in a list", NewList(make([]byte, largeItem), "s"), 1},
		{"bytes twice", NewList(block, block), 0},
		{"bytearray", &Bytearray{make([]byte, largeItem)}, 1},
		{"twice", NewList(long, short, long), 2},
		{"beside what is shared", NewList(shared, long, shared), 0},
		{"before what cannot be written", NewList(long, make(chan int)), 0},
	}
	for i := range 2 * len(tests) {
		tt, c := tests[i/2], Codec{Protocol: Protocol4 + Protocol(i%2)}
		copied, wantErr := c.AppendValue(background, []byte("head"), tt.value)
		var refs []Ref
		c.Refs = &refs
		out, err := c.AppendValue(background, []byte("head"), tt.value)
		if (err == nil) != (wantErr == nil) {
			t.Errorf("%s: %v, want %v", tt.name, err, wantErr)
		}
		if len(refs) != tt.want {
			t.Errorf("%s: %d refs, want %d", tt.name, len(refs), tt.want)
		}
		whole, at := []byte(nil), 0
		for _, r := range refs {
			whole = append(append(whole, out[at:r.At]...), r.Bytes...)
			at = r.At
		}
		if whole = append(whole, out[at:]...); string(whole) != string(copied) {
			t.Errorf("%s: %.40q…, want %.40q…", tt.name, whole, copied)
		}
	}
}

func mustMarshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Globals are found by their names: they take nodes of the memo, but no places.
func TestEncodeManyGlobals(t *testing.T) {
	var v Tuple
	for i := range 1000 {
		v = append(v, Global{"m", "C" + strconv.Itoa(i)})
	}
	v = append(v, v[0], NewList())
	for _, p := range []Protocol{Protocol0, Protocol1, Protocol2, Protocol3, Protocol4, Protocol5} {
		data, err := Codec{Protocol: p}.Marshal(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := (Codec{}).Decode(t.Context(), data); err != nil {
			t.Error(err)
		} else if same, err := Equal(back, v); err != nil || !same {
			t.Errorf("protocol %v: %v is not what was written (%v)", p, back, err)
		}
	}
}

// A buffer is handed over once, also where the value has to be written twice.
func TestOutOfBandOnce(t *testing.T) {
	raw, err := NewRaw([]byte("](K\x01K\x02e."))
	if err != nil {
		t.Fatal(err)
	}
	var beside [][]byte
	c := Codec{Protocol: Protocol5, OutOfBand: func(b *Buffer) bool {
		if len(b.Bytes) == 1 {
			return false
		}
		beside = append(beside, b.Bytes)
		return true
	}}
	shared := NewList(int64(1))
	first, small, last := &Buffer{Bytes: []byte("first")}, &Buffer{Bytes: []byte("s")}, &Buffer{Bytes: []byte("last")}
	data, err := c.Marshal(t.Context(), NewList(raw, shared, shared, first, small, last))
	if err != nil {
		t.Fatal(err)
	}
	if len(beside) != 2 {
		t.Errorf("%q beside %q", beside, data)
	}
	var v []any
	if err := (Codec{Buffers: beside}).Unmarshal(t.Context(), data, &v); err != nil {
		t.Fatal(err)
	}
	if b, ok := v[5].(*Buffer); !ok || string(b.Bytes) != "last" {
		t.Errorf("got %v of %q", v[5], data)
	}
}

// Buffers keep their places also where a map has another order the second time.
func TestOutOfBandOfMaps(t *testing.T) {
	raw, err := NewRaw([]byte("](K\x01K\x02e."))
	if err != nil {
		t.Fatal(err)
	}
	shared, m := NewList(int64(1)), map[string]any{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "in"} {
		m[name] = &Buffer{Bytes: []byte(name), ReadOnly: name < "d"}
	}
	for range 20 {
		var beside [][]byte
		c := Codec{Protocol: Protocol5, OutOfBand: func(b *Buffer) bool {
			if len(b.Bytes) == 1 {
				beside = append(beside, b.Bytes)
			}
			return len(b.Bytes) == 1
		}}
		data, err := c.Marshal(t.Context(), NewList(raw, shared, shared, m, m["c"]))
		if err != nil {
			t.Fatal(err)
		}
		var v []any
		if err := (Codec{Buffers: beside}).Unmarshal(t.Context(), data, &v); err != nil {
			t.Fatal(err)
		}
		for k, b := range v[3].(*Dict).All() {
			if b, ok := b.(*Buffer); ok && string(b.Bytes) != k || !ok && k != "in" {
				t.Fatalf("%v is %v in %q beside %q", k, b, data, beside)
			}
		}
		if c, _, _ := v[3].(*Dict).Get("c"); c != v[4] || len(beside) != 7 {
			t.Fatalf("%v and %v beside %q", c, v[4], beside)
		}
	}
}
