package pickle

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"
)

// A generator makes values of which many are equal and few are alike.
type generator struct{ *rand.Rand }

// number returns n in one of its forms.
func (g generator) number(n int64) any {
	switch g.IntN(6) {
	case 0:
		return float64(n)
	case 1:
		return complex(float64(n), 0)
	case 2:
		return big.NewInt(n)
	case 3:
		return int(n)
	case 4:
		if n == 0 || n == 1 {
			return n == 1
		}
	}
	return n
}

func (g generator) leaf() any {
	switch g.IntN(8) {
	case 0:
		return nil
	case 1:
		return []any{"a", ByteString("a")}[g.IntN(2)]
	case 2:
		return []any{[]byte("\xff"), ByteString("\xff")}[g.IntN(2)]
	case 3:
		return []any{new(big.Int).Lsh(big.NewInt(1), 70), math.Ldexp(1, 70)}[g.IntN(2)]
	case 4:
		return []any{math.NaN(), 0.5, math.Inf(1), math.Copysign(0, -1), complex(0, 1)}[g.IntN(5)]
	}
	return g.number(int64(g.IntN(3)))
}

func (g generator) items(depth int) []any {
	items := make([]any, g.IntN(3))
	for i := range items {
		items[i] = g.value(depth - 1)
	}
	return items
}

// value returns a value that is hashable, or has few unhashable parts.
func (g generator) value(depth int) any {
	if depth == 0 {
		return g.leaf()
	}
	switch g.IntN(9) {
	case 0, 1:
		return Tuple(g.items(depth))
	case 2, 3:
		items := g.items(depth)
		if s, err := NewFrozenSet(items...); err == nil {
			return s
		}
		return Tuple(items)
	case 4:
		return Slice{g.value(depth - 1), nil, g.leaf()}
	case 5:
		return Range{int64(g.IntN(3)), int64(g.IntN(3)), int64(1 + g.IntN(2))}
	case 6:
		o := instance(Global{"m", "C"}, "x", g.value(depth-1))
		for range g.IntN(3) { // the same items in other portions
			o.Ops = append(o.Ops, Op{Kind: Append, Items: g.items(depth)})
		}
		return o
	case 7:
		return NewList(g.items(depth)...)
	}
	return g.leaf()
}

func TestHashFollowsEqual(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(3, 4))}
	equal := 0
	for range 20 {
		values := make([]any, 100)
		for i := range values {
			values[i] = g.value(g.IntN(4))
		}
		for _, a := range values {
			for _, b := range values {
				ab, err := Equal(a, b)
				ba, err2 := Equal(b, a)
				if ab != ba || err != nil || err2 != nil {
					t.Fatalf("Equal(%#v, %#v) = %v, %v; the other way %v, %v", a, b, ab, err, ba, err2)
				}
				if ab {
					equal++
				}
				checkHashes(t, a, b)
				checkKeys(t, a, b, ab)
			}
		}
	}
	if equal < 5_000 {
		t.Errorf("only %d of the pairs are equal", equal)
	}
}

// checkKeys checks that a dict has two values as one key if they are equal.
func checkKeys(t *testing.T, a, b any, equal bool) {
	t.Helper()
	d := new(Dict)
	if d.Set(a, 1) != nil || d.Set(b, 2) != nil {
		return
	}
	if _, lone, _ := newWalk().hashKey(a); lone { // found by identity only
		return
	}
	if want := map[bool]int{true: 1, false: 2}[equal]; d.Len() != want {
		t.Errorf("dict of %#v and %#v has %d keys, want %d", a, b, d.Len(), want)
	}
}

