package pickle

import (
	"errors"
	"testing"
)

func TestRecode(t *testing.T) {
	tests := []struct {
		name string
		p    Protocol
		data string
		want string
	}{
		{"a set for an opcode", Protocol4, "\x80\x02c__builtin__\nset\n](K\x01K\x02e\x85R.", "\x80\x04\x8f(K\x01K\x02\x90."},
		{"a set for none", Protocol2, "\x80\x04\x8f(K\x01\x90.", "\x80\x02c__builtin__\nset\n]K\x01a\x85R."},
		{"bytes for none", Protocol2, "\x80\x03C\x01\xe9.", "\x80\x02c_codecs\nencode\nX\x02\x00\x00\x00\xc3\xa9X\x06\x00\x00\x00latin1\x86R."},
		{"a bytearray for an opcode", Protocol5, "\x80\x03cbuiltins\nbytearray\nC\x01a\x85R.", "\x80\x05\x96\x01\x00\x00\x00\x00\x00\x00\x00a."},
		{"names to Python 3", Protocol4, "\x80\x02cUserDict\nUserDict\n.", "\x80\x04\x8c\x0bcollections\x8c\x08UserDict\x93."},
		{"names to Python 2", Protocol2, "\x80\x04\x8c\x08builtins\x8c\x03str\x93.", "\x80\x02c__builtin__\nunicode\n."},
		{"names of Python 2 stay", Protocol2, "cUserDict\nUserDict\n.", "\x80\x02cUserDict\nUserDict\n."},
		{"names of Python 3 stay", Protocol5, "\x80\x03cdbm\nerror\n.", "\x80\x05\x8c\x03dbm\x8c\x05error\x93."},
		{"an exception is an object", Protocol2, "\x80\x02cexceptions\nStandardError\n)R.", "\x80\x02cexceptions\nStandardError\n)R."},
		{"str of Python 2", Protocol4, "U\x01\xe9.", "\x80\x04U\x01\xe9."},
		{"int and long of Python 2", Protocol2, "(I4294967296\nL4294967296L\nL5L\nt.",
			"\x80\x02I4294967296\n\x8a\x05\x00\x00\x00\x00\x01\x8a\x01\x05\x87."},
		{"int and long for Python 3", Protocol4, "(I4294967296\nL4294967296L\nL5L\nt.",
			"\x80\x04\x8a\x05\x00\x00\x00\x00\x01\x8a\x05\x00\x00\x00\x00\x01K\x05\x87."},
		{"one short string twice", Protocol4, "\x80\x04\x8c\x01a\x94h\x00\x86.", "\x80\x04\x8c\x01aq\x00h\x00\x86."},
		{"two equal strings", Protocol4, "\x80\x04\x8c\x01a\x8c\x01a\x86.", "\x80\x04\x8c\x01a\x8c\x01a\x86."},
		{"short bytes twice", Protocol4, "\x80\x04C\x01a\x94h\x00\x86.", "\x80\x04C\x01aq\x00h\x00\x86."},
		{"a persistent id", Protocol1, "Pid\n.", "X\x02\x00\x00\x00idQ."},
		{"an extension code", Protocol4, "\x80\x02\x82\x07.", "\x80\x04\x82\x07."},
		{"keyword arguments for Python 2", Protocol2, "\x80\x04\x8c\x01m\x8c\x01C\x93)}\x8c\x01aK\x01s\x92.",
			"\x80\x02cfunctools\npartial\nc__builtin__\ngetattr\ncm\nC\nq\x01X\x07\x00\x00\x00__new__\x86Rq\x00\x85R" +
				"(h\x00h\x01\x85}X\x01\x00\x00\x00aK\x01sNtb)R."},
	}
	for _, tt := range tests {
		got, rest, err := Codec{Protocol: tt.p}.Recode(t.Context(), []byte("before"), []byte(tt.data+"after"))
		if err != nil || string(got) != "before"+tt.want || string(rest) != "after" {
			t.Errorf("%s: %q became\n%q and %q, %v, want\n%q", tt.name, tt.data, got, rest, err, "before"+tt.want)
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
			"pickle: cannot write a pickle.Extension at protocol 0: extension codes need protocol 2"},
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
