package pickle

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestRecords reads records at random in their short way and, with a FRAME in it that no
// pickler writes, opcode by opcode.
func TestRecords(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	values := []string{
		"N", "\x88", "\x89", "K\x01", "M\x01\x02", "J\xff\xff\xff\xff", "G\x3f\xf8\x00\x00\x00\x00\x00\x00",
		"\x8c\x01v\x94", "\x8c\x01w", "\x8c\x02\xc3\xa9\x94", "h\x01", "h\x02", "]\x94(h\x01K\x05e", "]\x94", "](\x8c\x01x\x94Ne", "](e",
		"](NNNNNNNNNNe", "](]e", "}", "h\x00", "]\x94h\x01a",
	}
	read := 0
	for range 3000 {
		var b strings.Builder
		b.WriteString("\x80\x04]\x94(}(\x8c\x02id\x94K\x01\x8c\x04name\x94N\x8c\x03tag\x94Nu")
		frequent := len(values)
		if rng.IntN(2) == 0 {
			frequent = 16 // those that records have
		}
		for range 2 + rng.IntN(5) {
			b.WriteString("}\x94(")
			for i := 1; i <= 3; i++ {
				if rng.IntN(30) == 0 {
					continue
				}
				fmt.Fprintf(&b, "h%c%s", i, values[rng.IntN(frequent)])
			}
			b.WriteString("u")
		}
		ops := b.String() + "e."
		got, want, ok := readAlike(t, ops, strings.ReplaceAll(ops, "}\x94(", "}"+frameOp+"\x94("))
		if !ok {
			continue
		}
		read++
		if a, b := must(Repr(got)), must(Repr(want)); a != b {
			t.Fatalf("%q is %s, opcode by opcode %s", ops, a, b)
		}
	}
	if read < 1000 {
		t.Errorf("only %d could be read", read)
	}
}

// readAlike compares what is read in a short way with what is read opcode by opcode, as
// it is written. ok is false if neither can be read.
func readAlike(t *testing.T, ops, slow string) (got, want any, ok bool) {
	t.Helper()
	got, err := Codec{}.Decode(t.Context(), []byte(ops))
	want, wantErr := Codec{}.Decode(t.Context(), []byte(slow))
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: %v, but opcode by opcode %v", ops, err, wantErr)
	}
	if err != nil {
		return nil, nil, false
	}
	if a, b := must(Marshal(got)), must(Marshal(want)); string(a) != string(b) {
		t.Fatalf("%q is written %q, opcode by opcode %q", ops, a, b)
	}
	return got, want, true
}

// TestRecordsChange changes some of the records that share their keys.
func TestRecordsChange(t *testing.T) {
	ops := "\x80\x04]\x94(}\x94(\x8c\x02id\x94K\x01\x8c\x01n\x94Nu" + strings.Repeat("}\x94(h\x02K\x01h\x03Nu", 4) + "h\x01(K\x08K\x09ue."
	v, err := Codec{}.Decode(t.Context(), []byte(ops))
	if err != nil {
		t.Fatal(err)
	}
	l := v.(*List).Items
	if _, ok := l[2].(*Dict).entries.(*row); !ok {
		t.Errorf("a record is kept as %T", l[2].(*Dict).entries)
	}
	mustSet(t, l[0].(*Dict), "x", "first")
	mustSet(t, l[2].(*Dict), "id", "changed")
	mustSet(t, l[3].(*Dict), "more", true)
	if _, _, err := l[4].(*Dict).Delete("id"); err != nil {
		t.Fatal(err)
	}
	want := "[{'id': 1, 'n': None, 8: 9, 'x': 'first'}, {'id': 1, 'n': None}, {'id': 'changed', 'n': None}, " +
		"{'id': 1, 'n': None, 'more': True}, {'n': None}, {'id': 1, 'n': None, 8: 9, 'x': 'first'}]"
	if got := must(Repr(v)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
