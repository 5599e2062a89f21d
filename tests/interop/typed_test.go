package interop

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
)

// Go types for the classes of tests/python/records.py; TestClasses has structs for many more.
type (
	tagged struct {
		Degrees int `pickle:"degrees"`
	}
	colour  int
	celsius float64
	kelvin  float64
)

func (c celsius) MarshalPickle() (any, error) {
	return &pickle.Object{Class: pickle.Global{Module: "records", Name: "Celsius"}, Args: pickle.Tuple{float64(c)}}, nil
}

func (c *celsius) UnmarshalPickle(v any) error {
	o, ok := v.(*pickle.Object)
	if !ok || o.Class != any(pickle.Global{Module: "records", Name: "Celsius"}) {
		return fmt.Errorf("no Celsius: %v", v)
	}
	degrees, err := pickle.As[float64](o.Args.(pickle.Tuple)[0])
	*c = celsius(degrees)
	return err
}

// typedRegistry is Stdlib's, with classes and a function of records.py.
func typedRegistry() *pickle.Registry {
	r := pickle.Stdlib()
	pickle.RegisterEnum(r, "records.Colour", map[string]colour{"RED": 1, "GREEN": 2})
	pickle.RegisterStruct[tagged](r, "records.Tagged")
	pickle.Register(r, "records.Kelvin", pickle.Class[kelvin]{
		Reduce: func(_ context.Context, k kelvin) (*pickle.Object, error) {
			return &pickle.Object{Class: pickle.Global{Module: "records", Name: "Kelvin"}, Args: pickle.Tuple{float64(k)}}, nil
		},
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (kelvin, error) {
			if len(args) != 1 {
				return 0, errors.New("a Kelvin has degrees")
			}
			return pickle.As[kelvin](args[0])
		},
	})
	return r
}

// typedValues are Go values and what makes the same in Python.
func typedValues() []typedValue {
	two := 2
	deque := &pickle.Deque{Items: []any{int64(1), nil}, MaxLen: &two}
	ordered, space, counter := new(pickle.OrderedDict), new(pickle.SimpleNamespace), new(pickle.Counter)
	ordered.Set("b", int64(1))
	space.Set("x", int64(1))
	counter.Set(int64(7), int64(3))
	noted := pickle.ValueError.New("a")
	noted.AddNote("b")
	return []typedValue{
		{celsius(21.5), "records.Celsius(21.5)", 0, 0},
		{map[string]celsius{"a": 1}, "{u'a': records.Celsius(1.0)}", 0, 0},
		{kelvin(0.5), "records.Kelvin(0.5)", 0, 0},
		{&tagged{Degrees: 3}, "records.Tagged(3)", 0, 0},
		{[]colour{1, 2, 1}, "[records.Colour.RED, records.Colour.GREEN, records.Colour.RED]", 4, 0},
		{true, "True", 0, 0},
		{int8(-5), "-5", 0, 0},
		{uint64(1<<64 - 1), "2**64 - 1", 0, 0},
		{"é€\U0001f600", `u'\xe9\u20ac\U0001f600'`, 0, 0},
		{complex(1, -2), "complex(1, -2)", 0, 0},
		{[]float32{0.5, 3}, "[0.5, 3.0]", 0, 0},
		{[3]int{1, 2, 3}, "[1, 2, 3]", 0, 0},
		{[]*int{nil, &two, &two}, "[None, 2, 2]", 0, 0},
		{[][]string{{"a"}, {}}, "[[u'a'], []]", 0, 0},
		{map[int][]float64{1: {1.5}, 2: {}}, "{1: [1.5], 2: []}", 0, 0},
		{map[string]any{"a": nil, "b": "c"}, "{u'a': None, u'b': u'c'}", 0, 0},
		{map[int]struct{}{1: {}, 2: {}}, "set([1, 2])", 0, 0},
		{[]byte("ab\xff"), `b'ab\xff'`, 0, 0},
		{[3]byte{1, 2, 255}, `b'\x01\x02\xff'`, 0, 0},
		{new(big.Int).Lsh(big.NewInt(-1), 70), "-2**70", 0, 0},
		{big.NewRat(22, 7), "fractions.Fraction(22, 7)", 0, 0},
		{big.NewFloat(-1.25), "D('-1.25')", 0, 0},
		{must(pickle.ParseDecimal("1.20")), "D('1.20')", 0, 0},
		{-1500 * time.Millisecond, "dt.timedelta(seconds=-1.5)", 0, 0},
		{time.Date(2001, 9, 9, 1, 46, 40, 123456000, time.UTC), "dt.datetime(2001, 9, 9, 1, 46, 40, 123456, dt.timezone.utc)", 6, 0},
		{[]pickle.Date{{Year: 2024, Month: 2, Day: 29}}, "[dt.date(2024, 2, 29)]", 0, 0},
		{pickle.UUID{15: 1}, "uuid.UUID(int=1)", 0, 0},
		{netip.MustParseAddr("1.2.3.4"), "ipaddress.ip_address('1.2.3.4')", 6, 0},
		{map[string]netip.Addr{"a": netip.MustParseAddr("::1")}, "{'a': ipaddress.ip_address('::1')}", 6, 0},
		{netip.MustParsePrefix("10.0.0.0/8"), "ipaddress.ip_network('10.0.0.0/8')", 6, 0},
		{[]netip.Prefix{netip.MustParsePrefix("10.0.0.1/8")}, "[ipaddress.ip_interface('10.0.0.1/8')]", 6, 0},
		{pickle.PurePosixPath("a/b"), "pathlib.PurePosixPath('a/b')", 6, 0},
		{deque, "collections.deque([1, None], 2)", 0, 0},
		{ordered, "collections.OrderedDict([(u'b', 1)])", 0, 0},
		{space, "types.SimpleNamespace(x=1)", 6, 2}, // before, PyPy has it an object like others
		{counter, "collections.Counter({7: 3})", 0, 0},
		{pickle.Range{Start: int64(1), Stop: int64(9), Step: int64(2)}, "range(1, 9, 2)", 6, 0},
		{pickle.Slice{Start: int64(1)}, "slice(1, None, None)", 6, 0},
		{noted, "records.noted(ValueError('a'), 'b')", 11, 0},
		{[]pickle.Global{{Module: "records", Name: "noted"}}, "[records.noted]", 0, 0},
	}
}

