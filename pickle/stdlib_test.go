package pickle

import (
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// stdlibTypes are the Go types of the vectors in testdata/stdlib.
var stdlibTypes = map[string]any{
	"date": Date{}, "time": Time{}, "aware time": Time{}, "fold time": Time{},
	"datetime": Datetime{}, "aware": Datetime{}, "fold": Datetime{},
	"timedelta": Timedelta{}, "timezone": Timezone{},
	"OrderedDict": new(OrderedDict), "defaultdict": new(DefaultDict), "Counter": new(Counter),
	"deque": new(Deque), "SimpleNamespace": new(SimpleNamespace),
	"array": new(Array), "pattern": new(Pattern),
	"Decimal": Decimal{}, "Fraction": new(big.Rat), "UUID": UUID{}, "safe UUID": new(Object),
	"ip address": netip.Addr{}, "ip network": IPNetwork{}, "ip interface": IPInterface{},
	"PosixPath": PosixPath(""), "PurePosixPath": PurePosixPath(""), "PureWindowsPath": PureWindowsPath(""),
}

func stdlibVectors(t testing.TB) []pickleVector { return vectorsIn(t, "testdata/stdlib", 5) }

// What real Pythons wrote of their standard library is read as Go values that
// print as Python's do, and that read the same after any protocol.
func TestStdlibVectors(t *testing.T) {
	seen := map[string]bool{}
	for _, vec := range stdlibVectors(t) {
		if _, known := stdlibTypes[vec.name]; !known {
			continue
		}
		c := Codec{Registry: Stdlib()}
		v, err := c.Decode(t.Context(), vec.data)
		if err != nil {
			t.Errorf("%s, %s at protocol %d: %v", vec.source, vec.name, vec.protocol, err)
			continue
		}
		want, known := stdlibTypes[vec.name]
		if known && reflect.TypeOf(v) != reflect.TypeOf(want) {
			t.Errorf("%s, %s at protocol %d is read as %T, want %T", vec.source, vec.name, vec.protocol, v, want)
		}
		seen[vec.name] = true
		if got := asciiRepr(t, v); got != vec.repr {
			t.Errorf("%s, %s at protocol %d:\n got %s\nwant %s", vec.source, vec.name, vec.protocol, got, vec.repr)
		}
		for version := range 6 {
			c.Protocol = protocolOf(version)
			stdlibAgain(t, vec, v, c)
		}
		c.Protocol, c.Dialect.Python2 = Protocol2, true
		stdlibAgain(t, vec, v, c)
	}
	for name := range stdlibTypes {
		if !seen[name] {
			t.Errorf("no vector is called %q", name)
		}
	}
}

// stdlibAgain writes a value and reads it: the same, and the same as an Object
// for those who know no class.
func stdlibAgain(t *testing.T, vec pickleVector, v any, c Codec) {
	t.Helper()
	data, err := c.Marshal(t.Context(), v)
	if err != nil {
		t.Errorf("%s, %s: writing at protocol %d: %v", vec.source, vec.name, c.Protocol, err)
		return
	}
	want := vec.repr
	if c.Dialect.Python2 {
		want = strings.ReplaceAll(want, ", fold=1", "")
	}
	for _, registry := range []*Registry{c.Registry, nil} {
		c.Registry = registry
		back, err := c.Decode(t.Context(), data)
		if err != nil {
			t.Errorf("%s, %s: reading %q again: %v", vec.source, vec.name, data, err)
			return
		}
		if got := asciiRepr(t, back); got != want && !plainlyUnknown(vec.name, registry) {
			t.Errorf("%s, %s again at protocol %d, %q:\n got %s\nwant %s", vec.source, vec.name, c.Protocol, data, got, want)
		}
		if registry != nil && !c.Dialect.Python2 && fmt.Sprintf("%T", back) != fmt.Sprintf("%T", v) {
			t.Errorf("%s, %s again at protocol %d is %T, was %T", vec.source, vec.name, c.Protocol, back, v)
		}
	}
}

// plainlyUnknown names the classes whose Objects have no repr.
func plainlyUnknown(name string, r *Registry) bool {
	return r == nil && (name == "ZoneInfo")
}

// Containers of collections keep their identity, and may hold themselves.
func TestStdlibRecursion(t *testing.T) {
	c := Codec{Registry: Stdlib()}
	for _, tt := range []struct {
		data string
		self func(v any) any
	}{
		{"ccollections\ndeque\n)Rq\x00h\x00a.", func(v any) any { return v.(*Deque).Items[0] }},
		{"ccollections\nOrderedDict\n)Rq\x00K\x01h\x00s.", func(v any) any { return first(t, &v.(*OrderedDict).Dict) }},
		{"ccollections\ndefaultdict\n)Rq\x00K\x01h\x00s.", func(v any) any { return first(t, &v.(*DefaultDict).Dict) }},
		{"ccollections\nCounter\n)Rq\x00K\x01h\x00s.", func(v any) any { return first(t, &v.(*Counter).Dict) }},
		{"ctypes\nSimpleNamespace\n)Rq\x00}X\x01\x00\x00\x00ah\x00sb.", func(v any) any { return first(t, &v.(*SimpleNamespace).Dict) }},
	} {
		v, err := c.Decode(t.Context(), []byte(tt.data))
		if err != nil {
			t.Errorf("%q: %v", tt.data, err)
			continue
		}
		if tt.self(v) != v {
			t.Errorf("%q does not hold itself", tt.data)
		}
		if s, err := Repr(v); err != nil || len(s) > 100 {
			t.Errorf("repr is %s, %v", s, err)
		}
		if _, err := Hash(v); err == nil {
			t.Errorf("%T can be hashed", v)
		}
		if equal, err := Equal(v, tt.self(v)); err != nil || !equal {
			t.Errorf("%T is not equal to itself: %v", v, err)
		}
		for version := range 6 {
			c.Protocol = protocolOf(version)
			data, err := c.Marshal(t.Context(), v)
			if err != nil {
				t.Errorf("%q at protocol %d: %v", tt.data, version, err)
				continue
			}
			back, err := c.Decode(t.Context(), data)
			if err != nil || tt.self(back) != back {
				t.Errorf("%q became %q: %v", tt.data, data, err)
			}
		}
	}
}

func first(t *testing.T, d *Dict) any {
	_, v, _, ok := d.Next(0)
	if !ok {
		t.Error("an empty dict")
	}
	return v
}

// A deque with a maximum keeps the last items.
func TestDequeMaxLen(t *testing.T) {
	v, err := Codec{Registry: Stdlib()}.Decode(t.Context(), []byte("ccollections\ndeque\n](K\x01K\x02K\x03eK\x02\x86R(K\x04K\x05e."))
	if err != nil {
		t.Fatal(err)
	}
	if got := asciiRepr(t, v); got != "deque([4, 5], maxlen=2)" {
		t.Errorf("got %s", got)
	}
}

// What only looks like an instance of a known class stays an Object, and
// leaves as it came.
func TestStdlibDeclines(t *testing.T) {
	for _, data := range []string{
		"cdatetime\ndatetime\nC\x0a\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x85R.",      // year 0
		"cdatetime\ndatetime\nC\x0a\x07\xe7\x02\x1d\x00\x00\x00\x00\x00\x00\x85R.",      // 29 February 2023
		"cdatetime\ndatetime\nC\x0a\x07\xe7\x02\x01\x18\x00\x00\x00\x00\x00\x85R.",      // 24 o'clock
		"cdatetime\ndatetime\nC\x0a\x07\xe7\x02\x01\x00\x00\x00\x0f\x42\x40\x85R.",      // a million microseconds
		"cdatetime\ndatetime\nC\x0a\x07\xe7\x02\x01\x00\x00\x00\x00\x00\x00K\x01\x86R.", // a zone of 1
		"cdatetime\ndatetime\nC\x0a\x07\xe7\x02\x01\x00\x00\x00\x00\x00\x00NN\x87R.",    // three arguments
		"cdatetime\ndatetime\nM\xe7\x07K\x01K\x01\x87R.",                                // numbers
		"cdatetime\ndate\nC\x04\x07\xe7\x0d\x01\x85R.",                                  // month 13
		"cdatetime\ntime\nC\x06\x18\x00\x00\x00\x00\x00\x85R.",                          // 24 o'clock
		"cdatetime\ntimedelta\nK\x00J\x80\x51\x01\x00K\x00\x87R.",                       // 86400 seconds
		"cdatetime\ntimedelta\nJ\x00\xca\x9a\x3bK\x00K\x00\x87R.",                       // 10**9 days
		"cdatetime\ntimedelta\nK\x01\x85R.",                                             // one argument
		"cdatetime\ntimezone\ncdatetime\ntimedelta\nK\x01K\x00K\x00\x87R\x85R.",         // a whole day
		"cdecimal\nDecimal\nX\x03\x00\x00\x001_0\x85R.",                                 // an underscore
		"cdecimal\nDecimal\nX\x17\x00\x00\x001E+99999999999999999999\x85R.",             // a large exponent
		"cfractions\nFraction\nX\x03\x00\x00\x001/0\x85R.",                              // no denominator
		"cfractions\nFraction\nK\x01K\x00\x86R.",                                        // nor here
		"cuuid\nUUID\n)\x81}X\x03\x00\x00\x00intJ\xff\xff\xff\xffsb.",                   // a negative number
		"cuuid\nUUID\n)\x81}X\x03\x00\x00\x00intX\x01\x00\x00\x00asb.",                  // no number
		"cuuid\nUUID\n)\x81.",     // no state
		"cuuid\nUUID\n)\x81NbNb.", // two states
		"cipaddress\nIPv4Address\n\x8a\x05\x00\x00\x00\x00\x01\x85R.",                                                // 2**32
		"cipaddress\nIPv4Address\nX\x03\x00\x00\x00::1\x85R.",                                                        // of the other version
		"cipaddress\nIPv4Network\nX\x0a\x00\x00\x0010.0.0.1/8\x85R.",                                                 // host bits
		"cpathlib\nPurePosixPath\nX\x01\x00\x00\x00aX\x02\x00\x00\x00/b\x86R.",                                       // two absolute
		"cpathlib\nPureWindowsPath\nX\x04\x00\x00\x00\\\\?\\\x85R.",                                                  // a device
		"ccollections\ndefaultdict\nK\x01\x85R.",                                                                     // no factory
		"ccollections\ndeque\n)K\x01K\x01\x87R.",                                                                     // three arguments
		"ccollections\ndeque\n)J\xff\xff\xff\xff\x86R.",                                                              // a negative maximum
		"ccollections\nOrderedDict\n]K\x01a\x85R.",                                                                   // no pairs
		"c__builtin__\ngetattr\nczoneinfo\nZoneInfo\nX\x09\x00\x00\x00_unpickle\x86RX\x03\x00\x00\x00UTCK\x00\x86R.", // not cached
	} {
		c := Codec{Registry: Stdlib(), Protocol: Protocol2}
		v, err := c.Decode(t.Context(), []byte("\x80\x02"+data))
		if err != nil {
			t.Errorf("%q: %v", data, err)
			continue
		}
		if _, ok := v.(*Object); !ok {
			t.Errorf("%q is read as %#v", data, v)
		}
		inert, err := Codec{Protocol: Protocol2}.Decode(t.Context(), []byte("\x80\x02"+data))
		if err != nil {
			t.Errorf("%q: %v", data, err)
			continue
		}
		got, err := c.Marshal(t.Context(), v)
		want, err2 := c.Marshal(t.Context(), inert)
		if err != nil || err2 != nil || string(got) != string(want) {
			t.Errorf("%q left as %q, %v\nwant %q, %v", data, got, err, want, err2)
		}
	}
}

// A time of day has the offset of a ZoneInfo that is the same on each day.
func TestTimeInZoneInfo(t *testing.T) {
	for zone, want := range map[ZoneInfo]string{
		"Europe/Berlin": "12:30:00", "Etc/GMT+5": "12:30:00-05:00", "UTC": "12:30:00+00:00",
		"no zone": "datetime.time(12, 30, tzinfo=zoneinfo.ZoneInfo(key='no zone'))",
	} {
		if got := (Time{Hour: 12, Minute: 30, Zone: zone}).String(); got != want {
			t.Errorf("in %s: %s, want %s", zone, got, want)
		}
	}
}
