package pickle

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

func TestRecode(t *testing.T) {
	tests := []struct {
		name string
		p    Protocol
		data string
		want string
	}{
		{"a set for an opcode", Protocol4, "\x80\x02c__builtin__\nset\n](K\x01K\x02e\x85R.",
			"\x80\x04\x95\t\x00\x00\x00\x00\x00\x00\x00\x8f\x94(K\x01K\x02\x90."},
		{"a set for none", Protocol2, "\x80\x04\x8f(K\x01\x90.",
			"\x80\x02c__builtin__\nset\nq\x00]q\x01K\x01a\x85q\x02Rq\x03."},
		{"bytes for none", Protocol2, "\x80\x03C\x01\xe9.",
			"\x80\x02c_codecs\nencode\nq\x00X\x02\x00\x00\x00éq\x01X\x06\x00\x00\x00latin1q\x02\x86q\x03Rq\x04."},
		{"a bytearray for an opcode", Protocol5, "\x80\x03cbuiltins\nbytearray\nC\x01a\x85R.",
			"\x80\x05\x95\f\x00\x00\x00\x00\x00\x00\x00\x96\x01\x00\x00\x00\x00\x00\x00\x00a\x94."},
		{"builtins before and after a bytearray", Protocol4, "\x80\x05\x8c\x08builtins\x94\x8c\x03int\x93\x96\x01\x00\x00\x00\x00\x00\x00\x00ah\x00\x8c\x03str\x93\x87.",
			"\x80\x04\x958\x00\x00\x00\x00\x00\x00\x00\x8c\x08builtins\x94\x8c\x03int\x94\x93\x94h\x00\x8c\tbytearray\x94\x93\x94C\x01a\x94\x85\x94R\x94" +
				"h\x00\x8c\x03str\x94\x93\x94\x87\x94."},
		{"a bytearray before builtins", Protocol4, "\x80\x05\x96\x01\x00\x00\x00\x00\x00\x00\x00acbuiltins\nstr\n\x86.",
			"\x80\x04\x95.\x00\x00\x00\x00\x00\x00\x00\x8c\x08builtins\x94\x8c\tbytearray\x94\x93\x94C\x01a\x94\x85\x94R\x94" +
				"h\x00\x8c\x03str\x94\x93\x94\x86\x94."},
		{"builtins of a class and of a function", Protocol4,
			"\x80\x04\x95;\x00\x00\x00\x00\x00\x00\x00\x8c\x08builtins\x94\x8c\x04iter\x94\x93\x94\x8c\x08builtins\x94\x8c\x05range\x94\x93\x94K\x00K\x03K\x01\x87\x94R\x94\x85\x94R\x94K\x00b.",
			"\x80\x04\x95;\x00\x00\x00\x00\x00\x00\x00\x8c\x08builtins\x94\x8c\x04iter\x94\x93\x94\x8c\x08builtins\x94\x8c\x05range\x94\x93\x94K\x00K\x03K\x01\x87\x94R\x94\x85\x94R\x94K\x00b."},
		{"no bytes, and a str of Python 2 of none", Protocol4, "\x80\x04(C\x00U\x00C\x00U\x00t.",
			"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00(C\x00\x94U\x00\x94h\x00h\x01t\x94."},
		{"names to Python 3", Protocol4, "\x80\x02cUserDict\nUserDict\n.",
			"\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00\x8c\vcollections\x94\x8c\bUserDict\x94\x93\x94."},
		{"names to Python 2", Protocol2, "\x80\x04\x8c\x08builtins\x8c\x03str\x93.",
			"\x80\x02c__builtin__\nunicode\nq\x00."},
		{"names of Python 2 stay", Protocol2, "cUserDict\nUserDict\n.", "\x80\x02cUserDict\nUserDict\nq\x00."},
		{"names of Python 3 stay", Protocol5, "\x80\x03cdbm\nerror\n.",
			"\x80\x05\x95\x11\x00\x00\x00\x00\x00\x00\x00\x8c\x03dbm\x94\x8c\x05error\x94\x93\x94."},
		{"an exception is an object", Protocol2, "\x80\x02cexceptions\nStandardError\n)R.",
			"\x80\x02cexceptions\nStandardError\nq\x00)R."},
		{"str of Python 2", Protocol4, "U\x01\xe9.", "\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00U\x01\xe9\x94."},
		{"int and long of Python 2", Protocol2, "(I4294967296\nL4294967296L\nL5L\nt.",
			"\x80\x02I4294967296\n\x8a\x05\x00\x00\x00\x00\x01\x8a\x01\x05\x87q\x00."},
		{"int and long for Python 3", Protocol4, "(I4294967296\nL4294967296L\nL5L\nt.",
			"\x80\x04\x95\x13\x00\x00\x00\x00\x00\x00\x00\x8a\x05\x00\x00\x00\x00\x01\x8a\x05\x00\x00\x00\x00\x01K\x05\x87\x94."},
		{"one short string twice", Protocol4, "\x80\x04\x8c\x01a\x94h\x00\x86.",
			"\x80\x04\x95\t\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94h\x00\x86\x94."},
		{"two equal strings", Protocol4, "\x80\x04\x8c\x01a\x8c\x01a\x86.",
			"\x80\x04\x95\v\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94\x8c\x01a\x94\x86\x94."},
		{"short bytes twice", Protocol4, "\x80\x04C\x01a\x94h\x00\x86.",
			"\x80\x04\x95\t\x00\x00\x00\x00\x00\x00\x00C\x01a\x94h\x00\x86\x94."},
		{"an object that Python makes twice, through its arguments", Protocol2,
			"\x80\x02]q\x00cm\nC\nq\x01]q\x02h\x01h\x02\x85q\x03Rq\x04a0h\x03R0h\x04a.",
			"\x80\x02]q\x00cm\nC\nq\x01]q\x02\x85q\x03Rq\x04h\x02h\x04a0a."},
		{"a persistent id", Protocol1, "Pid\n.", "U\x02idq\x00Q."},
		{"a persistent id of Python 2", Protocol0, "P\xe9\n.", "P\xe9\n."},
		{"a persistent id of Python 2 for Python 3", Protocol3, "P\xe9\n.", "\x80\x03U\x01\xe9q\x00Q."},
		{"a persistent id for Python 3", Protocol3, "Pid\n.", "\x80\x03X\x02\x00\x00\x00idq\x00Q."},
		{"an extension code", Protocol4, "\x80\x02\x82\x07.", "\x80\x04\x82\x07."},
		{"keyword arguments for Python 2", Protocol2, "\x80\x04\x8c\x01m\x8c\x01C\x93)}\x8c\x01aK\x01s\x92.",
			"\x80\x02cfunctools\npartial\nq\x00c__builtin__\ngetattr\nq\x01cm\nC\nq\x02X\a\x00\x00\x00__new__q\x03\x86q\x04Rq\x05\x85q\x06Rq\a(h\x05h\x02\x85q\b}q\tX\x01\x00\x00\x00aq\nK\x01sNtq\vb)R."},
	}
	for _, tt := range tests {
		got, rest, err := Codec{Protocol: tt.p}.Recode(t.Context(), []byte("before"), []byte(tt.data+"after"))
		if err != nil || string(got) != "before"+tt.want || string(rest) != "after" {
			t.Errorf("%s: %q became\n%q and %q, %v, want\n%q", tt.name, tt.data, got, rest, err, "before"+tt.want)
		}
	}
}

