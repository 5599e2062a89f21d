package pickle

import (
	"math/big"
	"strings"
)

// dill writes builtin types as a call with their name, and a few values as a
// call with their repr.

func nativeLoadType(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 1 {
		return nil, false, nil
	}
	name, ok := briefText(args[0], longText)
	if !ok {
		return nil, false, nil
	}
	g := Global{"builtins", name}
	if _, isException := exceptionBases[ExceptionClass(g.String())]; !builtinTypes[name] && !isException {
		return nil, false, nil
	}
	return g, true, nil
}

var builtinTypes = map[string]bool{
	"bool": true, "bytearray": true, "bytes": true, "classmethod": true, "complex": true,
	"dict": true, "enumerate": true, "filter": true, "float": true, "frozenset": true,
	"int": true, "list": true, "map": true, "memoryview": true, "object": true,
	"property": true, "range": true, "reversed": true, "set": true, "slice": true,
	"staticmethod": true, "str": true, "super": true, "tuple": true, "type": true, "zip": true,
}

// nativeEvalRepr reads the three texts that are known; nothing is evaluated.
func nativeEvalRepr(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 1 {
		return nil, false, nil
	}
	text, ok := briefText(args[0], maxDigits)
	if !ok {
		return nil, false, nil
	}
	switch text {
	case "Ellipsis":
		return Ellipsis, true, nil
	case "NotImplemented":
		return NotImplemented, true, nil
	}
	r, ok := parseRange(text)
	return r, ok, nil
}

// parseRange reads the repr of a range.
func parseRange(text string) (Range, bool) {
	inner, ok := strings.CutPrefix(text, "range(")
	if !ok {
		return Range{}, false
	}
	inner, ok = strings.CutSuffix(inner, ")")
	if !ok || len(inner) > maxDigits {
		return Range{}, false
	}
	parts := strings.Split(inner, ", ")
	if len(parts) != 2 && len(parts) != 3 {
		return Range{}, false
	}
	numbers := Tuple{nil, nil, int64(1)}
	for i, p := range parts {
		n, ok := new(big.Int).SetString(p, 10)
		if !ok || n.String() != p {
			return Range{}, false
		}
		numbers[i] = normal(n)
	}
	return Range{numbers[0], numbers[1], numbers[2]}, numbers[2] != int64(0)
}
