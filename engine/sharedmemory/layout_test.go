package sharedmemory

import (
	"strings"
	"testing"
)

// TestListsThatAreNone shows what is said of segments in which there is no list,
// or less of one than its numbers say.
func TestListsThatAreNone(t *testing.T) {
	i64 := func(numbers ...byte) (s string) {
		for _, n := range numbers {
			s += string([]byte{n, 0, 0, 0, 0, 0, 0, 0})
		}
		return s
	}
	const minus = "\xff\xff\xff\xff\xff\xff\xff\xff"
	for _, tt := range []struct{ name, bytes, want string }{
		{"nothing", "", "a list begins with 8 bytes, the segment has 0"},
		{"cut in the count", "\x01\x00\x00", "a list begins with 8 bytes, the segment has 3"},
		{"minus one item", minus + i64(0), "a list of -1 items is said to be in 16 bytes, which have room for 0"},
		{"no list at all", strings.Repeat("numpy", 8), "is said to be in 40 bytes, which have room for 1"},
		{"cut behind the offsets", i64(1, 0, 8), "a list of 1 items is said to be in 24 bytes, which have room for 0"},
		{"a cell beyond the end", i64(1, 0, 64) + "abcdefgh" + "8s\x00\x00\x00\x00\x00\x00" + "\x01", "item 0 of 1 has a cell of 64 bytes, 8 are left: this is no list of Python's"},
		{"an offset backwards", i64(2, 0, 8, 4) + i64(1, 2) + strings.Repeat("q\x00\x00\x00\x00\x00\x00\x00", 2) + "\x00\x00", "item 1 of 2 has a cell of -4 bytes, 8 are left"},
		{"a size of zero", i64(1, 4) + "abcdefgh" + "8s\x00\x00\x00\x00\x00\x00" + "\x01", "item 0 of 1 has a cell of 4 bytes"},
	} {
		_, err := readLayout([]byte(tt.bytes))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
