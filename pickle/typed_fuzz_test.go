package pickle

import (
	"context"
	"errors"
	"math"
	"math/big"
	"reflect"
	"slices"
	"testing"
)

type fuzzLeaf struct {
	A int64
	B string `pickle:"b"`
	C *fuzzLeaf
	D []float64
	E any
	F map[string]fuzzLeaf
	G []byte
	X map[string]any `pickle:",inline"`
}

type fuzzPair struct {
	_ struct{} `pickle:",tuple"`
	A any
	B *fuzzPair
}

type fuzzBoth struct {
	_    struct{} `pickle:",tuple"`
	A, B any
}

type fuzzList []fuzzList

// fuzzTargets are variables of the types that are filled differently.
func fuzzTargets() []any {
	return []any{
		new(bool), new(int), new(int8), new(uint64), new(float64), new(float32), new(string), new([]byte),
		new([]any), new([]int64), new([]float64), new([]string), new([]bool), new([3]int), new([2]any), new([2]byte),
		new(map[string]int64), new(map[string]any), new(map[any]any), new(map[int]string), new(map[string]struct{}),
		new(fuzzLeaf), new([]fuzzLeaf), new(*fuzzLeaf), new([]*fuzzLeaf), new(map[string]*fuzzLeaf),
		new(fuzzPair), new([]fuzzPair), new(fuzzList), new(**int), new([][]int64), new([][]string),
		new(*big.Int), new(big.Int), new(*List), new(Tuple), new(*Dict), new(*Object), new(Raw), new([]Raw), new(error),
	}
}

// FuzzUnmarshalTyped holds typed decoding to what comes of decoding and assigning.
func FuzzUnmarshalTyped(f *testing.F) {
	for _, vec := range pickleVectors(f) {
		if len(vec.data) < 500 {
			f.Add(vec.data)
		}
	}
	for _, s := range typedSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkTyped(t, data) })
}

