package pickle

import (
	"slices"
	"testing"
)

func TestSetOperations(t *testing.T) {
	s := NewSet(0)
	for i, tt := range []struct {
		item any
		new  bool
	}{{int64(1), true}, {true, false}, {"a", true}, {Tuple{"a"}, true}, {Tuple{"a"}, false}} {
		if added, err := s.Add(tt.item); added != tt.new || err != nil {
			t.Errorf("%d: Add(%#v) = %v, %v, want %v", i, tt.item, added, err, tt.new)
		}
	}
	if removed, err := s.Remove(1.0); !removed || err != nil {
		t.Errorf("Remove(1.0) = %v, %v", removed, err)
	}
	if removed, err := s.Remove(1.0); removed || err != nil {
		t.Errorf("Remove(1.0) again = %v, %v", removed, err)
	}
	if items := slices.Collect(s.All()); len(items) != 2 || items[0] != "a" {
		t.Errorf("items %#v", items)
	}
	if item, ok := s.PopLast(); !ok || item.(Tuple)[0] != "a" {
		t.Errorf("PopLast = %#v, %v", item, ok)
	}
	s.Clear()
	if _, ok := s.PopLast(); ok || s.Len() != 0 {
		t.Errorf("PopLast of an empty set, Len %d", s.Len())
	}
}

func TestSetInSet(t *testing.T) {
	inner := NewSet(0)
	inner.Add(int64(1))
	outer := NewSet(0)
	if _, err := outer.Add(inner); err == nil {
		t.Error("Add of a set without an error")
	}
	outer.Add(frozenset(int64(1)))
	if has, err := outer.Has(inner); !has || err != nil {
		t.Errorf("Has(set) = %v, %v, want true as in Python", has, err)
	}
	if removed, err := outer.Remove(inner); !removed || err != nil {
		t.Errorf("Remove(set) = %v, %v, want true as in Python", removed, err)
	}
	if _, err := NewFrozenSet(NewList()); err == nil {
		t.Error("frozenset of a list without an error")
	}
}
