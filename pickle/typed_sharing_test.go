package pickle

import (
	"context"
	"strings"
	"testing"
)

// TestUnmarshalSharedAsTwoTypes: what lies in a list is there once, whether that
// list is read as one of Go's or of Python's.
func TestUnmarshalSharedAsTwoTypes(t *testing.T) {
	t.Run("slice and any", func(t *testing.T) {
		var v struct {
			A []any
			B any
		}
		mustUnmarshal(t, "}(Va\n]q\x00]aVb\nh\x00u.", &v)
		if a, b := v.A[0], v.B.(*List).Items[0]; a != b {
			t.Errorf("A[0] is %p, B[0] is %p", a, b)
		}
	})
	t.Run("any and slice", func(t *testing.T) {
		var v struct {
			A any
			B []any
		}
		mustUnmarshal(t, "}(Va\n]q\x00]aVb\nh\x00u.", &v)
		if a, b := v.A.(*List).Items[0], v.B[0]; a != b {
			t.Errorf("A[0] is %p, B[0] is %p", a, b)
		}
	})
	t.Run("two slices", func(t *testing.T) {
		var v struct {
			A [][]any
			B []any
		}
		mustUnmarshal(t, "}(Va\n]q\x00]]aaVb\nh\x00u.", &v)
		if a, b := v.A[0][0], v.B[0].(*List).Items[0]; a != b {
			t.Errorf("A[0][0] is %p, B[0][0] is %p", a, b)
		}
	})
	t.Run("in itself", func(t *testing.T) {
		var v []any
		mustUnmarshal(t, "]q\x00(]h\x00e.", &v)
		if a, b := v[0], v[1].(*List).Items[0]; a != b {
			t.Errorf("[0] is %p, [1][0] is %p", a, b)
		}
	})
}

// A value of a class that is registered with a pointer is made once, and shared.
func TestUnmarshalSharesRegisteredPointers(t *testing.T) {
	r, made := new(Registry), 0
	Register(r, "a.B", Class[*site]{Rebuild: func(context.Context, Tuple, *Dict) (*site, error) {
		made++
		return new(site), nil
	}})
	var v []*site
	err := Codec{Registry: r}.Unmarshal(background, []byte("](ca\nB\n)Rq\x00h\x00e."), &v)
	if err != nil || made != 1 || v[0] != v[1] {
		t.Errorf("%p, %d made, %v", v, made, err)
	}
}

// counted is how many items there were in the list.
type counted struct{ n int }

func (c *counted) UnmarshalPickle(v any) error {
	l, err := As[[]any](v)
	c.n = len(l)
	return err
}

// Pointers to a type that reads by itself lead to one variable where they stand for one value.
func TestUnmarshalSharesUnmarshalers(t *testing.T) {
	var v struct {
		A *counted
		B []*counted
	}
	mustUnmarshal(t, "}(Va\n]q\x00NaVb\n]h\x00a]au.", &v)
	if v.A != v.B[0] || v.A == v.B[1] || v.A.n != 1 || v.B[1].n != 0 {
		t.Errorf("%+v, %v, %v", v, *v.A, *v.B[1])
	}
}

func mustUnmarshal(t *testing.T, pickle string, v any) {
	t.Helper()
	if err := Unmarshal([]byte(pickle), v); err != nil {
		t.Fatalf("%q: %v", pickle, err)
	}
}

// Keys that are costly to compare are given up after as many steps as there are bytes.
func TestKeyComesAgainAmongCostlyOnes(t *testing.T) {
	wide := "(" + strings.Repeat("N", 1<<16) + "t\x94"
	data := "\x80\x04}(" + wide + "K\x00\x86\x8c\x01x" + wide + "K\x01\x86K\x02" + // the first value does not fit
		strings.Repeat("h\x01K\x01\x86K\x02", 1<<15) + "u."
	var m map[any]int
	if err := Unmarshal([]byte(data), &m); err == nil {
		t.Error("a tuple is no key of a Go map")
	}
}
