package pickle

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
)

// TestBriefBuild holds what is built in one pass to what the decoder makes of it.
func TestBriefBuild(t *testing.T) {
	tests := []struct {
		data string
		ok   bool
	}{
		{"\x80\x04\x95\x28\x00\x00\x00\x00\x00\x00\x00(\x8c\x02id\x94\x8c\x03put\x94\x8c\x05hello\x94\x85\x94}\x94t\x94.", true},
		{"\x80\x04\x8c\x07#RETURN\x94M\x2c\x01\x86\x94.", true},
		{"\x80\x04(\x8c\x02id\x8c\x03put(NNNNt\x94}\x94(\x8c\x01aK\x01\x8c\x01bK\x02\x8c\x01aNut.", true},
		{"\x80\x04}\x8c\x01aJ\xff\xff\xff\xffs\x8c\x01bG\x3f\xf8\x00\x00\x00\x00\x00\x00s.", true},
		{"\x80\x04}(K\x01\x88\x88\x89u.", true},
		{"\x80\x04(\x8c\x3c" + string(bytes.Repeat([]byte("a"), 60)) + "\x8c\x00\x8c\x05caf\xc3\xa9\x85\x85\x85t.", true},
		{"\x80\x04(NNNNNNNNNNNNNt.", true},
		{"\x80\x04}](}u.", false},
		{"\x80\x04(t\x94.", true},
		{"\x80\x04\x8c\x03\xed\xb0\x80.", true},
		{"\x80\x04N.", true},
		{"\x80\x04}]Ns.", false},                   // an unhashable key
		{"\x80\x04]Nas.", false},                   // APPEND
		{"\x80\x04(N\x85.", false},                 // a mark is left
		{"\x80\x04N(\x85t\x86.", false},            // what lies below a mark
		{"\x80\x04N(\x86t.", false},                //
		{"\x80\x04}(N(ut.", false},                 // one key without a value
		{"\x80\x04NN.", false},                     // a value is left
		{"\x80\x04.N.", false},                     // STOP comes first
		{"\x80\x04\x94N.", false},                  // nothing to memoize
		{"\x80\x04N(\x94t\x86.", false},            //
		{"\x80\x04\x8c\x02\xff\xff.", false},       // not UTF-8
		{"\x80\x04\x8c\x05abc.", false},            // cut
		{"\x80\x04NK.", false},                     //
		{"\x80\x04N\x8c.", false},                  //
		{"\x80\x04M\x01.", false},                  //
		{"\x80\x04J\x01\x02\x03.", false},          //
		{"\x80\x04G\x01\x02\x03\x04.", false},      //
		{"\x80\x04\x8c\x01a\x94h\x00\x86.", false}, // a reference
		{"\x80\x06N.", false},                      // another protocol
		{"\x80\x04\x95.", false},                   // a frame that is not there
	}
	for _, tt := range tests {
		if checkBuilt(t, []byte(tt.data)) != tt.ok {
			t.Errorf("%q: built is %v", tt.data, !tt.ok)
		}
	}
}

// checkBuilt tells whether a pickle is brief. Then both agree.
func checkBuilt(t *testing.T, data []byte) bool {
	t.Helper()
	for _, alias := range []bool{false, true} {
		c := Codec{Alias: alias}
		got, ok := c.decodeBrief(bytes.Clone(data))
		if !ok {
			return false
		}
		c.Limits.Memory = 1 << 20 // which has the decoder look at each value
		want, err := c.Decode(t.Context(), data)
		if err != nil {
			t.Fatalf("%q is brief, but the decoder: %v", data, err)
		}
		if a, b := must(Repr(got)), must(Repr(want)); a != b {
			t.Fatalf("%q is %s, but to the decoder %s", data, a, b)
		}
	}
	return true
}

// TestDecodeRequest reads requests straight through, and what differs from one as the
// decoder does: each byte of them is changed, and each cut is made.
func TestDecodeRequest(t *testing.T) {
	keep([]byte("id"))
	keep([]byte("put"))
	tests := []struct {
		opcodes string
		want    string // "" where it is no such request
	}{
		{"(\x8c\x02id\x94\x8c\x03put\x94\x8c\x05hello\x94K\x07\x86\x94}\x94t\x94", "('id', 'put', ('hello', 7), {})"},
		{"(\x8c\x02id\x8c\x03putK\x07\x8c\x02id\x86}t", "('id', 'put', (7, 'id'), {})"},
		{"(\x8c\x02id\x94\x8c\x03put\x94M\x01\x01\x85\x94}\x94t\x94", "('id', 'put', (257,), {})"},
		{"(\x8c\x02id\x94\x8c\x03put\x94\x88G\x3f\xf8\x00\x00\x00\x00\x00\x00\x86\x94}\x94t\x94", "('id', 'put', (True, 1.5), {})"},
		{"(\x8c\x02id\x94\x8c\x03put\x94)}\x94t\x94", "('id', 'put', (), {})"},
		{"(\x8c\x02id\x94\x8c\x03put\x94NNN\x87\x94}\x94t\x94", ""},
		{"(\x8c\x02id\x94\x8c\x03put\x94]\x85\x94}\x94t\x94", ""},
		{"(\x8c\x02id\x94\x8c\x03put\x94N)}\x94t\x94", ""},
		{"(\x8c\x02id\x94\x8c\x03put\x94)}\x94(\x8c\x02idK\x01ut\x94", ""},
		{"(\x8c\x02id\x94\x8c\x03put\x94)]\x94t\x94", ""},
		{"(\x8c\x02id\x94\x8c\x03put\x94)}\x94t\x94N", ""},
		{"(\x8c\x02id\x94\x8c\x0bnot so often\x94)}\x94t\x94", ""},
		{"(\x8c\x02id\x94N)}\x94t\x94", ""},
	}
	for _, tt := range tests {
		data := []byte("\x80\x04" + tt.opcodes + ".")
		got, ok := decodeRequest(data, 2, len(data)-1)
		if ok != (tt.want != "") || ok && must(Repr(got)) != tt.want {
			t.Errorf("%q: %v, %v", tt.opcodes, must(Repr(got)), ok)
		}
		for i := 2; i < len(data)-1; i++ {
			checkBuilt(t, append(bytes.Clone(data[:i]), '.'))
			for b := range 256 {
				changed := bytes.Clone(data)
				changed[i] = byte(b)
				checkBuilt(t, changed)
			}
		}
	}
}

