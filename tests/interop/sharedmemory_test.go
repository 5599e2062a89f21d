package interop

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/tests/harness"
)

// eachWithSharedMemory runs f for every Python that has shared memory: 3.8 and
// later.
func eachWithSharedMemory(t *testing.T, f func(t *testing.T, fam family, py harness.Python)) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) {
			return // older ones have none
		}
		fam := newFamily(t, py, sharedmemory.Register)
		t.Cleanup(func() {
			fam.python.End(t)
			if complaints := fam.python.Stderr(); len(complaints) > 0 {
				t.Errorf("Python complains:\n%s", complaints)
			}
		})
		fam.do(t, "from multiprocessing import shared_memory, resource_tracker", "None")
		f(t, fam, py)
	})
}

func TestSegmentsBothWays(t *testing.T) {
	eachWithSharedMemory(t, func(t *testing.T, fam family, py harness.Python) {
		// Python's to us.
		fam.do(t, "a = shared_memory.SharedMemory(create=True, size=1000)", "None")
		s := take[*sharedmemory.SharedMemory](t, fam, "a")
		v, err := sharedmemory.View[float64](s, 8, 3)
		if err != nil {
			t.Fatal(err)
		}
		v[1] = 0.5
		fam.do(t, "import struct", "None")
		fam.do(t, "struct.unpack('3d', a.buf[8:32])", "(0.0, 0.5, 0.0)")
		fam.do(t, "a.size, repr(a)", fmt.Sprintf("(%d, \"%s\")", s.Size(), s))
		s.Close()
		fam.do(t, "a.close(), a.unlink()", "(None, None)")

		// Ours to Python, which then must not take it for its own.
		s, err = sharedmemory.Create(fam.engine, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		fam.give(t, "b", s)
		if !py.AtLeast(3, 14) {
			fam.do(t, "resource_tracker.unregister(b._name, 'shared_memory')", "None")
		}
		fam.python.Ask(t, "b.buf[:5] = b'hello'")
		if !bytes.HasPrefix(s.Bytes(), []byte("hello")) {
			t.Errorf("we see %q", s.Bytes())
		}
		fam.do(t, "b.close()", "None")
		if err := s.Unlink(); err != nil {
			t.Errorf("Python took the segment along: %v", err)
		}
	})
}

func TestShareableListBothWays(t *testing.T) {
	eachWithSharedMemory(t, func(t *testing.T, fam family, py harness.Python) {
		kind := sharedmemory.Offsets
		if !py.AtLeast(3, 9) {
			kind = sharedmemory.Sizes
		}
		fam.do(t, "a = shared_memory.ShareableList([7, -1.5, True, None, 'abc', b'x', ''])", "None")
		l := take[*sharedmemory.ShareableList](t, fam, "a")
		fam.do(t, "repr(a)", fmt.Sprintf("%q", l.String()))
		want := []any{int64(7), -1.5, true, nil, "abc", []byte("x"), ""}
		for i, w := range want {
			if got, err := l.Get(i); err != nil || !reflect.DeepEqual(got, w) {
				t.Errorf("item %d: %#v, %v; want %#v", i, got, err, w)
			}
		}
		if err := l.Set(4, int64(9)); err != nil {
			t.Fatal(err)
		}
		fam.do(t, "a[4]", "9")
		fam.do(t, "a[4] = 'né'", "None")
		if got, err := l.Get(4); got != "né" || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
		l.Memory().Close()
		fam.do(t, "a.shm.close(), a.shm.unlink()", "(None, None)")

		for _, items := range [][]any{{}, {1, 2.5, false, nil, "héllo€ wörld", []byte("bytes")}} {
			l, err := sharedmemory.NewShareableList(fam.engine, "", kind, items...)
			if err != nil {
				t.Fatal(err)
			}
			fam.give(t, "b", l)
			fam.do(t, "resource_tracker.unregister(b.shm._name, 'shared_memory')", "None")
			fam.do(t, "repr(b)", fmt.Sprintf("%q", l.String()))
			if len(items) > 0 {
				fam.do(t, "b[0] = 'seven'", "None")
				if got, err := l.Get(0); got != "seven" || err != nil {
					t.Errorf("got %v, %v", got, err)
				}
			}
			fam.do(t, "b.shm.close()", "None")
			if err := l.Memory().Unlink(); err != nil {
				t.Error(err)
			}
		}
	})
}
