package numpy

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
)

// A vector is what numpy wrote for a value.
type vector struct {
	name, protocol string
	data           []byte
	buffers        [][]byte
}

// read are the vectors once they are.
var read []vector

func vectors(t testing.TB) []vector {
	if read != nil {
		return read
	}
	f, err := os.Open("testdata/numpy1.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 4 {
			continue
		}
		v := vector{name: fields[0], protocol: fields[1], data: unhex(t, fields[2])}
		if fields[3] != "-" {
			for _, b := range strings.Split(fields[3], ",") {
				v.buffers = append(v.buffers, unhex(t, b))
			}
		}
		all = append(all, v)
	}
	if len(all) < 400 {
		t.Fatalf("only %d vectors", len(all))
	}
	read = all
	return all
}

func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func codec() pickle.Codec {
	r := pickle.Stdlib()
	Register(r)
	return pickle.Codec{Registry: r}
}

// find decodes the vector of a name and a protocol.
func find(t testing.TB, name, protocol string) any {
	t.Helper()
	for _, v := range vectors(t) {
		if v.name == name && v.protocol == protocol {
			c := codec()
			c.Buffers = v.buffers
			got, err := c.Decode(t.Context(), v.data)
			if err != nil {
				t.Fatalf("%s at protocol %s: %v", name, protocol, err)
			}
			return got
		}
	}
	t.Fatalf("no vector %q", name)
	return nil
}

// Whatever the protocol, numpy's values are read alike, leave by every protocol, and
// are read alike again. Names of numpy 2 make no difference.
func TestVectors(t *testing.T) {
	first := map[string]any{}
	for _, vec := range vectors(t) {
		c := codec()
		c.Buffers = vec.buffers
		v, err := c.Decode(t.Context(), vec.data)
		if err != nil {
			t.Errorf("%s at protocol %s: %v", vec.name, vec.protocol, err)
			continue
		}
		if first[vec.name] == nil {
			first[vec.name] = v
			continue
		}
		want := first[vec.name]
		if !same(v, want) {
			t.Errorf("%s at protocol %s is %+v, want %+v", vec.name, vec.protocol, v, want)
		}
		for _, p := range []pickle.Protocol{pickle.Protocol0, 1, 2, 3, 4, 5} {
			c := codec()
			c.Protocol = p
			again(t, vec, want, v, c)
			if p == 5 {
				c.OutOfBand = func(*pickle.Buffer) bool { return true }
				again(t, vec, want, v, c)
			}
		}
		if _, inert := v.(*pickle.Object); vec.protocol == "1" && !inert { // where names are lines
			renamed := bytes.ReplaceAll(vec.data, []byte("numpy.core."), []byte("numpy._core."))
			if v, err := c.Decode(t.Context(), renamed); err != nil || !same(v, want) {
				t.Errorf("%s by numpy 2 is %+v, %v; want %+v", vec.name, v, err, want)
			}
		}
	}
}

func again(t *testing.T, vec vector, want, v any, c pickle.Codec) {
	t.Helper()
	var buffers [][]byte
	if c.OutOfBand != nil {
		c.OutOfBand = func(b *pickle.Buffer) bool {
			buffers = append(buffers, b.Bytes)
			return true
		}
	}
	data, err := c.Marshal(t.Context(), v)
	if err != nil {
		t.Errorf("%s: writing at protocol %d: %v", vec.name, c.Protocol, err)
		return
	}
	c.Buffers = buffers
	back, err := c.Decode(t.Context(), data)
	if err != nil {
		t.Errorf("%s again at protocol %d: %v", vec.name, c.Protocol, err)
		return
	}
	if !same(back, want) {
		t.Errorf("%s again at protocol %d is %+v, want %+v", vec.name, c.Protocol, back, want)
	}
}