// TestBriefBuildPrograms runs programs of opcodes at random.
func TestBriefBuildPrograms(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	ops := []string{"N", "\x88", "\x89", "K\x01", "M\x01\x01", "\x8c\x01a", "\x8c\x01b\x94", "]", "}", ")", "(", "(", "t", "\x85", "\x86", "\x87", "s", "u", "\x94", "."}
	built := 0
	for range 100_000 {
		data := []byte("\x80\x04")
		for range 1 + rng.IntN(9) {
			data = append(data, ops[rng.IntN(len(ops))]...)
		}
		if checkBuilt(t, append(data, '.')) {
			built++
		}
	}
	if built < 1000 {
		t.Errorf("only %d were built", built)
	}
}

// TestIntern has frequent texts share memory, and none that does not come from them.
func TestIntern(t *testing.T) {
	data := []byte("\x80\x04\x8c\x09frequent!\x85.")
	first, shared := func() any { return must(Codec{}.Decode(t.Context(), data)).(Tuple)[0] }, false
	for range 64 * internOdds { // one in 10**28 runs would find none
		shared = shared || address(first()) == address(first())
	}
	if !shared {
		t.Error("a frequent text is made each time")
	}
	c := Codec{Alias: true}
	if v := must(c.Decode(t.Context(), data)).(Tuple)[0]; address(v) != address(textOf(data[4:13])) {
		t.Error("with Alias, a text does not lie in the pickle")
	}
}

// FuzzBrief holds what is built in one pass to what the decoder makes of any bytes, and
// Unmarshal to both.
func FuzzBrief(f *testing.F) {
	for _, vec := range pickleVectors(f) {
		if len(vec.data) < maxBrief {
			f.Add(vec.data)
		}
	}
	keep([]byte("id"))
	keep([]byte("put"))
	f.Add([]byte("\x80\x04(\x8c\x02id\x94\x8c\x03put\x94\x8c\x05hello\x94K\x07\x86\x94}\x94t\x94."))
	f.Add([]byte("\x80\x04(\x8c\x02id\x94\x8c\x03put\x94\x8c\x05hello\x94K\x07\x86\x94}\x94(\x8c\x01aNut\x94."))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !checkBuilt(t, data) {
			return
		}
		var v any
		if err := Unmarshal(data, &v); err != nil {
			t.Fatalf("%q is brief, but Unmarshal: %v", data, err)
		}
		if a, b := must(Repr(v)), must(Repr(must(Codec{}.Decode(t.Context(), data)))); a != b {
			t.Fatalf("%q is %s to Unmarshal and %s to Decode", data, a, b)
		}
	})
}

// TestUnmarshalBrief has a variable of any type take what is built in one pass, at no
// more cost than that and its own.
func TestUnmarshalBrief(t *testing.T) {
	data := []byte("\x80\x04\x8c\x03put\x94K\x07\x86\x94.")
	for _, more := range []string{"", ".", "N."} {
		all := append(bytes.Clone(data), more...)
		v := any("before")
		rest, err := UnmarshalFirst(all, &v)
		if got := must(Repr(v)); got != "('put', 7)" || string(rest) != more || err != nil {
			t.Errorf("UnmarshalFirst(%q): %s, then %q, %v", all, got, rest, err)
		}
		v = "before"
		err = Unmarshal(all, &v)
		var e *SyntaxError
		switch {
		case more == "" && err != nil:
			t.Errorf("Unmarshal(%q): %v", all, err)
		case more != "" && (!errors.As(err, &e) || !errors.Is(err, ErrTrailing) || e.Offset != len(data)-1 || e.Op != opStop):
			t.Errorf("Unmarshal(%q): %v", all, err)
		case must(Repr(v)) != "('put', 7)":
			t.Errorf("Unmarshal(%q): %v", all, v)
		}
	}
	v := any("before")
	if err := (Codec{Limits: Limits{Bytes: 5}}).Unmarshal(t.Context(), data, &v); err == nil || v != "before" {
		t.Errorf("Unmarshal of more than Limits.Bytes: %v, %v", v, err)
	}
	if err := Unmarshal(data, (*any)(nil)); err == nil {
		t.Error("Unmarshal into no variable is no error")
	}
	into := func() { // Decode allocates once
		var v any
		if err := Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
	}
	testing.AllocsPerRun(64*internOdds, into)
	if n := testing.AllocsPerRun(1000, into); n > 2 {
		t.Errorf("Unmarshal of %q allocates %v times", data, n)
	}
}
