package connection

import (
	"reflect"
	"testing"

	"github.com/brine-go/brine/pickle"
)

func TestParse(t *testing.T) {
	tests := []struct {
		s    string
		want Address
	}{
		{s: "127.0.0.1:50000", want: Address{Host: "127.0.0.1", Port: 50000}},
		{s: "localhost:0", want: Address{Host: "localhost"}},
		{s: ":50000", want: Address{Port: 50000}},
		{s: "[::1]:50000", want: Address{Host: "::1", Port: 50000}},
		{s: "[fe80::1%eth0]:1", want: Address{Host: "fe80::1%eth0", Port: 1}},
		{s: "/run/brine.sock", want: Address{Path: "/run/brine.sock"}},
		{s: "./brine:1", want: Address{Path: "./brine:1"}},
		{s: "./@x", want: Address{Path: "./@x"}},
		{s: "@brine", want: Address{Path: "\x00brine"}},
	}
	for _, tt := range tests {
		got, err := Parse(tt.s)
		if err != nil || got != tt.want || got.String() != tt.s {
			t.Errorf("Parse(%q) = %+v, %v; want %+v; String: %q", tt.s, got, err, tt.want, got)
		}
	}
	for _, s := range []string{"", "@", "localhost", "127.0.0.1", "::1:50000", "h:65536", "h:-1", "h:http", "h:", "[::1]"} {
		if got, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", s, got)
		}
	}
	if got := (Address{Path: "brine"}).String(); got != "./brine" {
		t.Errorf("a path without a slash prints as %q", got)
	}
}

func TestPythonAddress(t *testing.T) {
	tests := []struct {
		python any
		want   Address
		back   any
	}{
		{pickle.Tuple{"127.0.0.1", int64(5000)}, Address{Host: "127.0.0.1", Port: 5000}, pickle.Tuple{"127.0.0.1", int64(5000)}},
		{pickle.Tuple{pickle.ByteString("localhost"), int64(1)}, Address{Host: "localhost", Port: 1}, pickle.Tuple{"localhost", int64(1)}},
		{pickle.Tuple{"", int64(0)}, Address{}, pickle.Tuple{"", int64(0)}},
		{"/tmp/pymp-x/listener-y", Address{Path: "/tmp/pymp-x/listener-y"}, "/tmp/pymp-x/listener-y"},
		{pickle.ByteString("/tmp/l"), Address{Path: "/tmp/l"}, "/tmp/l"},
		{"\x00name", Address{Path: "\x00name"}, "\x00name"},
		{[]byte("\x00name"), Address{Path: "\x00name"}, "\x00name"},
	}
	for _, tt := range tests {
		got, err := FromPython(tt.python)
		if err != nil || got != tt.want || !reflect.DeepEqual(got.Python(), tt.back) {
			t.Errorf("FromPython(%#v) = %+v, %v; want %+v; back: %#v", tt.python, got, err, tt.want, got.Python())
		}
	}
	for _, v := range []any{nil, int64(1), "", "\x00", []byte("/tmp/l"), []byte{}, pickle.Tuple{}, pickle.Tuple{"h", "p"}, pickle.Tuple{"h", int64(70000)},
		pickle.Tuple{int64(1), int64(1)}, &pickle.List{}, `\\.\pipe\x`} {
		if got, err := FromPython(v); err == nil {
			t.Errorf("FromPython(%#v) = %+v, want an error", v, got)
		}
	}
}
