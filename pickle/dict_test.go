package pickle

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

func mustSet(t testing.TB, d *Dict, key, v any) {
	t.Helper()
	if err := d.Set(key, v); err != nil {
		t.Fatalf("Set(%#v): %v", key, err)
	}
}

func frozenset(items ...any) *FrozenSet {
	s, err := NewFrozenSet(items...)
	if err != nil {
		panic(err)
	}
	return s
}

func bigInt(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 0)
	if !ok {
		panic(s)
	}
	return n
}

// instance returns an object that a pickle made with one attribute.
func instance(class Global, attribute string, v any) *Object {
	state := NewDict(0)
	if err := state.Set(attribute, v); err != nil {
		panic(err)
	}
	return &Object{How: NewObj, Class: class, Args: Tuple{}, Ops: []Op{{Kind: Build, Items: []any{state}}}}
}

// padding makes a dict that has an index if n is large enough.
func padding(n int) *Dict {
	d := NewDict(0)
	for i := range n {
		if err := d.Set(fmt.Sprint("padding", i), nil); err != nil {
			panic(err)
		}
	}
	return d
}

func TestDictKeyEquality(t *testing.T) {
	class := Global{"m", "C"}
	tests := []struct {
		a, b any
		same bool
	}{
		{int64(1), 1.0, true},
		{int64(1), true, true},
		{true, complex(1, 0), true},
		{0.0, math.Copysign(0, -1), true},
		{int64(0), math.Copysign(0, -1), true},
		{int64(1<<53 + 1), float64(1 << 53), false},
		{int64(1 << 53), float64(1 << 53), true},
		{bigInt("0x10000000000000000"), float64(1 << 64), true},
		{bigInt("0x10000000000000001"), float64(1 << 64), false},
		{bigInt("5"), int64(5), true},
		{math.Inf(1), math.Inf(1), true},
		{math.Inf(1), math.Inf(-1), false},
		{math.NaN(), math.NaN(), false},
		{complex(1, 2), complex(1, 2), true},
		{complex(1, 0.0), complex(1, math.Copysign(0, -1)), true},
		{complex(0.0, 1), complex(math.Copysign(0, -1), 1), true},
		{"1", int64(1), false},
		{"a", []byte("a"), false},
		{"a", ByteString("a"), true},
		{"é", ByteString("é"), false},
		{[]byte("é"), ByteString("é"), true},
		{[]byte("a"), ByteString("a"), false},
		{nil, int64(0), false},
		{nil, nil, true},
		{Tuple{}, Tuple{}, true},
		{Tuple{int64(1), "a"}, Tuple{1.0, "a"}, true},
		{Tuple{int64(1)}, Tuple{int64(1), int64(1)}, false},
		{Tuple{math.NaN()}, Tuple{math.NaN()}, false},
		{frozenset(int64(1), int64(2)), frozenset(2.0, true), true},
		{frozenset(int64(1)), frozenset(int64(2)), false},
		{Slice{int64(1), nil, nil}, Slice{1.0, nil, nil}, true},
		{Range{int64(0), int64(0), int64(1)}, Range{int64(5), int64(2), int64(1)}, true},
		{Range{int64(0), int64(3), int64(2)}, Range{int64(0), int64(4), int64(2)}, true},
		{Range{int64(0), int64(3), int64(2)}, Range{int64(0), int64(5), int64(2)}, false},
		{class, Global{"m", "C"}, true},
		{Global{"builtins", "int"}, Global{"__builtin__", "long"}, false}, // two keys of a Python 2
		{instance(class, "x", "y"), instance(class, "x", "y"), true},
		{instance(class, "x", "y"), instance(class, "x", "z"), false},
		{instance(class, "x", NewList(int64(1))), instance(class, "x", NewList(1.0)), true},
		{KeyError.New("x"), KeyError.New("x"), true},
		{KeyError.New("x"), ValueError.New("x"), false},
		{&Buffer{Bytes: []byte("a"), ReadOnly: true}, []byte("a"), true},
		{PersistentID{Tuple{int64(1)}}, PersistentID{Tuple{1.0}}, true},
		{PersistentID{"a"}, PersistentID{"b"}, false},
		{7, int64(7), true},
		{uint64(1 << 63), float64(1 << 63), true},
	}
	for _, tt := range tests {
		for _, n := range []int{0, 20} {
			for _, ab := range [][2]any{{tt.a, tt.b}, {tt.b, tt.a}} {
				d := padding(n)
				mustSet(t, d, ab[0], "first")
				mustSet(t, d, ab[1], "last")
				want := n + 2
				if tt.same {
					want = n + 1
				}
				if d.Len() != want {
					t.Errorf("dict of %#v and %#v on %d others: Len %d, want %d", ab[0], ab[1], n, d.Len(), want)
				}
			}
		}
		if eq, err := Equal(tt.a, tt.b); eq != tt.same || err != nil {
			t.Errorf("Equal(%#v, %#v) = %v, %v, want %v", tt.a, tt.b, eq, err, tt.same)
		}
		ha, err := Hash(tt.a)
		hb, err2 := Hash(tt.b)
		if err != nil || err2 != nil || tt.same && ha != hb {
			t.Errorf("Hash of %#v and %#v: %x %v, %x %v", tt.a, tt.b, ha, err, hb, err2)
		}
	}
}

