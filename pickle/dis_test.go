package pickle

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestDis(t *testing.T) {
	pickle := "\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02ls\x94\x85\x94R\x94" +
		"(\x88I01\n]q\x07(NK\x05eh\x07(U\x01a\x8a\x09abcdefghid0G?\xf8\x00\x00\x00\x00\x00\x00t\x86."
	want := `
    0: \x80 PROTO      4
    2: \x8c SHORT_BINUNICODE 'posix'          str, 5 bytes
    9: \x94 MEMOIZE    (as 0)
   10: \x8c SHORT_BINUNICODE 'system'         str, 6 bytes
   18: \x94 MEMOIZE    (as 1)
   19: \x93 STACK_GLOBAL                      imports posix.system
   20: \x94 MEMOIZE    (as 2)
   21: \x8c SHORT_BINUNICODE 'ls'             str, 2 bytes
   25: \x94 MEMOIZE    (as 3)
   26: \x85 TUPLE1                            tuple of 1
   27: \x94 MEMOIZE    (as 4)
   28: R    REDUCE                            calls posix.system
   29: \x94 MEMOIZE    (as 5)
   30: (    MARK
   31: \x88     NEWTRUE                       bool
   32: I        INT        True               bool
   36: ]        EMPTY_LIST                    list of 0
   37: q        BINPUT     7
   39: (        MARK
   40: N            NONE                      None
   41: K            BININT1    5              int
   43: e            APPENDS    (MARK at 39)   now list of 2
   44: h        BINGET     7                  the list of 36
   46: (        MARK
   47: U            SHORT_BINSTRING 'a'       str of Python 2, 1 byte
   50: \x8a         LONG1      1944431222027…  int
   61: d            DICT       (MARK at 46)   dict of 1
   62: 0        POP                           drops dict of 1
   63: G        BINFLOAT   1.5                float
   72: t        TUPLE      (MARK at 30)       tuple of 5
   73: \x86 TUPLE2                            tuple of 2
   74: .    STOP                              returns tuple of 2
highest protocol among opcodes = 4
75 bytes, 32 opcodes, 7 memo entries; tuple of 2
imports posix.system at 19, calls it at 28
`
	var got bytes.Buffer
	rest, err := Dis(&got, []byte(pickle+"more"), DisOptions{})
	if err != nil || string(rest) != "more" {
		t.Errorf("Dis: %v, with %q left", err, rest)
	}
	if got.String() != want[1:] {
		t.Errorf("Dis shows\n%s\nwant%s", &got, want)
	}
}

// What is wrong is told after the opcodes before it, with the decoder's words.
func TestDisErrors(t *testing.T) {
	for _, tt := range []struct{ pickle, text string }{
		{"", "pickle: STOP at 0: the pickle ends inside a value"},
		{"NN\x8c\x05a", "pickle: SHORT_BINUNICODE at 2: the pickle ends inside a value"},
		{"N\xff", "pickle: opcode 0xff at 1: not an opcode"},
		{"(N\x85\x85\x86.", "pickle: TUPLE2 at 4: the stack is empty"},
		{"Nt.", "pickle: TUPLE at 1: no MARK on the stack"},
		{"Nh\x03.", "pickle: BINGET at 1: no memo entry 3"},
		{"Ng\x1b[31m\n.", `pickle: GET at 1: no memo entry "\x1b[31m"`},
		{"Np\x1b[31m\n.", `pickle: PUT at 1: no memo entry "\x1b[31m"`},
		{"\x8c\x01\xff.", "pickle: SHORT_BINUNICODE at 0: not UTF-8"},
		{"Ix\n.", `pickle: INT at 0: invalid integer "x"`},
		{"S'\n.", "pickle: STRING at 0: the STRING opcode argument must be quoted"},
		{"\x80\x06.", "pickle: PROTO at 0: unsupported pickle protocol: 6"},
	} {
		var shown bytes.Buffer
		_, err := Dis(&shown, []byte(tt.pickle), DisOptions{})
		syntax, ok := errors.AsType[*SyntaxError](err)
		if !ok || err.Error() != tt.text {
			t.Errorf("Dis(%q): %v, want %s", tt.pickle, err, tt.text)
			continue
		}
		if strings.Contains(shown.String(), "\x1b") {
			t.Errorf("Dis(%q) shows %q", tt.pickle, shown.String())
		}
		if n := strings.Count(shown.String(), "\n"); n == 0 && syntax.Offset > 0 {
			t.Errorf("Dis(%q) shows nothing of what is before the error", tt.pickle)
		}
	}
}

