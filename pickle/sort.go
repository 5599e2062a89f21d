package pickle

import (
	"math/bits"
	"slices"
)

// Sort sorts items as list.sort does: stable, by < alone, and for items that
// have no consistent order (NaNs, sets) with the outcome of Python 3.13. After
// an error the items are as they were.
func Sort(items []any, reverse bool) error {
	all := make([]sortItem, len(items))
	for i, item := range items {
		key, err := built(item)
		if err != nil {
			return err
		}
		all[i] = sortItem{key, item}
	}
	if err := sortItems(all, reverse); err != nil {
		return err
	}
	for i, item := range all {
		items[i] = item.value
	}
	return nil
}

// sortItems sorts by the keys. After an error any order is left.
func sortItems(all []sortItem, reverse bool) error {
	s := &sorter{all: all}
	s.less = s.chooseLess()
	if reverse { // twice, so that equal items keep their order
		slices.Reverse(all)
		defer slices.Reverse(all)
	}
	s.sort()
	return s.err
}

// A sortItem is a value and what it is compared by.
type sortItem struct{ key, value any }

// chooseLess returns the cheapest < for the keys.
func (s *sorter) chooseLess() func(a, b any) bool {
	var strings, ints, floats int
	for _, item := range s.all {
		switch item.key.(type) {
		case string:
			strings++
		case int64:
			ints++
		case float64:
			floats++
		}
	}
	switch len(s.all) {
	case strings:
		return func(a, b any) bool { return a.(string) < b.(string) }
	case ints:
		return func(a, b any) bool { return a.(int64) < b.(int64) }
	case floats:
		return func(a, b any) bool { return a.(float64) < b.(float64) }
	}
	n := len(s.all)
	w := newWalkWithin(maxSteps + 256*n*bits.Len(uint(n)))
	return func(a, b any) bool {
		if s.err != nil {
			return false
		}
		w.begin()
		var less bool
		less, s.err = w.compare(a, "<", b)
		return less
	}
}
