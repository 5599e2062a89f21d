package pickle

import (
	"errors"
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
		{"set(1)", 4}, {"f'x'", 0}, {"'a\nb'", 0}, {"1+2j", 1}, {"'", 1}, {`'\`, 2}, {"_", 0}, {string(deep), maxLiteralDepth},
	}
	for _, tt := range tests {
		v, err := ParseLiteral(tt.text)
		var at *LiteralError
		if !errors.As(err, &at) || at.Offset != tt.offset {
			t.Errorf("ParseLiteral(%.20q): %v, %v; want a LiteralError at %d", tt.text, v, err, tt.offset)
		}
	}
	if v, err := ParseLiteral("{[]: 1}"); !errors.Is(err, TypeError) {
		t.Errorf("a list as a key: %v, %v", v, err)
	}
}

// FuzzParseLiteral holds what is read to what it is written as.
func FuzzParseLiteral(f *testing.F) {
	for _, s := range []string{"{'a': [1, 2.5, None, (True,)], b'x': {1, 2}}", `'\ud800\n'`, "-0x_1", "1e5"} {
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
