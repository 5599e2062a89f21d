package pickle

import (
	"errors"
	"io"
	"testing"
)

// deepValues nest in every way that a value can, by hand.
var deepValues = []struct {
	name string
	in   func(v any) any // what holds v
}{
	{"list", func(v any) any { return NewList(v) }},
	{"tuple", func(v any) any { return Tuple{v} }},
	{"dict", func(v any) any { return dict("k", v) }},
	{"slice", func(v any) any { return Slice{v, nil, nil} }},
	{"arguments", func(v any) any { return &Object{How: Reduce, Class: Global{"m", "C"}, Args: Tuple{v}} }},
	{"state", func(v any) any {
		return &Object{How: NewObj, Class: Global{"m", "C"}, Args: Tuple{}, Ops: []Op{{Kind: Build, Items: []any{v}}}}
	}},
	{"exception", func(v any) any { return ValueError.New(v) }},
	{"cause", func(v any) any { return &Exception{Class: ValueError, Args: Tuple{}, State: v} }},
	{"persistent id", func(v any) any { return PersistentID{v} }},
	{"deque", func(v any) any { return &Deque{Items: []any{v}} }},
	{"Go slice", func(v any) any { return []any{v} }},
	{"Go map", func(v any) any { return map[string]any{"k": v} }},
	{"Go struct", func(v any) any { return struct{ A any }{v} }},
	{"Go pointer", func(v any) any { return &v }},
}

func deepened(in func(any) any, depth int) (v any) {
	for range depth {
		v = in(v)
	}
	return v
}

// isDeep tells whether something ended because a value is too deep.
func isDeep(err error) bool {
	limit, ok := errors.AsType[*LimitError](err)
	return ok && limit.Limit == "Depth" || errors.Is(err, RecursionError) || errors.Is(err, MemoryError)
}

// What nests 3,000 deep is written at every protocol and read again; what nests
// 300,000 deep is an error, whatever is done with it, and the process goes on.
func TestDeepValues(t *testing.T) {
	for _, tt := range deepValues {
		deep := deepened(tt.in, 3_000)
		for version := range 6 {
			c := usual
			c.Protocol = protocolOf(version)
			data, err := c.Marshal(t.Context(), deep)
			if err != nil {
				if tt.name != "persistent id" || version > 0 {
					t.Errorf("%s at protocol %d: %v", tt.name, version, err)
				}
				continue
			}
			if _, err := c.Decode(t.Context(), data); err != nil {
				t.Errorf("%s read at protocol %d: %v", tt.name, version, err)
			}
			if _, err := WriteJSON(io.Discard, data); err != nil {
				t.Errorf("%s as JSON: %v", tt.name, err)
			}
		}
		deepest := deepened(tt.in, 300_000)
		if _, err := usual.Marshal(t.Context(), deepest); !isDeep(err) {
			t.Errorf("%s is written: %v", tt.name, err)
		}
		for name, use := range map[string]func() error{
			"Repr":    func() error { _, err := Repr(deepest); return err },
			"Str":     func() error { _, err := Str(deepest); return err },
			"Hash":    func() error { _, err := Hash(deepest); return err },
			"Equal":   func() error { _, err := Equal(deepest, deepened(tt.in, 300_000)); return err },
			"Compare": func() error { _, err := Compare(deepest, "<", deepened(tt.in, 300_000)); return err },
		} {
			if err := use(); err != nil && !isDeep(err) && !errors.Is(err, TypeError) {
				t.Errorf("%s of %s: %v", name, tt.name, err)
			}
		}
	}
}

// A typed target that leads to itself is filled as deep as anything is decoded.
func TestDeepTargets(t *testing.T) {
	type chain struct{ Next *chain }
	type lists []lists
	write := func(depth int) (chained, listed []byte) {
		var err error
		if chained, err = Marshal(deepened(func(v any) any { return dict("Next", v) }, depth)); err != nil {
			t.Fatal(err)
		}
		if listed, err = Marshal(deepened(func(v any) any {
			if v == nil {
				return NewList()
			}
			return NewList(v)
		}, depth)); err != nil {
			t.Fatal(err)
		}
		return chained, listed
	}
	for _, tt := range []struct {
		depth int
		fits  bool
	}{{900, true}, {20_000, false}} {
		chained, listed := write(tt.depth)
		for name, err := range map[string]error{
			"structs": Unmarshal(chained, new(chain)), "lists": Unmarshal(listed, new(lists)), "any": Unmarshal(listed, new(any)),
		} {
			if (err == nil) != tt.fits || err != nil && !isDeep(err) {
				t.Errorf("%s %d deep: %v", name, tt.depth, err)
			}
		}
	}
}
