package pickle

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
	"unicode"
)

// dict returns a dict of keys and values one after the other.
func dict(items ...any) *Dict {
	d := new(Dict)
	for i := 0; i < len(items); i += 2 {
		if err := d.Set(items[i], items[i+1]); err != nil {
			panic(err)
		}
	}
	return d
}

// Every kind of value as JSON.
func TestWriteJSON(t *testing.T) {
	shared := NewList(int64(1))
	cycle := NewList()
	cycle.Items = append(cycle.Items, cycle)
	huge := new(big.Int).Lsh(big.NewInt(-1), 20_000)
	seven := 7
	price, err := ParseDecimal("1.10")
	if err != nil {
		t.Fatal(err)
	}
	class := Global{"shop", "Order"}
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"atoms", NewList(nil, true, false, int64(-5), "a\"\\\n\x7fé€\U0001f600"), `[null, true, false, -5, "a\"\\\u000a\u007fé€😀"]`},
		{"a large int", new(big.Int).Lsh(big.NewInt(1), 70), "1180591620717411303424"},
		{"an int beyond what Python prints", huge, `{"$int": "-0x1` + strings.Repeat("0", 5000) + `"}`},
		{"floats", NewList(1.0, 0.1, 1e300, math.Copysign(0, -1)), "[1.0, 0.1, 1e+300, -0.0]"},
		{"no numbers", NewList(math.NaN(), math.Inf(1), math.Inf(-1)), `[{"$float": "nan"}, {"$float": "inf"}, {"$float": "-inf"}]`},
		{"what is not shown", "\u202e\u200b\u0085\u2028\u2029\ufeff\u00ad\U000e0041\U0001d173",
			`"\u202e\u200b\u0085\u2028\u2029\ufeff\u00ad\udb40\udc41\ud834\udd73"`},
		{"spaces and marks", "\u00a0\u3000e\u0301\ue000\ufffd", "\"\u00a0\u3000e\u0301\ue000\ufffd\""},
		{"a lone surrogate", "a\xed\xa0\x80", `"a\ud800"`},
		{"bytes", NewList([]byte("\x00\xff"), &Bytearray{[]byte("a")}, ByteString("a"), ByteString("\xff")),
			`[{"$bytes": "AP8="}, {"$bytearray": "YQ=="}, "a", {"$bytes": "/w=="}]`},
		{"tuples", Tuple{Tuple{}, Tuple{int64(1)}}, `{"$tuple": [{"$tuple": []}, {"$tuple": [1]}]}`},
		{"sets", NewList(set(int64(1)), frozenset("a")), `[{"$set": [1]}, {"$frozenset": ["a"]}]`},
		{"a dict", dict("a", int64(1), "", NewList()), `{"a": 1, "": []}`},
		{"other keys", dict(int64(1), "a", Tuple{nil}, "b"), `{"$dict": [[1, "a"], [{"$tuple": [null]}, "b"]]}`},
		{"a key with a dollar sign", dict("$ref", int64(1)), `{"$dict": [["$ref", 1]]}`},
		{"complex, slice, range", NewList(complex(1, -2), Slice{nil, int64(5), nil}, Range{int64(0), int64(9), int64(2)}),
			`[{"$complex": [1.0, -2.0]}, {"$slice": [null, 5, null]}, {"$range": [0, 9, 2]}]`},
		{"a class", class, `{"$global": "shop.Order"}`},
		{"met again", NewList(shared, shared, dict("a", shared)), `[{"$id": 1, "$value": [1]}, {"$ref": 1}, {"a": {"$ref": 1}}]`},
		{"in itself", cycle, `{"$id": 1, "$value": [{"$ref": 1}]}`},
		{"an exception", &Exception{Class: KeyError, Args: Tuple{"q"}, State: dict("__notes__", NewList("n"))},
			`{"$exception": "builtins.KeyError", "args": ["q"], "state": {"__notes__": ["n"]}}`},
		{"an instance", &Object{How: NewObj, Class: class, Args: Tuple{}, Ops: []Op{{Kind: Build, Items: []any{dict("n", int64(1))}}}},
			`{"$new": "shop.Order", "state": {"n": 1}}`},
		{"a call", &Object{How: Reduce, Class: class, Args: Tuple{int64(1)}, Ops: []Op{
			{Kind: Append, Items: []any{int64(2)}}, {Kind: SetItems, Items: []any{int64(3), int64(4)}}, {Kind: AddItems, Items: []any{int64(5)}}}},
			`{"$call": "shop.Order", "args": [1], "then": [{"append": [2]}, {"items": [[3, 4]]}, {"add": [5]}]}`},
		{"keywords", &Object{How: NewObjEx, Class: class, Args: Tuple{}, Kwargs: dict("a", int64(1))}, `{"$new": "shop.Order", "kwargs": {"a": 1}}`},
		{"a persistent id, an extension code", NewList(PersistentID{"x"}, Extension(5)), `[{"$persistent": "x"}, {"$extension": 5}]`},
		{"dates", NewList(Date{2024, 2, 29}, time.Date(2024, 2, 29, 12, 0, 0, 0, time.FixedZone("", 3600)), TimedeltaOf(time.Hour)),
			`[{"$date": "2024-02-29"}, {"$datetime": "2024-02-29 12:00:00+01:00"}, {"$timedelta": "1:00:00"}]`},
		{"a zone", Datetime{Year: 2024, Month: 2, Day: 29, Fold: true, Zone: ZoneInfo("Europe/Berlin")},
			`{"$datetime": "2024-02-29 00:00:00", "zone": {"$ZoneInfo": "Europe/Berlin"}, "fold": 1}`},
		{"a fixed zone", Datetime{Year: 2024, Month: 2, Day: 29, Zone: Timezone{Offset: -90 * time.Minute, Name: "X", Named: true}},
			`{"$datetime": "2024-02-29 00:00:00", "zone": {"$timezone": "X", "offset": "UTC-01:30"}}`},
		{"other classes", NewList(price, UUID{15: 1}, PosixPath("/a"), big.NewRat(1, 3)),
			`[{"$Decimal": "1.10"}, {"$UUID": "00000000-0000-0000-0000-000000000001"}, {"$PosixPath": "/a"}, {"$Fraction": "1/3"}]`},
		{"collections", NewList(&Deque{Items: []any{int64(1)}, MaxLen: &seven}, &DefaultDict{Factory: Global{"builtins", "list"}}),
			`[{"$deque": [1], "maxlen": 7}, {"$defaultdict": [], "factory": {"$global": "builtins.list"}}]`},
	} {
		data, err := Codec{Protocol: Protocol5}.Marshal(t.Context(), tt.v)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var out bytes.Buffer
		rest, err := WriteJSON(&out, append(data, "next"...))
		if err != nil || string(rest) != "next" {
			t.Errorf("%s: %v, with %q left", tt.name, err, rest)
		}
		if got := out.String(); got != tt.want+"\n" {
			t.Errorf("%s:\n got %.300s\nwant %.300s", tt.name, got, tt.want)
		}
		if !json.Valid(out.Bytes()) {
			t.Errorf("%s: no JSON: %.300s", tt.name, out.String())
		}
	}
}

