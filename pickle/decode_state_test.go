package pickle

import "testing"

// Calls with a state are made of it where it lies. What refers to the state or
// its tuple afterwards finds them.
func TestStateCalls(t *testing.T) {
	const (
		date  = "\x80\x04cdatetime\ndate\n\x94C\x04\x07\xe8\x01\x02\x94\x85\x94R\x94" // memo 1 is the state, 2 the tuple, 3 the date
		time  = "\x80\x04cdatetime\ntime\n\x94C\x06\x17\x3b\x3a\x00\x00\x07\x94\x85\x94R\x94"
		moved = "\x80\x04cdatetime\ndatetime\n\x94C\x0a\x07\xe8\x82\x03\x04\x05\x06\x00\x00\x07\x94\x85\x94R\x94"
		made  = "datetime.date(2024, 1, 2)"
		state = `b'\x07\xe8\x01\x02'`
	)
	tests := []struct{ data, repr string }{
		{date + ".", made},
		{time + ".", "datetime.time(23, 59, 58, 7)"},
		{moved + ".", "datetime.datetime(2024, 2, 3, 4, 5, 6, 7, fold=1)"},
		{date + "h\x01\x86.", "(" + made + ", " + state + ")"},
		{date + "h\x02\x86.", "(" + made + ", (" + state + ",))"},
		{date + "h\x02h\x01h\x02\x87\x86.", "(" + made + ", ((" + state + ",), " + state + ", (" + state + ",)))"},
		{date + "h\x03\x86.", "(" + made + ", " + made + ")"},
		{date + "0K\x05q\x010h\x02.", "(" + state + ",)"},
		{date + "0K\x05q\x020h\x01.", state},
		{date + "0K\x05q\x010K\x06q\x020h\x01h\x02\x86.", "(5, 6)"},
		{"\x80\x04cdatetime\ndate\n\x94C\x04\x07\xe8\x0d\x02\x94\x85\x94R\x94.", ""}, // no 13th month
		{"\x80\x04cdatetime\ndate\n\x94C\x03\x07\xe8\x01\x94\x85\x94R\x94.", ""},
		{"\x80\x04cdatetime\ndate\n\x94(C\x04\x07\xe8\x01\x02\x94\x85\x94t\x86.", ""},
	}
	codec := Codec{Registry: Stdlib()}
	for _, tt := range tests {
		v, err := codec.Decode(t.Context(), []byte(tt.data))
		if err != nil {
			t.Errorf("%q: %v", tt.data, err)
			continue
		}
		if got, err := Repr(v); tt.repr != "" && got != tt.repr || err != nil {
			t.Errorf("%q is %s, %v; want %s", tt.data, got, err, tt.repr)
		}
	}
	v, _ := codec.Decode(t.Context(), []byte(date+"0h\x02h\x01h\x02\x87."))
	three := v.(Tuple)
	first, last := three[0].(Tuple), three[2].(Tuple)
	if &first[0] != &last[0] || address(first[0]) != address(three[1]) {
		t.Error("a state or a tuple that comes twice is two")
	}
}

// Limits are those of the opcodes one by one.
func TestStateCallLimits(t *testing.T) {
	const date = "\x80\x04cdatetime\ndate\n\x94C\x04\x07\xe8\x01\x02\x94\x85\x94R\x94."
	for _, lim := range []Limits{{Depth: 1}, {Memo: 1}, {Memo: 2}, {Memo: 3}, {Memory: 200}} {
		if v, err := (Codec{Registry: Stdlib(), Limits: lim}).Decode(t.Context(), []byte(date)); err == nil {
			t.Errorf("%+v: %v", lim, v)
		}
	}
	if _, err := (Codec{Registry: Stdlib(), Limits: Limits{Depth: 2, Memo: 4}}).Decode(t.Context(), []byte(date)); err != nil {
		t.Error(err)
	}
}