// What Python's pickler wrote leaves as it came, at its own protocol.
func TestRecodeKeeps(t *testing.T) {
	tests := []struct {
		name string
		p    Protocol
		data string
	}{
		{"keys that look alike", Protocol2, "\x80\x02}q\x00(cm\nC\nq\x01)\x81q\x02K\x01h\x01)\x81q\x03K\x02u."},
		{"items that look alike", Protocol3, "\x80\x03cbuiltins\nset\nq\x00]q\x01(cm\nC\nq\x02)\x81q\x03h\x02)\x81q\x04e\x85q\x05Rq\x06."},
		{"keys by persistent ids", Protocol2, "\x80\x02}q\x00(K\x01QK\x01K\x01QK\x02]q\x01QK\x03u."},
		{"a call for its effect on an object", Protocol2, "\x80\x02cm\nC\nq\x00)Rq\x01cm\nf\nq\x02h\x01K\x01\x86q\x03R0."},
		{"on a list", Protocol2, "\x80\x02]q\x00cm\nf\nq\x01h\x00\x85q\x02R0."},
		{"on a list, and what follows", Protocol2, "\x80\x02]q\x00cm\nf\nq\x01h\x00\x85q\x02R0K\x01a."},
		{"on a string in a list", Protocol2, "\x80\x02]q\x00(X\x01\x00\x00\x00aq\x01cm\nf\nq\x02)R0h\x01e."},
		{"on a class", Protocol2, "\x80\x02cm\nC\nq\x00cm\nf\nq\x01h\x00\x85q\x02R0."},
		{"state for a class", Protocol2, "\x80\x02cm\nC\nq\x00N}q\x01X\x01\x00\x00\x00aq\x02K\x01s\x86q\x03b."},
		{"items for a persistent id", Protocol2, "\x80\x02K\x01QK\x02a(K\x03e."},
		{"an object made through its arguments", Protocol2, "\x80\x02]q\x00cm\nC\nq\x01]q\x02\x85q\x03Rq\x04h\x02h\x04a0a."},
		{"a dict that changes after a call saw it", Protocol2, "\x80\x02cm\nC\nq\x00}q\x01K\x01K\x02s\x85q\x02Rq\x03h\x01K\x01K\x03s0."},
		{"after it was given its state", Protocol2, "\x80\x02cm\nC\nq\x00}q\x01\x85q\x02Rq\x03}q\x04bh\x01K\x01K\x03s0."},
		{"before it was", Protocol2, "\x80\x02cm\nC\nq\x00}q\x01\x85q\x02Rq\x03h\x01K\x01K\x03s0}q\x04b."},
		{"between two states", Protocol2, "\x80\x02cm\nC\nq\x00}q\x01\x85q\x02Rq\x03}q\x04bh\x01K\x01K\x03s0}q\x05b."},
		{"and another that does so between", Protocol2,
			"\x80\x02cm\nC\nq\x00}q\x01}q\x02\x86q\x03Rq\x04h\x02K\x01K\x03s0h\x01K\x01K\x04s0h\x02K\x05K\x06s0."},
		{"one by one", Protocol0, "cm\nC\np0\n((dp1\ntp2\nRp3\ng1\nI1\nI3\nsI2\nI4\ns0."},
		{"a global by persistent ids", Protocol4, "\x80\x04\x95\x0d\x00\x00\x00\x00\x00\x00\x00\x8c\x01m\x94Q\x8c\x01C\x94Q\x93\x94."},
		{"a short pickle without a frame", Protocol4, "\x80\x04K\x01."},
		{"a class of a class", Protocol3, "\x80\x03cbuiltins\ngetattr\nq\x00cm\nA\nq\x01X\x01\x00\x00\x00Bq\x02\x86q\x03Rq\x04."},
		{"empty strings", Protocol4, "\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x00\x94h\x01C\x00\x94h\x02e."},
	}
	for _, tt := range tests {
		got, _, err := Codec{Protocol: tt.p}.Recode(t.Context(), nil, []byte(tt.data))
		if err != nil || string(got) != tt.data {
			t.Errorf("%s:\n%q became\n%q, %v", tt.name, tt.data, got, err)
		}
	}
	const data = "\x80\x04\x95\x1b\x00\x00\x00\x00\x00\x00\x00\x8c\x03geo\x94\x8c\x05Point\x94\x93\x94K\x01C\x01a\x94\x86\x94R\x94."
	c := Codec{Registry: points(), Dialect: Dialect{Python2: true, Package: fork}}
	if got, _, err := c.Recode(t.Context(), nil, []byte(data)); err != nil || string(got) != data {
		t.Errorf("with a Registry and a Dialect:\n%q became\n%q, %v", data, got, err)
	}
}

