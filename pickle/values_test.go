package pickle

import (
	"context"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The vectors in testdata were written by values.py with Python 3.13.

// vectors yields the pickled value and the other fields of each line.
func vectors(t *testing.T, name string) func(yield func(v any, fields []string) bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(any, []string) bool) {
		for line := range strings.Lines(string(data)) {
			fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			raw, err := hex.DecodeString(fields[0])
			if err != nil {
				t.Fatalf("%s: %.60s: %v", name, line, err)
			}
			v, err := Codec{}.Decode(context.Background(), raw)
			if err != nil {
				t.Errorf("%s: Decode(%.60s): %v", name, fields[0], err)
				continue
			}
			if !yield(v, fields[1:]) {
				return
			}
		}
	}
}

// ascii is Python's ascii, in which the vectors have their texts.
func ascii(s string) string {
	var b []byte
	for text := string(appendString(nil, s)); len(text) > 0; {
		r, n := codePoint(text)
		if r < 0x80 {
			b = append(b, byte(r))
		} else {
			b = appendEscape(b, r)
		}
		text = text[n:]
	}
	return string(b)
}

func TestRepr(t *testing.T) {
	for v, want := range vectors(t, "repr.txt") {
		repr, err := Repr(v)
		if got := ascii(repr); got != want[0] || err != nil {
			t.Errorf("Repr = %s, %v\n        want %s", got, err, want[0])
		}
		str, err := Str(v)
		if got := ascii(str); got != want[1] || err != nil {
			t.Errorf("Str = %s, %v\n       want %s", got, err, want[1])
		}
	}
}

// outcome is what values.py writes: the repr of the result or the exception.
func outcome(t *testing.T, result any, err error) string {
	t.Helper()
	if err != nil {
		result = err
	}
	s, err := Repr(result)
	if err != nil {
		t.Error(err)
	}
	return s
}

var compareOps = []CompareOp{"<", "<=", ">", ">="}

// letter is what values.py makes of all comparisons of two values.
func letter(t *testing.T, a, b any) string {
	t.Helper()
	eq, err := Equal(a, b)
	if err != nil {
		t.Errorf("Equal(%#v, %#v): %v", a, b, err)
	}
	bits := 0
	if eq {
		bits = 16
	}
	for i, op := range compareOps {
		holds, err := Compare(a, op, b)
		switch {
		case err != nil && eq:
			return "X"
		case err != nil:
			return "x"
		case holds:
			bits |= 8 >> i
		}
	}
	return string(rune('0' + bits))
}

func TestCompareAll(t *testing.T) {
	var as, bs []any // decoded apart, lest one NaN be in both
	var rows []string
	for v, want := range vectors(t, "compare.txt") {
		as, rows = append(as, v), append(rows, want[0])
	}
	for v := range vectors(t, "compare.txt") {
		bs = append(bs, v)
	}
	for i, a := range as {
		for j, b := range bs {
			if got, want := letter(t, a, b), rows[i][j:j+1]; got != want {
				t.Errorf("%s and %s: %s, want %s (bits are == < <= > >=; x is no order)",
					outcome(t, a, nil), outcome(t, b, nil), got, want)
			}
			checkHashes(t, a, b)
		}
	}
}

// checkHashes checks that what is equal has equal hashes.
func checkHashes(t *testing.T, a, b any) {
	t.Helper()
	ha, err := Hash(a)
	hb, err2 := Hash(b)
	if err != nil || err2 != nil {
		return
	}
	if eq, _ := Equal(a, b); eq && ha != hb {
		t.Errorf("%#v and %#v are equal, but hash to %x and %x", a, b, ha, hb)
	}
}

func TestCompareMixed(t *testing.T) {
	for v, want := range vectors(t, "mixed.txt") {
		pair := v.(Tuple)
		for i, op := range []CompareOp{"<", ">="} {
			holds, err := Compare(pair[0], op, pair[1])
			if got := outcome(t, holds, err); got != want[i] {
				t.Errorf("Compare %s of %s\n got %s\nwant %s", op, outcome(t, pair, nil), got, want[i])
			}
		}
	}
}

func TestSort(t *testing.T) {
	for v, want := range vectors(t, "sort.txt") {
		args := v.(Tuple)
		items, reverse := args[0].(*List), args[1].(bool)
		before := outcome(t, items, nil)
		err := Sort(items.Items, reverse)
		if got := outcome(t, items, err); got != want[0] {
			t.Errorf("Sort(%s, %v)\n got %s\nwant %s", before, reverse, got, want[0])
		}
		if after := outcome(t, items, nil); err != nil && after != before {
			t.Errorf("Sort(%s) failed and left %s", before, after)
		}
	}
}

// TestPrintable knows of Python 3.13's isprintable how many code points are
// printable, and a checksum over where stretches of them begin and end.
func TestPrintable(t *testing.T) {
	count, edges, sum := 0, 0, uint64(14695981039346656037)
	was := false
	for r := rune(0); r <= 0x10ffff; r++ {
		is := isPrintable(r)
		if is {
			count++
		}
		if is != was {
			edges++
			sum = (sum ^ uint64(r)) * 1099511628211
		}
		was = is
	}
	const wantCount, wantEdges, wantSum = 149625, 1424, 0x9af6ddb062ae3392
	if count != wantCount || edges != wantEdges || sum != wantSum {
		t.Errorf("%d printable, %d edges, sum %#x; want %d, %d, %#x",
			count, edges, sum, wantCount, wantEdges, uint64(wantSum))
	}
}