// The scripts that are not searched have nothing to escape.
func TestOfLetters(t *testing.T) {
	for c := range unicode.MaxRune + 1 {
		if ofLetters(c) && isFormat(c) {
			t.Errorf("%U formats", c)
		}
	}
}

// Whatever Pythons wrote has a JSON, and one that is valid.
func TestWriteJSONVectors(t *testing.T) {
	for _, vec := range append(pickleVectors(t), stdlibVectors(t)...) {
		var out bytes.Buffer
		if _, err := WriteJSON(&out, vec.data); err != nil || !json.Valid(out.Bytes()) {
			t.Errorf("%s, %s at protocol %d: %v, %q", vec.source, vec.name, vec.protocol, err, out.String())
		}
	}
}

// What is not written is told with its place, and nothing comes out.
func TestWriteJSONErrors(t *testing.T) {
	for _, tt := range []struct{ data, want string }{
		{"(K", "pickle: BININT1 at 1: the pickle ends inside a value"},
		{"Nh\x03.", "pickle: BINGET at 1: no memo entry 3"},
		{"\x97.", "pickle: NEXT_BUFFER at 0: no out-of-band buffer left"},
		{chain(50_000), "pickle: STOP at 748457: more than the limit of 40000 (Depth)"},
	} {
		var out bytes.Buffer
		_, err := WriteJSON(&out, []byte(tt.data))
		if err == nil || err.Error() != tt.want || out.Len() > 0 {
			t.Errorf("%.100q: %v and %q, want %s", tt.data, err, out.String(), tt.want)
		}
	}
}