// Counters are equal whether they hold a zero or nothing, but not if one is a dict.
func TestEqualCounters(t *testing.T) {
	count := func(counts ...int64) *Counter {
		c := new(Counter)
		for i, n := range counts {
			if err := c.Set(int64(i), n); err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	for _, tt := range []struct {
		a, b any
		want bool
	}{
		{count(1, 0), count(1), true},
		{count(), count(0), true},
		{count(0, 1), count(0), false},
		{count(0), count(0, 1), false},
		{count(1, 2), count(1, 2), true},
		{count(1), &count(1).Dict, true},
		{count(1, 0), &count(1).Dict, false},
	} {
		if got, err := Equal(tt.a, tt.b); err != nil || got != tt.want {
			t.Errorf("%v, %v: %v, %v", tt.a, tt.b, got, err)
		}
		class := Global{"m", "C"} // of what may be a key
		checkHashes(t, recipe(class, tt.a), recipe(class, tt.b))
	}
}

func TestOpaquePortions(t *testing.T) {
	class := Global{"m", "C"}
	object := func(ops ...Op) *Object { return &Object{Class: class, Args: Tuple{}, Ops: ops} }
	one, two := int64(1), int64(2)
	tests := []struct {
		a, b *Object
		same bool
	}{
		{object(Op{Kind: Append, Items: []any{one, two}}), object(Op{Kind: Append, Items: []any{one}}, Op{Kind: Append, Items: []any{two}}), true},
		{object(Op{Kind: Append}), object(), true},
		{object(Op{Kind: Append, Items: []any{one}}), object(Op{Kind: AddItems, Items: []any{one}}), false},
		{object(Op{Kind: Append, Items: []any{one, two}}), object(Op{Kind: Append, Items: []any{one}}), false},
		{object(), &Object{Class: class, Args: Tuple{}, Kwargs: NewDict(0)}, true},
		{object(), &Object{Class: class, Args: Tuple{one}}, false},
		{object(), &Object{How: NewObj, Class: class, Args: Tuple{}}, true},
	}
	for i, tt := range tests {
		if eq, err := Equal(tt.a, tt.b); eq != tt.same || err != nil {
			t.Errorf("%d: Equal = %v, %v, want %v", i, eq, err, tt.same)
		}
		checkHashes(t, tt.a, tt.b)
	}
}

// TestHostileValues gives comparisons work that would never end.
func TestHostileValues(t *testing.T) {
	fibonacci := func(leaf any) Tuple { // as many paths as the Fibonacci number
		a, b := Tuple{leaf}, Tuple{leaf, leaf}
		for range 90 {
			a, b = b, Tuple{a, b}
		}
		return b
	}
	wideObject := func() *Object {
		var v any = "x"
		for range 12 {
			items := make([]any, 16)
			for i := range items {
				items[i] = v
			}
			v = NewList(items...)
		}
		return instance(Global{"m", "C"}, "x", v)
	}
	collide := func() *Set { // equal hashes, since they differ too far in
		s := NewSet(0)
		for i := range 700 {
			var v any = int64(i)
			for range 10 {
				v = NewList(v)
			}
			if _, err := s.Add(instance(Global{"m", "C"}, "x", v)); err != nil {
				return s
			}
		}
		return s
	}
	tests := []struct {
		name string
		do   func() error
	}{
		{"fibonacci", func() error {
			eq, err := Equal(fibonacci("x"), fibonacci("x"))
			if !eq && err == nil {
				t.Error("fibonacci: not equal")
			}
			_, err2 := Hash(fibonacci("x"))
			if err2 != nil {
				t.Error("fibonacci:", err2)
			}
			return err
		}},
		{"skewed", func() error { _, err := Equal(Tuple{fibonacci("x")}, fibonacci("x")); return err }},
		{"wide objects", func() error {
			_, err := Hash(wideObject())
			if err == nil {
				_, err = Equal(wideObject(), wideObject())
			}
			return err
		}},
		{"colliding objects", func() error { _, err := Equal(collide(), collide()); return err }},
	}
	for _, tt := range tests {
		start := time.Now()
		err := tt.do()
		if e, ok := err.(*Exception); err != nil && (!ok || e.Class != MemoryError) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s took %v", tt.name, took)
		}
	}
}

func TestSharedBudget(t *testing.T) {
	costly := make(Tuple, 100_000)
	for i := range costly {
		costly[i] = Tuple{int64(i)}
	}
	w, d := newWalkWithin(1_000_000), new(Dict)
	for i := range 1000 { // each new tuple costs as much as the first
		if err := d.table().set(w, Tuple{costly[:len(costly)-i%2], int64(i)}, nil); err != nil {
			t.Fatalf("after %d: %v; what was hashed is to be remembered", i, err)
		}
	}
	for i := range 100 {
		key := append(Tuple{int64(i)}, costly...)
		if err := d.table().set(w, key, nil); err != nil {
			if e, ok := err.(*Exception); !ok || e.Class != MemoryError {
				t.Errorf("%v, want MemoryError", err)
			}
			return
		}
	}
	t.Error("the budget never ends")
}

// Objects of arrays that are equal hash alike, whatever the types of the arrays; a large
// array is not gone through for it.
func TestHashOfArrays(t *testing.T) {
	of := func(items any, code byte) *Object { return recipe(Global{"m", "C"}, &Array{code, items}) }
	a, b := of([]int8{1, 2}, 'b'), of([]int32{1, 2}, 'i')
	eq, err := Equal(a, b)
	if !eq || err != nil {
		t.Fatal(eq, err)
	}
	h, err1 := Hash(a)
	other, err2 := Hash(b)
	if h != other || err1 != nil || err2 != nil {
		t.Errorf("hashes %x, %v and %x, %v of equal objects", h, err1, other, err2)
	}
	if _, err := Hash(of(nil, 'b')); err != nil {
		t.Error(err)
	}
	large := of(make([]uint8, 1<<20), 'B')
	if allocs := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			_, _ = Hash(large)
		}
	}).AllocedBytesPerOp(); allocs > 1<<16 {
		t.Errorf("%d bytes to hash it", allocs)
	}
}

// TestNilPointers takes nil pointers for None, as Marshal does.
func TestNilPointers(t *testing.T) {
	for _, v := range []any{
		(*List)(nil), (*Dict)(nil), (*Set)(nil), (*FrozenSet)(nil), (*Object)(nil), (*Exception)(nil), (*Bytearray)(nil),
		(*Buffer)(nil), (*Array)(nil), (*Deque)(nil), (*OrderedDict)(nil), (*SimpleNamespace)(nil), (*Pattern)(nil),
		(*big.Int)(nil), (*big.Rat)(nil), (*int)(nil),
	} {
		if eq, err := Equal(Tuple{v}, Tuple{nil}); !eq || err != nil {
			t.Errorf("%T equals None: %v, %v", v, eq, err)
		}
		h, err := Hash(v)
		if want, _ := Hash(nil); h != want || err != nil {
			t.Errorf("%T: the hash is %d, %v, want %d", v, h, err, want)
		}
		if _, err := Compare(v, "<", v); !errors.Is(err, TypeError) {
			t.Errorf("%T < %T: %v", v, v, err)
		}
		repr, err := Repr(Tuple{v})
		str, err2 := Str(v)
		if repr != "(None,)" || str != "None" || TypeName(v) != "NoneType" || err != nil || err2 != nil {
			t.Errorf("%T is shown as %s, %s of %s, %v, %v", v, repr, str, TypeName(v), err, err2)
		}
	}
}