var typedSeeds = []string{
	"\x80\x04](}(\x8c\x01A\x94K\x01\x8c\x01b\x94\x8c\x01x\x94u}(h\x00K\x02h\x01h\x02ue.",
	"](}(X\x01\x00\x00\x00Aq\x00K\x01X\x01\x00\x00\x00bq\x01X\x01\x00\x00\x00xu}(h\x00K\x02h\x01h\x00ue.",
	"\x80\x04\x8c\x01m\x94\x8c\x01C\x94\x93\x94)\x81\x94}\x94(\x8c\x01AK\x05\x8c\x01Ch\x03ub.",
	"\x80\x04](\x8c\x01m\x8c\x01C\x93\x94)\x81}\x8c\x01AK\x05sbh\x00)\x81}\x8c\x01AK\x06sbe.",
	"\x80\x04\x8c\x01m\x8c\x01C\x93K\x01N\x86\x81.",
	"\x80\x04\x8c\x01m\x8c\x01C\x93)\x81N}\x8c\x01AK\x05s\x86b.",
	"ccopy_reg\n_reconstructor\n(cm\nC\nc__builtin__\nobject\nNtR(dS'A'\nI1\nsb.",
	"]\x94(K\x01M\x00\x01J\x00\x00\x01\x00\x8a\x05\x00\x00\x00\x00\x01e(K\x02K\x03eK\x04a.",
	"](G\x3f\xf8\x00\x00\x00\x00\x00\x00G\x3f\xf8\x00\x00\x00\x00\x00\x00e(G\x3f\xf8\x00\x00\x00\x00\x00\x00K\x01e.",
	"]\x94(h\x00h\x00e.", "]\x94h\x00a.", "]\x94(h\x00h\x00h\x00\x85e.", "(lp0\nI1\naI2\na.", "(dp0\nVa\nI1\ns.", "(I1\nI2\nl.", "(Va\nI1\nd.",
	"\x80\x04]\x94(](K\x01K\x02e\x94h\x01h\x01e.", "\x8f\x94(K\x01K\x02\x90.", "(K\x01K\x02\x91\x94.",
	"}\x94(\x8c\x01a\x94K\x01\x8c\x01b\x94K\x02u.", "}(\x8c\x01a\x94h\x00\x8c\x01bh\x00u(\x8c\x01cK\x01u\x8c\x01dK\x02s.",
	"K\x01K\x02\x86K\x03\x86.", "K\x01\x85\x85\x94.", "(K\x01(K\x02K\x03K\x04K\x05tK\x06K\x07t.",
	"](](K\x01ta.", "C\x03abc\x94h\x00\x86.", "](\x8c\x01aq\x00\x8c\x01bq\x00h\x00e.", "](h\x00e.",
	"}(\x8c\x01d\x94h\x00\x8c\x01cK\x01u(\x8c\x01cK\x01u\x8c\x01dK\x02s.", "}(\x8c\x01A\x8c\x01xK\x03K\x04\x8c\x01AK\x02u.",
	"ccollections\nOrderedDict\n)R(Va\nI1\nu.", "ccollections\ndeque\n)R(K\x01K\x02e.", "\x97.", "P1\n.", "N0K\x01.", "K\x012\x86.",
	"\x95.", "]\x95\x00.", "](\x95e.", "}(\x95\x00\x00\x00\x00\x00\x00\x00\x00u.", "](K\x01\x95\x00\x00\x00\x00\x00\x00\x00\x00K\x02\x95\x00\x00\x00\x00\x00\x00\x00\x00e.",
	"](]q\x00(]](NeN}eh\x00h\x00e.", "}(Va\n]q\x00]aVe\nh\x00Vd\nh\x00u.", "}(Va\n](]q\x00]q\x01aeVe\nh\x00Vx\nh\x01u.",
	"\x80\x02]q\x01(]q\x02\x82\x02(]q\xf5\x82\x82\x82jeh\x01e.",
	"}(X\x01\x00\x00\x00Aq\x00K\x01", "}(\x8c\x01AK\x01", "]\x8a\x09\x05\x00\x00\x00\x00\x00\x00\x00\x00a.", "\x8b\x0a\x00\x00\x00\xfb\xff\xff\xff\xff\xff\xff\xff\xff\xff.",
	"\x80\x03c__builtin__\nxrange\nK\x00K\x03K\x01\x87R.", "cexceptions\nIndexError\n(Vout\nK\x02tR\x80\x04.", "(K\x01K\x02o.", "(cm\nC\nK\x01o}b.", "c0\n0\n\x840000R.", "(K\x01im\nC\n}Va\nK\x01sb.",
	// What looks like more entries belongs to a tuple or a class.
	"\x80\x04}(\x8c\x01A\x8c\x01x\x8c\x01b\x8c\x01y\x87\x8c\x01BK\x01u.", "\x80\x04}(\x8c\x01BK\x01\x8c\x05route\x8c\x03GET\x8c\x01A\x8c\x01/\x87u.",
	"\x80\x04}(\x8c\x01EK\x01K\x02K\x03\x87\x8c\x01fK\x04K\x05K\x06\x87u.", "\x80\x04}(\x8c\x01AK\x01\x8c\x08datetime\x8c\x04date\x93C\x04\x07\xe8\x01\x01\x85RK\x02u.",
	"\x80\x04}(\x8c\x01a}\x8c\x01t}\x8c\x01sK\x00ss\x8c\x01b}\x8c\x01xK\x04su.", "\x80\x04\x8c\x01m\x8c\x01C\x93\x8c\x08datetime\x8c\x04date\x93C\x04\x07\xe8\x01\x01\x85R\x85R.",
	"}(\x8c\x01aK\x01N\x86\x8c\x01bK\x05N\x86\x86\x86u.",
	"\x80\x04}\x8c\x01EK\x01K\x02\x86\x8c\x01B\x8c\x01y\x87s.", "\x80\x04}(\x8c\x01A\x8c\x01x\x8c\x03not\x8c\x01y\x8c\x01C\x8c\x01z\x87u.",
}

func TestTypedSeeds(t *testing.T) {
	for _, vec := range pickleVectors(t) {
		checkTyped(t, vec.data)
	}
	for _, s := range typedSeeds {
		checkTyped(t, []byte(s))
	}
}

func checkTyped(t *testing.T, data []byte) {
	c := Codec{
		Limits:         Limits{Memory: 16 << 20},
		PersistentLoad: func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil },
		ExtensionLoad:  func(_ context.Context, code int32) (any, error) { return Extension(code), nil },
	}
	checkUsed(t, c, data)
	value, decodeErr := c.Decode(background, data)
	for i, want := range fuzzTargets() {
		var wantErr error
		if decodeErr == nil {
			wantErr = assignTo(background, &c, want, value, math.MaxInt64)
		} else if wantErr = decodeErr; mayFail(decodeErr, data) {
			continue
		}
		for name, read := range map[string]func(Codec, []byte, any) (bool, error){"directly": readDirect, "from the tape": readTape, "in any way": readAnyhow} {
			got := fuzzTargets()[i]
			ok, err := read(c, data, got)
			if !ok {
				continue
			}
			typ := reflect.TypeOf(got).Elem()
			var limit *LimitError
			switch {
			case errors.As(err, &limit):
			case (err == nil) != (wantErr == nil):
				t.Errorf("%q %s into %v: %v, want %v", data, name, typ, err, wantErr)
			case err == nil && !alike(got, want):
				t.Errorf("%q %s into %v: %#v, want %#v", data, name, typ, reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem())
			}
		}
	}
}

