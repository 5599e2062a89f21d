package managers

import (
	"context"
	"slices"
	"testing"
)

// A box holds proxies, as a managed list does.
type box struct{ proxies []any }

func (*box) Call(context.Context, *Call, *Reply) error { return ErrNoMethod }
func (b *box) Held(yield func(any) bool)               { slices.Values(b.proxies)(yield) }

// put puts a proxy for inner into outer, as a request that brings one does.
func put(os *objects, outer, inner *object) {
	os.lease(inner)
	b := outer.ref.(*box)
	b.proxies = append(b.proxies, &ProxyRef{obj: inner})
	os.unlease([]*object{inner})
}

// TestSweep: an object lives while a client's proxy, a reply or a live object
// refers to it.
func TestSweep(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(os *objects, a, b, c *object) // each has one reference
		want string                             // who is left
	}{
		{"nothing", func(os *objects, a, b, c *object) {}, "abc"},
		{"let go", func(os *objects, a, b, c *object) { os.decref(a.id) }, "bc"},
		{"held by a live one", func(os *objects, a, b, c *object) { put(os, a, b); os.decref(b.id) }, "abc"},
		{"held by two, one after the other", func(os *objects, a, b, c *object) {
			put(os, a, b)
			put(os, b, c)
			os.decref(b.id)
			os.decref(c.id)
		}, "abc"},
		{"its holder is let go", func(os *objects, a, b, c *object) { put(os, a, b); os.decref(b.id); os.decref(a.id) }, "c"},
		{"a chain is let go", func(os *objects, a, b, c *object) {
			put(os, a, b)
			put(os, b, c)
			os.decref(b.id)
			os.decref(c.id)
			os.decref(a.id)
		}, ""},
		{"holds itself", func(os *objects, a, b, c *object) { put(os, a, a); os.decref(a.id) }, "bc"},
		{"hold each other", func(os *objects, a, b, c *object) {
			put(os, a, b)
			put(os, b, a)
			os.decref(a.id)
			os.decref(b.id)
		}, "c"},
		{"in a reply", func(os *objects, a, b, c *object) { os.lease(a); os.decref(a.id) }, "abc"},
		{"in a reply that was read", func(os *objects, a, b, c *object) {
			os.lease(a)
			os.decref(a.id)
			os.unlease([]*object{a})
		}, "bc"},
		{"in a reply, and counted before the next request", func(os *objects, a, b, c *object) {
			os.lease(a)
			os.decref(a.id)
			os.incref(a.id)
			os.unlease([]*object{a})
		}, "abc"},
		{"taken out of its holder", func(os *objects, a, b, c *object) {
			put(os, a, b)
			os.decref(b.id)
			os.lease(b) // the answer to pop
			a.ref.(*box).proxies = nil
			os.unlease([]*object{b})
		}, "ac"},
	} {
		var os objects
		os.init()
		var all []*object
		for range 3 {
			all = append(all, os.add("box", new(box)))
		}
		tt.do(&os, all[0], all[1], all[2])
		left := ""
		for i, o := range all {
			if os.get([]byte(o.id)) == o {
				left += string(rune('a' + i))
			}
		}
		if left != tt.want {
			t.Errorf("%s: left are %q, want %q", tt.name, left, tt.want)
		}
	}
}

// TestCounts: what clients get wrong is told to them.
func TestCounts(t *testing.T) {
	var os objects
	os.init()
	o := os.add("box", new(box))
	if os.add("box", o.ref) != o || os.count() != 1 {
		t.Error("one Referent is two objects")
	}
	for range 2 {
		if err := os.decref(o.id); err != nil {
			t.Error(err)
		}
	}
	if err := os.decref(o.id); err == nil || os.incref(o.id) || os.count() != 0 {
		t.Errorf("an object that is gone can be counted: %v", err)
	}
	// One that only a value refers to is there, and is not counted.
	inner := os.add("box", new(box))
	os.lease(inner)
	if err := os.decref(inner.id); err != nil || os.get([]byte(inner.id)) != inner || os.count() != 0 {
		t.Errorf("%d objects are counted, of which none has a client (%v)", os.count(), err)
	}
	if err := os.decref(inner.id); err == nil {
		t.Error("a reference is let go that nobody has")
	}
	if next := os.add("box", o.ref); next.id == o.id {
		t.Error("an id is used twice")
	}
}
