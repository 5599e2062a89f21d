package pickle

// Str is Python's str. Errors are as with Repr.
func Str(v any) (string, error) {
	if isNilPointer(v) {
		return "None", nil
	}
	switch x := v.(type) {
	case string:
		return x, nil
	case ZoneInfo:
		return string(x), nil
	case nativer:
		return Str(x.native())
	case *Exception:
		return x.str()
	case *Object:
		if s, ok := x.str(); ok {
			return s, nil
		}
	case Raw:
		v, err := built(x)
		if err != nil {
			return "", err
		}
		return Str(v)
	default:
		if n, ok := standsFor(v); ok {
			return Str(n)
		}
	}
	return Repr(v)
}
