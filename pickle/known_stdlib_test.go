package pickle

import (
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

// Typed variables take instances of the standard library's classes, whether the
// codec knows the classes or not.
func TestTypedStdlib(t *testing.T) {
	const datetime = "cdatetime\ndatetime\nC\x0a\x07\xe4\x01\x02\x03\x04\x05\x0a\x5b\xf5"
	const hour = "cdatetime\ntimezone\ncdatetime\ntimedelta\nK\x00M\x10\x0eK\x00\x87R\x85R"
	moment := time.Date(2020, 1, 2, 3, 4, 5, 678901000, time.UTC)
	in := func(zone *time.Location) time.Time { return time.Date(2020, 1, 2, 3, 4, 5, 678901000, zone) }
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		data string
		want any
	}{
		{datetime + "\x85R.", moment},
		{datetime + hour + "\x86R.", in(time.FixedZone("", 3600))},
		{datetime + "czoneinfo\nZoneInfo._unpickle\nX\x0d\x00\x00\x00Europe/BerlinK\x01\x86R\x86R.", in(berlin)},
		{"](" + datetime + hour + "q\x00\x86R" + datetime + "h\x00\x86R" + datetime + "\x85Re.",
			[]time.Time{in(time.FixedZone("", 3600)), in(time.FixedZone("", 3600)), moment}},
		{"cdatetime\ndate\nC\x04\x07\xe4\x01\x02\x85R.", time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)},
		{datetime + "\x85R.", Datetime{2020, 1, 2, 3, 4, 5, false, 678901, nil}},
		{datetime + hour + "\x86R.", Datetime{2020, 1, 2, 3, 4, 5, false, 678901, Timezone{Offset: time.Hour}}},
		{"cdatetime\ndate\nC\x04\x07\xe4\x01\x02\x85R.", Date{2020, 1, 2}},
		{"cdatetime\ntime\nC\x06\x01\x02\x03\x00\x00\x04\x85R.", Time{Hour: 1, Minute: 2, Second: 3, Microsecond: 4}},
		{"cdatetime\ntimedelta\nJ\xff\xff\xff\xffK\x05K\x06\x87R.", Timedelta{-1, 5, 6}},
		{"cdatetime\ntimedelta\nJ\xff\xff\xff\xffK\x05K\x06\x87R.", -24*time.Hour + 5*time.Second + 6*time.Microsecond},
		{"K\x05.", 5 * time.Nanosecond},
		{hour + ".", Timezone{Offset: time.Hour}},
		{"cdecimal\nDecimal\nX\x04\x00\x00\x001.20\x85R.", must(ParseDecimal("1.20"))},
		{"cdecimal\nDecimal\nX\x04\x00\x00\x001.25\x85R.", big.NewFloat(1.25)},
		{"cdecimal\nDecimal\nX\x04\x00\x00\x001.25\x85R.", big.NewRat(5, 4)},
		{"cfractions\nFraction\nX\x03\x00\x00\x005/4\x85R.", big.NewRat(5, 4)},
		{"cfractions\nFraction\nK\x05K\x04\x86R.", big.NewRat(5, 4)},
		{"G?\xf4\x00\x00\x00\x00\x00\x00.", big.NewRat(5, 4)},
		{"N.", (*big.Rat)(nil)},
		{"cuuid\nUUID\n)\x81}X\x03\x00\x00\x00intK\x07sb.", UUID{15: 7}},
		{"cuuid\nUUID\n)\x81}(X\x03\x00\x00\x00intK\x07X\x07\x00\x00\x00is_safeK\x00ub.", UUID{15: 7}},
		{"cuuid\nUUID\n)\x81}X\x03\x00\x00\x00intK\x07sb.", [16]byte{15: 7}},
		{"C\x10" + "0123456789abcdef.", [16]byte([]byte("0123456789abcdef"))},
		{"cipaddress\nIPv4Address\nJ\x04\x03\x02\x01\x85R.", netip.MustParseAddr("1.2.3.4")},
		{"X\x07\x00\x00\x001.2.3.4.", netip.MustParseAddr("1.2.3.4")},
		{"cipaddress\nIPv4Network\nX\x0a\x00\x00\x0010.0.0.0/8\x85R.", netip.MustParsePrefix("10.0.0.0/8")},
		{"cipaddress\nIPv4Interface\nX\x0a\x00\x00\x0010.0.0.1/8\x85R.", netip.MustParsePrefix("10.0.0.1/8")},
		{"cpathlib\nPurePosixPath\nX\x01\x00\x00\x00aX\x01\x00\x00\x00b\x86R.", PurePosixPath("a/b")},
		{"ccollections\nOrderedDict\n)RX\x01\x00\x00\x00aK\x01s.", map[string]int{"a": 1}},
		{"ccollections\nCounter\n}X\x01\x00\x00\x00aK\x01s\x85R.", map[string]int{"a": 1}},
		{"ccollections\ndeque\n)R(K\x01K\x02e.", []int{1, 2}},
		{"ctypes\nSimpleNamespace\n)R}X\x01\x00\x00\x00aK\x01sb.", struct {
			A int `pickle:"a"`
		}{1}},
	} {
		for _, c := range []Codec{{Registry: Stdlib()}, {}} {
			got := reflect.New(reflect.TypeOf(tt.want))
			if err := c.Unmarshal(t.Context(), []byte("\x80\x04"+tt.data), got.Interface()); err != nil {
				t.Errorf("%q: %v", tt.data, err)
				continue
			}
			if !sameValue(got.Elem().Interface(), tt.want) {
				t.Errorf("%q: got %#v, want %#v", tt.data, got.Elem(), tt.want)
			}
			// Inside of an interface, it is decoded first.
			boxed := reflect.New(reflect.MapOf(reflect.TypeFor[string](), reflect.TypeOf(tt.want)))
			v, err := c.Decode(t.Context(), []byte("\x80\x04"+tt.data))
			if err != nil {
				t.Fatal(err)
			}
			m := NewDict(1)
			m.Set("k", v)
			if err := assignTo(t.Context(), &c, boxed.Interface(), m, math.MaxInt64); err != nil {
				t.Errorf("%q, decoded first: %v", tt.data, err)
				continue
			}
			if got := boxed.Elem().MapIndex(reflect.ValueOf("k")).Interface(); !sameValue(got, tt.want) {
				t.Errorf("%q, decoded first: got %#v, want %#v", tt.data, got, tt.want)
			}
		}
	}
}

