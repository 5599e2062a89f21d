package pickle

import (
	"errors"
	"math"
	"math/big"
	"testing"
)

// TestCompareNumbers has every two numbers of a rising row in that order, exactly.
func TestCompareNumbers(t *testing.T) {
	power := func(base, exponent int64) *big.Int {
		return new(big.Int).Exp(big.NewInt(base), big.NewInt(exponent), nil)
	}
	rising := []any{
		math.Inf(-1), new(big.Int).Neg(power(10, 400)), -1e300, new(big.Int).Sub(big.NewInt(math.MinInt64), big.NewInt(1)), int64(math.MinInt64),
		-float64(1<<62) * 1.5, int64(-2), -1.5, int64(-1), false, 0.5, true, 1.5, int64(1<<53 + 1), float64(1<<53 + 2),
		int64(math.MaxInt64), float64(1 << 63), new(big.Int).Add(power(2, 63), big.NewInt(1)), 1e300, power(10, 400), math.Inf(1),
	}
	for i, a := range rising {
		for j, b := range rising {
			for op, want := range map[CompareOp]bool{"<": i < j, "<=": i <= j, ">": i > j, ">=": i >= j} {
				if got, err := Compare(a, op, b); got != want || err != nil {
					t.Errorf("%v %s %v: %v, %v", a, op, b, got, err)
				}
			}
		}
		for _, op := range []CompareOp{"<", "<=", ">", ">="} {
			if got, err := Compare(a, op, math.NaN()); got || err != nil {
				t.Errorf("%v %s nan: %v, %v", a, op, got, err)
			}
		}
	}
}

func TestCompare(t *testing.T) {
	one, two := int64(1), int64(2)
	set := func(items ...any) *Set {
		s := new(Set)
		for _, item := range items {
			if _, err := s.Add(item); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	for _, tt := range []struct {
		a, b any
		less bool
		err  error
	}{
		{"a", "b", true, nil},
		{"\uffff", "\U0001f600", true, nil},
		{"b", "a", false, nil},
		{[]byte("a"), &Bytearray{Bytes: []byte("b")}, true, nil},
		{Tuple{one, two}, Tuple{two}, true, nil},
		{Tuple{one}, Tuple{one, two}, true, nil},
		{Tuple{one, two}, Tuple{one, two}, false, nil},
		{NewList("a", one), NewList("b", nil), true, nil},
		{set(one), set(one, two), true, nil},
		{set(one, two), set(one, two), false, nil},
		{set(one), set(two), false, nil},
		{one, "a", false, TypeError},
		{nil, nil, false, TypeError},
		{Tuple{one}, NewList(two), false, TypeError},
		{1i, 2i, false, TypeError},
		{Tuple{nil}, Tuple{one}, false, TypeError},
	} {
		got, err := Compare(tt.a, "<", tt.b)
		if got != tt.less || !errors.Is(err, tt.err) {
			t.Errorf("%v < %v: %v, %v, want %v, %v", tt.a, tt.b, got, err, tt.less, tt.err)
		}
	}
	if _, err := Compare(one, "==", two); err == nil {
		t.Error("== is no ordering operator")
	}
}
