package pickle

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestMoulds reads tuples and instances at random in their short way and, with a FRAME
// behind each MARK and GET that no pickler writes there, opcode by opcode.
func TestMoulds(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	atoms := []string{"N", "\x88", "K\x01", "M\x01\x02", "G\x3f\xf8\x00\x00\x00\x00\x00\x00", "\x8c\x01v\x94", "h\x01", "j\x02\x00\x00\x00", "]", "h\x00"}
	shapes := []string{
		"(%s%s%s%st\x94", "(%s%s%s%st", "(%s%s%st\x94",
		"h\x04%s%s\x86\x94\x81\x94", "h\x04%s%s\x86\x81\x94", "h\x04(%s%s%s%st\x94\x81\x94", "h\x04)\x81\x94", "h\x04%s\x85\x94R\x94",
		"j\x04\x00\x00\x00)\x81\x94}\x94(h\x01%sh\x02%sub", "j\x04\x00\x00\x00%s%s\x86\x94\x81\x94", "h\x04)\x81\x94%sb", "h\x05", "h\x07", "h\x0a",
	}
	framed := strings.NewReplacer("(", "("+frameOp, "h\x04", "h\x04"+frameOp, "j\x04\x00\x00\x00", "j\x04\x00\x00\x00"+frameOp)
	read := 0
	for range 3000 {
		var b strings.Builder
		kinds, frequent := rng.Perm(len(shapes))[:1+rng.IntN(3)], len(atoms)-2*rng.IntN(2)
		for range 3 + rng.IntN(8) {
			shape := shapes[kinds[rng.IntN(len(kinds))]]
			args := make([]any, strings.Count(shape, "%s"))
			for i := range args {
				args[i] = atoms[rng.IntN(frequent)]
			}
			fmt.Fprintf(&b, shape, args...)
		}
		const head = "\x80\x04]\x94(\x8c\x01m\x94\x8c\x01n\x94\x8c\x01C\x94" // memo 0 to 3, 4 is the class
		ops := head + "h\x01h\x03\x93\x94" + b.String() + "e."
		if _, _, ok := readAlike(t, ops, head+"h\x01h\x03\x93\x94"+framed.Replace(b.String())+"e."); ok {
			read++
		}
	}
	const gap = "\x80\x04]r\x09\x00\x00\x00((NNNNt\x94(K\x01K\x02K\x03K\x04t\x94h\x02e."
	if v := decode(t, gap).(*List); !slices.Equal(v.Items[1].(Tuple), v.Items[2].(Tuple)) {
		t.Errorf("behind a gap in the memo: %v", v)
	}
	if read < 1000 {
		t.Errorf("only %d could be read", read)
	}
}

// TestShortWaysLimits refuses as much read in the short ways as opcode by opcode.
func TestShortWaysLimits(t *testing.T) {
	moulds := "\x80\x04]\x94(cm\nC\n\x94h\x01NN\x86\x94\x81\x94h\x01NN\x86\x94\x81\x94(NNNNt\x94(NNNNt\x94e" + strings.Repeat("N0", 8) + "."
	first := "}\x94(\x8c\x01a\x94K\x01\x8c\x01b\x94]\x94(K\x01K\x02e\x8c\x01c\x94\x8c\x01x\x94u"
	others := "}\x94(h\x02K\x03h\x03]\x94(K\x03K\x04eh\x05\x8c\x01y\x94u}\x94(h\x02K\x05h\x03K\x06h\x05\x8c\x01z\x94u"
	records := "\x80\x04]\x94(" + first + others + "e" + strings.Repeat("N0", 8) + "."
	for _, tt := range []struct{ ops, slow string }{
		{moulds, strings.ReplaceAll(strings.ReplaceAll(moulds, "h\x01", "h\x01"+frameOp), "(N", "("+frameOp+"N")},
		{records, strings.ReplaceAll(records, "}\x94(", "}"+frameOp+"\x94(")},
	} {
		for limit := 1; limit < 2000; limit++ {
			for _, l := range []Limits{{Memory: int64(limit)}, {Memo: limit}, {Depth: limit}} {
				_, err := Codec{Limits: l}.Decode(t.Context(), []byte(tt.ops))
				_, want := Codec{Limits: l}.Decode(t.Context(), []byte(tt.slow))
				if (err == nil) != (want == nil) {
					t.Fatalf("%q with %+v: %v, but opcode by opcode %v", tt.ops, l, err, want)
				}
			}
		}
	}
	if _, err := (Codec{}).Decode(t.Context(), []byte(strings.Replace(records, "\x01y", "\x01\xff", 1))); !errors.Is(err, ErrUTF8) {
		t.Errorf("a record with a text that is not UTF-8: %v", err)
	}
}