// Calls whose results are dropped, memoized or left on the stack are made in their order,
// also when what was written is written again.
func TestRecodeCalls(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"one dropped before what another made is fetched", "cm\nf\ncm\nf\n)Rq\x00\x85R0(h\x00t.",
			"cm\nf\nq\x00h\x00)Rq\x01\x85q\x02R0h\x01\x85q\x03."},
		{"two without arguments", "cm\nf\n)Rq\x00cm\nf\n)R0h\x00\x86.", "cm\nf\nq\x00)Rq\x01h\x00)R0h\x01\x86q\x02."},
		{"two, and DUP", "\x80\x04cm\nf\n)R\x94cm\nf\n)R02\x86.", "cm\nf\nq\x00)Rq\x01h\x00)R0h\x01\x86q\x02."},
		{"above a mark", "cm\ng\n)R(cm\nf\n)R0K\x05t\x86.", "cm\ng\nq\x00)Rcm\nf\nq\x01)R0K\x05\x85q\x02\x86q\x03."},
		{"above a mark in a list", "](cm\ng\n)R(cm\nf\n)R0K\x05te.", "]q\x00(cm\ng\nq\x01)Rcm\nf\nq\x02)R0K\x05\x85q\x03e."},
		{"memoized, between others", "(cm\ng\n)Rcm\nf\n)Rq\x000cm\nh\n)Rt.", "cm\ng\nq\x00)Rcm\nf\nq\x01)Rq\x020cm\nh\nq\x03)R\x86q\x04."},
		{"memoized, after another", "cm\ng\n)Rcm\nf\n)Rq\x000.", "cm\ng\nq\x00)Rcm\nf\nq\x01)Rq\x020."},
		{"left below what is fetched", "cm\ng\n)Rq\x00cm\nf\n)Rh\x00.", "cm\ng\nq\x00)Rq\x010cm\nf\nq\x02)R0h\x01."},
		{"of an object that leads back to itself",
			"cm\nf\n]q\x01cm\nf\nh\x01cm\ng\n)Rq\x02\x86Rq\x03}bh\x02K\x01K\x02s0ah\x02\x86R0h\x03.",
			"cm\nf\nq\x00]q\x01cm\ng\nq\x02)Rq\x03\x86q\x04Rq\x05}q\x06bh\x03K\x01K\x02s0h\x01h\x05a0."},
	} {
		want := "\x80\x02" + tt.want
		for _, data := range []string{tt.data, want} {
			got, _, err := Codec{Protocol: Protocol2}.Recode(t.Context(), nil, []byte(data))
			if err != nil || string(got) != want {
				t.Errorf("%s: %q became\n%q, %v, want\n%q", tt.name, data, got, err, want)
			}
		}
	}
}

