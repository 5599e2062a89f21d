package pickle

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestReadDirectly has what picklers write of trees read in one pass. Where that gives
// up, the values are the same, but come late.
func TestReadDirectly(t *testing.T) {
	const half = "G\x3f\xe0\x00\x00\x00\x00\x00\x00"
	const class, date = "\x8c\x04shop\x94\x8c\x05Order\x94\x93\x94", "\x8c\x08datetime\x94\x8c\x04date\x94\x93\x94C\x04\x07\xe8\x01\x01\x94\x85\x94R\x94"
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	floats := make([]float64, 2500)
	for i := range floats {
		floats[i] = .5
	}
	thousand := "(" + strings.Repeat(half, 1000) + "e"
	for _, tt := range []struct {
		pickle string // after PROTO, before STOP
		want   any    // of the type asked for
	}{
		{"\x89", false},
		{"J\xff\xff\xff\xff", -1},
		{"\x8a\x05\x00\x00\x00\x80\x00", int64(1 << 31)},
		{half, float32(.5)},
		{"\x8c\x01a\x94", "a"},
		{"X\x01\x00\x00\x00aq\x00", "a"},
		{"C\x01a\x94", []byte("a")},
		{"N", []byte(nil)},
		{"]\x94", []int{}},
		{")", []int{}},
		{"N", []int(nil)},
		{"]\x94K\x01a", []int{1}},
		{"]\x94(K\x01K\x02e", []int{1, 2}},
		{"]q\x00(K\x01K\x02e", []int{1, 2}},
		{"]r\x00\x00\x00\x00(K\x01K\x02e", []int{1, 2}},
		{"(K\x01K\x02K\x03K\x04t\x94", []int{1, 2, 3, 4}},
		{"K\x01\x85\x94", []int{1}},
		{"]\x94(K\x01K\x02\x86\x94K\x03K\x04K\x05\x87\x94)(K\x06K\x07K\x08K\x09t\x94e", [][]int{{1, 2}, {3, 4, 5}, {}, {6, 7, 8, 9}}},
		{"]\x94K\x01K\x02\x86\x94aK\x03K\x04\x86\x94a", [][2]int{{1, 2}, {3, 4}}},
		{"]\x94" + date + "a", []time.Time{day}},
		{"K\x01K\x02K\x03\x87\x94", struct {
			_       struct{} `pickle:",tuple"`
			A, B, C int
		}{A: 1, B: 2, C: 3}},
		{"(K\x01K\x02K\x03K\x04t\x94", struct {
			_          struct{} `pickle:",tuple"`
			A, B, C, D int
		}{A: 1, B: 2, C: 3, D: 4}},
		{"]\x94(]\x94K\x01a]\x94(K\x02K\x03eNe", [][]int{{1}, {2, 3}, nil}},
		{"]\x94]\x94K\x01aa", [][]int{{1}}},
		{"]\x94(" + half + half + "e", []float64{.5, .5}},
		{half + half + "\x86\x94", []float64{.5, .5}},
		{"]\x94" + thousand + thousand + thousand[:1+9*500] + "e", floats},
		{"]\x94(N\x88\x89K\x01M\x00\x01" + half + "\x8c\x01a\x94h\x01e", []any{nil, true, false, int64(1), int64(256), .5, "a", "a"}},
		{"]\x94(\x8c\x01a\x94\x8c\x01b\x94h\x02j\x01\x00\x00\x00e", []string{"a", "b", "b", "a"}},
		{"]\x94(K\x01K\x02e", [2]int{1, 2}},
		{"(K\x01K\x02K\x03K\x04t\x94", [4]int{1, 2, 3, 4}},
		{"]\x94(K\x01\x85\x94K\x02\x85\x94e", [][1]int{{1}, {2}}},
		{"}\x94", map[string]int{}},
		{"}\x94", map[int]string{}},
		{"N", map[string]int(nil)},
		{"}\x94\x8c\x01a\x94K\x01s", map[string]int{"a": 1}},
		{"}\x94(\x8c\x01a\x94K\x01\x8c\x01b\x94Nu", map[string]any{"a": int64(1), "b": nil}},
		{"}\x94(K\x01\x8c\x01a\x94K\x02h\x01u", map[int]string{1: "a", 2: "a"}},
		{"]\x94(}\x94\x8c\x01a\x94K\x01s}\x94(h\x02K\x02\x8c\x01b\x94K\x03u}\x94e", []map[string]int{{"a": 1}, {"a": 2, "b": 3}, {}}},
		{"]\x94(K\x01Ne", []*int{ptr(1), nil}},
		{"}\x94(\x8c\x04item\x94\x8c\x03tea\x94\x8c\x05count\x94K\x02u", order{Item: "tea", Count: 2}},
		{"}\x94(\x8c\x04item\x94\x8c\x03tea\x94\x8c\x04more\x94\x8c\x01x\x94\x8c\x05count\x94K\x02u", order{Item: "tea", Count: 2}},
		{"]\x94(}\x94(\x8c\x04item\x94\x8c\x03tea\x94\x8c\x05count\x94K\x02u}\x94(h\x04K\x03h\x02h\x03u}\x94h\x02h\x03se", []order{{Item: "tea", Count: 2}, {Item: "tea", Count: 3}, {Item: "tea"}}},
		{class + ")\x81\x94}\x94(\x8c\x04item\x94\x8c\x03tea\x94\x8c\x05count\x94K\x02ub", order{Item: "tea", Count: 2}},
		{"cshop\nOrder\nq\x00)\x81q\x01}q\x02X\x04\x00\x00\x00itemq\x03X\x03\x00\x00\x00teaq\x04sb", order{Item: "tea"}},
		{"]\x94(" + class + ")\x81\x94h\x03)\x81\x94}\x94\x8c\x05count\x94K\x02sbh\x03)R\x94e", []order{{}, {Count: 2}, {}}},
		{"K\x01\x8c\x01y\x94\x86\x94", couple{X: 1, Y: "y"}},
		{"]\x94(\x8c\x04shop\x94\x8c\x04Pair\x94\x93\x94K\x01\x8c\x01y\x94\x86\x94\x81\x94h\x03K\x02h\x04\x86\x94\x81\x94e", []named2{{X: 1, Y: "y"}, {X: 2, Y: "y"}}},
		{date, day},
		{"\x8c\x08datetime\x94\x8c\x09timedelta\x94\x93\x94K\x01K\x02K\x03\x87\x94R\x94", Timedelta{1, 2, 3}},
		{"\x8c\x07decimal\x94\x8c\x07Decimal\x94\x93\x94\x8c\x031.5\x94\x85\x94R\x94", must(ParseDecimal("1.5"))},
		{"]q\x00(cdatetime\ntimedelta\nq\x01(K\x01K\x02K\x03tq\x02Rq\x03h\x01(K\x04K\x05K\x06tq\x04Rq\x05e", []Timedelta{{1, 2, 3}, {4, 5, 6}}},
		{"]\x94(" + date + "h\x03C\x04\x07\xe8\x01\x02\x94\x85\x94R\x94e", []time.Time{day, day.AddDate(0, 0, 1)}},
	} {
		for _, framed := range []bool{false, true} {
			data := "\x80\x04" + tt.pickle + "."
			if framed {
				data = "\x80\x05" + frameValues(t, data)[2:]
			}
			got := reflect.New(reflect.TypeOf(tt.want))
			ok, _ := readDirect(Codec{}, []byte(data), got.Interface())
			if !ok {
				t.Errorf("%q into a %T is not read directly", data, tt.want)
			} else if !reflect.DeepEqual(got.Elem().Interface(), tt.want) {
				t.Errorf("%q: got %#v, want %#v", data, got.Elem(), tt.want)
			}
			for n := range min(len(data), 200) {
				if err := Unmarshal([]byte(data[:n]), got.Interface()); err == nil {
					t.Errorf("the first %d of %q are a %T", n, data, tt.want)
				}
			}
		}
	}
}

// frameValues begins a frame before each value of a pickle.
func frameValues(t *testing.T, data string) string {
	var b strings.Builder
	at := 0
	for in, err := range Instructions([]byte(data)) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.IndexByte("\x80.taeusbR\x81\x85\x86\x87\x93\x94qr(", in.Op) < 0 {
			b.WriteString(data[at:in.Offset] + frameOp)
			at = in.Offset
		}
	}
	return b.String() + data[at:]
}