// doubling returns a tuple with 2**levels paths through levels tuples.
func doubling(levels int, leaf any) Tuple {
	t := Tuple{leaf}
	for range levels {
		t = Tuple{t, t}
	}
	return t
}

func TestDoublingTuples(t *testing.T) {
	a, b, c := doubling(60, "x"), doubling(60, "x"), doubling(60, "y")
	if eq, err := Equal(a, b); !eq || err != nil {
		t.Errorf("Equal = %v, %v", eq, err)
	}
	if eq, err := Equal(a, c); eq || err != nil {
		t.Errorf("Equal of different ones = %v, %v", eq, err)
	}
	if less, err := Compare(a, "<", c); !less || err != nil {
		t.Errorf("a < c = %v, %v", less, err)
	}
	d := NewDict(0)
	mustSet(t, d, a, 1)
	mustSet(t, d, b, 2)
	if d.Len() != 1 {
		t.Errorf("Len %d, want 1", d.Len())
	}
	if _, err := Repr(a); err == nil || err.(*Exception).Class != MemoryError {
		t.Errorf("Repr: %v, want MemoryError", err)
	}
}

// nested returns a tuple in a tuple in a tuple.
func nested(depth int) any {
	var v any = Tuple{}
	for range depth {
		v = Tuple{v}
	}
	return v
}

func TestDeepNesting(t *testing.T) {
	cyclic := func() *List {
		l := NewList()
		l.Items = []any{l, l}
		return l
	}
	deep, deep2 := nested(1_000_000), nested(1_000_000)
	tests := []struct {
		name string
		do   func() error
		text string
	}{
		{"hash", func() error { _, err := Hash(deep); return err }, "maximum recursion depth exceeded in comparison"},
		{"equal", func() error { _, err := Equal(deep, deep2); return err }, "maximum recursion depth exceeded in comparison"},
		{"compare", func() error { _, err := Compare(deep, "<", deep2); return err }, "maximum recursion depth exceeded in comparison"},
		{"repr", func() error { _, err := Repr(deep); return err }, "maximum recursion depth exceeded while getting the repr of an object"},
		{"cycles", func() error { _, err := Equal(cyclic(), cyclic()); return err }, "maximum recursion depth exceeded in comparison"},
	}
	for _, tt := range tests {
		e, ok := tt.do().(*Exception)
		if !ok || e.Class != RecursionError || len(e.Args) != 1 || e.Args[0] != tt.text {
			t.Errorf("%s: %#v, want RecursionError %q", tt.name, e, tt.text)
		}
	}
	if eq, err := Equal(nested(5000), nested(5000)); !eq || err != nil {
		t.Errorf("Equal of 5000 levels = %v, %v", eq, err)
	}
}

func TestCyclicObjects(t *testing.T) {
	node := func(name string) *Object {
		o := instance(Global{"m", "Node"}, "name", name)
		o.Ops[0].Items[0].(*Dict).Set("self", o)
		return o
	}
	a, b, c := node("x"), node("x"), node("y")
	if eq, err := Equal(a, b); !eq || err != nil {
		t.Errorf("Equal = %v, %v", eq, err)
	}
	if eq, err := Equal(a, c); eq || err != nil {
		t.Errorf("Equal of different ones = %v, %v", eq, err)
	}
	ha, err := Hash(a)
	hb, err2 := Hash(b)
	if ha != hb || err != nil || err2 != nil {
		t.Errorf("Hash = %x %v, %x %v", ha, err, hb, err2)
	}
}

func TestHugeInt(t *testing.T) {
	huge := bigInt("1" + strings.Repeat("0", 4300))
	for _, f := range []func(any) (string, error){Repr, Str} {
		_, err := f(huge)
		e, ok := err.(*Exception)
		want := "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
		if !ok || e.Class != ValueError || e.Args[0] != want {
			t.Errorf("got %v, want ValueError %q", err, want)
		}
	}
}

func TestObjectAddress(t *testing.T) {
	a, b := instance(Global{"m", "C"}, "x", 1), instance(Global{"m", "C"}, "x", 1)
	ra, _ := Repr(a)
	again, _ := Repr(a)
	rb, _ := Repr(b)
	if ra != again || ra == rb || !strings.HasPrefix(ra, "<m.C object at 0x7f") || len(ra) != len("<m.C object at 0x7f0000000000>") {
		t.Errorf("Repr = %s, again %s, of another %s", ra, again, rb)
	}
}

func TestReprOfGoValues(t *testing.T) {
	tests := []struct {
		v    any
		want string
	}{
		{ByteString("a"), "'a'"},
		{ByteString("\xff"), `b'\xff'`},
		{"\xff", `'\udcff'`},
		{&Buffer{Bytes: []byte("a"), ReadOnly: true}, "b'a'"},
		{&Buffer{Bytes: []byte("a")}, "bytearray(b'a')"},
		{7, "7"},
		{uint64(math.MaxUint64), "18446744073709551615"},
		{float32(0.5), "0.5"},
		{Global{"m", "Outer.Inner"}, "<class 'm.Outer.Inner'>"},
		{&Exception{Class: "m.Error", Args: Tuple{"x"}}, "Error('x')"},
		{new(Dict), "{}"},
		{&FrozenSet{}, "frozenset()"},
		{&Pattern{strings.Repeat("é", 300), ReUnicode}, "re.compile('" + strings.Repeat("é", 199) + ")"},
	}
	for _, tt := range tests {
		if got, err := Repr(tt.v); got != tt.want || err != nil {
			t.Errorf("Repr(%#v) = %s, %v, want %s", tt.v, got, err, tt.want)
		}
	}
}
