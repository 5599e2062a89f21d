package pickle

import (
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

type member struct {
	Name    string            `pickle:"name"`
	Age     *int              `pickle:"age,omitempty"`
	Emails  []string          `pickle:"emails"`
	Joined  time.Time         `pickle:"joined,omitzero"`
	Private string            `pickle:"-"`
	hidden  int               // is not written
	Rest    map[string]any    `pickle:",inline"`
	Boss    *member           `pickle:"boss,omitempty"`
	Marks   map[string]uint16 `pickle:"marks,omitempty"`
}

type couple struct {
	_ struct{} `pickle:",tuple"`
	X int
	Y string
}

type named2 struct {
	_ struct{} `pickle:",class=shop.Pair,tuple"`
	X int
	Y string
}

type order struct {
	_     struct{} `pickle:",class=shop.Order"`
	Item  string   `pickle:"item"`
	Count uint8    `pickle:"count"`
}

type slotted struct {
	_ struct{} `pickle:",class=shop.Slotted,slots"`
	A int      `pickle:"a"`
}

type frozenSlotted struct {
	_ struct{} `pickle:",class=shop:Outer.Inner,slots,frozen"`
	A int      `pickle:"a"`
	B bool     `pickle:"b"`
}

type frozenPair struct {
	_    struct{} `pickle:",class=shop.Frozen,slots,frozen"`
	A, B int
}

type base struct {
	ID   int    `pickle:"id"`
	Kind string `pickle:"kind"`
}

type Extra struct{ Note string }

type embedding struct {
	base
	*Extra
	Named base `pickle:"named"`
	Flat  base `pickle:",inline"`
}

type celsius float64

func (c celsius) MarshalPickle() (any, error) {
	return &Object{Class: Global{"units", "Celsius"}, Args: Tuple{float64(c)}}, nil
}

func (c *celsius) UnmarshalPickle(v any) error {
	o, ok := v.(*Object)
	if !ok {
		return errors.New("no Celsius")
	}
	f, err := As[float64](o.Args.(Tuple)[0])
	*c = celsius(f)
	return err
}

// A celsiuses leaves as it says, also if it is nil.
type celsiuses map[string]celsius

func (celsiuses) MarshalPickle() (any, error) { return nil, nil }

// What has a way of its own to be read and none to be written is written as others are.
type (
	readStruct struct{ A int }
	readSlice  []string
	readMap    map[string]int
)

func (r *readStruct) UnmarshalPickle(any) error { r.A = 7; return nil }
func (r *readSlice) UnmarshalPickle(any) error  { *r = readSlice{"read"}; return nil }
func (r *readMap) UnmarshalPickle(any) error    { *r = readMap{"read": 7}; return nil }

// A sliceLoop may hold itself.
type sliceLoop []*sliceLoop

// Structs to embed. A Ring embeds itself.
type (
	Untagged struct{ V int }
	Alike    struct{ V int }
	Tagged   struct {
		W int `pickle:"V"`
	}
	Ring struct {
		*Ring
		V int
	}
)

var sharedMap = map[string]int{"a": 1}

func TestMarshalTyped(t *testing.T) {
	age, warm, moment := 41, celsius(1), time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	sharedSet, sharedAny := map[int]struct{}{7: {}}, map[any]int{7: 1}
	looped := new(sliceLoop)
	*looped = sliceLoop{looped}
	for _, tt := range []struct {
		name  string
		value any
		want  string // after PROTO, before STOP
	}{
		{"dict", member{Name: "Ann", Emails: []string{"a@b"}, hidden: 1}, "}(\x8c\x04name\x8c\x03Ann\x8c\x06emails]\x8c\x03a@bau"},
		{"omitempty", member{Age: &age}, "}(\x8c\x04name\x8c\x00\x8c\x03ageK)\x8c\x06emails]u"},
		{"rest", member{Rest: map[string]any{"x": 1, "name": 2}}, "}(\x8c\x04name\x8c\x00\x8c\x06emails]\x8c\x01xK\x01u"},
		{"tuple", couple{X: 1, Y: "y"}, "K\x01\x8c\x01y\x86"},
		{"a tuple of nothing", struct {
			_ struct{} `pickle:",tuple"`
		}{}, ")"},
		{"one dict twice", []map[string]int{sharedMap, sharedMap}, "](}q\x00\x8c\x01aK\x01sh\x00e"},
		{"embedded, with a tag", struct {
			Untagged
			Tagged
		}{Untagged{1}, Tagged{2}}, "}(\x8c\x01VK\x02u"},
		{"embedded, but nearer", struct {
			Tagged
			V int
		}{Tagged{2}, 3}, "}(\x8c\x01VK\x03u"},
		{"embedded with equal right", struct {
			Untagged
			Alike
			X int
		}{}, "}(\x8c\x01XK\x00u"},
		{"embedded map", struct{ url.Values }{url.Values{"a": {"b"}}}, "}(\x8c\x06Values}\x8c\x01a]\x8c\x01basu"},
		{"embedding itself", Ring{V: 1}, "}(\x8c\x01VK\x01u"},
		{"a tuple with a part that is nil", struct {
			_ struct{} `pickle:",tuple"`
			*Extra
		}{}, "N\x85"},
		{"namedtuple", named2{X: 1, Y: "y"}, "\x8c\x04shop\x8c\x04Pair\x93K\x01\x8c\x01y\x86\x81"},
		{"instance", &order{Item: "tea", Count: 2}, "\x8c\x04shop\x8c\x05Order\x93)\x81}(\x8c\x04item\x8c\x03tea\x8c\x05countK\x02ub"},
		{"slots", slotted{A: 1}, "\x8c\x04shop\x8c\x07Slotted\x93)\x81N}(\x8c\x01aK\x01u\x86b"},
		{"frozen slots", frozenSlotted{A: 1}, "\x8c\x04shop\x8c\x0bOuter.Inner\x93)\x81](K\x01\x89eb"},
		{"embedded", embedding{base: base{ID: 1}, Flat: base{Kind: "k"}}, "}(\x8c\x05named}(\x8c\x02idK\x00\x8c\x04kind\x8c\x00uu"},
		{"marshaler", celsius(1), "\x8c\x05units\x8c\x07Celsius\x93G\x3f\xf0\x00\x00\x00\x00\x00\x00\x85R"},
		{"marshalers", []celsius{1}, "]\x8c\x05units\x8c\x07Celsius\x93G\x3f\xf0\x00\x00\x00\x00\x00\x00\x85Ra"},
		{"a struct that only reads itself", []any{readStruct{1}, &readStruct{2}}, "](}(\x8c\x01AK\x01u}(\x8c\x01AK\x02ue"},
		{"a slice", []readSlice{{"x"}}, "]]\x8c\x01xaa"},
		{"a map", readMap{"x": 1}, "}\x8c\x01xK\x01s"},
		{"sixteen bytes", [16]byte{15: 1}, "C\x10" + strings.Repeat("\x00", 15) + "\x01"},
		{"set", map[int]struct{}{7: {}}, "\x8f(K\x07\x90"},
		{"bytes", [2]byte{1, 2}, "C\x02\x01\x02"},
		{"nil", []*order{nil}, "]Na"},
		{"a struct of one nil pointer", struct{ P *int }{}, "}(\x8c\x01PNu"},
		{"a struct of one nil map", []any{struct{ M map[string]int }{}}, "]}(\x8c\x01M}ua"},
		{"a struct of such a struct", struct{ In struct{ P *int } }{}, "}(\x8c\x02In}(\x8c\x01PNuu"},
		{"nil maps", []any{map[string]int(nil), map[any]int(nil), map[int]struct{}(nil), celsiuses(nil)}, "](}}\x8fNe"},
		{"an array of one nil pointer", [1]*int{}, "]Na"},
		{"nil slice", [][]int{nil}, "]]a"},
		{"big", []*big.Int{new(big.Int).Lsh(big.NewInt(1), 64)}, "]\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01a"},
		{"one set twice", []map[int]struct{}{sharedSet, sharedSet}, "](\x8f(K\x07\x90q\x00h\x00e"},
		{"one dict of any keys twice", []map[any]int{sharedAny, sharedAny}, "](}q\x00K\x07K\x01sh\x00e"},
		{"a slice in itself", looped, "]q\x00h\x00a"},
		{"one time twice", []*time.Time{&moment, &moment}, "](\x8c\x08datetime\x8c\x08datetime\x93C\x0a\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x00" +
			"\x8c\x08datetime\x8c\x08timezone\x93\x8c\x08datetime\x8c\x09timedelta\x93K\x00K\x00K\x00\x87R\x85R\x86Rq\x00h\x00e"},
		{"a complex number", complex64(1), "\x8c\x08builtins\x8c\x07complex\x93G\x3f\xf0\x00\x00\x00\x00\x00\x00G\x00\x00\x00\x00\x00\x00\x00\x00\x86R"},
		{"one marshaler twice", []*celsius{&warm, &warm, nil}, "](\x8c\x05units\x8c\x07Celsius\x93G\x3f\xf0\x00\x00\x00\x00\x00\x00\x85Rq\x00h\x00Ne"},
		{"python's", struct{ A any }{NewList(int64(1))}, "}(\x8c\x01A]K\x01au"},
	} {
		got, err := Marshal(tt.value)
		if want := "\x80\x04" + tt.want + "."; err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v\nwant %q", tt.name, got, err, want)
		}
	}
}