// readDirect reads a pickle in one pass, if it can.
func readDirect(c Codec, data []byte, v any) (ok bool, err error) {
	ptr := reflect.ValueOf(v)
	pl := planOf(ptr.Type().Elem())
	r := &reader{ctx: background, codec: c}
	return pl.direct != nil && r.direct(pl, variableOf(ptr), data, c.Limits.orDefault(len(data))) && r.end == len(data), nil
}

// readTape reads a pickle from a tape, unless it is irregular.
func readTape(c Codec, data []byte, v any) (ok bool, err error) {
	ptr := reflect.ValueOf(v)
	r := &reader{ctx: background, codec: c, memory: c.Limits.Memory}
	if !r.scan(data, c.Limits.orDefault(len(data))) || r.end != len(data) {
		return false, nil
	}
	err = planOf(ptr.Type().Elem()).read(r, variableOf(ptr), r.root)
	return !r.twice, err
}

func readAnyhow(c Codec, data []byte, v any) (ok bool, err error) {
	return true, c.Unmarshal(background, data, v)
}

// usedTargets are variables that hold something.
func usedTargets() []any {
	some := fuzzLeaf{A: 7, B: "old", C: &fuzzLeaf{B: "old"}, D: []float64{1, 2, 3}, E: "old", F: map[string]fuzzLeaf{"old": {A: 8}}, X: map[string]any{"old": 1}}
	pair := fuzzPair{A: "old", B: &fuzzPair{A: "older"}}
	return []any{
		&map[string]int64{"old": 1}, &map[string]any{"old": 1}, &map[any]any{"old": 1, 3: "old"}, &map[string][]any{"old": nil},
		&map[string]map[string]any{"old": {"older": 1}}, &map[string]fuzzLeaf{"old": {A: 7}}, &map[string]struct{}{"old": {}}, &map[string]fuzzBoth{"old": {A: 7}},
		&some, &pair, &[]fuzzLeaf{some, some}, &[]any{"old", "older"}, &[2]any{"old", "older"}, &[]*fuzzLeaf{{B: "old"}},
		&struct{ A, B any }{"old", "older"},
		&struct{ A, B, C string }{"old", "older", "oldest"},
	}
}

// checkUsed holds what becomes of variables that hold something to what is read from the
// tape alone.
func checkUsed(t *testing.T, c Codec, data []byte) {
	for i, want := range usedTargets() {
		known, wantErr := readTape(c, data, want)
		if !known || wantErr != nil {
			continue
		}
		got := usedTargets()[i]
		planOf(reflect.TypeOf(got).Elem()).failures.Store(0) // it is read in one pass, if it can be
		if err := c.Unmarshal(background, data, got); err != nil || !alike(got, want) {
			t.Errorf("%q into a used %T: %#v, %v, want %#v", data, got, reflect.ValueOf(got).Elem(), err, reflect.ValueOf(want).Elem())
		}
	}
}

// alike is reflect.DeepEqual for values in which NaN may be.
func alike(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	if raws, ok := rawsIn(a); ok {
		others, _ := rawsIn(b)
		if len(raws) != len(others) {
			return false
		}
		for i := range raws {
			if same, err := Equal(raws[i], others[i]); !same && err == nil && !writtenAlike(raws[i], others[i]) {
				return false
			}
		}
		return true
	}
	return writtenAlike(reflect.ValueOf(a).Elem().Interface(), reflect.ValueOf(b).Elem().Interface())
}

// writtenAlike tells whether two values are written in the same bytes, or cannot be for
// the same reason. Raws are what they stand for. Maps are written in any order: where all
// bytes are there, some time they come in the same one.
func writtenAlike(a, b any) bool {
	for range 1000 {
		one, other := writtenAs(a, b)
		if one == other {
			return true
		}
		if !slices.Equal(slices.Sorted(slices.Values([]byte(one))), slices.Sorted(slices.Values([]byte(other)))) {
			return false
		}
	}
	return false
}

func writtenAs(a, b any) (one, other string) {
	var written [2]string
	for i, v := range []any{a, b} {
		var err error
		if raw, ok := v.(Raw); ok {
			if v, err = raw.Value(background, Codec{}); err != nil {
				return "", err.Error()
			}
		}
		data, err := Marshal(v)
		if written[i] = string(data); err != nil {
			written[i] = err.Error()
		}
	}
	return written[0], written[1]
}

func rawsIn(v any) ([]Raw, bool) {
	switch x := v.(type) {
	case *Raw:
		return []Raw{*x}, true
	case *[]Raw:
		return *x, true
	}
	return nil, false
}