// same compares values of this package by what they hold; only protocol 5 tells what
// is read-only. Those that stay inert are compared as pickle does.
func same(a, b any) bool {
	switch x := a.(type) {
	case *Array:
		y, ok := b.(*Array)
		return ok && same(x.Dtype, y.Dtype) && reflect.DeepEqual(x.Shape, y.Shape) && x.Fortran == y.Fortran &&
			bytes.Equal(x.Data, y.Data) && equal(&pickle.List{Items: x.Objects}, &pickle.List{Items: y.Objects})
	case *Scalar:
		y, ok := b.(*Scalar)
		return ok && same(x.Dtype, y.Dtype) && bytes.Equal(x.Data, y.Data)
	case *Dtype:
		y, ok := b.(*Dtype)
		return ok && equal(plain(x), plain(y))
	case *pickle.List:
		y, ok := b.(*pickle.List)
		if !ok || len(x.Items) != len(y.Items) {
			return false
		}
		for i := range x.Items {
			if !same(x.Items[i], y.Items[i]) || (x.Items[i] == x.Items[0]) != (y.Items[i] == y.Items[0]) {
				return false
			}
		}
		return true
	}
	data, err := pickle.Marshal(a)
	other, err2 := pickle.Marshal(b)
	return err == nil && err2 == nil && equal(decoded(data), decoded(other))
}

// plain is a dtype as its state, for comparison.
func plain(d *Dtype) any {
	s := d.state()
	for i, f := range d.Fields {
		s = append(s, pickle.Tuple{int64(i), f.Name, f.Title, int64(f.Offset), plain(f.Dtype)})
	}
	if d.Base != nil {
		s = append(s, plain(d.Base), shapeTuple(d.Shape))
	}
	s[2], s[4] = nil, nil // which hold dtypes by identity
	return append(pickle.Tuple{d.code()}, s...)
}

func decoded(data []byte) any {
	v, err := pickle.Codec{}.Decode(nil, data)
	if err != nil {
		return err
	}
	return v
}

func equal(a, b any) bool {
	ok, err := pickle.Equal(a, b)
	return ok && err == nil
}

func TestItems(t *testing.T) {
	for _, tt := range []struct {
		name string
		want []any
	}{
		{"array ?", []any{false, true, true}},
		{"array b", []any{int64(0), int64(1), int64(1)}},
		{"array >i2", []any{int64(0), int64(1), int64(1)}},
		{"array >u4", []any{uint64(0), uint64(1), uint64(1)}},
		{"array e", []any{0.0, 1.0, 1.0}},
		{"array >f8", []any{0.0, 1.0, 1.0}},
		{"array >c8", []any{complex(0, 0), complex(1, 0), complex(1, 0)}},
		{"S", []any{[]byte("ab"), []byte("c"), []byte("")}},
		{"U", []any{"ab", "é😀", ""}},
		{"V", []any{[]byte("abc"), []byte("def")}},
		{"M8[ns]", []any{time.Unix(0, 0).UTC(), time.Unix(0, 1).UTC(), time.Unix(0, -1).UTC()}},
		{"M8[ps]", []any{time.Unix(0, 0).UTC(), time.Unix(0, 0).UTC(), time.Unix(0, -1).UTC()}},
		{"M8[25s]", []any{time.Unix(0, 0).UTC(), time.Unix(25, 0).UTC(), time.Unix(-25, 0).UTC()}},
		{"M8[M]", []any{time.Unix(0, 0).UTC(), time.Date(1970, 2, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 1, 0, 0, 0, 0, time.UTC)}},
		{"M8[Y]", []any{time.Unix(0, 0).UTC(), time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)}},
		{"m8[W]", []any{time.Duration(0), 7 * 24 * time.Hour, -7 * 24 * time.Hour}},
		{"m8[us]", []any{time.Duration(0), time.Microsecond, -time.Microsecond}},
		{"struct", []any{map[string]any{"a": int64(1), "b": 2.5}, map[string]any{"a": int64(3), "b": 4.5}}},
		{"objects", []any{int64(1), "a", nil, pickle.NewList(int64(2))}},
	} {
		a, ok := find(t, tt.name, "4").(*Array)
		if !ok || a.Len() != len(tt.want) {
			t.Errorf("%s: %+v", tt.name, a)
			continue
		}
		for i, want := range tt.want {
			if got, err := a.Item(i); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("item %d of %s is %#v, %v; want %#v", i, tt.name, got, err, want)
			}
		}
	}
	for _, name := range []string{"NaT", "M8", "m8[M]", "array g"} {
		if got, err := find(t, name, "4").(*Array).Item(0); err == nil {
			t.Errorf("item of %s is %v", name, got)
		}
	}
}