type typedValue struct {
	v      any
	code   string
	python int // the first minor version of 3 that has it; 0 for 2.7 too
	least  int // the first protocol that can have it
}

// typed reads what Python writes into variables of Go's types, and sends those back: both ways,
// by every protocol.
func (s *stdlibPeer) typed(t *testing.T) {
	for _, tt := range typedValues() {
		if tt.python > 0 && !s.py.AtLeast(3, tt.python) {
			continue
		}
		for _, c := range s.codecs() {
			c.Registry = typedRegistry()
			protocol := max(int(c.Protocol), 0)
			if protocol < tt.least {
				continue
			}
			data := s.dumps(t, protocol, tt.code)
			got := reflect.New(reflect.TypeOf(tt.v))
			if err := c.Unmarshal(t.Context(), data, got.Interface()); err != nil {
				t.Errorf("%s at protocol %d: %v", tt.code, protocol, err)
				continue
			}
			for _, v := range []any{got.Elem().Interface(), tt.v} {
				back, err := c.Marshal(t.Context(), v)
				if err != nil {
					t.Errorf("%T for %s at protocol %d: %v", v, tt.code, protocol, err)
					continue
				}
				if answer := s.Ask(t, fmt.Sprintf("eval %x %s", back, tt.code)); answer != "ok" {
					t.Errorf("%T for %s arrived at protocol %d as %s (%q)", v, tt.code, protocol, answer, back)
				}
			}
			if !reflect.DeepEqual(got.Elem().Interface(), tt.v) && string(must(c.Marshal(t.Context(), got.Interface()))) != string(must(c.Marshal(t.Context(), tt.v))) {
				t.Errorf("%s at protocol %d is read as %+v, want %+v", tt.code, protocol, got.Elem(), tt.v)
			}
		}
	}
}

// kept reads what Go keeps as it came, or without a copy, or without building the whole.
func (s *stdlibPeer) kept(t *testing.T) {
	for _, c := range s.codecs() {
		protocol := max(int(c.Protocol), 0)

		const code = "{u'kept': records.Celsius([None]), u'n': 1}"
		var held struct {
			Kept pickle.Raw `pickle:"kept"`
			N    int        `pickle:"n"`
		}
		if err := c.Unmarshal(t.Context(), s.dumps(t, protocol, code), &held); err != nil {
			t.Errorf("a Raw at protocol %d: %v", protocol, err)
		} else if answer := s.Ask(t, fmt.Sprintf("eval %x %s", must(c.Marshal(t.Context(), held)), code)); answer != "ok" {
			t.Errorf("a Raw at protocol %d: %s", protocol, answer)
		}

		sum, n := 0, 0
		for v, err := range pickle.ItemsWith[int](t.Context(), c, s.dumps(t, protocol, "list(range(2500))")) {
			if err != nil {
				t.Fatal(err)
			}
			sum, n = sum+v, n+1
		}
		for e, err := range pickle.EntriesWith[string, int](t.Context(), c, s.dumps(t, protocol, "dict((u'%d' % i, i) for i in range(2500))")) {
			if err != nil || e.Key != fmt.Sprint(e.Value) {
				t.Fatal(e, err)
			}
			sum, n = sum-e.Value, n+1
		}
		if n != 5000 || sum != 0 {
			t.Errorf("at protocol %d %d items came, with a sum of %d", protocol, n, sum)
		}

		c.Alias = true
		data, b := s.dumps(t, protocol, "b'x' * 5000"), []byte(nil)
		if err := c.Unmarshal(t.Context(), data, &b); err != nil || string(b) != strings.Repeat("x", 5000) {
			t.Errorf("bytes at protocol %d: %.20q, %v", protocol, b, err)
		} else if data[bytes.IndexByte(data, 'x')] = 'y'; b[0] != 'y' && (protocol >= 3 || !s.py.AtLeast(3, 0) && protocol > 0) {
			t.Errorf("bytes at protocol %d are a copy", protocol)
		}
	}
}

// dumps asks for the pickle of what the code makes.
func (s *stdlibPeer) dumps(t *testing.T, protocol int, code string) []byte {
	t.Helper()
	data, err := hex.DecodeString(s.Ask(t, fmt.Sprintf("dump %d %s", protocol, code)))
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return data
}
