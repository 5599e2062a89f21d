package syncmanager

import (
	"context"
	"errors"
	"math"
	"math/big"
	"strconv"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A subscript is what stands in brackets: an index or a slice.
type subscript struct {
	index   int
	slice   pickle.Slice
	isSlice bool
}

// readSubscript reads parameter i as a subscript of a sequence. wrong is the
// error for another type.
func readSubscript(ctx context.Context, c *managers.Call, i int, wrong func(typeName string) error) (subscript, error) {
	n, err := c.Int(ctx, i, 0)
	if err == nil {
		return subscript{index: n}, nil
	}
	if errors.Is(err, pickle.OverflowError) {
		return subscript{}, pickle.IndexError.New("cannot fit 'int' into an index-sized integer")
	}
	v, err := c.Value(ctx, i)
	if err != nil {
		return subscript{}, err
	}
	if s, ok := v.(pickle.Slice); ok {
		return subscript{slice: s, isSlice: true}, nil
	}
	return subscript{}, wrong(pickle.TypeName(v))
}

// in returns the index counted from the start of a sequence of that length;
// ok is false if it is outside.
func (s subscript) in(length int) (i int, ok bool) {
	i = s.index
	if i < 0 {
		i += length
	}
	return i, i >= 0 && i < length
}

// A span is the positions that a slice selects: n of them from start on.
type span struct{ start, step, n int }

// resolve applies a slice to a sequence of that length.
func resolve(s pickle.Slice, length int) (span, error) {
	step := 1
	if s.Step != nil {
		n, err := bound(s.Step)
		if err != nil {
			return span{}, err
		}
		if n == 0 {
			return span{}, pickle.ValueError.New("slice step cannot be zero")
		}
		step = max(n, -math.MaxInt)
	}
	first, last := 0, length // where a bound comes to lie that is outside
	if step < 0 {
		first, last = -1, length-1
	}
	start, stop := first, last
	if step < 0 {
		start, stop = last, first
	}
	for _, b := range []struct {
		v  any
		to *int
	}{{s.Start, &start}, {s.Stop, &stop}} {
		if b.v == nil {
			continue
		}
		n, err := bound(b.v)
		if err != nil {
			return span{}, err
		}
		if n < 0 {
			n += length
		}
		*b.to = min(max(n, first), last)
	}
	return newSpan(start, stop, step), nil
}

func newSpan(start, stop, step int) span {
	sp := span{start: start, step: step}
	switch {
	case step > 0 && start < stop:
		sp.n = (stop-start-1)/step + 1
	case step < 0 && stop < start:
		sp.n = (start-stop-1)/-step + 1
	}
	return sp
}

// bound is a slice's bound, clamped.
func bound(v any) (int, error) {
	n, ok := clamped(v)
	if !ok {
		return 0, pickle.TypeError.New("slice indices must be integers or None or have an __index__ method")
	}
	return n, nil
}

func clamped(v any) (n int, ok bool) {
	switch v, _ := integer(v); v := v.(type) {
	case int64:
		return int(v), true
	case *big.Int:
		if v.Sign() < 0 {
			return math.MinInt, true
		}
		return math.MaxInt, true
	}
	return 0, false
}

// between is Python 2's s[i:j], whose client has counted from the start.
func between(ctx context.Context, c *managers.Call, length int) (span, error) {
	var ij [2]int
	for k := range ij {
		n, err := c.Int(ctx, k, 0)
		if err != nil {
			return span{}, err
		}
		ij[k] = min(max(n, 0), length)
	}
	return newSpan(ij[0], max(ij[0], ij[1]), 1), nil
}

// of returns the selected items.
func (sp span) of(items []any) []any {
	out := make([]any, sp.n)
	for k := range out {
		out[k] = items[sp.start+k*sp.step]
	}
	return out
}

// replace puts values where the selected items are. Only a span without gaps
// may change the length. what names the sequence in the error.
func (sp span) replace(items, values []any, what string) ([]any, error) {
	if sp.step == 1 {
		if err := checkSize(len(items) - sp.n + len(values)); err != nil {
			return items, err
		}
		return splice(items, sp.start, sp.n, values), nil
	}
	if len(values) != sp.n {
		return items, pickle.ValueError.New("attempt to assign " + what + " of size " + itoa(len(values)) +
			" to extended slice of size " + itoa(sp.n))
	}
	for k, v := range values {
		items[sp.start+k*sp.step] = v
	}
	return items, nil
}

// remove takes the selected items out.
func (sp span) remove(items []any) []any {
	if sp.step < 0 {
		sp = span{sp.start + (sp.n-1)*sp.step, -sp.step, sp.n}
	}
	if sp.step == 1 {
		return splice(items, sp.start, sp.n, nil)
	}
	if sp.n == 0 {
		return items
	}
	kept := items[:sp.start]
	for i := sp.start; i < len(items); i++ {
		if d := i - sp.start; d%sp.step != 0 || d/sp.step >= sp.n {
			kept = append(kept, items[i])
		}
	}
	clear(items[len(kept):])
	return shrunk(kept)
}

func itoa(n int) string { return strconv.Itoa(n) }
