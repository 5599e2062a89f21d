package pickle

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
)

// A CompareOp is one of Python's ordering operators: "<", "<=", ">" or ">=".
type CompareOp string

// holds tells whether a op b, given how a and b are ordered.
func (op CompareOp) holds(order int) bool {
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// Compare is Python's <, <=, > or >=. The error is TypeError where Python has
// no order, or as with Equal; and for the values of Stdlib's classes, which have none
// here.
func Compare(a any, op CompareOp, b any) (bool, error) {
	return newWalk().compare(a, op, b)
}

func (w *walk) compare(a any, op CompareOp, b any) (bool, error) {
	switch op {
	case "<", "<=", ">", ">=":
	default:
		return false, fmt.Errorf("pickle: %q is not an ordering operator", op)
	}
	a, err := built(a)
	if err != nil {
		return false, err
	}
	if b, err = built(b); err != nil {
		return false, err
	}
	x, _ := w.plain(a)
	y, _ := w.plain(b)
	if isNumber(x) && isNumber(y) && !isComplex(a) && !isComplex(b) {
		order, ok := orderNumbers(x, y)
		return ok && op.holds(order), nil
	}
	switch x := x.(type) {
	case string:
		if y, ok := y.(string); ok { // code points are in the order of their bytes
			return op.holds(strings.Compare(x, y)), nil
		}
	case []byte, *Bytearray:
		p, _ := bytesOf(x)
		if q, ok := bytesOf(y); ok {
			return op.holds(bytes.Compare(p, q)), nil
		}
	case Tuple:
		if y, ok := y.(Tuple); ok {
			return w.compareItems(x, op, y)
		}
	case *List:
		if y, ok := y.(*List); ok {
			return w.compareItems(x.Items, op, y.Items)
		}
	case Slice:
		if y, ok := y.(Slice); ok {
			return w.compareItems([]any{x.Start, x.Stop, x.Step}, op, []any{y.Start, y.Stop, y.Step})
		}
	case *Set, *FrozenSet:
		s, _ := tableOf(x)
		if t, ok := tableOf(y); ok {
			return w.compareSets(s, op, t)
		}
	}
	return false, TypeError.New(fmt.Sprintf("'%s' not supported between instances of '%s' and '%s'",
		op, fullTypeName(a), fullTypeName(b)))
}

// isComplex tells a complex number, which has no order even where the
// imaginary part is zero.
func isComplex(v any) bool {
	switch v.(type) {
	case complex128, complex64:
		return true
	}
	return false
}

// compareItems compares the first items that are not equal, and the lengths if
// there are none.
func (w *walk) compareItems(a []any, op CompareOp, b []any) (bool, error) {
	n := min(len(a), len(b))
	if err := w.enter(n); err != nil {
		return false, err
	}
	defer w.leave()
	for i := range n {
		eq, err := w.equal(a[i], b[i])
		if err != nil {
			return false, err
		}
		if !eq {
			return w.compare(a[i], op, b[i])
		}
	}
	return op.holds(cmp.Compare(len(a), len(b))), nil
}

// compareSets tells whether one set holds the other: sets have no other order.
func (w *walk) compareSets(a *table, op CompareOp, b *table) (bool, error) {
	switch op {
	case ">":
		a, b = b, a
		fallthrough
	case "<":
		if a.live == b.live {
			return false, nil
		}
	case ">=":
		a, b = b, a
	}
	return w.subset(a, b)
}
