package pickle

import (
	"math"
	"testing"
)

// rawOf returns a value as a peer would have written it.
func rawOf(t *testing.T, v any) Raw {
	t.Helper()
	ops, err := Codec{}.AppendValue(background, nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return Raw{ops: ops}
}

func TestRawIsItsValue(t *testing.T) {
	values := []any{int64(1), "a", Tuple{int64(1), "a"}, 0.5, NewList("x", nil)}
	for _, v := range values {
		raw := rawOf(t, v)
		for _, other := range []any{v, rawOf(t, v)} {
			if eq, err := Equal(raw, other); !eq || err != nil {
				t.Errorf("Equal(Raw of %#v, %T) = %v, %v", v, other, eq, err)
			}
			if eq, err := Equal(other, raw); !eq || err != nil {
				t.Errorf("Equal(%T, Raw of %#v) = %v, %v", other, v, eq, err)
			}
			checkHashes(t, raw, other)
		}
		want, _ := Repr(v)
		if got, err := Repr(NewList(raw)); got != "["+want+"]" || err != nil {
			t.Errorf("Repr = %s, %v, want [%s]", got, err, want)
		}
		if got, want := TypeName(raw), TypeName(v); got != want {
			t.Errorf("TypeName = %s, want %s", got, want)
		}
	}
	if eq, err := Equal(rawOf(t, math.NaN()), rawOf(t, math.NaN())); eq || err != nil {
		t.Errorf("NaNs with the same bytes are equal: %v, %v", eq, err)
	}
}

func TestRawAsKey(t *testing.T) {
	d := NewDict(0)
	mustSet(t, d, rawOf(t, "a"), 1)
	mustSet(t, d, "a", 2)
	if v, ok, err := d.Get(rawOf(t, "a")); d.Len() != 1 || v != 2 || !ok || err != nil {
		t.Errorf("Len %d, Get = %v, %v, %v; want 1, 2", d.Len(), v, ok, err)
	}
	if err := d.Set(rawOf(t, NewList()), 1); err == nil {
		t.Error("a list as a key without an error")
	}
}

func TestSortRaws(t *testing.T) {
	raws := []any{rawOf(t, int64(3)), int64(2), rawOf(t, int64(1))}
	if err := Sort(raws, false); err != nil {
		t.Fatal(err)
	}
	if got, err := Repr(NewList(raws...)); got != "[1, 2, 3]" || err != nil {
		t.Errorf("sorted %s, %v", got, err)
	}
	if _, ok := raws[0].(Raw); !ok {
		t.Errorf("first is %T, want the Raw itself", raws[0])
	}
	raws = append(raws, "x")
	err := Sort(raws, false)
	if want := "'<' not supported between instances of 'str' and 'int'"; err == nil || err.(*Exception).Args[0] != want {
		t.Errorf("Sort with a str: %v, want %q", err, want)
	}
}
