package pickle

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// pairsOf are the opcodes of n pairs: of texts or ints, in turn, and atoms of any kind.
func pairsOf(from, n int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		if key := fmt.Sprint("key", i); i%5 == 0 {
			b.WriteString(fmt.Sprintf("M%c%c", i%256, i/256))
		} else {
			b.WriteString(fmt.Sprintf("\x8c%c%s\x94", len(key), key))
		}
		switch i % 7 {
		case 0:
			b.WriteString("N")
		case 1:
			b.WriteString("\x88")
		case 2:
			b.WriteString("\x89")
		case 3:
			b.WriteString("G\x3f\xf8\x00\x00\x00\x00\x00\x00")
		case 4:
			b.WriteString("J\xff\xff\xff\xff")
		case 5:
			b.WriteString("\x8c\x04caf\xc3") // see below
		default:
			b.WriteString("\x8c\x00\x94")
		}
	}
	return strings.ReplaceAll(b.String(), "\x04caf\xc3", "\x05caf\xc3\xa9\x94")
}

// wantPair is the i-th of these.
func wantPair(i int) (k, v any) {
	k = fmt.Sprint("key", i)
	if i%5 == 0 {
		k = int64(i)
	}
	return k, []any{nil, true, false, 1.5, int64(-1), "café", ""}[i%7]
}

func decodeDict(t *testing.T, ops string) *Dict {
	t.Helper()
	v, err := Codec{}.Decode(t.Context(), []byte(ops))
	d, ok := v.(*Dict)
	if err != nil || !ok {
		t.Fatalf("Decode(%q) = %T, %v", ops[:min(len(ops), 60)], v, err)
	}
	return d
}

const frameOp = "\x95\x00\x00\x00\x00\x00\x00\x00\x00"

func TestPackedDict(t *testing.T) {
	batches := "\x80\x04}\x94(" + pairsOf(0, 20) + frameOp + pairsOf(20, 30) + "u" + frameOp + "(" + pairsOf(50, 50) + "u"
	tests := []struct {
		name, ops string
		packed    bool
		changed   int // whose value is "new"
	}{
		{"two batches with frames", batches + ".", true, -1},
		{"a tuple of atoms behind them", batches + "(K\x01K\x02t0.", true, -1},
		{"a third that has a list", batches + "(\x8c\x01l]u.", false, -1},
		{"a key twice", batches + "(\x8c\x04key1\x8c\x03newu.", false, 1},
		{"an int twice", batches + "(K\x05\x8c\x03newu.", false, 5},
		{"a float that is one of the ints", batches + "(G\x40\x14\x00\x00\x00\x00\x00\x00\x8c\x03newu.", false, 5},
		{"the last one by one", batches + "\x8c\x04key2\x8c\x03news.", false, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decodeDict(t, tt.ops)
			if _, packed := d.entries.(*packed); packed != tt.packed {
				t.Errorf("kept as %T", d.entries)
			}
			for i := range 100 {
				k, want := wantPair(i)
				if i == tt.changed {
					want = "new"
				}
				if v, ok, err := d.Get(k); v != want || !ok || err != nil {
					t.Errorf("Get(%v) = %v, %v, %v; want %v", k, v, ok, err, want)
				}
			}
		})
	}
}