func TestDictKeepsFirstKeyAndLastValue(t *testing.T) {
	d := NewDict(0)
	mustSet(t, d, int64(1), "a")
	mustSet(t, d, true, "b")
	mustSet(t, d, 1.0, "c")
	k, v, _, _ := d.Next(0)
	if d.Len() != 1 || k != any(int64(1)) || v != "c" {
		t.Errorf("got %d entries, first %v: %v; want 1, 1: c", d.Len(), k, v)
	}
}

func TestDictRefusesUnhashable(t *testing.T) {
	tests := []struct {
		key  any
		want string
	}{
		{NewList(), "unhashable type: 'list'"},
		{NewDict(0), "unhashable type: 'dict'"},
		{NewSet(0), "unhashable type: 'set'"},
		{&Bytearray{}, "unhashable type: 'bytearray'"},
		{Tuple{int64(1), Tuple{NewList()}}, "unhashable type: 'list'"},
		{&Object{Class: Global{"collections", "deque"}}, "unhashable type: 'collections.deque'"},
		{map[string]int{}, "unhashable type: 'object'"},
	}
	for _, tt := range tests {
		for _, n := range []int{0, 20} {
			d := padding(n)
			err := d.Set(tt.key, nil)
			e, ok := err.(*Exception)
			if !ok || e.Class != TypeError || len(e.Args) != 1 || e.Args[0] != tt.want || d.Len() != n {
				t.Errorf("Set(%#v) = %#v, Len %d; want TypeError %q", tt.key, err, d.Len(), tt.want)
			}
			if _, _, err := d.Get(tt.key); err == nil {
				t.Errorf("Get(%#v) without an error", tt.key)
			}
		}
	}
}

// TestDictAgainstModel does the same to a Dict and to a slice of pairs.
func TestDictAgainstModel(t *testing.T) {
	type pair struct{ k, v any }
	rng := rand.New(rand.NewPCG(1, 2))
	key := func(n int) any {
		switch n % 4 {
		case 0:
			return int64(n)
		case 1:
			return fmt.Sprint("key", n)
		case 2:
			return Tuple{int64(n), "x"}
		}
		return float64(n) + 0.5
	}
	for round := range 60 {
		d, model := NewDict(round%20), []pair(nil)
		size := 1 + rng.IntN(60)
		for step := range 600 {
			k := key(rng.IntN(size))
			at := slices.IndexFunc(model, func(p pair) bool { eq, _ := Equal(p.k, k); return eq })
			switch op := rng.IntN(100); {
			case op < 50:
				mustSet(t, d, k, step)
				if at >= 0 {
					model[at].v = step
				} else {
					model = append(model, pair{k, step})
				}
			case op < 85:
				v, ok, err := d.Delete(k)
				if ok != (at >= 0) || err != nil || ok && v != model[at].v {
					t.Fatalf("Delete(%v) = %v, %v, %v; model has it at %d", k, v, ok, err, at)
				}
				if ok {
					model = slices.Delete(model, at, at+1)
				}
			case op < 99:
				gotK, v, ok := d.PopLast()
				if ok != (len(model) > 0) {
					t.Fatalf("PopLast ok %v, model has %d", ok, len(model))
				}
				if ok {
					last := model[len(model)-1]
					if eq, _ := Equal(gotK, last.k); !eq || v != last.v {
						t.Fatalf("PopLast = %v, %v, want %v", gotK, v, last)
					}
					model = model[:len(model)-1]
				}
			default:
				d.Clear()
				model = nil
			}
			if d.Len() != len(model) {
				t.Fatalf("Len %d, model has %d", d.Len(), len(model))
			}
			i := 0
			for k, v := range d.All() {
				if eq, _ := Equal(k, model[i].k); !eq || v != model[i].v {
					t.Fatalf("entry %d is %v: %v, want %v", i, k, v, model[i])
				}
				if got, ok, _ := d.Get(k); !ok || got != v {
					t.Fatalf("Get(%v) = %v, %v, want %v", k, got, ok, v)
				}
				i++
			}
			if i != len(model) {
				t.Fatalf("%d entries, want %d", i, len(model))
			}
		}
	}
}

