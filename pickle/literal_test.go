package pickle

import (
	"errors"
	"strings"
	"testing"
)

func TestParseLiteral(t *testing.T) {
	tests := []struct{ text, want string }{ // want is the repr
		{"None", "None"},
		{" True ", "True"},
		{"-7", "-7"},
		{"+7", "7"},
		{"0", "0"},
		{"00", "0"},
		{"1_000", "1000"},
		{"0xff", "255"},
		{"0b101", "5"},
		{"0o17", "15"},
		{"123456789012345678901234567890", "123456789012345678901234567890"},
		{"1.5", "1.5"},
		{".5", "0.5"},
		{"-1e-3", "-0.001"},
		{"1e400", "inf"},
		{"-inf", "-inf"},
		{"nan", "nan"},
		{`'a"b'`, `'a"b'`},
		{`"it's"`, `"it's"`},
		{`'\n\x41\u00e9\101\q'`, `'\nAéA\\q'`},
		{`'\ud800'`, `'\ud800'`},
		{`'grün'`, `'grün'`},
		{`r'\n'`, `'\\n'`},
		{`'\777\400\377\8'`, `'ǿĀÿ\\8'`},
		{`b'\777\400\N{x}'`, `b'\xff\x00\\N{x}'`},
		{`'\é'`, `'\\é'`},
		{"'a\\\nb'", "'ab'"},
		{"r'a\\\nb'", `'a\\\nb'`},
		{"'a''b' \"c\" # d", "'abc'"},
		{"b'a' Rb'\\b'", `b'a\\b'`},
		{"['a'\n'b', #c\n'd']", "['ab', 'd']"},
		{"''", "''"},
		{"''''''", "''"},
		{"'''a'b\r\nc'''", `"a'b\nc"`},
		{`b"""a\""""`, `b'a"'`},
		{"...", "Ellipsis"},
		{"[..., Ellipsis]", "[Ellipsis, Ellipsis]"},
		{"1_000.5", "1000.5"},
		{"1e1_0", "10000000000.0"},
		{"0_1.5", "1.5"},
		{"0_0", "0"},
		{"0x_f", "15"},
		{"01e5", "100000.0"},
		{"1#c", "1"},
		{"#c\n1 #d\n#e", "1"},
		{"set(\n)", "set()"},
		{`u'x'`, `'x'`},
		{`b'\xff\x00a'`, `b'\xff\x00a'`},
		{`rb'\x'`, `b'\\x'`},
		{"()", "()"},
		{"(1)", "1"},
		{"(1,)", "(1,)"},
		{"(1, 2)", "(1, 2)"},
		{"[1, [2, (3,)], ]", "[1, [2, (3,)]]"},
		{"{}", "{}"},
		{`{"x": 1, 'y': [None]}`, "{'x': 1, 'y': [None]}"},
		{"{(1, 2): {3: 4},}", "{(1, 2): {3: 4}}"},
		{"{1}", "{1}"},
		{"set()", "set()"},
	}
	for _, tt := range tests {
		v, err := ParseLiteral(tt.text)
		if err != nil {
			t.Errorf("ParseLiteral(%q): %v", tt.text, err)
			continue
		}
		if got, err := Repr(v); got != tt.want || err != nil {
			t.Errorf("ParseLiteral(%q) is %s, %v; want %s", tt.text, got, err, tt.want)
		}
	}
}

func TestParseLiteralErrors(t *testing.T) {
	deep := make([]byte, 100_000)
	for i := range deep {
		deep[i] = '['
	}
	tests := []struct {
		text   string
		offset int
	}{
		{"", 0}, {"nothing", 0}, {"1 2", 2}, {"[1 2]", 3}, {"[1", 2}, {"(", 1}, {"{1: }", 4}, {"{1: 2, 3}", 8}, {"{1, 2: 3}", 5},
		{"'abc", 4}, {`'\x4'`, 1}, {`'\U00110000'`, 1}, {"b'é'", 2}, {"007", 0}, {"1x", 0}, {"0x", 0}, {"1.2.3", 0}, {"--1", 0},
		{"set(1)", 4}, {"f'x'", 0}, {"'a\nb'", 0}, {"1+2j", 1}, {"'", 1}, {`'\`, 2}, {"_", 0}, {"0_1", 0}, {"1__0.5", 0},
		{"1_.5", 0}, {"1._5", 0}, {"1e_5", 0}, {"1.5_", 0}, {"0_x1", 0}, {"'a' b'b'", 4}, {"'a'\n'b'", 4}, {"-\n1", 0}, {"'''a''", 6},
		{`'a\N{BULLET}'`, 2}, {`'\N'`, 1}, {"'\r'", 0}, {"'\x00'", 1}, {"ur'x'", 0}, {"1#\n2", 3},
		{"[x]", 1}, {"{x}", 1}, {"{1, x}", 4}, {"{1: 2, x: 3}", 7}, {"{1: 2 3: 4}", 6}, {"-inx", 1}, {"'a' 'b\\x'", 6}, {string(deep), maxLiteralDepth},
	}
	for _, tt := range tests {
		v, err := ParseLiteral(tt.text)
		var at *LiteralError
		if !errors.As(err, &at) || at.Offset != tt.offset {
			t.Errorf("ParseLiteral(%.20q): %v, %v; want a LiteralError at %d", tt.text, v, err, tt.offset)
		}
	}
	_, err := ParseLiteral(`'\N{BULLET}'`)
	if want := "by number (characters are not known by name)"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a character by name: %v, want %s", err, want)
	}
	_, err = ParseLiteral("1 " + strings.Repeat("x", 30))
	if want := `"` + strings.Repeat("x", 20) + `…" at offset 2`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("much behind a literal: %v, want %s", err, want)
	}
	if v, err := ParseLiteral("{[]}"); !errors.Is(err, TypeError) {
		t.Errorf("a list in a set: %v, %v", v, err)
	}
	if v, err := ParseLiteral("{[]: 1}"); !errors.Is(err, TypeError) {
		t.Errorf("a list as a key: %v, %v", v, err)
	}
}

// FuzzParseLiteral holds what is read to what it is written as.
func FuzzParseLiteral(f *testing.F) {
	for _, s := range []string{"{'a': [1, 2.5, None, (True,)], b'x': {1, 2}}", `'\ud800\n'`, "-0x_1", "1e5", "b'''\\777''' b'' # c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseLiteral(text)
		if err != nil {
			return
		}
		r, err := Repr(v)
		if errors.Is(err, ValueError) {
			return // an int of more digits than Python shows
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseLiteral(r)
		if err != nil {
			t.Fatalf("%q reads as %s, which does not: %v", text, r, err)
		}
		if r2, err := Repr(again); r2 != r || err != nil {
			t.Fatalf("%q reads as %s, and that as %s, %v", text, r, r2, err)
		}
	})
}
