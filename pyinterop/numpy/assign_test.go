package numpy

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
)

type (
	row     []float64
	celsius float64
	label   string
)

// unmarshal reads every pickle of a vector into a variable of the type of want.
func unmarshal(t *testing.T, name string, typ reflect.Type, check func(protocol string, got any, err error)) {
	t.Helper()
	met := false
	for _, v := range vectors(t) {
		if v.name != name {
			continue
		}
		met = true
		c := codec()
		c.Buffers = v.buffers
		ptr := reflect.New(typ)
		err := c.Unmarshal(t.Context(), v.data, ptr.Interface())
		check(v.protocol, ptr.Elem().Interface(), err)
	}
	if !met {
		t.Errorf("no vector %q", name)
	}
}

// What numpy wrote, in either order of memory and of bytes, fills Go's types.
func TestUnmarshal(t *testing.T) {
	ints := [][]int{{1, -2, 3}, {4, 5, 60}}
	at := func(s int64) time.Time { return time.Unix(s, 0).UTC() }
	ms := time.Millisecond
	type z = complex128
	for _, tt := range []struct {
		array string // of both orders of memory, if it begins with a dash
		want  any
	}{
		{"array l", []int{0, 1, 1}},
		{"array >i2", []int{0, 1, 1}},
		{"array B", []uint{0, 1, 1}},
		{"array b", []byte{0, 1, 1}},
		{"array L", []int8{0, 1, 1}},
		{"array f", row{0, 1, 1}},
		{"array >f8", row{0, 1, 1}},
		{"array d", []celsius{0, 1, 1}},
		{"array e", [3]float64{0, 1, 1}},
		{"array i", [3]int16{0, 1, 1}},
		{"array h", []float32{0, 1, 1}},
		{"array >u4", []float64{0, 1, 1}},
		{"array F", []complex128{0, 1, 1}},
		{"array e", []uint16{0, 0x3c00, 0x3c00}}, // its bits, as As returns them
		{"array ?", []any{false, true, true}},
		{"readonly", []float64{0, 1, 2}},
		{"readonly", [3]float64{0, 1, 2}},
		{"S", []string{"ab", "c", ""}},
		{"S", [][]byte{[]byte("ab"), []byte("c"), {}}},
		{"S", []any{[]byte("ab"), []byte("c"), []byte{}}},
		{"V", [][]byte{[]byte("abc"), []byte("def")}},
		{"U", []label{"ab", "é😀", ""}},
		{"M8[25s]", []time.Time{at(0), at(25), at(-25)}},
		{"m8[h]", []time.Duration{0, time.Hour, -time.Hour}},
		{"m8[h]", []any{time.Duration(0), time.Hour, -time.Hour}},
		{"m8[h]", []int64{0, 1, -1}},
		{"objects", []any{int64(1), "a", nil, pickle.NewList(int64(2))}},
		{"objects 2-d", [][]any{{int64(1), int64(2)}, {int64(3), "x"}}},
		{"struct of objects", []any{pickle.Tuple{[]byte("a"), pickle.NewList(int64(1))}}},
		{"large", []int64{1 << 53, 1<<53 + 1}},
		{"largest", []uint64{math.MaxUint64}},
		{"largest", []any{uint64(math.MaxUint64)}},
		{"far", []float64{1e300}},

		{"- i1", ints},
		{"- >i2", [][]int64{{1, -2, 3}, {4, 5, 60}}},
		{"- i4", [][]int32{{1, -2, 3}, {4, 5, 60}}},
		{"- i4", []row{{1, -2, 3}, {4, 5, 60}}},
		{"- >i8", [][]int8{{1, -2, 3}, {4, 5, 60}}},
		{"- >i8", [2][3]int64{{1, -2, 3}, {4, 5, 60}}},
		{"- >i8", [][3]float32{{1, -2, 3}, {4, 5, 60}}},
		{"- u8", [][]uint64{{1, 1<<64 - 2, 3}, {4, 5, 60}}},
		{"- e", [][]float32{{1, -2, 3}, {4, 5, 60}}},
		{"- >e", [2][]celsius{{1, -2, 3}, {4, 5, 60}}},
		{"- f", [][]float64{{1, -2, 3}, {4, 5, 60}}},
		{"- >f8", [][]float64{{1, -2, 3}, {4, 5, 60}}},
		{"- >f8", [][]float32{{1, -2, 3}, {4, 5, 60}}},
		{"- c8", [][]z{{1, -2, 3}, {4, 5, 60}}},
		{"- >c16", [][]complex64{{1, -2, 3}, {4, 5, 60}}},
		{"- ?", [][]bool{{true, true, true}, {true, true, true}}},
		{"- M8[s]", [][]time.Time{{at(1), at(-2), at(3)}, {at(4), at(5), at(60)}}},
		{"- >m8[ms]", [][]time.Duration{{ms, -2 * ms, 3 * ms}, {4 * ms, 5 * ms, 60 * ms}}},
		{"- S2", [][]string{{"1", "-2", "3"}, {"4", "5", "60"}}},
		{"- >U2", [][]label{{"1", "-2", "3"}, {"4", "5", "60"}}},
		{"- O", [][]any{{int64(1), int64(-2), int64(3)}, {int64(4), int64(5), int64(60)}}},

		{"block", [][][]int32{
			{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}}, {{12, 13, 14, 15}, {16, 17, 18, 19}, {20, 21, 22, 23}},
		}},
		{"block in Fortran's order", [2][3][4]int64{
			{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}}, {{12, 13, 14, 15}, {16, 17, 18, 19}, {20, 21, 22, 23}},
		}},
		{"transposed", [][][]int16{
			{{0, 12}, {4, 16}, {8, 20}}, {{1, 13}, {5, 17}, {9, 21}}, {{2, 14}, {6, 18}, {10, 22}}, {{3, 15}, {7, 19}, {11, 23}},
		}},
		{"no rows", [][]int32{}},
		{"no rows", [0][]int64{}},
		{"rows of nothing", [][]int64{{}, {}, {}}},
		{"empty", [][]float64{}},

		{"0-d", 5.5},
		{"0-d", celsius(5.5)},
		{"scalar i", 1.0},
		{"scalar >u4", float32(1)},
		{"scalar F", complex64(1)},
		{"scalar U", label("aé")},
		{"scalar S", label("ab")},
		{"scalar S", []byte("ab")},
		{"scalar V", []byte("abc")},
	} {
		names := []string{tt.array}
		if kind, both := strings.CutPrefix(tt.array, "-"); both {
			names = []string{"rows" + kind, "columns" + kind}
		}
		for _, name := range names {
			unmarshal(t, name, reflect.TypeOf(tt.want), func(protocol string, got any, err error) {
				if err != nil || !reflect.DeepEqual(got, tt.want) {
					t.Errorf("%s at protocol %s into %T: %v, %v; want %v", name, protocol, tt.want, got, err, tt.want)
				}
			})
		}
	}
}

