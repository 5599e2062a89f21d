package pickle

import (
	"context"
	"errors"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestNumbersThatFit has floats and integers go into Go's floats where those hold them.
func TestNumbersThatFit(t *testing.T) {
	big65, long := "\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.", "\x8a\x07\x01\x00\x00\x00\x00\x00\x20."
	huge := "G\x7e\x37\xe4\x3c\x88\x00\x75\x9c." // 1e300
	half := "G\x3f\xe0\x00\x00\x00\x00\x00\x00"
	for _, tt := range []struct {
		pickle string
		want   any // of the type asked for; nil if it does not fit
		into   any
	}{
		{big65, math.Ldexp(1, 64), new(float64)},
		{big65, float32(math.Ldexp(1, 64)), new(float32)},
		{long, nil, new(float64)},
		{"J\x01\x00\x00\x01.", nil, new(float32)}, // 2**24 + 1
		{"J\x00\x00\x00\x01.", float32(1 << 24), new(float32)},
		{huge, 1e300, new(float64)},
		{huge, nil, new(float32)},
		{"cbuiltins\ncomplex\n" + huge[:9] + huge[:9] + "\x86R.", nil, new(complex64)},
		{"G\x7f\xf0\x00\x00\x00\x00\x00\x00.", float32(math.Inf(1)), new(float32)},
		{"cdecimal\nDecimal\nVInfinity\n\x85R.", nil, new(big.Rat)},
		{"N.", nil, new(big.Float)},
		{"N.", nil, new(big.Rat)},
		{"\x8c\x01a.", nil, new(uint)},
		{"\x8c\x01a.", nil, new(float64)},
		{"\x88.", true, new(bool)},
		{"\x88.", flag(true), new(flag)},
		{"cbuiltins\ncomplex\n" + half + half + "\x86R.", complex64(.5 + .5i), new(complex64)},
		{half + ".", *big.NewFloat(.5), new(big.Float)},
		{"K\x07.", *new(big.Float).SetInt64(7), new(big.Float)},
		{big65, *new(big.Float).SetInt(new(big.Int).Lsh(big.NewInt(1), 64)), new(big.Float)},
		{"G\x7f\xf8\x00\x00\x00\x00\x00\x00.", nil, new(big.Float)},
		{half + ".", *big.NewRat(1, 2), new(big.Rat)},
	} {
		for _, read := range []func(data []byte, v any) error{
			Unmarshal,
			func(data []byte, v any) error { return Codec{}.Assign(t.Context(), v, decode(t, string(data))) },
		} {
			v := reflect.New(reflect.TypeOf(tt.into).Elem())
			err := read([]byte(tt.pickle), v.Interface())
			if tt.want == nil {
				if _, ok := errors.AsType[*UnmarshalTypeError](err); !ok || !v.Elem().IsZero() {
					t.Errorf("%q into %v: %v, %v, want an UnmarshalTypeError", tt.pickle, v.Type(), v.Elem(), err)
				}
			} else if err != nil || !reflect.DeepEqual(v.Elem().Interface(), tt.want) {
				t.Errorf("%q into %v: %v, %v, want %v", tt.pickle, v.Type(), v.Elem(), err, tt.want)
			}
		}
	}
}

// TestBigValues has numbers of math/big that are values come back as they left.
func TestBigValues(t *testing.T) {
	type numbers struct {
		I big.Int
		F big.Float
		R big.Rat
	}
	var want, got numbers
	want.I.SetInt64(7)
	want.F.SetFloat64(1.5)
	want.R.SetFrac64(1, 3)
	data, err := Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if err := Unmarshal(data, &got); err != nil || got.I.Cmp(&want.I) != 0 || got.F.Cmp(&want.F) != 0 || got.R.Cmp(&want.R) != 0 {
		t.Errorf("%q: %v %v %v, %v", data, &got.I, &got.F, &got.R, err)
	}
	if data, err := Marshal(*big.NewRat(1, 3)); err != nil || !strings.Contains(string(data), "Fraction") {
		t.Errorf("a Rat by itself: %q, %v", data, err)
	}
}

// small is a byte that leaves as a word.
type small uint8

func (s small) MarshalPickle() (any, error) { return "small", nil }

type mode uint8

type flag bool

// TestNamedBytes has slices of bytes that mean something leave as lists.
func TestNamedBytes(t *testing.T) {
	r := new(Registry)
	RegisterEnum(r, "app.Mode", map[string]mode{"R": 4})
	c := Codec{Registry: r}
	for _, tt := range []struct {
		v    any
		want string
	}{
		{[]small{1}, "]\x8c\x05smalla."},
		{[1]small{1}, "]\x8c\x05smalla."},
		{[]mode{4}, "]\x8c\x03app\x8c\x04Mode\x93K\x04\x85Ra."},
		{[1]mode{4}, "]\x8c\x03app\x8c\x04Mode\x93K\x04\x85Ra."},
		{[]uint8{4}, "C\x01\x04."},
	} {
		data, err := c.Marshal(t.Context(), tt.v)
		if err != nil || string(data) != "\x80\x04"+tt.want {
			t.Errorf("%T: %q, %v, want %q", tt.v, data, err, tt.want)
		}
	}
	if data, err := Marshal([]mode{4}); err != nil || string(data) != "\x80\x04C\x01\x04." {
		t.Errorf("without the Registry: %q, %v", data, err)
	}
	for _, p := range []string{"]\x8c\x03app\x8c\x04Mode\x93K\x04\x85Ra.", "C\x01\x04."} {
		var got []mode
		if err := c.Unmarshal(t.Context(), []byte(p), &got); err != nil || len(got) != 1 || got[0] != 4 {
			t.Errorf("%q: %v, %v", p, got, err)
		}
	}
	var one [1]mode
	if err := Unmarshal([]byte("C\x01\x04."), &one); err != nil || one[0] != 4 {
		t.Errorf("bytes into an array: %v, %v", one, err)
	}
}

// TestUnhashableKeys has maps refused whose keys Python would not take.
func TestUnhashableKeys(t *testing.T) {
	type plain struct{ A int }
	for _, v := range []any{
		map[any]int{[1]int{1}: 2}, map[any]int{plain{1}: 2}, map[any]struct{}{plain{1}: {}}, map[plain]struct{}{{1}: {}}, map[[1]int]int{{1}: 2},
	} {
		if data, err := Marshal(v); !errors.Is(err, TypeError) {
			t.Errorf("%v: %q, %v", v, data, err)
		}
	}
	r := new(Registry)
	RegisterStruct[plain](r, "app.Plain")
	for _, v := range []any{map[any]int{[2]byte{1, 2}: 2, "a": 1, time.Time{}: 3}, map[any]int{nil: 1, plain{1}: 1}, map[plain]int{{1}: 2}} {
		if _, err := (Codec{Registry: r}).Marshal(t.Context(), v); err != nil {
			t.Errorf("%v: %v", v, err)
		}
	}
}

// refusing is a type whose method finds all wrong.
type refusing struct{}

var errRefused = errors.New("no good")

func (*refusing) UnmarshalPickle(any) error { return errRefused }

// withheld is a value that goes into no variable but its own.
type withheld struct{}

func (withheld) AssignPickle(any, func(int) error) (bool, error) { return false, errRefused }

// copied is a value that takes 1 MiB in each variable.
type copied struct{}

func (copied) AssignPickle(ptr any, charge func(int) error) (bool, error) {
	_, ok := ptr.(*[]int)
	if !ok {
		return false, nil
	}
	return true, charge(1 << 20)
}

func (copied) DescribePickle() string { return "a copy of 1 MiB" }

// TestAssignerIsCharged has what values take in variables counted, with buffers out of band
// as the input that they are, and values named as they say.
func TestAssignerIsCharged(t *testing.T) {
	r := new(Registry)
	Register(r, "app.Copied", Class[copied]{
		Rebuild: func(context.Context, Tuple, *Dict) (copied, error) { return copied{}, nil },
	})
	const pickle = "\x80\x04](\x8c\x03app\x8c\x06Copied\x93)Rq\x00h\x00h\x00h\x00e."
	var v [][]int
	for _, tt := range []struct {
		memory int64
		fits   bool
	}{{0, true}, {5 << 20, true}, {3 << 20, false}} {
		err := Codec{Registry: r, Limits: Limits{Memory: tt.memory}}.Unmarshal(t.Context(), []byte(pickle), &v)
		limit, ok := errors.AsType[*LimitError](err)
		if tt.fits != (err == nil) || !tt.fits && (!ok || limit.Limit != "Memory") {
			t.Errorf("with %d bytes: %v", tt.memory, err)
		}
	}
	var s []string
	err := Codec{Registry: r}.Unmarshal(t.Context(), []byte(pickle), &s)
	if e, ok := errors.AsType[*UnmarshalTypeError](err); !ok || e.Value != "a copy of 1 MiB" || e.Field != "[0]" {
		t.Errorf("got %v", err)
	}
	c := Codec{Buffers: [][]byte{make([]byte, 1<<20), make([]byte, 1<<20)}}
	if got := c.limits(10).Memory; got != 64*(2<<20+10) {
		t.Errorf("Memory is %d with buffers of 2 MiB", got)
	}
}

// TestUnmarshalerWay has an error of a method come with its place.
func TestUnmarshalerWay(t *testing.T) {
	const pickle = "\x80\x04}\x8c\x01A}\x8c\x01k](NNess."
	var v struct{ A map[string][]refusing }
	for name, err := range map[string]error{
		"Unmarshal": Unmarshal([]byte(pickle), &v),
		"Assign":    Codec{}.Assign(t.Context(), &v, decode(t, pickle)),
	} {
		e, ok := errors.AsType[*UnmarshalTypeError](err)
		if !ok || e.Field != `A["k"][0]` || !errors.Is(err, errRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := new(Registry)
	Register(r, "app.Withheld", Class[withheld]{
		Rebuild: func(context.Context, Tuple, *Dict) (withheld, error) { return withheld{}, nil },
	})
	var m map[string][]int
	err := Codec{Registry: r}.Unmarshal(t.Context(), []byte("\x80\x04}\x8c\x01k](K\x01\x8c\x03app\x8c\x08Withheld\x93)Res."), &m)
	if e, ok := errors.AsType[*UnmarshalTypeError](err); !ok || e.Field != `["k"][1]` || !errors.Is(err, errRefused) {
		t.Errorf("of a value: %v", err)
	}
}

// TestKeyWay has the key that does not fit named, not the variable for it.
func TestKeyWay(t *testing.T) {
	for _, tt := range []struct {
		pickle string
		into   any
		want   string
	}{
		{"}C\x01xK\x03s.", new(map[string]int), "[bytes]"},
		{"}\x88K\x03s.", new(map[int]int), "[true]"},
		{"}\x8c\x01xK\x03s.", new(map[int]int), `["x"]`},
		{"}K\x02Ns.", new(map[int]int), "[2]"},
		{"}K\x02Ns.", new(map[any]int), "[2]"},
		{"}K\x02\x85Ns.", new(map[[1]int]int), "[[1]int]"},
	} {
		for name, err := range map[string]error{
			"Unmarshal": Unmarshal([]byte("\x80\x04"+tt.pickle), tt.into),
			"Assign":    Codec{}.Assign(t.Context(), tt.into, decode(t, "\x80\x04"+tt.pickle)),
		} {
			if e, ok := errors.AsType[*UnmarshalTypeError](err); !ok || e.Field != tt.want {
				t.Errorf("%s of %q into %T: %v, want in %s", name, tt.pickle, tt.into, err, tt.want)
			}
		}
	}
}

// TestTagsThatLose has structs refused whose tags would lose fields without a word.
func TestTagsThatLose(t *testing.T) {
	for _, v := range []any{
		struct {
			A map[string]int `pickle:",inline"`
			B map[string]int `pickle:",inline"`
		}{},
		struct {
			_ struct{}       `pickle:",tuple"`
			A map[string]int `pickle:",inline"`
		}{},
		struct {
			A int `pickle:",inline"`
		}{},
		struct {
			A map[int]int `pickle:",inline"`
		}{},
		Datetime{Year: 2024, Month: 1, Day: 1, Zone: time.UTC},
		Time{Zone: "UTC"},
	} {
		if data, err := Marshal(v); err == nil || strings.Count(err.Error(), "pickle: ") != 1 {
			t.Errorf("%+v: %q, %v", v, data, err)
		}
		into := reflect.New(reflect.TypeOf(v)).Interface()
		for name, err := range map[string]error{
			"Unmarshal": Unmarshal([]byte("}."), into), "Assign": Codec{}.Assign(t.Context(), into, new(Dict)),
		} {
			if err == nil || strings.Count(err.Error(), "pickle: ") != 1 {
				t.Errorf("%s into a %T: %v", name, into, err)
			}
		}
	}
}

func TestRegisterNames(t *testing.T) {
	panics := func(f func()) (said any) {
		defer func() { said = recover() }()
		f()
		return nil
	}
	type some struct{ A int }
	for _, name := range []string{"", "Some", ".Some", "app.", "app.So\nme"} {
		for _, f := range []func(){
			func() { Register(new(Registry), name, Class[*some]{}) },
			func() { RegisterStruct[some](new(Registry), name) },
		} {
			if said, ok := panics(f).(string); !ok || !strings.Contains(said, "the name") {
				t.Errorf("%q: %v", name, said)
			}
		}
	}
	if said := panics(func() { RegisterStruct[some](new(Registry), "app:Outer.Some") }); said != nil {
		t.Error(said)
	}
	reduce := Class[float32]{Reduce: func(context.Context, float32) (*Object, error) { return nil, nil }}
	if said, ok := panics(func() { Register(new(Registry), "app.Single", reduce) }).(string); !ok || !strings.Contains(said, "float32") {
		t.Errorf("a type without a package: %v", said)
	}
}

// TestItemsAsUnmarshal has items and entries be what Unmarshal makes of them.
func TestItemsAsUnmarshal(t *testing.T) {
	const decimal = "cdecimal\nDecimal\nV1.5\n\x85R"
	for v, err := range Items[any]([]byte("]" + decimal + "a.")) {
		if _, ok := v.(Decimal); !ok || err != nil {
			t.Errorf("an item: %T, %v", v, err)
		}
	}
	for e, err := range Entries[any, any]([]byte("}" + decimal + decimal + "s.")) {
		_, ok1 := e.Key.(Decimal)
		_, ok2 := e.Value.(Decimal)
		if !ok1 || !ok2 || err != nil {
			t.Errorf("an entry: %T, %T, %v", e.Key, e.Value, err)
		}
	}
}
