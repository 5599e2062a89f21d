package interop

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// TestStdlib passes values of the standard library through Go and back, and Go's own types through
// Python, by every protocol.
func TestStdlib(t *testing.T) {
	values, err := filepath.Abs("../../pickle/testdata/stdlib")
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		s := &stdlibPeer{Peer: py.With("STDLIB_VALUES="+values).Start(t, "../python/stdlib_peer.py"), py: py}
		s.relay(t)
		s.made(t)
		s.typed(t)
		s.kept(t)
		if py.AtLeast(3, 9) {
			s.zones(t)
		}
	})
}

// A stdlibPeer judges what it is sent.
type stdlibPeer struct {
	*harness.Peer
	py harness.Python
}

// An httpStatus is a member of Python's http.HTTPStatus.
type httpStatus int

// codecs are those that the peer reads.
func (s *stdlibPeer) codecs() []pickle.Codec {
	protocols := []pickle.Protocol{pickle.Protocol2}
	switch {
	case s.py.AtLeast(3, 8):
		protocols = []pickle.Protocol{pickle.Protocol0, pickle.Protocol1, pickle.Protocol2, pickle.Protocol3, pickle.Protocol4, pickle.Protocol5}
	case s.py.AtLeast(3, 0):
		protocols = []pickle.Protocol{pickle.Protocol0, pickle.Protocol1, pickle.Protocol2, pickle.Protocol3, pickle.Protocol4}
	}
	var all []pickle.Codec
	registry := pickle.Stdlib()
	pickle.RegisterEnum(registry, "http.HTTPStatus", map[string]httpStatus{"NOT_FOUND": 404})
	for _, p := range protocols {
		all = append(all, pickle.Codec{
			Registry: registry, Protocol: p, Dialect: pickle.Dialect{Python2: !s.py.AtLeast(3, 0)},
		})
	}
	return all
}

// relay sends everything back that the peer has written, decoded and encoded.
func (s *stdlibPeer) relay(t *testing.T) {
	count := 0
	type message struct{ index, name, data string }
	var sent []message
	for line := s.Line(t); line != ""; line = s.Line(t) {
		fields := strings.Fields(line)
		sent = append(sent, message{fields[0], fields[1] + " at protocol " + fields[2], fields[3]})
	}
	for _, m := range sent {
		data, err := hex.DecodeString(m.data)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range s.codecs() {
			v, err := c.Decode(t.Context(), data)
			if err != nil {
				t.Errorf("%s: %v", m.name, err)
				break
			}
			if _, ok := v.(httpStatus); !ok && strings.HasPrefix(m.name, "enum") {
				t.Errorf("%s is read as %T", m.name, v)
			}
			back, err := c.Marshal(t.Context(), v)
			if err != nil {
				t.Errorf("%s: %v", m.name, err)
				break
			}
			if answer := s.Ask(t, fmt.Sprintf("same %x %s", back, m.index)); answer != "ok" {
				t.Errorf("%s, read as %T, came back at protocol %d as %s (%q)", m.name, v, c.Protocol, answer, back)
			}
			count++
		}
	}
	if count < 150 {
		t.Errorf("only %d pickles came through", count)
	}
}

