package pickle

import (
	"math/big"
	"reflect"
	"unicode/utf8"
)

// assignKind stores values that are not made of others.
func assignKind(dst reflect.Value, v any) bool {
	switch dst.Kind() {
	case reflect.Interface:
		if v == nil {
			dst.SetZero()
		}
		return v == nil
	case reflect.Bool:
		b, ok := v.(bool)
		if ok {
			dst.SetBool(b)
		}
		return ok
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := v.(int64)
		if ok = ok && !dst.OverflowInt(n); ok {
			dst.SetInt(n)
		}
		return ok
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n, ok := unsigned(v)
		if ok = ok && !dst.OverflowUint(n); ok {
			dst.SetUint(n)
		}
		return ok
	case reflect.Float32, reflect.Float64:
		f, ok := float(v)
		if _, isFloat := v.(float64); !isFloat && dst.Kind() == reflect.Float32 {
			ok = ok && float64(float32(f)) == f
		}
		if ok = ok && !dst.OverflowFloat(f); ok {
			dst.SetFloat(f)
		}
		return ok
	case reflect.Complex64, reflect.Complex128:
		c, ok := v.(complex128)
		if ok = ok && !dst.OverflowComplex(c); ok {
			dst.SetComplex(c)
		}
		return ok
	case reflect.String:
		s, ok := goText(v)
		if ok {
			dst.SetString(s)
		}
		return ok
	case reflect.Slice:
		b, ok := bytesIn(v)
		if ok = ok && dst.Type().Elem().Kind() == reflect.Uint8; ok {
			dst.SetBytes(b)
		}
		return ok
	case reflect.Array:
		b, ok := bytesIn(v)
		if ok = ok && dst.Type().Elem().Kind() == reflect.Uint8 && len(b) == dst.Len(); ok {
			copy(dst.Bytes(), b)
		}
		return ok
	case reflect.Struct:
		return assignNumber(dst, v)
	}
	return false
}

// assignNumber stores numbers in those of math/big.
func assignNumber(dst reflect.Value, v any) bool {
	switch p := dst.Addr().Interface().(type) {
	case *big.Int:
		switch n := v.(type) {
		case int64:
			p.SetInt64(n)
			return true
		case *big.Int:
			p.Set(n)
			return true
		}
	case *big.Float:
		if f, ok := asFloat(v); ok && f != nil {
			p.Set(f)
			return true
		}
	case *big.Rat:
		if r, ok := asRat(v); ok && r != nil {
			p.Set(r)
			return true
		}
	}
	return false
}

func unsigned(v any) (uint64, bool) {
	switch n := v.(type) {
	case int64:
		return uint64(n), n >= 0
	case *big.Int:
		return n.Uint64(), n.IsUint64()
	}
	return 0, false
}

// float returns a number that a float64 holds, an integer without rounding it.
func float(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int64:
		f := float64(n)
		return f, f < 1<<63 && int64(f) == n
	case *big.Int:
		f, accuracy := n.Float64()
		return f, accuracy == big.Exact
	}
	return 0, false
}

func goText(v any) (string, bool) {
	switch s := v.(type) {
	case string:
		return s, true
	case ByteString:
		return string(s), utf8.ValidString(string(s))
	}
	return "", false
}

// bytesIn returns what bytes, a bytearray, a buffer or Python 2's str holds.
func bytesIn(v any) ([]byte, bool) {
	switch b := v.(type) {
	case *Buffer:
		return b.Bytes, true
	case ByteString:
		return []byte(b), true
	}
	return bytesOf(v)
}