// TestMarshalTypedAtOlderProtocols has structs written without the opcodes that came later.
func TestMarshalTypedAtOlderProtocols(t *testing.T) {
	const object = "ccopy_reg\n__newobj__\n(cshop\n"
	for _, tt := range []struct {
		name  string
		value any
		want  [3]string // by protocol, after PROTO, before STOP
	}{
		{"dict", Extra{"n"}, [3]string{"(dVNote\nVn\ns", "}(X\x04\x00\x00\x00NoteX\x01\x00\x00\x00nu", "}(X\x04\x00\x00\x00NoteX\x01\x00\x00\x00nu"}},
		{"rest", struct {
			Rest map[string]any `pickle:",inline"`
		}{map[string]any{"x": 1}}, [3]string{"(dVx\nI1\ns", "}(X\x01\x00\x00\x00xK\x01u", "}(X\x01\x00\x00\x00xK\x01u"}},
		{"tuple", couple{X: 1}, [3]string{"(I1\nV\nt", "(K\x01X\x00\x00\x00\x00t", "K\x01X\x00\x00\x00\x00\x86"}},
		{"a tuple of nothing", struct {
			_ struct{} `pickle:",tuple"`
		}{}, [3]string{"(t", ")", ")"}},
		{"namedtuple", named2{X: 1}, [3]string{object + "Pair\nI1\nV\ntR", object + "Pair\nK\x01X\x00\x00\x00\x00tR", "cshop\nPair\nK\x01X\x00\x00\x00\x00\x86\x81"}},
		{"instance", order{Item: "i"}, [3]string{object + "Order\ntR(dVitem\nVi\nsVcount\nI0\nsb", object + "Order\ntR}(X\x04\x00\x00\x00itemX\x01\x00\x00\x00iX\x05\x00\x00\x00countK\x00ub", "cshop\nOrder\n)\x81}(X\x04\x00\x00\x00itemX\x01\x00\x00\x00iX\x05\x00\x00\x00countK\x00ub"}},
		{"slots", slotted{A: 1}, [3]string{object + "Slotted\ntR(N(dVa\nI1\nstb", object + "Slotted\ntR(N}(X\x01\x00\x00\x00aK\x01utb", "cshop\nSlotted\n)\x81N}(X\x01\x00\x00\x00aK\x01u\x86b"}},
		{"frozen slots", frozenPair{A: 1}, [3]string{object + "Frozen\ntR(lI1\naI0\nab", object + "Frozen\ntR](K\x01K\x00eb", "cshop\nFrozen\n)\x81](K\x01K\x00eb"}},
	} {
		for i, p := range []Protocol{Protocol0, Protocol1, Protocol2} {
			got, err := at(p).Marshal(t.Context(), tt.value)
			if err != nil || strings.TrimPrefix(string(got), "\x80\x02") != tt.want[i]+"." {
				t.Errorf("%s at protocol %d: got %q, %v\nwant %q", tt.name, i, got, err, tt.want[i])
			}
		}
	}
}

