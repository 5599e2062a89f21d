package pickle

import (
	"errors"
	"math/big"
	"reflect"
	"regexp"
	"testing"
	"time"
)

func TestUnmarshal(t *testing.T) {
	tests := []struct {
		name   string
		pickle string
		want   any // of the type asked for
	}{
		{"any", "K\x01.", any(int64(1))},
		{"int", "K\x01.", int(1)},
		{"uint8", "K\xff.", uint8(255)},
		{"uint64", "\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00.", ^uint64(0)},
		{"float32", "K\x01.", float32(1)},
		{"string", "U\x01a.", "a"},
		{"bytes", "\x96\x01\x00\x00\x00\x00\x00\x00\x00a.", []byte("a")},
		{"slice", "](K\x01K\x02e.", []int{1, 2}},
		{"array", "K\x01K\x02\x86.", [2]int{1, 2}},
		{"slice of a set that is given a member twice", "\x80\x04\x8f(K\x01K\x02K\x01\x90.", []int{1, 2}},
		{"array of a frozenset that is given a member twice", "\x80\x04(K\x01K\x02\x88\x91.", [2]int{1, 2}},
		{"map", "}X\x01\x00\x00\x00aK\x01\x85s.", map[string][]int{"a": {1}}},
		{"nil pointer", "N.", (*int)(nil)},
		{"named type", "X\x01\x00\x00\x00a.", named("a")},
		{"tuple", "K\x01\x85.", Tuple{int64(1)}},
		{"big integer", "\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.", new(big.Int).Lsh(big.NewInt(1), 64)},
	}
	for _, tt := range tests {
		p := reflect.New(reflect.TypeOf(tt.want))
		if err := Unmarshal([]byte(tt.pickle), p.Interface()); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if got := p.Elem().Interface(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %#v, want %#v", tt.name, got, tt.want)
		}
	}
}

type named string

func TestUnmarshalMismatch(t *testing.T) {
	for _, tt := range []struct {
		pickle string
		into   any
		text   string
	}{
		{"X\x01\x00\x00\x00a.", new(int), "pickle: cannot unmarshal str into a Go value of type int, at 0"},
		{"J\xff\xff\xff\xff.", new(uint), "pickle: cannot unmarshal int -1 into a Go value of type uint, at 0"},
		{"M\x00\x01.", new(uint8), "pickle: cannot unmarshal int 256 into a Go value of type uint8, at 0"},
		{"\x88.", new(int), "pickle: cannot unmarshal bool into a Go value of type int, at 0"},
		{"N.", new(string), "pickle: cannot unmarshal None into a Go value of type string, at 0"},
		{"](K\x01Ne.", new([]int), "pickle: cannot unmarshal None into a Go value of type int, in [1], at 4"},
		{"](K\x01e.", new(map[int]int), "pickle: cannot unmarshal list into a Go value of type map[int]int, at 0"},
		{"](K\x01e.", new([2]int), "pickle: cannot unmarshal list into a Go value of type [2]int, at 0: 1 items"},
		{"G\x3f\xf8\x00\x00\x00\x00\x00\x00.", new(int), "pickle: cannot unmarshal float 1.5 into a Go value of type int, at 0"},
		{"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.", new(int64), "pickle: cannot unmarshal int 18446744073709551616 into a Go value of type int64, at 0"},
		{"\x8a\x12" + times("\x01", 18) + ".", new(int64), "pickle: cannot unmarshal int of 137 bits into a Go value of type int64, at 0"},
		{"cdatetime\ntimedelta\nJ\xff\xff\x0f\x00K\x00K\x00\x87R.", new(time.Duration),
			"pickle: cannot unmarshal timedelta 1048575 days, 0:00:00 into a Go value of type time.Duration, at 0"},
	} {
		err := Unmarshal([]byte(tt.pickle), tt.into)
		var mismatch *UnmarshalTypeError
		if !errors.As(err, &mismatch) || err.Error() != tt.text {
			t.Errorf("%q: %v, want %s", tt.pickle, err, tt.text)
		}
	}
}

func TestUnmarshalNeedsPointer(t *testing.T) {
	for _, tt := range []struct {
		into any
		text string
	}{
		{nil, "pickle: Unmarshal needs a pointer to a variable, not nil"},
		{3, "pickle: Unmarshal needs a pointer to a variable, not int"},
		{(*int)(nil), "pickle: Unmarshal needs a pointer to a variable, not a nil *int"},
	} {
		err := Unmarshal([]byte("K\x01."), tt.into)
		var invalid *InvalidUnmarshalError
		if !errors.As(err, &invalid) || err.Error() != tt.text {
			t.Errorf("into %v: %v, want %s", tt.into, err, tt.text)
		}
	}
}

