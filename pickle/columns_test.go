package pickle

import "testing"

func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		text         string
		width        int
		want, middle string
	}{
		{"abcdef", 6, "abcdef", "abcdef"},
		{"abcdef", 5, "abcd…", "ab…ef"},
		{"abcdef", 2, "a…", "…f"},
		{"日本語", 6, "日本語", "日本語"},
		{"日本語", 5, "日本…", "日…語"},
		{"日本語", 4, "日…", "…語"},
		{"ＡＢ😀", 5, "ＡＢ…", "Ａ…😀"},
		{"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301", "e\u0301e\u0301e\u0301"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…", "…e\u0301"},
		{"한국어ａ", 6, "한국…", "한…ａ"},
	} {
		if got := string(shorten([]byte("> "+tt.text), 2, tt.width)); got != "> "+tt.want {
			t.Errorf("%q in %d columns is %q, want %q", tt.text, tt.width, got[2:], tt.want)
		}
		if got := string(shortenMiddle([]byte(tt.text), tt.width)); got != tt.middle {
			t.Errorf("%q in %d columns without the middle is %q, want %q", tt.text, tt.width, got, tt.middle)
		}
	}
}

// The first and last character of each range that is wide, and what is beside them.
func TestColumns(t *testing.T) {
	for r, want := range map[rune]int{'a': 1, 0x300: 0, 0x10ff: 1, 0x1100: 2, 0x115f: 2, 0x1160: 1, 0x231a: 2, 0x2319: 1, 0x3fffd: 2, 0x3fffe: 1} {
		if got := columns(r); got != want {
			t.Errorf("%U takes %d columns, want %d", r, got, want)
		}
	}
}