// TestMarshalLargeMap writes a thousand pairs a batch, as Python does.
func TestMarshalLargeMap(t *testing.T) {
	for n, want := range map[int]int{1000: 1, 1001: 2, 2500: 3} {
		m := map[int]bool{}
		for i := range n {
			m[i] = true
		}
		data, err := Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		batches := 0
		for in, err := range Instructions(data) {
			if err != nil {
				t.Fatal(err)
			}
			if in.Op == opSetItems {
				batches++
			}
		}
		if batches != want {
			t.Errorf("%d pairs in %d batches, want %d", n, batches, want)
		}
	}
}

// Values of a map are written each for itself, though where they lie tells values apart.
func TestMarshalMapOfValues(t *testing.T) {
	for _, want := range []any{
		map[string]List{"a": {Items: []any{int64(1)}}, "b": {Items: []any{int64(2)}}},
		map[string]struct{ L List }{"a": {List{Items: []any{int64(1)}}}, "b": {List{Items: []any{int64(2)}}}},
		map[string]big.Int{"a": *new(big.Int).Lsh(big.NewInt(1), 300), "b": *new(big.Int).Lsh(big.NewInt(1), 301)},
		map[string][longText]byte{"a": {1}, "b": {2}},
		map[[longText]byte]int{{1}: 1, {2}: 2},
	} {
		data, err := Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		v, err := Codec{}.Decode(t.Context(), data)
		d, ok := v.(*Dict)
		if !ok || d.Len() != 2 {
			t.Errorf("%T: got %v, %v; want two entries", want, v, err)
			continue
		}
		var values []any
		for _, v := range d.All() {
			values = append(values, v)
		}
		if same, err := Equal(values[0], values[1]); same || err != nil {
			t.Errorf("%T: got %v, %v; want two values", want, values, err)
		}
	}
}