// What does not fit is refused by name.
func TestMisfits(t *testing.T) {
	for _, tt := range []struct {
		name string
		into any
		want string
	}{
		{"fortran", []float64{}, "numpy.ndarray of float64 with shape (2, 3) into a Go value of type []float64"},
		{"array d", [][]float64{}, "numpy.ndarray of float64 with shape (3,) into a Go value of type [][]float64"},
		{"array d", 1.5, "numpy.ndarray of float64 with shape (3,) into a Go value of type float64"},
		{"0-d", []float64{}, "numpy.ndarray of float64 with shape () into a Go value of type []float64"},
		{"array d", [2]float64{}, "shape (3,) into a Go value of type [2]float64"},
		{"rows >f8", [2][2]float64{}, "numpy.ndarray of >f8 with shape (2, 3) into"},
		{"array d", []int{}, "numpy.ndarray of float64"},
		{"array l", []bool{}, "numpy.ndarray of int64"},
		{"array ?", []int{}, "numpy.ndarray of bool"},
		{"array d", []complex128{}, "numpy.ndarray of float64"},
		{"array g", []float64{}, "numpy.ndarray of float128"},
		{"array d", []string{}, "numpy.ndarray of float64"},
		{"array d", []error{}, "numpy.ndarray of float64"},
		{"array d", []*float64{}, "numpy.ndarray of float64"},
		{"U", []float64{}, "numpy.ndarray of <U2"},
		{"U", [][]byte{}, "numpy.ndarray of <U2"},
		{"M8[h]", []time.Duration{}, "numpy.ndarray of datetime64[h]"},
		{"m8[h]", []time.Time{}, "numpy.ndarray of timedelta64[h]"},
		{"NaT", []time.Time{}, "is no time"},
		{"struct", []any{}, "numpy.ndarray of |V12"},
		{"objects", []string{}, "numpy.ndarray of object"},
		{"rows i1", [][]uint{}, "item 1 is -2"},
		{"columns i1", [][]uint64{}, "item 1 is -2"},
		{"rows u8", [][]int{}, "item 1 is 18446744073709551614"},
		{"rows u8", [][]float64{}, "item 1 is 18446744073709551614"},
		{"large", []float64{}, "item 1 is 9007199254740993"},
		{"large", []float32{}, "item 1 is 9007199254740993"},
		{"large", []int32{}, "item 0 is 9007199254740992"},
		{"largest", []int{}, "item 0 is 18446744073709551615"},
		{"far", []float32{}, "item 0 is 1e+300"},
		{"scalar d", 1, "numpy.float64 1 into a Go value of type int"},
		{"scalar >u4", "", "numpy.uint32 1 into a Go value of type string"},
		{"scalar M8", 1, "a numpy scalar of datetime64[D] into a Go value of type int"},
	} {
		unmarshal(t, tt.name, reflect.TypeOf(tt.into), func(protocol string, got any, err error) {
			misfit, ok := errors.AsType[*pickle.UnmarshalTypeError](err)
			if !ok || !strings.Contains(misfit.Error(), tt.want) {
				t.Errorf("%s at protocol %s into %T: %v, %v; want %q", tt.name, protocol, tt.into, got, err, tt.want)
			}
		})
	}
}

