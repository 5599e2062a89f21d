package syncmanager

import (
	"context"
	"iter"
	"math/big"
	"slices"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// maxElements bounds what one small request, such as l *= 10**12, may make of
// a container. Beyond it is MemoryError.
const maxElements = 1 << 26

// A series is an object of this server that Python could iterate over.
type series interface {
	// snapshot returns the elements; the slice is the caller's.
	snapshot(ctx context.Context) ([]any, error)
}

// checkSize refuses n elements if they are too many.
func checkSize(n int) error {
	if n < 0 || n > maxElements {
		return pickle.MemoryError.New()
	}
	return nil
}

// stored is how elements are read. No Raw holds a proxy, so nobody's registry
// is needed.
var stored = pickle.Codec{Dialect: pickle.Dialect{Package: "multiprocess"}}

// built returns a kept element as a value.
func built(ctx context.Context, v any) (any, error) {
	if raw, ok := v.(pickle.Raw); ok {
		return raw.Value(ctx, stored)
	}
	return v, nil
}

// A budget bounds what the arguments of one call are made into: a pickle of a
// few bytes can hold a range of 10**12 or a zip of many long ones.
type budget struct{ left int }

func newBudget() *budget { return &budget{maxElements} }

func (b *budget) spend(n int) error {
	if n > b.left {
		return pickle.MemoryError.New()
	}
	b.left -= n
	return nil
}

// elements returns what iterating over v yields. The slice may be v's own.
func (b *budget) elements(ctx context.Context, v any) ([]any, error) {
	v, err := built(ctx, v)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *pickle.List:
		return v.Items, nil
	case pickle.Tuple:
		return v, nil
	case *pickle.Set:
		return collect(v.Len(), v.All()), b.spend(v.Len())
	case *pickle.FrozenSet:
		return collect(v.Len(), v.All()), b.spend(v.Len())
	case *pickle.Dict:
		return dictKeys(v), b.spend(v.Len())
	case string:
		return b.characters(v)
	case pickle.ByteString:
		return b.byteStrings(v)
	case []byte:
		return b.octets(v)
	case *pickle.Bytearray:
		return b.octets(v.Bytes)
	case pickle.Range:
		return b.numbers(v)
	case *pickle.Object:
		return b.objectElements(ctx, v)
	case *managers.ProxyRef:
		return b.proxyElements(ctx, v)
	}
	return nil, notIterable(v)
}

func notIterable(v any) error {
	return pickle.TypeError.New("'" + pickle.TypeName(v) + "' object is not iterable")
}

// proxyElements asks the object that a proxy stands for, if it is here.
func (b *budget) proxyElements(ctx context.Context, p *managers.ProxyRef) ([]any, error) {
	ref := p.Referent()
	if s, ok := ref.(series); ok {
		items, err := s.snapshot(ctx)
		if err != nil {
			return nil, err
		}
		return items, b.spend(len(items))
	}
	if ref == nil {
		return nil, pickle.TypeError.New("'" + p.Token.TypeID +
			"' object of another manager cannot be iterated over here: pass a copy of it")
	}
	return nil, notIterable(p)
}

func collect(n int, all func(func(any) bool)) []any {
	items := make([]any, 0, n)
	for item := range all {
		items = append(items, item)
	}
	return items
}

func dictKeys(d *pickle.Dict) []any {
	keys := make([]any, 0, d.Len())
	for key := range d.All() {
		keys = append(keys, key)
	}
	return keys
}

// characters splits a str into its code points, of which lone surrogates are
// three bytes long and no valid UTF-8.
func (b *budget) characters(s string) ([]any, error) {
	n := 0
	for i := range len(s) {
		if s[i]&0xc0 != 0x80 {
			n++
		}
	}
	if err := b.spend(n); err != nil {
		return nil, err
	}
	items := make([]any, 0, n)
	for start, i := 0, 1; start < len(s); i++ {
		if i == len(s) || s[i]&0xc0 != 0x80 {
			items = append(items, s[start:i])
			start = i
		}
	}
	return items, nil
}