func TestViews(t *testing.T) {
	a := find(t, "fortran", "5").(*Array)
	items, err := As[float64](a)
	if want := []float64{0, 3, 1, 4, 2, 5}; err != nil || !reflect.DeepEqual(items, want) {
		t.Errorf("got %v, %v; want %v", items, err, want)
	}
	if at, err := a.Offset(1, 2); err != nil || items[at] != 5 {
		t.Errorf("a[1, 2] is at %d, %v", at, err)
	}
	a = find(t, "columns O", "4").(*Array)
	if at, err := a.Offset(1, 0); err != nil || !a.Fortran || a.Objects[at] != any(int64(4)) {
		t.Errorf("an object of Fortran's order is at %d, %v", at, err)
	}
	a = find(t, "shape", "4").(*Array)
	ints, err := As[int32](a)
	if at, err2 := a.Offset(1, 2, 3); err != nil || err2 != nil || ints[at] != 23 {
		t.Errorf("a[1, 2, 3] is at %d: %v, %v", at, err, err2)
	}
	if _, err := a.Offset(2, 0, 0); err == nil {
		t.Error("an index too large was taken")
	}
	if _, err := As[int64](a); err == nil || errors.Is(err, ErrNoView) {
		t.Errorf("int32 as int64: %v", err)
	}
	big := find(t, "array >f8", "4").(*Array)
	if _, err := View[float64](big); nativeOrder == '<' && !errors.Is(err, ErrNoView) {
		t.Errorf("View of the other byte order: %v", err)
	}
	if items, err := As[float64](big); err != nil || items[1] != 1 {
		t.Errorf("As of the other byte order: %v, %v", items, err)
	}
	if items, err := As[complex64](find(t, "array >c8", "4").(*Array)); err != nil || items[1] != 1 {
		t.Errorf("As of complex numbers: %v, %v", items, err)
	}
	numbers := []float64{1, 2, 3, 4}
	made := New([]int{2, 2}, numbers)
	view, err := View[float64](made)
	if err != nil || &view[0] != &numbers[0] {
		t.Errorf("a view of another memory, %v", err)
	}
	unaligned := &Array{Dtype: Float64, Shape: []int{1}, Data: append(make([]byte, 1, 16), made.Data[:8]...)[1:]}
	if _, err := View[float64](unaligned); !errors.Is(err, ErrNoView) {
		t.Errorf("View of an odd address: %v", err)
	}
	if items, err := As[float64](unaligned); err != nil || items[0] != 1 {
		t.Errorf("As of an odd address: %v, %v", items, err)
	}
	field, err := find(t, "struct", "5").(*Array).Field("b")
	if err != nil {
		t.Fatal(err)
	}
	if items, err := As[float64](field); err != nil || !reflect.DeepEqual(items, []float64{2.5, 4.5}) {
		t.Errorf("field b is %v, %v", items, err)
	}
}