// Arrays fill variables that are fields and items as well.
func TestUnmarshalWithin(t *testing.T) {
	c := codec()
	grid := New([]int{2, 2}, []int32{1, 2, 3, 4})
	data, err := c.Marshal(t.Context(), pickle.Tuple{grid, pickle.NewList(grid, grid)})
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		_     struct{} `pickle:",tuple"`
		Grid  [2][2]int64
		Grids []*[][]float64
	}
	if err := c.Unmarshal(t.Context(), data, &v); err != nil {
		t.Fatal(err)
	}
	if v.Grid != [2][2]int64{{1, 2}, {3, 4}} || len(v.Grids) != 2 || !reflect.DeepEqual(*v.Grids[1], [][]float64{{1, 2}, {3, 4}}) {
		t.Errorf("got %v", v)
	}
	var wrong struct {
		_    struct{} `pickle:",tuple"`
		Grid [][]int32
		More []string
	}
	err = c.Unmarshal(t.Context(), data, &wrong)
	if misfit, ok := errors.AsType[*pickle.UnmarshalTypeError](err); !ok || misfit.Field != "More[0]" {
		t.Errorf("got %v", err)
	}
}

// free is a charge that nobody pays.
func free(int) error { return nil }

// Memory is used where it lies if the program may write to it, and no row grows into the
// next.
func TestUnmarshalWhere(t *testing.T) {
	numbers := []int64{1, 2, 3, 4, 5, 6}
	at := func(a *Array, ptr any) {
		t.Helper()
		if ok, err := a.AssignPickle(ptr, free); !ok || err != nil {
			t.Fatalf("into %T: %v, %v", ptr, ok, err)
		}
	}
	var flat []int
	if at(New([]int{6}, numbers), &flat); reflect.TypeFor[int]().Size() == 8 {
		if flat[0] = 7; numbers[0] != 7 {
			t.Error("[]int was copied from int64")
		}
	}
	var rows [][]int64
	if at(New([]int{2, 3}, numbers), &rows); &rows[1][0] != &numbers[3] {
		t.Error("rows were copied")
	}
	if rows[0] = append(rows[0], 0); rows[1][0] != 4 {
		t.Error("a row grew into the next")
	}
	locked := New([]int{2, 3}, numbers)
	locked.ReadOnly = true
	if at(locked, &rows); &rows[1][0] == &numbers[3] {
		t.Error("rows may be written to where they may not")
	}
	locked.Shape = []int{6}
	if at(locked, &flat); flat[0] != 7 {
		t.Errorf("got %v", flat)
	}
	if flat[0] = 8; numbers[0] != 7 {
		t.Error("items may be written to where they may not")
	}
	text := &Array{Dtype: &Dtype{Kind: 'S', Size: 2, Order: '|'}, Shape: []int{2}, Data: []byte("ab\x00d"), ReadOnly: true}
	var parts [][]byte
	at(text, &parts)
	var anys []any
	at(text, &anys)
	parts[0][0], anys[1].([]byte)[1] = 'x', 'x'
	text.Shape, text.Dtype = []int{}, &Dtype{Kind: 'S', Size: 4, Order: '|'}
	var whole []byte
	at(text, &whole)
	if whole[0] = 'y'; string(text.Data) != "ab\x00d" {
		t.Errorf("got %q", text.Data)
	}
}

