package pickle

import (
	"errors"
	"strings"
	"testing"
)

// What a Raw says of itself: its opcodes and their number of bytes, memo entries, the
// protocol of its peer and the first that has the opcodes, and what it names.
func TestRawTellsItsSize(t *testing.T) {
	frame := "\x95\x05\x00\x00\x00\x00\x00\x00\x00"
	tests := []struct {
		name, data  string
		ops         string
		memo        int32
		proto, need byte
		flags       rawFlags
	}{
		{"an int", "\x80\x04K\x01.", "K\x01", 0, 4, 2, 0},
		{"what nobody refers to", "\x80\x04" + frame + "]\x94K\x01a.", "]K\x01a", 0, 4, 2, 0},
		{"one entry", "\x80\x04]\x94(h\x00h\x00e.", "]q\x00(h\x00h\x00e", 1, 4, 2, 0},
		{"entries from 0 on", "\x80\x02(]q\x07]q\x09h\x09h\x07tq\x03.", "(]q\x00]q\x01h\x01h\x00t", 2, 2, 2, 0},
		{"an entry beyond a byte", "\x80\x02]r\x00\x01\x00\x00j\x00\x01\x00\x00a.", "]q\x00h\x00a", 1, 2, 2, 0},
		{"bytes", "\x80\x03C\x01a.", "C\x01a", 0, 3, 3, 0},
		{"a short str", "\x80\x04\x8c\x01a\x94.", "\x8c\x01a", 0, 4, 4, 0},
		{"a bytearray", "\x80\x05\x96\x01\x00\x00\x00\x00\x00\x00\x00a\x94.", "\x96\x01\x00\x00\x00\x00\x00\x00\x00a", 0, 5, 5, 0},
		{"a str of Python 2", "\x80\x02U\x01a.", "U\x01a", 0, 2, 2, rawStrings},
		{"a global", "\x80\x02cm\nC\n.", "cm\nC\n", 0, 2, 2, rawGlobals},
		{"a proxy's rebuilding", "\x80\x02cmultiprocessing.managers\nRebuildProxy\n.", "cmultiprocessing.managers\nRebuildProxy\n", 0, 2, 2, rawGlobals | rawStock},
		{"a class of multiprocess", "\x80\x02cmultiprocess.managers\nToken\n.", "cmultiprocess.managers\nToken\n", 0, 2, 2, rawGlobals | rawFork},
		{"what 3.6 has not", "\x80\x02c_queue\nEmpty\n.", "c_queue\nEmpty\n", 0, 2, 2, rawGlobals | rawPrivate},
	}
	for _, tt := range tests {
		raw, err := NewRaw([]byte(tt.data))
		if err != nil || string(raw.ops) != tt.ops || raw.Size() != len(tt.ops) || raw.Aliases() || cap(raw.ops) > 2*len(raw.ops)+64 {
			t.Errorf("%s: %q became %q, %d bytes of %d, %v; want %q", tt.name, tt.data, raw.ops, raw.Size(), cap(raw.ops), err, tt.ops)
		}
		if raw.memo != tt.memo || raw.proto != tt.proto || raw.need != tt.need || raw.flags != tt.flags {
			t.Errorf("%s: %d entries, protocol %d, needs %d, flags %b; want %d, %d, %d, %b", tt.name,
				raw.memo, raw.proto, raw.need, raw.flags, tt.memo, tt.proto, tt.need, tt.flags)
		}
	}
}

// A Raw that is written several times counts as often among the bytes of what is
// written, whether or not they are copied.
func TestRawsCountTowardsBytes(t *testing.T) {
	for _, size := range []int{1000, largeItem} {
		raw, err := NewRaw([]byte("\x80\x04B" + le32(uint32(size)) + strings.Repeat("x", size) + "."))
		if err != nil {
			t.Fatal(err)
		}
		three := NewList(raw, raw, raw)
		for _, refs := range []*[]Ref{nil, new([]Ref)} {
			c := Codec{Limits: Limits{Bytes: int64(3*raw.Size() + 100)}, Refs: refs}
			if _, err := c.AppendValue(t.Context(), nil, three); err != nil {
				t.Errorf("three Raws of %d bytes: %v", raw.Size(), err)
			}
			c.Limits.Bytes = int64(2*raw.Size() + 100)
			var limit *LimitError
			if out, err := c.AppendValue(t.Context(), []byte("before"), three); !errors.As(err, &limit) || string(out) != "before" {
				t.Errorf("three Raws of %d bytes within %d: %d bytes, %v", raw.Size(), c.Limits.Bytes, len(out), err)
			}
		}
	}
}
