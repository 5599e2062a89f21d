package sharedctypes

import (
	"bytes"
	"errors"
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// point has the layout of a ctypes.Structure of a short, a double and two bytes.
type point struct {
	A int16
	B float64
	C [2]uint8
}

var pointClass = pickle.Global{Module: "shapes", Name: "Point"}

// birth hands out duplicates of what an Inheritance has, as a start would.
type birth struct{ h *reduction.Inheritance }

func (b birth) Descriptor(n int) (*os.File, error) {
	return reduction.NewDupFD(b.h.Files()[n]).Detach(nil)
}

// travel is v as a child gets it.
func travel(t *testing.T, e *engine.Engine, v any) any {
	t.Helper()
	h := new(reduction.Inheritance)
	b := enginetest.Must(e.Connection().Codec.Marshal(reduction.WithInheritance(t.Context(), h), v))(t)
	return enginetest.Must(e.Connection().Codec.Decode(reduction.WithBirth(t.Context(), birth{h}), b))(t)
}

func TestValueIsSharedWithAChild(t *testing.T) {
	e := enginetest.New(t, Register)
	v := enginetest.Must(NewValue[int32](e, 5))(t)
	defer v.Close()
	child := enginetest.Must(ValueOf[int32](travel(t, e, v)))(t)
	const each = 1000
	var running sync.WaitGroup
	for _, v := range []*Value[int32]{v, child} {
		running.Go(func() {
			for range each {
				if err := v.With(enginetest.Soon(t), func(p *int32) { *p++ }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	if got, err := v.Load(enginetest.Soon(t)); got != 5+2*each || err != nil {
		t.Errorf("%d, %v; want %d", got, err, 5+2*each)
	}
	if err := child.Store(enginetest.Soon(t), -1); err != nil || *v.Raw() != -1 {
		t.Errorf("stored by the child: %d, %v", *v.Raw(), err)
	}
}

func TestArrayIsSharedWithAChild(t *testing.T) {
	e := enginetest.New(t, Register)
	a := enginetest.Must(NewArray[float64](e, 3))(t)
	defer a.Close()
	child := enginetest.Must(ArrayOf[float64](travel(t, e, a)))(t)
	ctx := enginetest.Soon(t)
	if err := child.Set(ctx, 2, 0.5); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Get(ctx, 2); got != 0.5 || err != nil || child.Len() != 3 {
		t.Errorf("item 2 of %d is %v, %v", child.Len(), got, err)
	}
	for _, i := range []int{-1, 3} {
		if _, err := a.Get(ctx, i); !errors.Is(err, pickle.IndexError) {
			t.Errorf("Get(%d): %v", i, err)
		}
		if err := a.Set(ctx, i, 1); !errors.Is(err, pickle.IndexError) {
			t.Errorf("Set(%d): %v", i, err)
		}
	}
	if _, err := NewArray[float64](e, -1); err == nil {
		t.Error("an array of -1 items")
	}
}

// TestStructure: fields lie where C has them, and the class goes by its name.
func TestStructure(t *testing.T) {
	e := enginetest.New(t, Register)
	if _, err := NewValue(e, point{}); err == nil || !strings.Contains(err.Error(), "RegisterStruct") {
		t.Errorf("an unknown structure: %v", err)
	}
	if err := RegisterStruct[point](e, pointClass); err != nil {
		t.Fatal(err)
	}
	v := enginetest.Must(NewValue(e, point{1, 2, [2]uint8{3, 4}}))(t)
	defer v.Close()
	want := []byte("\x01\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x40" + "\x03\x04\x00\x00\x00\x00\x00\x00")
	if got := v.memory.block.Bytes(); !bytes.Equal(got, want) {
		t.Errorf("it lies as\n%x, want\n%x", got, want)
	}
	child := enginetest.Must(ValueOf[point](travel(t, e, v)))(t)
	child.Raw().B = 7
	if v.Raw().B != 7 {
		t.Error("the child has another structure")
	}
}

// TestLayoutsThatCannotBeShared are refused with a reason.
func TestLayoutsThatCannotBeShared(t *testing.T) {
	e := enginetest.New(t, Register)
	for name, err := range map[string]error{
		"a pointer":           RegisterStruct[struct{ P *int32 }](e, pointClass),
		"a string":            RegisterStruct[struct{ S string }](e, pointClass),
		"of the machine's":    RegisterStruct[struct{ N int }](e, pointClass),
		"nested":              RegisterStruct[struct{ In struct{ S []byte } }](e, pointClass),
		"no struct":           RegisterStruct[int32](e, pointClass),
		"an array of strings": RegisterStruct[struct{ S [2]string }](e, pointClass),
	} {
		if err == nil || !strings.Contains(err.Error(), "cannot be shared") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewValue(e, "text"); err == nil {
		t.Error("a string is shared")
	}
	type large struct{ Bytes [1 << 25]uint8 }
	if err := RegisterStruct[large](e, pointClass); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-2, -1, 1 << 39, math.MaxInt} { // 1<<39 are of 64 bits' bytes
		if a, err := NewRawArray[large](e, n); err == nil {
			t.Errorf("there is an array of %d", a.Len())
		}
	}
}

// TestWhatIsNoMemory: pickles that say other things than Python's do.
func TestWhatIsNoMemory(t *testing.T) {
	e := enginetest.New(t, Register)
	v := enginetest.Must(NewValue[int64](e, 1))(t)
	defer v.Close()
	long := pickle.Global{Module: "ctypes", Name: "c_long"}
	block := v.memory.block
	for _, tt := range []struct {
		args pickle.Tuple
		want string
	}{
		{pickle.Tuple{}, "takes a class"},
		{pickle.Tuple{long, block}, "takes a class"},
		{pickle.Tuple{"c_long", block, nil}, "takes a class"},
		{pickle.Tuple{long, []byte("memory"), nil}, "takes a class"},
		{pickle.Tuple{long, block, int64(-1)}, "takes a class"},
		{pickle.Tuple{long, block, "3"}, "takes a class"},
		{pickle.Tuple{long, block, int64(2)}, "2 items of ctypes.c_long are said to be in 8 bytes"},
		{pickle.Tuple{long, block, int64(1) << 61}, "are said to be in 8 bytes"},
		{pickle.Tuple{pickle.Global{Module: "os", Name: "system"}, block, nil}, "register its layout with RegisterStruct"},
	} {
		_, err := rebuildMemory(e, tt.args)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("rebuild_ctype%v: %v, want %q", tt.args, err, tt.want)
		}
	}
	for _, args := range []pickle.Tuple{{}, {v.memory}, {v.memory, "lock"}, {v.mutex, v.memory}} {
		if _, err := rebuildShared(e, args); err == nil {
			t.Errorf("synchronized%v was taken", args)
		}
	}
	arrived := travel(t, e, v)
	if _, err := ValueOf[float64](arrived); err == nil || !strings.Contains(err.Error(), "not what is asked for (float64)") {
		t.Errorf("a long taken for a double: %v", err)
	}
	if _, err := ArrayOf[int64](arrived); err == nil {
		t.Error("a value taken for an array")
	}
	if _, err := ValueOf[int64]("text"); err == nil {
		t.Error("a str taken for a value")
	}
	if _, err := e.Connection().Codec.Marshal(t.Context(), v); !errors.Is(err, pickle.RuntimeError) {
		t.Errorf("pickled outside of a start: %v", err)
	}
}
