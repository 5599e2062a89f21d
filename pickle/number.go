package pickle

import (
	"math"
	"math/big"
)

// number brings equal numbers to one form: int64; float64 where no int64 is
// equal; *big.Int where no float64 is equal either; complex128 where the
// imaginary part is not zero. What is no number comes back as it is.
func number(v any) any {
	switch n := v.(type) {
	case bool:
		if n {
			return int64(1)
		}
		return int64(0)
	case float64:
		return floatNumber(n)
	case *big.Int:
		return bigNumber(n)
	case complex128:
		if imag(n) == 0 {
			return floatNumber(real(n))
		}
	case complex64:
		return number(complex128(n))
	case float32:
		return floatNumber(float64(n))
	default:
		v = integer(v)
		if n, ok := v.(*big.Int); ok {
			return bigNumber(n)
		}
	}
	return v
}

// integer turns Go's other integers and nil pointers, which callers may pass, into Python's
// integers and None.
func integer(v any) any {
	if isNilPointer(v) {
		return nil
	}
	switch n := v.(type) {
	case int:
		return int64(n)
	case int8:
		return int64(n)
	case int16:
		return int64(n)
	case int32:
		return int64(n)
	case uint8:
		return int64(n)
	case uint16:
		return int64(n)
	case uint32:
		return int64(n)
	case uint:
		return integer(uint64(n))
	case uint64:
		if n <= math.MaxInt64 {
			return int64(n)
		}
		return new(big.Int).SetUint64(n)
	case *big.Int:
		if n.IsInt64() {
			return n.Int64()
		}
	}
	return v
}

func floatNumber(f float64) any {
	if f >= -1<<63 && f < 1<<63 {
		if n := int64(f); float64(n) == f {
			return n
		}
	}
	return f
}

func bigNumber(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	if n.BitLen() > 1024 {
		return n
	}
	if f, acc := n.Float64(); acc == big.Exact && !math.IsInf(f, 0) {
		return f
	}
	return n
}

// orderNumbers compares two real numbers in the form number gives them,
// exactly; ok is false if one is a NaN.
func orderNumbers(a, b any) (order int, ok bool) {
	switch x := a.(type) {
	case int64:
		switch y := b.(type) {
		case int64:
			return order64(x, y), true
		case float64:
			return orderIntFloat(x, y)
		case *big.Int:
			return -y.Sign(), true
		}
	case float64:
		switch y := b.(type) {
		case int64:
			order, ok = orderIntFloat(y, x)
			return -order, ok
		case float64:
			return order64(x, y), x == x && y == y
		case *big.Int:
			order, ok = orderBigFloat(y, x)
			return -order, ok
		}
	case *big.Int:
		switch y := b.(type) {
		case int64:
			return x.Sign(), true
		case float64:
			return orderBigFloat(x, y)
		case *big.Int:
			return x.Cmp(y), true
		}
	}
	return 0, false
}

func order64[T int64 | float64](x, y T) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func orderIntFloat(n int64, f float64) (int, bool) {
	switch {
	case f != f:
		return 0, false
	case f >= 1<<63:
		return -1, true
	case f < -1<<63:
		return 1, true
	}
	// f has a fraction, or it would be an int64.
	if n <= int64(math.Floor(f)) {
		return -1, true
	}
	return 1, true
}

func orderBigFloat(n *big.Int, f float64) (int, bool) {
	switch {
	case f != f:
		return 0, false
	case math.IsInf(f, 0):
		return -order64(f, 0), true
	case f > -1<<63 && f < 1<<63:
		return n.Sign(), true
	}
	whole, _ := new(big.Float).SetFloat64(f).Int(nil)
	return n.Cmp(whole), true
}

// isNumber tells whether v, in the form number gives, can be ordered.
func isNumber(v any) bool {
	switch v.(type) {
	case int64, float64, *big.Int:
		return true
	}
	return false
}

// bigOf returns an integer as a *big.Int.
func bigOf(v any) (*big.Int, bool) {
	switch n := integer(v).(type) {
	case bool:
		return bigOf(number(n))
	case int64:
		return big.NewInt(n), true
	case *big.Int:
		return n, true
	}
	return nil, false
}
