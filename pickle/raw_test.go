package pickle

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// rawsOf returns the positional arguments of a request as Raws.
func rawsOf(t *testing.T, data []byte) []Raw {
	t.Helper()
	view := new(View)
	if err := view.Scan(data, Limits{}); err != nil {
		t.Fatalf("Scan(%.80q): %v", data, err)
	}
	var raws []Raw
	for i, it := range view.Children(2) {
		raw, ok := view.Raw(it)
		if !ok {
			t.Fatalf("argument %d of %.80q shares parts", i, data)
		}
		raws = append(raws, raw)
	}
	return raws
}

func requestNamed(t *testing.T, source, name string) []byte {
	t.Helper()
	all := requestVectors(t)
	i := slices.IndexFunc(all, func(r requestVector) bool { return r.source == source+".txt" && r.name == name })
	if i < 0 {
		t.Fatalf("no request %q of %s", name, source)
	}
	return all[i].data
}

// TestRawIsSpliced tells for which peers a value goes out as it came in.
func TestRawIsSpliced(t *testing.T) {
	peers := []Codec{
		{},
		{Protocol: Protocol3},
		{Protocol: Protocol5},
		{Dialect: Dialect{Package: "multiprocess"}},
		{Protocol: Protocol2, Dialect: Dialect{Python2: true}},
		{Protocol: Protocol2},
		{Protocol: Protocol0},
	}
	tests := []struct {
		name, data string
		want       string // + for each of peers that gets it spliced
	}{
		{"int of 2.7", "\x80\x02(NU\x01m(K\x01t}t.", "++++++-"},
		{"str of 2.7", "\x80\x02(NU\x01m(U\x01at}t.", "----+--"},
		{"unicode of 2.7", "\x80\x02(NU\x01m(X\x01\x00\x00\x00at}t.", "++++++-"},
		{"class of 2.7", "\x80\x02(NU\x01m(c__builtin__\nint\nt}t.", "----+--"},
		{"str of 3.6", "\x80\x03(NX\x01\x00\x00\x00m(X\x01\x00\x00\x00at}t.", "++++-+-"},
		{"bytes of 3.6", "\x80\x03(NX\x01\x00\x00\x00m(C\x01at}t.", "++++---"},
		{"class of 3.6", "\x80\x03(NX\x01\x00\x00\x00m(cbuiltins\nint\nt}t.", "++++---"},
		{"str of 3.8", "\x80\x04(N\x8c\x01m(\x8c\x01at}t.", "+-++---"},
		{"class of 3.8", "\x80\x04(N\x8c\x01m(\x8c\x08builtins\x8c\x03int\x93t}t.", "+-++---"},
		{"class of multiprocessing", "\x80\x04(N\x8c\x01m(\x8c\x17multiprocessing.context\x8c\x0cTimeoutError\x93t}t.", "+-+----"},
		{"class of multiprocess", "\x80\x04(N\x8c\x01m(\x8c\x14multiprocess.context\x8c\x0cTimeoutError\x93t}t.", "---+---"},
		{"class of dill", "\x80\x04(N\x8c\x01m(\x8c\ndill._dill\x8c\n_load_type\x93t}t.", "---+---"},
		{"class of both", "\x80\x04(N\x8c\x01m(cmultiprocess\na\ncmultiprocessing\nb\n\x86t}t.", "-------"},
		{"Empty of 3.7", "\x80\x04(N\x8c\x01m(c_queue\nEmpty\nt}t.", "-------"},
		{"not multiprocessing", "\x80\x04(N\x8c\x01m(cmultiprocessor\nx\nt}t.", "+-++---"},
		{"bytearray of 3.14", "\x80\x05(N\x8c\x01m(\x96\x01\x00\x00\x00\x00\x00\x00\x00at}t.", "--+----"},
		{"int of 3.14", "\x80\x05(N\x8c\x01m(K\x01t}t.", "+-++---"},
		{"text of protocol 0", "(NVm\np0\n(Va\\u000a\np1\nt(dt.", "++++++-"},
		{"str from elsewhere", "\x80\x02(NU\x01aq\x00(h\x00t}t.", "----+--"},
		{"class from elsewhere", "\x80\x04(c_queue\nEmpty\nq\x00\x8c\x01m(h\x00t}t.", "-------"},
	}
	for _, tt := range tests {
		raw := rawsOf(t, []byte(tt.data))[0]
		got := ""
		for _, c := range peers {
			if raw.fits(&c) {
				got += "+"
			} else {
				got += "-"
			}
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		for _, c := range peers {
			checkSplice(t, tt.name, raw, c)
		}
	}
}

// checkSplice checks that a peer reads what it is sent as the value.
func checkSplice(t *testing.T, name string, raw Raw, c Codec) {
	t.Helper()
	want, err := raw.Value(background, Codec{})
	if err != nil {
		t.Errorf("%s: Value: %v", name, err)
		return
	}
	data, err := c.Marshal(background, raw)
	if err != nil {
		t.Errorf("%s: Marshal: %v", name, err)
		return
	}
	got, err := c.Decode(background, data)
	if b, isBytes := want.([]byte); isBytes && c.Dialect.Python2 {
		want = ByteString(b)
	}
	if eq, _ := Equal(got, want); !eq || err != nil {
		t.Errorf("%s: %#v, %v is read from %q, want %#v", name, got, err, data, want)
	}
}

func TestLargeRawAliases(t *testing.T) {
	for _, source := range []string{"2.7", "3.6", "3.13", "multiprocess"} {
		for _, name := range []string{"big bytes", "big text"} {
			data := requestNamed(t, source, name)
			for _, raw := range rawsOf(t, data) {
				if !raw.Aliases() || cap(raw.ops) > raw.Size() || raw.Size() > 70_009 {
					t.Errorf("%s: %s: Aliases %v, %d bytes of %d", source, name, raw.Aliases(), raw.Size(), cap(raw.ops))
				}
			}
		}
	}
	data := requestNamed(t, "3.13", "texts")
	raws := rawsOf(t, data)
	clear(data)
	want := []string{"", "key", "café € 😀", strings.Repeat("x", 300)}
	for i, raw := range raws {
		if v, err := raw.Value(background, Codec{}); v != want[i] || err != nil || raw.Aliases() {
			t.Errorf("%#v, %v, want %q with bytes of its own", v, err, want[i])
		}
	}
}

// TestRawHasNoFrames looks at every opcode of long values.
func TestRawHasNoFrames(t *testing.T) {
	for _, name := range []string{"big list", "big list of texts", "dicts"} {
		for _, source := range []string{"2.7", "3.6", "3.13", "multiprocess"} {
			raw := rawsOf(t, requestNamed(t, source, name))[0]
			view := new(View)
			if err := view.scan(raw.appendPickle(nil), Limits{}); err != nil {
				t.Fatalf("%s: %s: %v", source, name, err)
			}
			var used int32
			for i, p := range view.puts {
				if p.last == 0 || view.data[p.at] == opMemoize {
					t.Errorf("%s: %s: %s at %d of put %d", source, name, opName(view.data[p.at]), p.at, i)
				}
				used++
			}
			if used != raw.memo {
				t.Errorf("%s: %s: %d memo entries, says it has %d", source, name, used, raw.memo)
			}
			for _, c := range view.cuts {
				if c.put == isFrame {
					t.Errorf("%s: %s: FRAME at %d", source, name, c.at)
				}
			}
		}
	}
}

// TestChangedLater has arguments that others change.
func TestChangedLater(t *testing.T) {
	tests := []struct{ data, want string }{
		{"(NVm\n(]q\x00h\x00K\x01at}t.", "--"},
		{"(NVm\n(]q\x00(h\x00lK\x01t}t.", "--+"},
		{"(NVm\n(]q\x00K\x01h\x00K\x02a0t}t.", "--"},
		{"(NVm\n(Vx\nq\x00h\x00h\x00\x86t}t.", "++"},
		{"(NVm\n()q\x00h\x00t}t.", "--"},
	}
	for _, tt := range tests {
		view := new(View)
		err := view.Scan([]byte(tt.data), Limits{})
		got := ""
		for _, it := range view.Children(2) {
			if _, ok := view.Raw(it); ok {
				got += "+"
			} else {
				got += "-"
			}
		}
		if got != tt.want || err != nil {
			t.Errorf("%q: %s, %v, want %s", tt.data, got, err, tt.want)
		}
	}
}

// TestCopiesAreBounded has a long text that every argument repeats.
func TestCopiesAreBounded(t *testing.T) {
	const size, repeats = 100_000, 5000
	data := fmt.Appendf(nil, "\x80\x04(V%s\nq\x00Vm\n(", strings.Repeat("x", size))
	data = append(data, bytes.Repeat([]byte("h\x00"), repeats)...)
	data = append(data, "t}t."...)
	view := new(View)
	if err := view.Scan(data, Limits{}); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, it := range view.Children(2) {
		if raw, ok := view.Raw(it); ok {
			total += raw.Size()
		}
	}
	if total > 17*len(data) || total == 0 {
		t.Errorf("Raws take %d bytes of %d", total, len(data))
	}
	all, ok := view.Raw(view.At(2))
	if ok && all.Size() > 2*len(data) {
		t.Errorf("one Raw takes %d bytes of %d", all.Size(), len(data))
	}
}

// TestRawsBesideGoValues encodes Raws between values with memo entries.
func TestRawsBesideGoValues(t *testing.T) {
	shared := NewList(int64(7))
	items := []any{shared}
	for _, source := range []string{"2.7", "3.13"} {
		for _, name := range []string{"shared within", "texts", "dicts", "repeated text"} {
			for _, raw := range rawsOf(t, requestNamed(t, source, name)) {
				items = append(items, raw, shared)
			}
		}
	}
	for _, c := range []Codec{{}, {Protocol: Protocol2, Dialect: Dialect{Python2: true}}} {
		data, err := c.Marshal(background, NewList(items...))
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Decode(background, data)
		if err != nil {
			t.Fatal(err)
		}
		read := got.(*List).Items
		for i, v := range read {
			if items[i] == any(shared) {
				if v != read[0] {
					t.Errorf("item %d is %#v, want the shared list", i, v)
				}
			} else if eq, err := Equal(v, items[i]); !eq || err != nil {
				t.Errorf("item %d is %#v, %v", i, v, err)
			}
		}
	}
}

func TestNewRaw(t *testing.T) {
	for _, v := range pickleVectors(t) {
		raw, err := NewRaw(v.data)
		if err != nil {
			t.Errorf("%s: %s at protocol %d: %v", v.source, v.name, v.protocol, err)
			continue
		}
		want, _ := Codec{}.Decode(background, v.data)
		got, err := raw.Value(background, Codec{})
		if err != nil || asciiRepr(t, got) != asciiRepr(t, want) || raw.Aliases() {
			t.Errorf("%s: %s at protocol %d: %#v, %v, want %#v", v.source, v.name, v.protocol, got, err, want)
		}
	}
	if raw, err := NewRaw([]byte("]2\x86.")); err != nil {
		t.Error(err)
	} else if v, err := raw.Value(background, Codec{}); err != nil || v.(Tuple)[0] != v.(Tuple)[1] {
		t.Errorf("the list twice is %#v, %v", v, err)
	}
	// A tuple in itself, as Python writes it: twice in a list, with the list in it.
	raw, err := NewRaw([]byte("\x80\x04]\x94h\x00\x85\x94a0h\x01."))
	if err != nil {
		t.Fatal(err)
	}
	data, err := Marshal(Tuple{raw, raw})
	if v, _ := (Codec{}).Decode(background, data); err != nil || asciiRepr(t, v) != "(([(...)],), ([(...)],))" {
		t.Errorf("the tuple twice is %q, %v: %s", data, err, asciiRepr(t, v))
	}
	for _, bad := range []string{"", "N", "N..", "h\x00.", "]NNs.", "\x82\x01."} {
		if raw, err := NewRaw([]byte(bad)); err == nil {
			t.Errorf("NewRaw(%q) = %+v", bad, raw)
		}
	}
}

// A Raw has as many memo entries as its value needs.
func TestRawOfManyEntries(t *testing.T) {
	lists := make([]any, 300)
	for i := range lists {
		lists[i] = NewList()
	}
	raw, err := NewRaw(mustMarshal(t, NewList(append(lists, lists...)...)))
	if err != nil {
		t.Fatal(err)
	}
	v, err := raw.Value(background, Codec{})
	if err != nil {
		t.Fatal(err)
	}
	for i, items := 0, v.(*List).Items; i < 300; i++ {
		if items[i] != items[i+300] {
			t.Fatalf("the list %d is there twice", i)
		}
	}
}

func TestZeroRaw(t *testing.T) {
	if v, err := (Raw{}).Value(background, Codec{}); v != nil || err != nil {
		t.Errorf("Value = %#v, %v, want None", v, err)
	}
	if data, err := Marshal(Tuple{Raw{}}); string(data) != "\x80\x04N\x85." || err != nil {
		t.Errorf("Marshal = %q, %v", data, err)
	}
}

// TestLargeRawValue: a large Raw is decoded where it is, without the PROTO and the
// STOP of a pickle.
func TestLargeRawValue(t *testing.T) {
	pad := "X\x00\x00\x02\x00" + strings.Repeat("a", 128<<10)
	for _, data := range []string{
		"\x80\x02" + pad + ".",
		"\x80\x02](" + pad + "K\x01e.",
		"\x80\x02" + pad + "c__builtin__\nxrange\nK\x01\x85R\x86.",        // by its name in Python 2
		"\x80\x02]q\x00(" + pad + "q\x01h\x01h\x00e.",                     // shared, and in itself
		"\x80\x03cshop\nItem\n)\x81}(X\x04\x00\x00\x00name" + pad + "ub.", // ends in BUILD
		"\x80\x05\x96\x00\x00\x02\x00\x00\x00\x00\x00" + strings.Repeat("b", 128<<10) + ".",
	} {
		want, err := Codec{}.Decode(background, []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []Codec{{}, {Alias: true}} {
			raw, err := NewRaw([]byte(data))
			if err != nil {
				t.Fatal(err)
			}
			v, err := raw.Value(background, c)
			if err != nil {
				t.Fatal(err)
			}
			got, again := mustMarshal(t, v), mustMarshal(t, want)
			if !bytes.Equal(got, again) {
				t.Errorf("%.20q…: %.40q, want %.40q", data, got, again)
			}
		}
	}
	raw := rawOf(t, NewList(make([]byte, 2*largeItem), nil))
	if _, err := raw.Value(background, Codec{Limits: Limits{Bytes: largeItem}}); err == nil {
		t.Error("no limit")
	}
	for want, alias := range []bool{false, true} {
		v, err := raw.Value(background, Codec{Alias: alias})
		if err != nil {
			t.Fatal(err)
		}
		v.(*List).Items[0].([]byte)[0] = 1
		again, err := raw.Value(background, Codec{})
		if err != nil || int(again.(*List).Items[0].([]byte)[0]) != want {
			t.Errorf("with Alias %v: %v, first byte %d, want %d", alias, err, again.(*List).Items[0].([]byte)[0], want)
		}
	}
}