// Out of band and, if the codec aliases, in band, arrays lie where the bytes came.
func TestNoCopy(t *testing.T) {
	numbers := make([]float64, 1000)
	c := codec()
	c.Protocol = pickle.Protocol5
	var sent [][]byte
	c.OutOfBand = func(b *pickle.Buffer) bool {
		sent = append(sent, b.Bytes)
		return true
	}
	data, err := c.Marshal(t.Context(), New([]int{1000}, numbers))
	if err != nil || len(data) > 200 || len(sent) != 1 || &sent[0][0] != &bytesOf(numbers)[0] {
		t.Fatalf("%d bytes in band, %d buffers, %v", len(data), len(sent), err)
	}
	c.Buffers = sent
	v, err := c.Decode(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	if items, err := View[float64](v.(*Array)); err != nil || &items[0] != &numbers[0] {
		t.Errorf("the array lies elsewhere, %v", err)
	}

	c = codec()
	c.Alias, c.Protocol = true, pickle.Protocol5
	if data, err = c.Marshal(t.Context(), New([]int{1000}, numbers)); err != nil {
		t.Fatal(err)
	}
	if v, err = c.Decode(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(data, make([]byte, 8000))
	if at < 0 || &v.(*Array).Data[0] != &data[at] {
		t.Error("the array does not lie in the pickle")
	}
}

func TestTyped(t *testing.T) {
	c := codec()
	data, err := c.Marshal(t.Context(), pickle.Tuple{New([]int{2}, []float64{1, 2}), NewScalar(int32(7)), NewScalar(2.5), New(nil, []int64{9})})
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		_      struct{} `pickle:",tuple"`
		Items  []float64
		Whole  int
		Real   float64
		Single *Array
	}
	var first []any
	if err := c.Unmarshal(t.Context(), data, &first); err != nil {
		t.Fatal(err)
	}
	for i, ptr := range []any{&v.Items, &v.Whole, &v.Real, &v.Single} {
		one, err := c.Marshal(t.Context(), first[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Unmarshal(t.Context(), one, ptr); err != nil {
			t.Errorf("into %T: %v", ptr, err)
		}
	}
	if !reflect.DeepEqual(v.Items, []float64{1, 2}) || v.Whole != 7 || v.Real != 2.5 || v.Single == nil || v.Single.Len() != 1 {
		t.Errorf("got %+v", v)
	}
	var small int8
	one, _ := c.Marshal(t.Context(), NewScalar(int32(700)))
	if err := c.Unmarshal(t.Context(), one, &small); err == nil {
		t.Errorf("700 as an int8 is %d", small)
	}
}

func TestTimes(t *testing.T) {
	times := []time.Time{time.Unix(1, 5).UTC(), time.Unix(-1, 0).UTC()}
	a, err := NewTimes(times)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.Times(); err != nil || !reflect.DeepEqual(got, times) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := NewTimes([]time.Time{time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)}); err == nil {
		t.Error("the year 2500 fits in nanoseconds")
	}
	if got, err := find(t, "m8[25s]", "2").(*Array).Durations(); err != nil || got[1] != 25*time.Second {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestFloat16(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0x3c00: 1, 0xc000: -2, 0x0001: math.Ldexp(1, -24), 0x7bff: 65504, 0x7c00: math.Inf(1), 0x3555: 0.333251953125,
	} {
		if got := Float16(bits); got != want {
			t.Errorf("Float16(%#x) = %v, want %v", bits, got, want)
		}
	}
}

// dtypeOps are the opcodes of a dtype: GLOBAL, arguments, REDUCE, state, BUILD.
func dtypeOps(code, state string) string {
	return "cnumpy\ndtype\nX" + string([]byte{byte(len(code)), 0, 0, 0}) + code + "\x89\x88\x87R(" + state + "tb"
}

const plainState = "K\x03X\x01\x00\x00\x00<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00"

// What does not fit is an error that takes no memory, or stays inert.
func TestHostile(t *testing.T) {
	f8 := dtypeOps("f8", plainState)
	buffer := "cnumpy.core.numeric\n_frombuffer\n("
	reconstruct := "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01"
	huge := "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"
	for _, tt := range []struct {
		name, data string
		inert      bool
	}{
		{"too few bytes", buffer + "C\x08abcdefgh" + f8 + "K\x02\x85X\x01\x00\x00\x00CtR.", false},
		{"a shape beyond memory", buffer + "C\x08abcdefgh" + f8 + huge + huge + "\x86X\x01\x00\x00\x00CtR.", false},
		{"a product that wraps around", buffer + "C\x00" + f8 + "\x8a\x05\x00\x00\x00\x00\x01\x8a\x05\x00\x00\x00\x00\x01\x86X\x01\x00\x00\x00CtR.", false},
		{"a negative size", buffer + "C\x00" + f8 + "J\xff\xff\xff\xff\x85X\x01\x00\x00\x00CtR.", false},
		{"a zero beside one too large", buffer + "C\x00" + f8 + "K\x00" + huge + huge + "\x87X\x01\x00\x00\x00CtR.", false},
		{"65 dimensions", buffer + "C\x08abcdefgh" + f8 + "(" + strings.Repeat("K\x01", 65) + "tX\x01\x00\x00\x00CtR.", false},
		{"many items of nothing", buffer + "C\x00" + dtypeOps("S0", "K\x03X\x01\x00\x00\x00|NNNK\x00K\x01K\x00") + huge + "\x85X\x01\x00\x00\x00CtR.", false},
		{"an order of its own", buffer + "C\x08abcdefgh" + f8 + "K\x01\x85X\x01\x00\x00\x00DtR.", true},
		{"objects from bytes", buffer + "C\x08abcdefgh" + dtypeOps("O8", plainState) + "K\x01\x85X\x01\x00\x00\x00CtR.", true},
		{"a state with too few objects", reconstruct + "K\x02\x85" + dtypeOps("O8", strings.Replace(plainState, "<", "|", 1)) + "\x89]K\x01atb.", false},
		{"a state with bytes for objects", reconstruct + "K\x01\x85" + dtypeOps("O8", plainState) + "\x89C\x08abcdefghtb.", false},
		{"a state with a class for a dtype", reconstruct + "K\x01\x85cm\nC\n\x89C\x00tb.", true},
		{"a dtype of the Z kind", "cnumpy\ndtype\nX\x02\x00\x00\x00Z8\x89\x88\x87R.", true},
		{"a float of 3 bytes", "cnumpy\ndtype\nX\x02\x00\x00\x00f3\x89\x88\x87R.", true},
		{"an item of 2**40 bytes", "cnumpy\ndtype\nX\x0e\x00\x00\x00S1099511627776\x89\x88\x87R.", true},
		{"a field outside", dtypeOps("V4", "K\x03X\x01\x00\x00\x00|NX\x01\x00\x00\x00a\x85}X\x01\x00\x00\x00a"+f8+"K\x00\x86sK\x04K\x01K\x10") + ".", true},
		{"a structure in itself", "cnumpy\ndtype\nX\x02\x00\x00\x00V0\x89\x88\x87Rq\x00(K\x03X\x01\x00\x00\x00|NX\x01\x00\x00\x00a\x85}X\x01\x00\x00\x00ah\x00K\x00\x86sK\x00K\x01K\x10tb.", true},
	} {
		v, err := codec().Decode(t.Context(), []byte("\x80\x02"+tt.data))
		if !tt.inert {
			if err == nil || !strings.Contains(err.Error(), "numpy") {
				t.Errorf("%s is read as %+v, %v", tt.name, v, err)
			}
			continue
		}
		if _, ok := v.(*pickle.Object); !ok || err != nil {
			t.Errorf("%s is read as %#v, %v", tt.name, v, err)
		}
	}
}

// A structure cannot be made a part of its own part afterwards.
func TestDtypeCycle(t *testing.T) {
	field := func(of string) string {
		return "(K\x03X\x01\x00\x00\x00|NX\x01\x00\x00\x00a\x85}X\x01\x00\x00\x00a" + of + "K\x00\x86sK\x00K\x01K\x10tb"
	}
	make := "cnumpy\ndtype\nX\x02\x00\x00\x00V0\x89\x88\x87R"
	data := "\x80\x02" + make + "q\x00" + make + "q\x01" + field("h\x00") + "0h\x00" + field("h\x01") + "."
	v, err := codec().Decode(t.Context(), []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := v.(*Dtype); ok {
		t.Errorf("got a dtype with the field %+v", d.Fields)
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range vectors(f) {
		if v.protocol == "2" || v.protocol == "5" {
			f.Add(v.data)
		}
	}
	c := codec()
	c.Alias = true
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := c.Decode(t.Context(), data)
		if err != nil || len(data) > 4096 {
			return
		}
		if a, ok := v.(*Array); ok {
			for i := range min(a.Len(), 100) {
				a.Item(i)
			}
			a.Strings()
			As[float64](a)
		}
		for _, ptr := range []any{new([]int), new([][]float64), new([]any), new([][][]string), new([][]byte), new([2][]time.Time), new(float32)} {
			c.Assign(t.Context(), ptr, v)
		}
		out, err := c.Marshal(t.Context(), v)
		if err != nil {
			return
		}
		if _, err := c.Decode(t.Context(), out); err != nil {
			t.Fatalf("%q was written as %q: %v", data, out, err)
		}
	})
}