// sameValue is DeepEqual, but of times and numbers as they are meant.
func sameValue(a, b any) bool {
	switch x := a.(type) {
	case time.Time:
		y := b.(time.Time)
		_, p := x.Zone()
		_, q := y.Zone()
		return x.Equal(y) && p == q
	case []time.Time:
		y := b.([]time.Time)
		for i := range x {
			if i >= len(y) || !sameValue(x[i], y[i]) {
				return false
			}
		}
		return len(x) == len(y)
	case *big.Rat:
		y := b.(*big.Rat)
		return x == y || x != nil && y != nil && x.Cmp(y) == 0
	case *big.Float:
		return x.Cmp(b.(*big.Float)) == 0
	}
	return reflect.DeepEqual(a, b)
}

func TestTypedArray(t *testing.T) {
	for _, data := range []string{
		"\x80\x04carray\narray\nX\x01\x00\x00\x00d]G?\xf4\x00\x00\x00\x00\x00\x00a\x86R.",
		"\x80\x04carray\n_array_reconstructor\n(carray\narray\nX\x01\x00\x00\x00dK\x10C\x08\x00\x00\x00\x00\x00\x00\xf4?tR.",
	} {
		var v []float64
		if err := Unmarshal([]byte(data), &v); err != nil || len(v) != 1 || v[0] != 1.25 {
			t.Errorf("%q: %v, %v", data, v, err)
		}
	}
}

// Variables of other types take the items of an array as those of a list.
func TestTypedArrayItems(t *testing.T) {
	data, err := Marshal(Tuple{NewArray([]int32{-1, 2}), NewArray([]uint8{1, 2}), NewArray([]float64{1.5}), new(Array)})
	if err == nil {
		t.Fatalf("an array without a type is written: %q", data)
	}
	data, err = Marshal(Tuple{NewArray([]int32{-1, 2}), NewArray([]uint8{1, 2}), NewArray([]float64{1.5})})
	if err != nil {
		t.Fatal(err)
	}
	type parts struct {
		_ struct{} `pickle:",tuple"`
		A []int
		B [2]float32
		C []any
	}
	var v parts
	if err := Unmarshal(data, &v); err != nil || !reflect.DeepEqual(v, parts{A: []int{-1, 2}, B: [2]float32{1, 2}, C: []any{1.5}}) {
		t.Errorf("%q: %+v, %v", data, v, err)
	}
	var short []uint8
	narrow, err := Marshal(NewArray([]int32{1, -1}))
	if err != nil {
		t.Fatal(err)
	}
	if err := Unmarshal(narrow, &short); err == nil || !strings.Contains(err.Error(), "int -1") {
		t.Errorf("-1 into a uint8: %v, %v", short, err)
	}
}

// Containers that a codec makes are taken as they are.
func TestTypedCollections(t *testing.T) {
	var v struct {
		O *OrderedDict
		D *Deque
		N *SimpleNamespace
	}
	data := "}(X\x01\x00\x00\x00Occollections\nOrderedDict\n)RX\x01\x00\x00\x00aK\x01sX\x01\x00\x00\x00Dccollections\ndeque\n)K\x03\x86R(K\x01K\x02e" +
		"X\x01\x00\x00\x00Nctypes\nSimpleNamespace\n)R}X\x01\x00\x00\x00aK\x01sbu."
	if err := Unmarshal([]byte(data), &v); err != nil {
		t.Fatal(err)
	}
	if v.O.Len() != 1 || len(v.D.Items) != 2 || *v.D.MaxLen != 3 || v.N.Len() != 1 {
		t.Errorf("got %+v", v)
	}
}

// Every type that variables may have can be written, even where it holds nothing.
func TestKnownTypesAreWritten(t *testing.T) {
	for typ := range knownTypes {
		data, err := Marshal(reflect.New(typ).Elem().Interface())
		if err != nil && !strings.HasPrefix(err.Error(), "pickle: cannot write ") {
			t.Errorf("%v: %q, %v", typ, data, err)
		}
	}
	for _, tt := range []struct{ prefix, want string }{
		{"10.0.0.0/8", "\x80\x04\x8c\x09ipaddress\x8c\x0bIPv4Network\x93\x8c\x0a10.0.0.0/8\x85R."},
		{"10.0.0.1/8", "\x80\x04\x8c\x09ipaddress\x8c\x0dIPv4Interface\x93\x8c\x0a10.0.0.1/8\x85R."},
	} {
		if got, err := Marshal(netip.MustParsePrefix(tt.prefix)); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.prefix, got, err, tt.want)
		}
	}
}
