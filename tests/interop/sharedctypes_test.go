package interop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/pickle"
)

// longs is a ctypes.Structure of two longs.
type longs struct{ X, Y int64 }

func TestValuesBothWays(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		sharedctypes.Register(fam.engine)
		v, err := sharedctypes.NewValue[int64](fam.engine, 5)
		if err != nil {
			t.Fatal(err)
		}
		fam.give(t, "of_go", v)
		fam.do(t, "of_go.value", "5")
		fam.do(t, "of_python = ctx.Value('l', 5)", "None")
		other, err := sharedctypes.ValueOf[int64](take[any](t, fam, "of_python"))
		if err != nil {
			t.Fatal(err)
		}
		fam.do(t, "exec('def add(v, n):\\n for _ in range(n):\\n  with v: v.value += 1')", "None")
		const each = 3000
		for name, v := range map[string]*sharedctypes.Value[int64]{"of_go": v, "of_python": other} {
			fam.python.Send(t, fmt.Sprintf("add(%s, %d)", name, each))
			for range each {
				if err := v.With(bounded(t), func(p *int64) { *p++ }); err != nil {
					t.Fatal(err)
				}
			}
			fam.python.Line(t)
			if got, err := v.Load(bounded(t)); got != 5+2*each || err != nil {
				t.Errorf("%s: %d after %d increments, %v", name, got-5, 2*each, err)
			}
			// Each access is under the lock, on either side.
			err := v.With(bounded(t), func(*int64) { fam.do(t, name+".get_lock().acquire(False)", "False") })
			if err != nil {
				t.Errorf("%s: With: %v", name, err)
			}
			fam.do(t, name+".get_lock().acquire(False)", "True")
			if err := v.Store(short(t), 0); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: stored while Python has the lock: %v", name, err)
			}
			fam.do(t, name+".get_lock().release()", "None")
		}
		if _, err := sharedctypes.ValueOf[int32](take[any](t, fam, "of_python")); err == nil {
			t.Error("eight bytes were taken for an int32")
		}
		raw, err := sharedctypes.ValueOf[float64](take[any](t, fam, "multiprocessing.sharedctypes.RawValue('d', 1.5)"))
		if err != nil || *raw.Raw() != 1.5 || raw.Lock() != nil {
			t.Errorf("a raw value: %v, %v", raw, err)
		}
		raw = made(sharedctypes.NewRawValue(fam.engine, 2.5))(t)
		fam.give(t, "raw", raw)
		fam.do(t, "raw.value, type(raw).__name__", "(2.5, 'c_double')")
		fam.python.Ask(t, "raw.__setattr__('value', 3.5)")
		if got := *raw.Raw(); got != 3.5 {
			t.Errorf("Python set 3.5, Go reads %v", got)
		}
	})
}

func TestArraysBothWays(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		sharedctypes.Register(fam.engine)
		a, err := sharedctypes.NewArray[float64](fam.engine, 3)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Set(bounded(t), 1, 2.5); err != nil {
			t.Fatal(err)
		}
		fam.give(t, "a", a)
		fam.do(t, "list(a)", "[0.0, 2.5, 0.0]")
		fam.python.Ask(t, "a[2] = 7")
		if got, err := a.Get(bounded(t), 2); got != 7 || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
		if _, err := a.Get(bounded(t), 3); !errors.Is(err, pickle.IndexError) {
			t.Errorf("beyond the end: %v", err)
		}
		bytes := made(sharedctypes.NewRawArray[uint8](fam.engine, 4))(t)
		fam.give(t, "raw", bytes)
		fam.python.Ask(t, "raw[3] = 255")
		if got := bytes.Raw(); !slices.Equal(got, []byte{0, 0, 0, 255}) || bytes.Lock() != nil {
			t.Errorf("a raw array: %v", got)
		}
		fam.do(t, "b = ctx.Array('i', [1, 2, 3], lock=ctx.Lock())", "None")
		b, err := sharedctypes.ArrayOf[int32](take[any](t, fam, "b"))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.With(bounded(t), func(items []int32) { slices.Reverse(items) }); err != nil {
			t.Fatal(err)
		}
		fam.do(t, "list(b)", "[3, 2, 1]")

		fam.do(t, "import ctypes", "None")
		fam.do(t, "class Longs(ctypes.Structure): _fields_ = [('x', ctypes.c_long), ('y', ctypes.c_long)]", "None")
		fam.do(t, "p = multiprocessing.sharedctypes.RawArray(Longs, 2)", "None")
		class := pickle.Global{Module: "__main__", Name: "Longs"}
		if _, err := fam.take(t, "p"); err == nil {
			t.Error("an unknown structure was taken")
		}
		if err := sharedctypes.RegisterStruct[longs](fam.engine, class); err != nil {
			t.Fatal(err)
		}
		if err := sharedctypes.RegisterStruct[[]int](fam.engine, class); err == nil {
			t.Error("a slice was taken for a structure")
		}
		points, err := sharedctypes.ArrayOf[longs](take[any](t, fam, "p"))
		if err != nil {
			t.Fatal(err)
		}
		points.Raw()[1] = longs{3, 4}
		fam.do(t, "p[1].x, p[1].y", "(3, 4)")
	})
}