func TestDictNextWhileDeleting(t *testing.T) {
	d := padding(100)
	seen := 0
	for pos := 0; ; {
		k, _, next, ok := d.Next(pos)
		if !ok {
			break
		}
		if _, ok, err := d.Delete(k); !ok || err != nil {
			t.Fatalf("Delete(%v) = %v, %v", k, ok, err)
		}
		pos = next
		seen++
	}
	if seen != 100 || d.Len() != 0 {
		t.Errorf("saw %d, %d left; want 100, 0", seen, d.Len())
	}
}

func TestDictOfManyNaNs(t *testing.T) {
	const n = 50_000 // quadratic work would take minutes
	d := NewDict(0)
	for range n {
		mustSet(t, d, math.NaN(), nil)
		mustSet(t, d, Tuple{math.NaN()}, nil)
	}
	if d.Len() != 2*n {
		t.Errorf("Len %d, want %d", d.Len(), 2*n)
	}
	if _, ok, err := d.Get(math.NaN()); ok || err != nil {
		t.Errorf("Get(nan) = %v, %v", ok, err)
	}
	for range n {
		d.PopLast()
	}
	mustSet(t, d, "a", "b")
	if v, ok, _ := d.Get("a"); !ok || v != "b" || d.Len() != n+1 {
		t.Errorf("Get(a) = %v, %v, Len %d", v, ok, d.Len())
	}
}

func TestDictAsQueue(t *testing.T) {
	d := padding(1000)
	for i := range 300_000 { // quadratic work would take minutes
		k, _, _, _ := d.Next(0)
		d.Delete(k)
		mustSet(t, d, int64(i), nil)
	}
	if d.Len() != 1000 || cap(d.table().keys) > 8192 {
		t.Errorf("Len %d, room for %d", d.Len(), cap(d.table().keys))
	}
}

func BenchmarkDictInsert(b *testing.B) {
	kinds := []struct {
		name string
		key  func(i int) any
	}{
		{"string", func(i int) any { return fmt.Sprint("key", i) }},
		{"int", func(i int) any { return int64(i * 7) }},
		{"tuple", func(i int) any { return Tuple{int64(i), "x"} }},
	}
	for _, kind := range kinds {
		keys := make([]any, 10_000)
		for i := range keys {
			keys[i] = kind.key(i)
		}
		for _, room := range []int{0, len(keys)} {
			b.Run(fmt.Sprintf("%s/room=%d", kind.name, room), func(b *testing.B) {
				for b.Loop() {
					d := NewDict(room)
					for _, k := range keys {
						d.Set(k, nil)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(keys)), "ns/insert")
			})
		}
	}
}

func BenchmarkDictGet(b *testing.B) {
	for _, n := range []int{4, 8, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := padding(n)
			keys := slices.Clone(d.table().keys)
			i := 0
			for b.Loop() {
				d.Get(keys[i])
				if i++; i == n {
					i = 0
				}
			}
		})
	}
}
