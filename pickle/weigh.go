package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
)

// weigh is about how many bytes a value takes, where parts that it has several
// times count once; without bound for one that no pickle holds. What is written
// of a value may be longer than all limits if the value is large, but not if it
// only has the same parts again and again.
func weigh(v any) int {
	w := weigher{rest: []any{v}, seen: map[key]struct{}{}}
	for len(w.rest) > 0 {
		top := len(w.rest) - 1
		v := w.rest[top]
		w.rest = w.rest[:top]
		w.add(v)
	}
	return w.total
}

type weigher struct {
	rest  []any // to be weighed
	seen  map[key]struct{}
	total int
}

// What is weighed of each reference, and of the small value behind it.
const (
	slotWeight = 8
	atomWeight = 24
)

func (w *weigher) add(v any) {
	w.total += slotWeight
	if v != nil && isNil(v) {
		return
	}
	switch x := v.(type) {
	case nil, bool, int64:
	case string:
		w.text(v, len(x))
	case ByteString:
		w.text(v, len(x))
	case []byte:
		w.text(v, len(x))
	case *big.Int:
		w.text(v, x.BitLen()/8)
	case Tuple:
		if len(x) > 0 && w.first(key{firstOf(x), len(x)}) {
			w.rest = append(w.rest, x...)
		}
	case *List:
		if w.first(keyOf(v)) {
			w.rest = append(w.rest, x.Items...)
		}
	case *Dict:
		if w.first(keyOf(v)) {
			w.rest = append(w.rest, x.flat()...)
		}
	case *Set:
		if w.first(keyOf(v)) {
			w.rest = append(w.rest, x.keys...)
		}
	case *FrozenSet:
		if w.first(keyOf(v)) {
			w.rest = append(w.rest, x.keys...)
		}
	case *Exception:
		if w.first(keyOf(v)) {
			w.rest = append(w.rest, x.Args, x.State, x.Cause)
		}
	case *Bytearray:
		w.text(x.Bytes, len(x.Bytes))
	case *Buffer:
		w.text(x.Bytes, len(x.Bytes))
	case *Array:
		if w.first(keyOf(v)) {
			w.total += max(binary.Size(x.Items), 0)
		}
	case mutable:
		if w.first(keyOf(v)) {
			w.rest = append(w.rest, partsOf(x)...)
		}
	case *Object:
		if w.first(keyOf(v)) {
			w.object(x)
		}
	case Slice:
		if w.first(keyOf(v)) {
			w.rest = append(w.rest, x.Start, x.Stop, x.Step)
		}
	case PersistentID:
		w.rest = append(w.rest, x.ID)
	case Raw:
		w.total += len(x.ops)
	default:
		w.total += atomWeight
		if _, known := standsFor(v); !known && !isPython(v) {
			w.total, w.rest = math.MaxInt/2, nil // a value of a Go program: no peer made it large
		}
	}
}

// first tells whether a part was not met before.
func (w *weigher) first(k key) bool {
	if _, met := w.seen[k]; met {
		return false
	}
	w.seen[k] = struct{}{}
	w.total += atomWeight
	return true
}

// partsOf returns what an instance of a class of the standard library holds.
func partsOf(m mutable) []any {
	switch x := m.(type) {
	case *OrderedDict:
		return append(x.flat(), x.State)
	case *DefaultDict:
		return append(x.flat(), x.Factory)
	case *Counter:
		return append(x.flat(), x.State)
	case *SimpleNamespace:
		return x.flat()
	case *Deque:
		return x.Items
	}
	return nil
}

func (w *weigher) text(v any, n int) {
	if n >= longText && !w.first(keyOf(v)) {
		return
	}
	if n < longText {
		n = min(n, atomWeight) // a short one comes again in two bytes
	}
	w.total += n
}

func (w *weigher) object(o *Object) {
	w.rest = append(w.rest, o.Class, o.Args)
	if o.Kwargs != nil {
		w.rest = append(w.rest, o.Kwargs)
	}
	for _, op := range o.Ops {
		w.rest = append(w.rest, op.Items...)
	}
}
