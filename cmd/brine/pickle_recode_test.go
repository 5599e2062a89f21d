package main

import (
	"strings"
	"testing"
)

func TestPickleRecode(t *testing.T) {
	out, stderr, status := ran(t, "\x80\x04\x8f(K\x01\x90.", "pickle", "recode", "--protocol", "2")
	if want := "\x80\x02c__builtin__\nset\nq\x00]q\x01K\x01a\x85q\x02Rq\x03."; status != 0 || out != want {
		t.Errorf("got %q, %s, want %q", out, stderr, want)
	}
}

func TestPickleRecodeRefuses(t *testing.T) {
	tests := []struct {
		stdin string
		args  []string
		want  string
	}{
		{"\x80\x04h\x03.", nil, "brine: standard input: pickle: BINGET at 2: no memo entry 3\n"},
		{"N.", []string{"--protocol", "6"}, "brine: there is no protocol 6: 0 to 5 are known\n"},
		{"\x00\x00\x00\x03\x04N", []string{"--frames"}, "brine: a request cut at 2 of 3 bytes\n"},
		{"", []string{"--frames", "--protocol", "2"}, "brine: --frames takes neither FILE nor --protocol: requests come on standard input and name theirs\n"},
		{"", []string{"--frames", "a"}, "brine: --frames takes neither FILE nor --protocol: requests come on standard input and name theirs\n"},
		{"", []string{"no-such-file"}, "brine: open no-such-file: no such file or directory\n"},
	}
	for _, tt := range tests {
		out, stderr, status := ran(t, tt.stdin, append([]string{"pickle", "recode"}, tt.args...)...)
		if status != 1 || out != "" || stderr != tt.want {
			t.Errorf("%q %q: status %d, %q and %q, want %q", tt.args, tt.stdin, status, out, stderr, tt.want)
		}
	}
}

func TestPickleRecodeFrames(t *testing.T) {
	tests := []struct{ name, request, answer string }{
		{"protocol 2", "\x02\x80\x04\x8f.", "\x00\x80\x02c__builtin__\nset\nq\x00]q\x01\x85q\x02Rq\x03."},
		{"a pickle that is none", "\x02.", "\x01pickle: STOP at 0: the stack is empty"},
		{"a protocol that is none", "\x06N.", "\x01there is no protocol 6: 0 to 5 are known"},
		{"buffers", "\x85\x00\x00\x00\x07\x80\x05\x97\x97\x98\x86." + "\x00\x00\x00\x02" + "\x00\x00\x00\x00\x01a" + "\x01\x00\x00\x00\x00",
			"\x00\x00\x00\x00\x13\x80\x05\x95\x08\x00\x00\x00\x00\x00\x00\x00\x97\x94\x97\x98\x94\x86\x94." + "\x00\x00\x00\x02" + "\x00\x00\x00\x00\x01a" + "\x01\x00\x00\x00\x00"},
		{"buffers that are missing", "\x85\x00\x00\x00\x01N\x00\x00\x00\x01", "\x01a request that ends inside its buffers"},
		{"a length beyond the end", "\x85\xff\xff\xff\xffN", "\x01a request that ends inside its buffers"},
	}
	var in, want strings.Builder
	for _, tt := range tests {
		in.Write(appendSized(nil, []byte(tt.request)))
		want.Write(appendSized(nil, []byte(tt.answer)))
	}
	out, stderr, status := ran(t, in.String(), "pickle", "recode", "--frames")
	if status != 0 || out != want.String() {
		t.Errorf("got\n%q, %s, want\n%q", out, stderr, want.String())
	}
}