// Lines are fitted to the width, however deep and however long what they show.
func TestDisWidth(t *testing.T) {
	long := strings.Repeat("long", 30)
	pickles := []string{
		"\x8c\x78" + long + ".",
		"c" + long + "\n" + long + "\n)R}b.",
		strings.Repeat("(", 8) + "\x8c\x02abc" + long + "\n" + long + "\n" + strings.Repeat("t", 8) + ".",
	}
	for _, c := range []string{"界", "Ａ", "😀", "e\u0301", "👨\u200d👩"} {
		text := strings.Repeat(c, 20)
		pickles = append(pickles, "\x8c"+string([]byte{byte(len(text))})+text+".", "c"+text+"\n"+text+"\n)R.")
	}
	for _, vec := range pickleVectors(t) {
		pickles = append(pickles, string(vec.data))
	}
	for _, width := range []int{MinDisWidth, 41, 55, 80, 132} {
		for _, pickle := range pickles {
			for _, base := range []int{0, math.MaxInt / 2} {
				fits(t, pickle, DisOptions{Width: width, Base: base})
			}
		}
	}
	for _, width := range []int{-1, 1, MinDisWidth - 1} {
		if rest, err := Dis(io.Discard, []byte("N."), DisOptions{Width: width}); err == nil || string(rest) != "N." {
			t.Errorf("Dis in %d columns: %v, with %q left", width, err, rest)
		}
	}
}

// fits checks that no line is wider than asked for.
func fits(t *testing.T, pickle string, o DisOptions) {
	t.Helper()
	var shown bytes.Buffer
	if _, err := Dis(&shown, []byte(pickle), o); err != nil {
		t.Errorf("Dis(%q): %v", pickle, err)
	}
	for line := range strings.Lines(shown.String()) {
		if n := columnsOf([]byte(strings.TrimSuffix(line, "\n"))); n > o.Width {
			t.Errorf("a line is %d wide, not %d: %s", n, o.Width, line)
		}
	}
}

// A long name leaves room for the offsets behind it.
func TestDisSummary(t *testing.T) {
	pickle := "c" + strings.Repeat("long.", 30) + "module\nfunction\n)R}b."
	var shown bytes.Buffer
	if _, err := Dis(&shown, []byte(pickle), DisOptions{Base: 1000}); err != nil {
		t.Fatal(err)
	}
	want := "\nimports long.long.long.long.lo…ng.long.module.function at 1000, calls it at 1168\n"
	if !strings.HasSuffix(shown.String(), want) {
		t.Errorf("Dis shows\n%s\nwant at its end %s", &shown, want)
	}
}

// Imports are told once, by their names, with what is done to them.
func TestImports(t *testing.T) {
	none := -1
	for _, tt := range []struct {
		name, pickle string
		want         []Import
	}{
		{"none", "\x80\x04K\x01.", nil},
		{"named, not called", "cos\nsystem\n.", []Import{{Global{"os", "system"}, 0, none, none}}},
		{"named twice, called once", "(cos\nsystem\ncos\nsystem\n)R0Nt.", []Import{{Global{"os", "system"}, 1, 24, none}}},
		{"by strings from the memo", "Vos\nq\x000Vsystem\nq\x010h\x00h\x01\x93.", []Import{{Global{"os", "system"}, 22, none, none}}},
		{"by Python 2's strings", "U\x02osU\x06system\x93.", []Import{{Global{"os", "system"}, 12, none, none}}},
		{"popped before the end", "cos\nsystem\n)R0N.", []Import{{Global{"os", "system"}, 0, 12, none}}},
		{"by INST", "(ios\nsystem\n.", []Import{{Global{"os", "system"}, 1, 1, none}}},
		{"by OBJ", "(cos\nsystem\no.", []Import{{Global{"os", "system"}, 1, 12, none}}},
		{"by NEWOBJ_EX", "cm\nC\n)}\x92.", []Import{{Global{"m", "C"}, 0, 7, none}}},
		{"a changed class", "cm\nC\n}b.", []Import{{Global{"m", "C"}, 0, none, 6}}},
		{"names that are no strings", "K\x01N\x93.", []Import{{Global{"?", "?"}, 3, none, none}}},
		{"before an error", "cos\nsystem\n)R\xff", []Import{{Global{"os", "system"}, 0, 12, none}}},
	} {
		got, _, _ := Imports([]byte(tt.pickle))
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: Imports(%q) = %v, want %v", tt.name, tt.pickle, got, tt.want)
		}
	}
}
