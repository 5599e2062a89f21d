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