func TestMarshalSharedPointers(t *testing.T) {
	o := &order{Item: "tea"}
	data, err := Marshal([]*order{o, o})
	if err != nil {
		t.Fatal(err)
	}
	var back []*order
	if err := Unmarshal(data, &back); err != nil || back[0] != back[1] || *back[0] != *o {
		t.Errorf("%q: %v, %v; want one order twice", data, back, err)
	}
	loops := map[any]any{}
	loops[int64(1)], loops["p"] = loops, &loops
	if data, err = Marshal([]any{loops, loops}); err != nil {
		t.Fatal(err)
	}
	v, err := Codec{}.Decode(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	items := v.(*List).Items
	d := items[0].(*Dict)
	one, _, _ := d.Get(int64(1))
	p, _, _ := d.Get("p")
	if items[1] != any(d) || one != any(d) || p != any(d) {
		t.Errorf("%q: want one dict that leads to itself", data)
	}
	m := &member{Name: "Ann"}
	m.Boss = m
	if data, err = Marshal(m); err != nil {
		t.Fatal(err)
	}
	var ann *member
	if err := Unmarshal(data, &ann); err != nil || ann.Boss != ann || ann.Name != "Ann" {
		t.Errorf("%q: %+v, %v; want Ann to be her boss", data, ann, err)
	}
}

func TestMarshalRefuses(t *testing.T) {
	type loop []loop
	endless := make(loop, 1)
	endless[0] = endless
	for _, tt := range []struct {
		name  string
		value any
		text  string
	}{
		{"option", struct {
			A int `pickle:"a,omitemtpy"`
		}{}, `unknown option "omitemtpy"`},
		{"option without a comma", struct {
			_ struct{} `pickle:"class=shop.Order"`
		}{}, "options follow a comma"},
		{"class without a name", struct {
			_ struct{} `pickle:",class=shop."`
		}{}, `unknown option "class=shop."`},
		{"channel", struct{ C chan int }{make(chan int)}, "cannot write a chan int"},
		{"nil channel", struct{ C chan int }{}, "cannot write a chan int"},
		{"unhashable keys", map[member2]int{{}: 1}, "unhashable"},
		{"two keys that are one", map[any]string{1: "a", true: "b"}, "two of its keys are one"},
		{"loop", endless, "limit"},
		{"marshaler", []any{unwilling{}}, errRefused.Error()},
		{"a year that Python has not", []time.Time{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, "year"},
	} {
		if _, err := Marshal(tt.value); err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.text)
		}
	}
}

type unwilling struct{}

func (unwilling) MarshalPickle() (any, error) { return nil, errRefused }

type member2 struct{ A int }

