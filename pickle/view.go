package pickle

import (
	"errors"
	"iter"
)

// A View is what lies in a pickle, seen without building it: the elements of
// the tuple it holds, and the children of those that are tuples or dicts.
// A View is reused: Scan keeps its storage.
type View struct {
	skim
	root []Item // the elements of the outer tuple

	kids  []Item            // of the elements, one after another
	spans [maxRoot]kidsSpan // which of kids belong to which element
}

// maxRoot is how many elements of the outer tuple are looked into.
const maxRoot = 8

// A kidsSpan is the children of the tuple or dict that begins at start.
type kidsSpan struct {
	start    int32
	from, to int32
	dict     bool
}

// An Item is one value inside the scanned pickle.
type Item struct{ start, end int32 }

// ErrShape tells that a pickle is no tuple that a View can show; decode it.
var ErrShape = errors.New("pickle: not a tuple that a view can show")

// Scan looks through data, which must not change while the View is in use. Its
// error is ErrShape, or a *SyntaxError that Decode would return as well. What
// it accepts, Decode may still refuse: keys that cannot be hashed, limits.
func (v *View) Scan(data []byte, lim Limits) error {
	v.root, v.kids = v.root[:0], v.kids[:0]
	v.spans = [maxRoot]kidsSpan{}
	return v.skim.run(v, data, lim.orDefault(len(data)))
}

// fresh notes that place at of the stack is a new tuple or dict with those
// children.
func (v *View) fresh(at int, start int32, dict bool, slots []int32, end int32) {
	if at < maxRoot {
		v.spans[at] = kidsSpan{start, int32(len(v.kids)), int32(len(v.kids)), dict}
	}
	v.children(at, slots, end)
}

// children notes more children of what is at that place of the stack.
func (v *View) children(at int, slots []int32, end int32) {
	if len(v.marks) != 1 || v.marks[0].height != 0 || at >= maxRoot {
		return
	}
	for i, start := range slots {
		next := end
		if i+1 < len(slots) {
			next = slots[i+1]
		}
		v.kids = append(v.kids, Item{start, next})
	}
	v.spans[at].to = int32(len(v.kids))
}

// whole notes the outer tuple.
func (v *View) whole(slots []int32, end int32) {
	v.root = v.root[:0]
	for i, start := range slots {
		next := end
		if i+1 < len(slots) {
			next = slots[i+1]
		}
		v.root = append(v.root, Item{start, next})
	}
}

// Protocol is what the pickle says of itself.
func (v *View) Protocol() Protocol {
	if v.proto == 0 {
		return Protocol0
	}
	return Protocol(v.proto)
}

// Len is the number of elements of the outer tuple.
func (v *View) Len() int { return len(v.root) }

// At returns element i of the outer tuple.
func (v *View) At(i int) Item { return v.root[i] }

// Children returns the elements of element i when that is a tuple, its keys
// and values in turn when it is a dict.
func (v *View) Children(i int) []Item {
	if !v.IsTuple(i) && !v.IsDict(i) {
		return nil
	}
	return v.kids[v.spans[i].from:v.spans[i].to]
}

// IsTuple reports whether element i is a tuple whose children are known.
func (v *View) IsTuple(i int) bool { return v.knows(i) && !v.spans[i].dict }

// IsDict reports whether element i is a dict whose children are known.
func (v *View) IsDict(i int) bool { return v.knows(i) && v.spans[i].dict }

// knows reports whether the children noted for place i are those of element i,
// and not of something that has been there before.
func (v *View) knows(i int) bool {
	if i >= min(maxRoot, len(v.root)) || v.spans[i].start != v.root[i].start {
		return false
	}
	return v.spans[i].start > 0
}

// IsNone reports whether the item is None.
func (v *View) IsNone(it Item) bool { return v.data[it.start] == opNone }

// Text returns the bytes of a str of either Python, part of the pickle itself.
func (v *View) Text(it Item) (text []byte, ok bool) {
	op := v.data[it.start]
	if target, isGet := v.target(it.start, op); isGet {
		if target.start < 0 {
			return nil, false
		}
		it, op = Item{target.start, target.end}, v.data[target.start]
	}
	switch op {
	case opShortBinUnicode, opBinUnicode, opBinUnicode8, opShortBinString, opBinString:
		a, n, err := argument(v.data, int(it.start))
		return v.data[a : a+n], err == nil
	}
	return nil, false
}

// Int returns the value of an int that fits.
func (v *View) Int(it Item) (n int64, ok bool) {
	i, isInt := smallInt(v.data[it.start:it.end])
	return i, isInt
}

// Globals yields module and name of every global that the scanned pickle names.
func (v *View) Globals() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, g := range v.globals {
			if !yield(string(g.module), string(g.name)) {
				return
			}
		}
	}
}
