package pickle

import (
	"math"
	"math/big"
	"reflect"
	"unicode/utf8"
)

// As converts a decoded value. T is the value's own type, any, or one that
// holds it without loss: another integer or float type, string or []byte, a
// slice of a list or tuple, a map of a dict, a pointer (nil for None).
func As[T any](v any) (T, error) {
	if t, ok := v.(T); ok {
		return t, nil
	}
	var t T
	err := assignTo(&t, v)
	return t, err
}

// assignTo stores v in the variable that ptr points to.
func assignTo(ptr, v any) error {
	if p, ok := ptr.(*any); ok && p != nil {
		*p = v
		return nil
	}
	r := reflect.ValueOf(ptr)
	if r.Kind() != reflect.Pointer || r.IsNil() {
		return &AssignError{v, "variable: Unmarshal needs a pointer to one"}
	}
	return assign(r.Elem(), v)
}

func assign(dst reflect.Value, v any) error {
	if raw, ok := v.(Raw); ok && dst.Type() != reflect.TypeFor[Raw]() && dst.Kind() != reflect.Interface {
		built, err := built(raw)
		if err != nil {
			return err
		}
		v = built
	}
	if v != nil && reflect.TypeOf(v).AssignableTo(dst.Type()) {
		dst.Set(reflect.ValueOf(v))
		return nil
	}
	if assignKind(dst, v) {
		return nil
	}
	switch dst.Kind() {
	case reflect.Pointer:
		if v == nil {
			dst.SetZero()
			return nil
		}
		p := reflect.New(dst.Type().Elem())
		if err := assign(p.Elem(), v); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	case reflect.Slice, reflect.Array:
		if items, ok := itemsOf(v); ok {
			return assignItems(dst, v, items)
		}
	case reflect.Map:
		if d, ok := v.(*Dict); ok {
			return assignMap(dst, d)
		}
	}
	return &AssignError{v, dst.Type().String()}
}

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
		if ok {
			dst.SetFloat(f)
		}
		return ok
	case reflect.String:
		s, ok := goText(v)
		if ok {
			dst.SetString(s)
		}
		return ok
	case reflect.Slice:
		b, ok := bytesOf(v)
		if ok = ok && dst.Type().Elem().Kind() == reflect.Uint8; ok {
			dst.SetBytes(b)
		}
		return ok
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

// float returns a number that a float64 holds.
func float(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int64:
		f := float64(n)
		return f, math.Abs(f) <= 1<<53
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

// itemsOf returns what a sequence or a set holds.
func itemsOf(v any) ([]any, bool) {
	switch x := v.(type) {
	case *List:
		return x.Items, true
	case Tuple:
		return x, true
	}
	if t, ok := tableOf(v); ok {
		return t.members(), true
	}
	return nil, false
}

func assignItems(dst reflect.Value, v any, items []any) error {
	if dst.Kind() == reflect.Slice {
		dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
	} else if dst.Len() != len(items) {
		return &AssignError{v, dst.Type().String()}
	}
	for i, item := range items {
		if err := assign(dst.Index(i), item); err != nil {
			return err
		}
	}
	return nil
}

func assignMap(dst reflect.Value, d *Dict) error {
	t := dst.Type()
	m := reflect.MakeMapWithSize(t, d.Len())
	for k, v := range d.All() {
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := assign(key, k); err != nil {
			return err
		}
		if !key.Comparable() {
			return &AssignError{k, t.Key().String()}
		}
		if err := assign(value, v); err != nil {
			return err
		}
		m.SetMapIndex(key, value)
	}
	dst.Set(m)
	return nil
}