// TestPackedDictIsDict holds a packed dict to what one in a table answers.
func TestPackedDictIsDict(t *testing.T) {
	const n = 100
	open := func() *Dict { return decodeDict(t, "\x80\x04}("+pairsOf(0, n)+"u.") }
	d, plain := open(), NewDict(0)
	for i := range n {
		k, v := wantPair(i)
		mustSet(t, plain, k, v)
	}
	if _, ok := d.entries.(*packed); !ok {
		t.Fatalf("kept as %T", d.entries)
	}
	for _, k := range []any{"key", "key100", int64(1), 5.0, 5.5, true, ByteString("key7"), nil, Tuple{}, []byte("key7"), "key5", int64(1 << 40)} {
		v, ok, err := d.Get(k)
		want, wantOK, _ := plain.Get(k)
		if v != want || ok != wantOK || err != nil {
			t.Errorf("Get(%#v) = %v, %v, %v; want %v, %v", k, v, ok, err, want, wantOK)
		}
	}
	if _, _, err := d.Get(NewList()); err == nil {
		t.Error("Get of a list without an error")
	}
	if eq, err := Equal(d, plain); !eq || err != nil {
		t.Errorf("Equal = %v, %v", eq, err)
	}
	if got, want := must(Repr(d)), must(Repr(plain)); got != want {
		t.Errorf("Repr = %s\nwant %s", got, want)
	}
	if got, want := must(Marshal(d)), must(Marshal(plain)); string(got) != string(want) {
		t.Errorf("Marshal = %q\nwant %q", got, want)
	}
	i := 0
	for k, v := range d.All() { // and deletes, as a loop may
		if wantK, want := wantPair(i); k != wantK || v != want {
			t.Errorf("entry %d is %v: %v, want %v: %v", i, k, v, wantK, want)
		}
		if i++; i%2 == 0 {
			if _, ok, err := d.Delete(k); !ok || err != nil {
				t.Errorf("Delete(%v) = %v, %v", k, ok, err)
			}
		}
	}
	if i != n || d.Len() != n/2 {
		t.Errorf("saw %d, left %d; want %d, %d", i, d.Len(), n, n/2)
	}
	d = open()
	mustSet(t, d, "key1", "new")
	if v, _, _ := d.Get("key1"); v != "new" || d.Len() != n {
		t.Errorf("after Set: %v, Len %d", v, d.Len())
	}
	d = open()
	if k, v, ok := d.PopLast(); k != "key99" || v != true || !ok || d.Len() != n-1 {
		t.Errorf("PopLast = %v, %v, %v, Len %d", k, v, ok, d.Len())
	}
	if d = open(); d.Len() != n {
		t.Errorf("Len %d, want %d", d.Len(), n)
	}
	if d.Clear(); d.Len() != 0 {
		t.Errorf("Len %d after Clear", d.Len())
	}
}

// TestPackedMemo refers to the texts of a packed dict, in front of and behind others.
func TestPackedMemo(t *testing.T) {
	ops := "\x80\x04(\x8c\x01a\x94}(" + pairsOf(0, 20) + "u\x8c\x01b\x94h\x00h\x01h\x02h\x10h\x14t."
	v, err := Codec{}.Decode(t.Context(), []byte(ops))
	got, ok := v.(Tuple)
	if err != nil || !ok {
		t.Fatalf("Decode = %v, %v", v, err)
	}
	want := Tuple{"a", got[1], "b", "a", "key1", "key2", "key14", "key19"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("element %d is %v, want %v", i, got[i], want[i])
		}
	}
	if key, _, _, _ := got[1].(*Dict).Next(1); address(key) != address(got[4]) {
		t.Error("the key and the text in the memo lie in two places")
	}
}

// TestPackedDictReaders is for the race detector.
func TestPackedDictReaders(t *testing.T) {
	d := decodeDict(t, "\x80\x04}("+pairsOf(0, 100)+"u.")
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for k, v := range d.All() {
				if got, ok, err := d.Get(k); got != v || !ok || err != nil {
					t.Errorf("Get(%v) = %v, %v, %v", k, got, ok, err)
				}
			}
		})
	}
	readers.Wait()
}

// TestPackedDictTwiceInVain has many batches, which all have one key.
func TestPackedDictTwiceInVain(t *testing.T) {
	batch := "(" + strings.ReplaceAll(pairsOf(0, 20), "\x94", "") + "u"
	ops := "\x80\x04}" + strings.Repeat(batch, 5000) + "." // quadratic work would take minutes
	if d := decodeDict(t, ops); d.Len() != 20 {
		t.Errorf("Len %d, want 20", d.Len())
	}
}