func TestAs(t *testing.T) {
	if n, err := As[int](int64(3)); n != 3 || err != nil {
		t.Errorf("As[int](3) = %v, %v", n, err)
	}
	if l, err := As[*List](NewList()); l == nil || err != nil {
		t.Errorf("As[*List] = %v, %v", l, err)
	}
	if _, err := As[Raw](make(chan int)); err == nil {
		t.Error("a channel is written as a Raw")
	}
	five := Raw{ops: []byte("K\x05"), proto: 4}
	if n, err := As[int](five); n != 5 || err != nil {
		t.Errorf("As[int] of a Raw: %v, %v", n, err)
	}
	if _, err := As[int](Raw{ops: []byte("h\x00"), proto: 4}); err == nil {
		t.Error("a Raw that is no pickle is an int")
	}
	if l, err := As[[]Raw](NewList(five)); err != nil || len(l) != 1 || l[0].Size() != 2 {
		t.Errorf("As[[]Raw]: %v, %v", l, err)
	}
	if m, err := As[map[any]struct{}](set(Tuple{})); err == nil {
		t.Errorf("a tuple is a key of a Go map: %v", m)
	}
	if m, err := As[map[any]struct{}](set(PersistentID{int64(1)})); err == nil {
		t.Errorf("a persistent id is a key of a Go map: %v", m)
	}
	if _, err := As[*List](NewDict(0)); err == nil {
		t.Error("a dict is a *List")
	}
	if s, err := As[[]string](Tuple{"a", ByteString("b")}); err != nil || len(s) != 2 || s[1] != "b" {
		t.Errorf("As[[]string] = %v, %v", s, err)
	}
}

// With Strict a key without a field is an error also where a value is decoded first.
func TestAssignStrict(t *testing.T) {
	var v struct {
		A int64 `pickle:"a"`
	}
	d := NewDict(2)
	d.Set("a", int64(1))
	if err := (Codec{Strict: true}).Assign(t.Context(), &v, d); err != nil || v.A != 1 {
		t.Errorf("a field for each key: %+v, %v", v, err)
	}
	d.Set("b", int64(2))
	var misfit *UnmarshalTypeError
	if err := (Codec{Strict: true}).Assign(t.Context(), &v, d); !errors.As(err, &misfit) || misfit.Err.Error() != `no field "b"` {
		t.Errorf("a key too many: %v", err)
	}
	if err := (Codec{}).Assign(t.Context(), &v, d); err != nil {
		t.Errorf("without Strict: %v", err)
	}
}

var hexAddress = regexp.MustCompile(" at 0x[0-9a-f]+")

// placeless is a repr without the addresses that it shows.
func placeless(repr string) string { return hexAddress.ReplaceAllString(repr, "") }

// What is decoded as a pointer may be in a variable of its own as well, and leaves from there as itself.
func TestVariablesOfOwnTypes(t *testing.T) {
	for _, vec := range append(stdlibVectors(t), pickleVectors(t)...) {
		want, err := Codec{Registry: Stdlib()}.Decode(t.Context(), vec.data)
		if err != nil || want == nil {
			continue // what others test, or no variable
		}
		typ := reflect.TypeOf(want)
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		p := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: typ}}))
		if err := Unmarshal(vec.data, p.Elem().Field(0).Addr().Interface()); err != nil {
			t.Errorf("%s, %s into a %v: %v", vec.source, vec.name, typ, err)
			continue
		}
		for _, v := range []any{p.Interface(), p.Elem().Interface()} {
			data, err := Marshal(v)
			if err != nil {
				t.Errorf("%s, %s in a %T: %v", vec.source, vec.name, v, err)
				continue
			}
			var in struct{ V any }
			if err := Unmarshal(data, &in); err != nil {
				t.Errorf("%s, %s in a %T, read again: %v", vec.source, vec.name, v, err)
			} else if got, want := placeless(asciiRepr(t, in.V)), placeless(asciiRepr(t, want)); got != want {
				t.Errorf("%s, %s in a %T: got %s, want %s", vec.source, vec.name, v, got, want)
			}
		}
	}
}

// TestAssignNone has None replace what an interface held.
func TestAssignNone(t *testing.T) {
	err := error(KeyError)
	if failed := (Codec{}).Assign(t.Context(), &err, nil); failed != nil || err != nil {
		t.Errorf("got %v, %v", err, failed)
	}
}

// Variables that are filled with one large number do not share its digits.
func TestAssignNumbersApart(t *testing.T) {
	n, one := new(big.Int).Lsh(big.NewInt(1), 100), big.NewInt(1)
	want := new(big.Int).Set(n)
	got, err := As[[2]big.Int](Tuple{n, n})
	if err != nil {
		t.Fatal(err)
	}
	got[0].Add(&got[0], one)
	if got[1].Cmp(want) != 0 || n.Cmp(want) != 0 {
		t.Errorf("%v and %v, want %v", &got[1], n, want)
	}
}