// Frames end before the value after 64 KiB; values as large as that stand
// between them, unless the pickle has them inside.
func TestRecodeFrames(t *testing.T) {
	frame := func(content string) string {
		return string(binary.LittleEndian.AppendUint64([]byte{opFrame}, uint64(len(content)))) + content
	}
	const unit = "C\x04abcd\x94" // 7 bytes
	large := "B\x00\x00\x01\x00" + strings.Repeat("x", 1<<16)
	full, rest := strings.Repeat(unit, 1000), strings.Repeat(unit, 363)
	tests := []struct{ name, data string }{
		{"none", frame("]\x94(" + full + "e.")},
		{"many values", frame("]\x94("+strings.Repeat(full+"e(", 9)+strings.Repeat(unit, 360)) + frame(rest+"e.")},
		{"a large value", frame("]\x94(K\x01") + large + frame("\x94K\x02K\x03K\x04e.")},
		{"a large value with little around it", "]\x94" + large + "\x94a."},
		{"a large value alone", large + "\x94."},
		{"a large str", frame("]\x94(K\x01") + "X" + large[1:] + frame("\x94K\x02K\x03K\x04e.")},
		{"a large value in a frame", frame("]\x94(K\x01"+large+"\x94") + frame("K\x02e.")},
	}
	for _, tt := range tests {
		data := "\x80\x04" + tt.data
		got, _, err := Codec{Protocol: Protocol4}.Recode(t.Context(), nil, []byte(data))
		if err != nil || string(got) != data {
			t.Errorf("%s: %d bytes became %d, %v", tt.name, len(data), len(got), err)
		}
	}
}

func TestRecodeRefuses(t *testing.T) {
	tests := []struct {
		name, data string
		p          Protocol
		want       string
	}{
		{"what is no pickle", "\x80\x04h\x03.", Protocol4, "pickle: BINGET at 2: no memo entry 3"},
		{"an extension code that text cannot name", "\x80\x02\x82\x07.", Protocol0,
			"pickle: cannot write a pickle.Extension at protocol 0: extension codes are positive and need protocol 2"},
		{"a global whose name is empty, as text", "\x80\x04\x8c\x01m\x8c\x00\x93.", Protocol2,
			"pickle: cannot write m. at protocol 2: a global without a name"},
	}
	for _, tt := range tests {
		got, _, err := Codec{Protocol: tt.p}.Recode(t.Context(), []byte("before"), []byte(tt.data))
		if err == nil || err.Error() != tt.want || string(got) != "before" {
			t.Errorf("%s: %q, %v; want %q and the error %q", tt.name, got, err, "before", tt.want)
		}
	}
	if _, _, err := (Codec{Protocol: 9}).Recode(t.Context(), nil, []byte("N.")); !errors.Is(err, ErrProtocol) {
		t.Errorf("protocol 9: %v", err)
	}
}

// Python writes an int as often as it is met. One of 2 KiB is written once, and
// shorter ones are not written without end.
func TestRecodeInts(t *testing.T) {
	again := func(size, n int) []byte {
		return []byte("\x8b" + le32(uint32(size)) + times("\x7f", size) + "q\x000(" + times("h\x00", n) + "t.")
	}
	for _, tt := range []struct {
		name           string
		size, n        int
		least, largest int // that is written
	}{
		{"short", 300, 3, 3 * 300, 3*310 + 20},
		{"long", 4 << 10, 10_000, 4 << 10, 10_000*5 + 9<<10},
	} {
		for _, p := range []Protocol{Protocol0, Protocol2, Protocol5} {
			got, _, err := Codec{Protocol: p}.Recode(t.Context(), nil, again(tt.size, tt.n))
			if least, largest := tt.least, tt.largest; err != nil || len(got) < least || p != Protocol0 && len(got) > largest {
				t.Errorf("%s, at protocol %d: %d bytes, %v; want %d to %d", tt.name, p, len(got), err, least, largest)
			}
		}
	}
	var limit *LimitError
	if got, _, err := (Codec{}).Recode(t.Context(), nil, again(1000, 100_000)); !errors.As(err, &limit) || len(got) > 0 {
		t.Errorf("1,000 bytes a hundred thousand times: %d bytes, %v", len(got), err)
	}
}
