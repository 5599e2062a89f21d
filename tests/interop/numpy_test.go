package interop

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/numpy"
	"github.com/brine-go/brine/tests/harness"
)

// TestNumpy passes numpy's values through Go and back, in band and out of band.
func TestNumpy(t *testing.T) {
	values, err := filepath.Abs("../../pyinterop/numpy/testdata")
	if err != nil {
		t.Fatal(err)
	}
	met := false
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) || !py.Has("numpy") {
			return // which is tested with those that have it
		}
		met = true
		s := &numpyPeer{py.With("NUMPY_VALUES="+values).Start(t, "../python/numpy_peer.py")}
		s.relay(t)
		s.made(t)
	})
	const missing = "no Python here has numpy; make deps installs Debian's"
	switch {
	case met:
	case strings.Contains(os.Getenv("PYTHONS"), "debian"):
		t.Error(missing)
	default:
		t.Log(missing)
	}
}

// A numpyPeer judges what it is sent.
type numpyPeer struct{ *harness.Peer }

func numpyCodec() pickle.Codec {
	r := pickle.Stdlib()
	numpy.Register(r)
	return pickle.Codec{Registry: r}
}

// encode writes a value by every protocol, and by the fifth with buffers out of band.
func (s *numpyPeer) encode(t *testing.T, v any, send func(p pickle.Protocol, data, buffers string)) {
	t.Helper()
	for _, p := range []pickle.Protocol{pickle.Protocol0, 1, 2, 3, 4, 5, -5} {
		c := numpyCodec()
		c.Protocol = p
		var buffers []string
		if p == -5 {
			c.Protocol = 5
			c.OutOfBand = func(b *pickle.Buffer) bool {
				buffers = append(buffers, hex.EncodeToString(b.Bytes))
				return true
			}
		}
		data, err := c.Marshal(t.Context(), v)
		if err != nil {
			t.Errorf("%T at protocol %d: %v", v, p, err)
			continue
		}
		text := strings.Join(buffers, ",")
		if buffers == nil {
			text = "-"
		}
		send(p, hex.EncodeToString(data), text)
	}
}

func (s *numpyPeer) relay(t *testing.T) {
	var sent [][]string
	for line := s.Line(t); line != ""; line = s.Line(t) {
		sent = append(sent, strings.Split(line, " "))
	}
	count := 0
	for _, m := range sent {
		data, err := hex.DecodeString(m[3])
		if err != nil {
			t.Fatal(err)
		}
		c := numpyCodec()
		if m[4] != "-" {
			for _, b := range strings.Split(m[4], ",") {
				buffer, err := hex.DecodeString(b)
				if err != nil {
					t.Fatal(err)
				}
				c.Buffers = append(c.Buffers, buffer)
			}
		}
		v, err := c.Decode(t.Context(), data)
		if err != nil {
			t.Errorf("%s at protocol %s: %v", m[1], m[2], err)
			continue
		}
		s.encode(t, v, func(p pickle.Protocol, data, buffers string) {
			if answer := s.Ask(t, fmt.Sprintf("same %s %s %s", m[0], data, buffers)); answer != "ok" {
				t.Errorf("%s of protocol %s, read as %T, came back at protocol %d as %s", m[1], m[2], v, p, answer)
			}
			count++
		})
	}
	if count < 3000 {
		t.Errorf("only %d pickles came through", count)
	}
}

func (s *numpyPeer) made(t *testing.T) {
	times, err := numpy.NewTimes([]time.Time{time.Unix(1, 5)})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := numpy.NewStruct(numpy.Field{Name: "a", Dtype: numpy.Int32}, numpy.Field{Name: "b", Dtype: numpy.Float64})
	if err != nil {
		t.Fatal(err)
	}
	fortran := numpy.New([]int{2, 2}, []int16{1, 2, 3, 4})
	fortran.Fortran = true
	for _, tt := range []struct {
		v    any
		code string
	}{
		{numpy.New([]int{3}, []float64{1, 2.5, -3}), "np.array([1, 2.5, -3])"},
		{numpy.New([]int{2, 2}, []int8{1, 2, 3, 4}), "np.array([[1, 2], [3, 4]], dtype='i1')"},
		{fortran, "np.asfortranarray(np.array([[1, 3], [2, 4]], dtype='i2'))"},
		{numpy.New(nil, []uint64{7}), "np.array(7, dtype='u8')"},
		{numpy.New([]int{0, 3}, []bool{}), "np.zeros((0, 3), dtype='?')"},
		{numpy.New([]int{1}, []complex64{1i}), "np.array([1j], dtype='c8')"},
		{times, "np.array(['1970-01-01T00:00:01.000000005'], dtype='M8[ns]')"},
		{numpy.NewScalar(float32(1.5)), "np.float32(1.5)"},
		{numpy.NewScalar(true), "np.bool_(True)"},
		{pair, "np.dtype([('a', 'i4'), ('b', 'f8')])"},
		{numpy.Float64, "np.dtype('f8')"},
		{&numpy.Array{Dtype: pair, Shape: []int{1}, Data: make([]byte, 12)}, "np.zeros(1, dtype=[('a', 'i4'), ('b', 'f8')])"},
		{&numpy.Array{Dtype: numpy.Object, Shape: []int{2}, Objects: []any{int64(1), "a"}}, "np.array([1, 'a'], dtype=object)"},
	} {
		s.encode(t, tt.v, func(p pickle.Protocol, data, buffers string) {
			if answer := s.Ask(t, fmt.Sprintf("eval %s %s %s", data, buffers, tt.code)); answer != "ok" {
				t.Errorf("%s arrived at protocol %d as %s", tt.code, p, answer)
			}
		})
	}
}