func (b *budget) byteStrings(s pickle.ByteString) ([]any, error) {
	if err := b.spend(len(s)); err != nil {
		return nil, err
	}
	items := make([]any, len(s))
	for i := range s {
		items[i] = s[i : i+1]
	}
	return items, nil
}

func (b *budget) octets(data []byte) ([]any, error) {
	if err := b.spend(len(data)); err != nil {
		return nil, err
	}
	items := make([]any, len(data))
	for i, c := range data {
		items[i] = int64(c)
	}
	return items, nil
}

// numbers lists a range.
func (b *budget) numbers(r pickle.Range) ([]any, error) {
	start, stop, step := bigInt(r.Start), bigInt(r.Stop), bigInt(r.Step)
	if start == nil || stop == nil || step == nil || step.Sign() == 0 {
		return nil, notIterable(r)
	}
	distance := new(big.Int).Sub(stop, start)
	if distance.Sign() != step.Sign() {
		return nil, nil
	}
	count := distance.Add(distance, step).Sub(distance, big.NewInt(int64(step.Sign()))).Quo(distance, step)
	if !count.IsInt64() {
		return nil, pickle.MemoryError.New()
	}
	n := int(count.Int64())
	if err := b.spend(n); err != nil {
		return nil, err
	}
	items := make([]any, n)
	if start.IsInt64() && stop.IsInt64() && step.IsInt64() {
		for i, v, by := 0, start.Int64(), step.Int64(); i < n; i++ {
			items[i] = v
			v += by
		}
		return items, nil
	}
	for i := range items {
		items[i], _ = integer(new(big.Int).Set(start))
		start.Add(start, step)
	}
	return items, nil
}

// bigInt returns an int in a big.Int of the caller's own, nil for no int.
func bigInt(v any) *big.Int {
	switch v, _ := integer(v); v := v.(type) {
	case int64:
		return big.NewInt(v)
	case *big.Int:
		return new(big.Int).Set(v)
	}
	return nil
}

// integer returns an int, or a bool as one, in its smallest form: int64, else
// *big.Int.
func integer(v any) (any, bool) {
	switch n := v.(type) {
	case int64:
		return v, true
	case bool:
		if n {
			return int64(1), true
		}
		return int64(0), true
	case *big.Int:
		if n.IsInt64() {
			return n.Int64(), true
		}
		return n, true
	}
	return nil, false
}

// truth is Python's bool(v).
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case pickle.ByteString:
		return v != ""
	case []byte:
		return len(v) > 0
	case pickle.Tuple:
		return len(v) > 0
	case *pickle.List:
		return len(v.Items) > 0
	case interface{ Len() int }:
		return v.Len() > 0
	}
	return true
}

// A watch tells whether an object ever kept anything that may hold a proxy.
// Most never do, and need not be searched for them.
type watch bool

func (w *watch) see(vs ...any) {
	for _, v := range vs {
		if mayHold(v) {
			*w = true
			return
		}
	}
}

func mayHold(v any) bool {
	switch v.(type) {
	case nil, bool, int64, *big.Int, float64, complex128, string, []byte,
		pickle.Raw, pickle.ByteString, pickle.Global, pickle.Range, *pickle.Bytearray:
		return false
	}
	return true
}

// held returns what among vs may hold a proxy.
func (w watch) held(vs []any) []any { return w.heldIn(slices.Values(vs)) }

func (w watch) heldIn(vs iter.Seq[any]) []any {
	if !w {
		return nil
	}
	var held []any
	for v := range vs {
		if mayHold(v) {
			held = append(held, v)
		}
	}
	return held
}

// yieldAll is called without locks: an object may hold itself.
func yieldAll(vs []any, yield func(any) bool) {
	for _, v := range vs {
		if !yield(v) {
			return
		}
	}
}