// made sends values that Go has made.
func (s *stdlibPeer) made(t *testing.T) {
	rat, float := big.NewRat(22, 7), big.NewFloat(-0.1)
	two := 2
	deque := &pickle.Deque{Items: []any{int64(1), nil}, MaxLen: &two}
	ordered := new(pickle.OrderedDict)
	ordered.Set("b", int64(1))
	ordered.Set("a", int64(2))
	space := new(pickle.SimpleNamespace)
	space.Set("x", int64(1))
	counter := new(pickle.Counter)
	counter.Set(int64(7), int64(3))
	caused := pickle.KeyError.New(int64(1))
	caused.Cause = pickle.RemoteTraceback.New("text")
	for _, tt := range []struct {
		v      any
		code   string
		python int // the first minor version of 3 that has it; 0 for 2.7 too
	}{
		{pickle.Date{Year: 2024, Month: 2, Day: 29}, "dt.date(2024, 2, 29)", 0},
		{pickle.Time{Hour: 23, Microsecond: 1}, "dt.time(23, 0, 0, 1)", 0},
		{pickle.Datetime{Year: 1, Month: 1, Day: 1}, "dt.datetime(1, 1, 1)", 0},
		{pickle.Datetime{Year: 2020, Month: 10, Day: 25, Hour: 2, Fold: true}, "dt.datetime(2020, 10, 25, 2, fold=1)", 6},
		{pickle.Timedelta{Days: -1, Seconds: 2, Microseconds: 3}, "dt.timedelta(-1, 2, 3)", 0},
		{-1500 * time.Millisecond, "dt.timedelta(seconds=-1.5)", 0},
		{pickle.UTC, "dt.timezone.utc", 6},
		{pickle.Timezone{Offset: -time.Hour, Name: "X", Named: true}, "dt.timezone(dt.timedelta(hours=-1), 'X')", 6},
		{pickle.ZoneInfo("Europe/Berlin"), "zoneinfo.ZoneInfo('Europe/Berlin')", 9},
		{time.Unix(1e9, 123456789).UTC(), "dt.datetime(2001, 9, 9, 1, 46, 40, 123456, dt.timezone.utc)", 6},
		{time.Unix(0, 0).In(time.FixedZone("", 5400)), "dt.datetime(1970, 1, 1, 1, 30, tzinfo=dt.timezone(dt.timedelta(seconds=5400)))", 6},
		{time.Unix(0, 0).In(time.FixedZone("ABC", -60)), "dt.datetime(1969, 12, 31, 23, 59, tzinfo=dt.timezone(dt.timedelta(seconds=-60), 'ABC'))", 6},
		{must(pickle.ParseDecimal("1.20")), "D('1.20')", 0},
		{must(pickle.ParseDecimal("-1e+5")), "D('-1E+5')", 0},
		{pickle.Decimal{}, "D(0)", 0},
		{float, "D('-0.1')", 0},
		{rat, "fractions.Fraction(22, 7)", 0},
		{[]any{rat, rat}, "[fractions.Fraction(22, 7)] * 2", 0},
		{pickle.UUID{15: 1}, "uuid.UUID(int=1)", 0},
		{pickle.PurePosixPath("a/b"), "pathlib.PurePosixPath('a/b')", 6},
		{pickle.PosixPath("/a"), "pathlib.PosixPath('/a')", 6},
		{pickle.PureWindowsPath(`c:\a`), "pathlib.PureWindowsPath('c:/a')", 6},
		{netip.MustParseAddr("1.2.3.4"), "ipaddress.ip_address('1.2.3.4')", 6},
		{netip.MustParseAddr("::1"), "ipaddress.ip_address('::1')", 6},
		{netip.MustParseAddr("::ffff:1.2.3.4"), "ipaddress.ip_address('::ffff:1.2.3.4')", 6},
		{pickle.IPNetwork{Prefix: netip.MustParsePrefix("10.0.0.0/8")}, "ipaddress.ip_network('10.0.0.0/8')", 6},
		{pickle.IPInterface{Prefix: netip.MustParsePrefix("10.0.0.1/8")}, "ipaddress.ip_interface('10.0.0.1/8')", 6},
		{deque, "collections.deque([1, None], 2)", 0},
		{ordered, "collections.OrderedDict([(str('b'), 1), (str('a'), 2)])", 6},
		{space, "types.SimpleNamespace(x=1)", 6},
		{counter, "collections.Counter({7: 3})", 0},
		{&pickle.DefaultDict{Factory: pickle.Global{Module: "builtins", Name: "list"}}, "collections.defaultdict(list)", 0},
		{&pickle.DefaultDict{}, "collections.defaultdict()", 0},
		{httpStatus(404), "http.HTTPStatus.NOT_FOUND", 6},
		{caused, "rebuild_exc(KeyError(1), 'text')", 6},
		{&pickle.Pattern{Text: "a+", Flags: pickle.ReIgnoreCase}, "re.compile('a+', re.I)", 6},
		{pickle.NewArray([]float64{1.5, -2}), "array.array(str('d'), [1.5, -2])", 0},
		{&pickle.Array{Typecode: 'l', Items: []int64{-1}}, "array.array(str('l'), [-1])", 0},
		{&pickle.Array{Typecode: 'u', Items: []rune("aé")}, "array.array(str('u'), u'a\\xe9')", 0},
	} {
		if tt.python > 0 && !s.py.AtLeast(3, tt.python) {
			continue
		}
		for _, c := range s.codecs() {
			data, err := c.Marshal(t.Context(), tt.v)
			if err != nil {
				t.Errorf("%v at protocol %d: %v", tt.v, c.Protocol, err)
				continue
			}
			if answer := s.Ask(t, fmt.Sprintf("eval %x %s", data, tt.code)); answer != "ok" {
				t.Errorf("%v arrived at protocol %d as %s", tt.v, c.Protocol, answer)
			}
		}
	}
}

// zones compares what both make of a date, a time and a fold in zones with many transitions.
func (s *stdlibPeer) zones(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	ambiguous := 0
	for _, key := range []pickle.ZoneInfo{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata"} {
		loc, err := key.Location()
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			// At, before or after a transition, if the zone has one then.
			moment := time.Unix(random.Int64N(2_000_000_000), 0).In(loc)
			if _, end := moment.ZoneBounds(); !end.IsZero() {
				moment = end
			}
			moment = moment.Add(time.Duration(random.Int64N(240)-120) * time.Minute)
			s.instant(t, moment)

			wall, err := pickle.DatetimeOf(moment)
			if err != nil {
				t.Fatal(err)
			}
			if wall.Zone != any(key) {
				t.Errorf("the zone of %v is %v", moment, wall.Zone)
			}
			wall.Fold = !wall.Fold
			other, err := wall.Time()
			if err != nil {
				t.Fatal(err)
			}
			if !other.Equal(moment) {
				ambiguous++
			}
			s.at(t, wall, other)
		}
	}
	if ambiguous < 20 {
		t.Errorf("only %d times were ambiguous", ambiguous)
	}
}

// instant sends a Go time, which Python must take to be the same instant.
func (s *stdlibPeer) instant(t *testing.T, moment time.Time) { s.at(t, moment, moment) }

func (s *stdlibPeer) at(t *testing.T, v any, moment time.Time) {
	t.Helper()
	data, err := pickle.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if answer := s.Ask(t, fmt.Sprintf("instant %x %d", data, moment.Unix())); answer != "ok" {
		t.Errorf("%v: %s", v, answer)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