func TestUnmarshalStruct(t *testing.T) {
	age := 41
	for _, tt := range []struct {
		name   string
		pickle string
		want   any
	}{
		{"dict", "}(\x8c\x04name\x8c\x03Ann\x8c\x03ageK)\x8c\x06emails](\x8c\x01a\x8c\x01beu", member{Name: "Ann", Age: &age, Emails: []string{"a", "b"}}},
		{"rest", "}(\x8c\x04name\x8c\x03Ann\x8c\x01xK\x05u", member{Name: "Ann", Rest: map[string]any{"x": int64(5)}}},
		{"other spelling", "}\x8c\x04noteX\x01\x00\x00\x00ns", Extra{"n"}},
		{"tuple", "K\x01\x8c\x01y\x86", couple{X: 1, Y: "y"}},
		{"namedtuple", "\x8c\x04shop\x8c\x04Pair\x93K\x01\x8c\x01y\x86\x81", named2{X: 1, Y: "y"}},
		{"namedtuple of protocol 1", "(ccopy_reg\n_reconstructor\n(cshop\nPair\nc__builtin__\ntuple\n(K\x01U\x01yttR0ccopy_reg\n_reconstructor\n(cshop\nPair\nc__builtin__\ntuple\n(K\x01U\x01yttRl", []named2{{X: 1, Y: "y"}}},
		{"keywords", "\x8c\x04shop\x8c\x05Order\x93)}\x8c\x04item\x8c\x01ts\x92", order{Item: "t"}},
		{"instance", "cshop\nOrder\n)\x81}(U\x04itemU\x03teaU\x05countK\x02ub", order{Item: "tea", Count: 2}},
		{"old instance", "(ishop\nOrder\n}U\x04itemU\x03teasb", order{Item: "tea"}},
		{"any class", "cshop\nOrder\n)\x81}U\x01AK\x02sb", member2{2}},
		{"slots", "cshop\nSlotted\n)\x81N}\x8c\x01aK\x01s\x86b", slotted{A: 1}},
		{"frozen slots", "\x8c\x04shop\x8c\x0bOuter.Inner\x93)\x81](K\x01\x88eb", frozenSlotted{A: 1, B: true}},
		{"a namedtuple with keywords", "cshop\nPair\nK\x01\x85}\x8c\x01Y\x8c\x01ys\x92", named2{X: 1, Y: "y"}},
		{"arguments and a state", "cm\nC\nK\x01\x85\x81}\x8c\x01Y\x8c\x01ysb", struct {
			X int
			Y string
		}{1, "y"}},
		{"a state that is a tuple", "cm\nC\n)\x81K\x01K\x02K\x03\x87b", struct{ A, B, C int }{1, 2, 3}},
		{"a call of copyreg", "ccopy_reg\n__newobj__\ncshop\nPair\nK\x01\x8c\x01y\x87R", named2{X: 1, Y: "y"}},
		{"embedded", "}(\x8c\x02idK\x01\x8c\x04NoteX\x01\x00\x00\x00nu", embedding{Extra: &Extra{"n"}}},
		{"unmarshaler", "cunits\nCelsius\nG\x3f\xf0\x00\x00\x00\x00\x00\x00\x85R", celsius(1)},
		{"unmarshalers", "]cunits\nCelsius\nG\x3f\xf0\x00\x00\x00\x00\x00\x00\x85Ra", []celsius{1}},
		{"unmarshalers of any kind", "NNN\x87", struct {
			_ struct{} `pickle:",tuple"`
			A readStruct
			B readSlice
			C readMap
		}{A: readStruct{7}, B: readSlice{"read"}, C: readMap{"read": 7}}},
		{"unmarshaled keys", "}\x8c\x01acunits\nCelsius\nG\x3f\xf0\x00\x00\x00\x00\x00\x00\x85Rs", map[string]*celsius{"a": ptr(celsius(1))}},
		{"set", "\x8f(K\x07\x90", map[int]struct{}{7: {}}},
		{"bytes", "C\x02\x01\x02", [2]byte{1, 2}},
		{"None", "](Ne", [][]int{nil}},
		{"what is filled like a list", "cm\nC\n)R(K\x01K\x02e", []int{1, 2}},
		{"a deque of nothing", "ccollections\ndeque\n)R", []int{}},
		{"an empty dict", "}", map[int]string{}},
		{"None after another value", "}(\x8c\x01aK\x01\x8c\x01bNu", map[string]any{"a": int64(1), "b": nil}},
	} {
		data := "\x80\x02" + tt.pickle + "."
		for name, read := range map[string]func(v any) error{
			"Unmarshal": func(v any) error { return Unmarshal([]byte(data), v) },
			"Assign":    func(v any) error { return Codec{}.Assign(t.Context(), v, decode(t, data)) },
		} {
			p := reflect.New(reflect.TypeOf(tt.want))
			if err := read(p.Interface()); err != nil {
				t.Errorf("%s by %s: %v", tt.name, name, err)
			} else if got := p.Elem().Interface(); !reflect.DeepEqual(got, tt.want) && fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("%s by %s: got %+v, want %+v", tt.name, name, got, tt.want)
			}
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestUnmarshalStructErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		pickle string
		into   any
		text   string
	}{
		{"path", "](}\x8c\x01bK\x01s}\x8c\x01AK\x02se", new([]struct {
			A int
			B string `pickle:"b"`
		}), "pickle: cannot unmarshal int 1 into a Go value of type string, in [0].b, at 8"},
		{"a call of copyreg", "ccopy_reg\n_other\ncm\nC\n\x85R", new(member2), ""},
		{"another class", "cshop\nMenu\n)\x81", new(order), "pickle: cannot unmarshal an instance of shop.Menu into a Go value of type pickle.order, at 2"},
		{"key", "}K\x01K\x02s", new(order), "pickle: cannot unmarshal int 1 into a Go value of type pickle.order, at 3: a key that is no str"},
		{"key of Python 2 that is no text", "}U\x01\xffK\x02s", new(order), "pickle: cannot unmarshal bytes into a Go value of type pickle.order, at 3: a key that is no str"},
		{"too many arguments", "cm\nC\nK\x01K\x02\x86\x81", new(member2), "pickle: cannot unmarshal an instance of m.C into a Go value of type pickle.member2, at 2: 2 values for 1 fields"},
		{"tuple that begins with text", "\x8c\x01n\x85", new(Extra), "pickle: cannot unmarshal tuple into a Go value of type pickle.Extra, at 2"},
		{"keywords", "cm\nC\n)}\x8c\x01ANs\x92", new(member2), "pickle: cannot unmarshal None into a Go value of type int, in A, at 2"},
		{"argument", "cm\nC\nN\x85\x81", new(member2), "pickle: cannot unmarshal None into a Go value of type int, in A, at 7"},
		{"state", "cm\nC\n)\x81K\x01b", new(member2), "pickle: cannot unmarshal an instance of m.C into a Go value of type pickle.member2, at 2: its state is int"},
		{"state of another length", "cm\nC\n)\x81]K\x01K\x02\x86ab", new(couple), "pickle: cannot unmarshal an instance of m.C into a Go value of type pickle.couple, at 2: its state is list"},
		{"attribute", "cm\nC\n)\x81}\x8c\x01ANsb", new(member2), "pickle: cannot unmarshal None into a Go value of type int, in A, at 13"},
		{"a call with a dict", "cm\nC\n}\x8c\x01aK\x01s\x85R", new(map[string]int), ""},
		{"a class for a str", "}(\x8c\x01Acshop\nOrder\n\x94)\x81\x8c\x01Bh\x00u", new(struct {
			A order
			B string
		}), "pickle: cannot unmarshal shop.Order into a Go value of type string, in B, at 7"},
		{"slots", "cm\nC\n)\x81K\x01N\x86b", new(member2), "pickle: cannot unmarshal an instance of m.C into a Go value of type pickle.member2, at 2: its slots are int"},
		{"slot", "cm\nC\n)\x81N}\x8c\x01ANs\x86b", new(member2), "pickle: cannot unmarshal None into a Go value of type int, in A, at 14"},
		{"items", "cm\nC\n)\x81K\x01a", new(member2), "pickle: cannot unmarshal an instance of m.C into a Go value of type pickle.member2, at 2: it is filled like a list or dict"},
		{"rest", "}\x8c\x01xNs", new(struct {
			R map[string]int `pickle:",inline"`
		}), `pickle: cannot unmarshal None into a Go value of type int, in ["x"], at 6`},
		{"tuple", "K\x01\x85", new(member2), "pickle: cannot unmarshal tuple into a Go value of type pickle.member2, at 2"},
		{"map", "}\x8c\x01k]K\x01as", new(map[string]member2), ""},
		{"in a map", "}\x8c\x01k}\x8c\x01ANss", new(map[string]member2), `pickle: cannot unmarshal None into a Go value of type int, in ["k"].A, at 10`},
	} {
		data := "\x80\x04" + tt.pickle + "."
		err := Unmarshal([]byte(data), tt.into)
		if err == nil || tt.text != "" && err.Error() != tt.text {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.text)
		}
		text := regexp.MustCompile(", at [0-9]+").ReplaceAllString(tt.text, "")
		err = Codec{}.Assign(t.Context(), tt.into, decode(t, data))
		if err == nil || text != "" && err.Error() != text {
			t.Errorf("%s, decoded first: %v, want %s", tt.name, err, text)
		}
	}
	var strict = Codec{Strict: true}
	err := strict.Unmarshal(background, []byte("}\x8c\x01xK\x01s."), new(member2))
	if err == nil || !strings.Contains(err.Error(), `no field "x"`) {
		t.Errorf("an unknown key: %v", err)
	}
}