// []float64 stays the memory that the pickle's buffer has, and costs as little as before.
func TestUnmarshalVectorAllocates(t *testing.T) {
	a := New([]int{3}, []float64{1, 2, 3})
	var items []float64
	if n := testing.AllocsPerRun(100, func() { a.AssignPickle(&items, free) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// repeated is a pickle of n arrays of one memory.
func repeated(memory []byte, n int) []byte {
	var b bytes.Buffer
	b.WriteString("\x80\x04(cnumpy.core.numeric\n_frombuffer\nq\x00(B")
	b.Write([]byte{byte(len(memory)), byte(len(memory) >> 8), byte(len(memory) >> 16), 0})
	b.Write(memory)
	b.WriteString("q\x01" + dtypeOps("i1", strings.Replace(plainState, "<", "|", 1)) + "q\x02M\x00\x40\x85q\x03X\x01\x00\x00\x00Cq\x04tR")
	for range n {
		b.WriteString("h\x00(h\x01h\x02h\x03h\x04tR")
	}
	b.WriteString("l.")
	return b.Bytes()
}

// Copies of what is there once are charged, also those of what came out of band, and rows
// that hold nothing.
func TestUnmarshalLimits(t *testing.T) {
	limited := func(err error) bool {
		limit, ok := errors.AsType[*pickle.LimitError](err)
		return ok && limit.Limit == "Memory"
	}
	memory := make([]byte, 1<<14)
	var many [][]int64
	if err := codec().Unmarshal(t.Context(), repeated(memory, 100), &many); err != nil || len(many) != 101 {
		t.Errorf("%d arrays: %v", len(many), err)
	}
	if err := codec().Unmarshal(t.Context(), repeated(memory, 10_000), &many); !limited(err) {
		t.Errorf("10,000 arrays of one memory: %v", err)
	}
	empty := &Array{Dtype: Float64, Shape: []int{math.MaxInt, 0}, Data: []byte{}}
	var rows [][]float64
	if ok, err := empty.AssignPickle(&rows, free); ok || err == nil {
		t.Errorf("too many rows of nothing: %v, %v", ok, err)
	}
	empty.Shape[0] = 1 << 16
	c := codec()
	data, err := c.Marshal(t.Context(), empty)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Unmarshal(t.Context(), data, &rows); err != nil || len(rows) != 1<<16 {
		t.Errorf("%d rows of nothing: %v", len(rows), err)
	}
	c.Limits.Memory = 1 << 20
	if err := c.Unmarshal(t.Context(), data, &rows); !limited(err) {
		t.Errorf("rows of nothing: %v", err)
	}

	beside := New([]int{40 << 20}, make([]int8, 40<<20)) // as int16, more than small pickles may take
	beside.ReadOnly = true
	c = codec()
	c.Protocol = pickle.Protocol5
	c.OutOfBand = func(b *pickle.Buffer) bool {
		c.Buffers = append(c.Buffers, b.Bytes)
		return true
	}
	if data, err = c.Marshal(t.Context(), beside); err != nil {
		t.Fatal(err)
	}
	var wide []int16
	if err := c.Unmarshal(t.Context(), data, &wide); err != nil || len(wide) != 40<<20 {
		t.Errorf("%d items from out of band: %v", len(wide), err)
	}
}
