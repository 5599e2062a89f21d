package pickle

import (
	"math/big"
	"strings"
)

// natives make values of Python's own types out of the calls by which older
// protocols write them. They return false where the arguments are not those
// that a pickler writes; the call then stays an Object.
var natives map[Global]func(d *decoder, args Tuple) (any, bool, error)

func init() { // natives decode keys, which may be Raws, which are decoded
	natives = map[Global]func(d *decoder, args Tuple) (any, bool, error){
		{"builtins", "set"}:          nativeSet,
		{"builtins", "frozenset"}:    nativeFrozenSet,
		{"builtins", "list"}:         nativeList,
		{"builtins", "bytes"}:        nativeBytes,
		{"builtins", "bytearray"}:    nativeBytearray,
		{"builtins", "complex"}:      nativeComplex,
		{"builtins", "slice"}:        nativeSlice,
		{"builtins", "range"}:        nativeRange,
		{"_codecs", "encode"}:        nativeEncode,
		{"dill._dill", "_load_type"}: nativeLoadType,
		{"dill._dill", "_eval_repr"}: nativeEvalRepr,
		{"dill.dill", "_load_type"}:  nativeLoadType,
		{"dill.dill", "_eval_repr"}:  nativeEvalRepr,
	}
}

// native returns the value that a call of g makes, if it is of a type that
// this package knows.
func (d *decoder) native(g Global, args Tuple) (any, bool, error) {
	if f, ok := natives[g]; ok {
		return f(d, args)
	}
	if class, ok := exceptionOf(g); ok {
		return &Exception{Class: class, Args: args}, true, nil
	}
	return nil, false, nil
}

// exactNative is native for Recode: only what other protocols have an opcode
// for is more than a call.
func (d *decoder) exactNative(g Global, how Construction, args Tuple) (any, bool, error) {
	if d.proto < 3 {
		g = g.to3()
	}
	if how != Reduce {
		return nil, false, nil
	}
	switch g {
	case Global{"builtins", "set"}, Global{"builtins", "frozenset"},
		Global{"builtins", "bytes"}, Global{"builtins", "bytearray"},
		Global{"_codecs", "encode"}:
		return natives[g](d, args)
	}
	return nil, false, nil
}

// elements returns what the only argument holds, if it is a plain sequence.
func elements(args Tuple) ([]any, bool) {
	switch len(args) {
	case 0:
		return nil, true
	case 1:
		switch x := args[0].(type) {
		case *List:
			return x.Items, true
		case Tuple:
			return x, true
		}
	}
	return nil, false
}

func nativeSet(d *decoder, args Tuple) (any, bool, error) {
	items, ok := elements(args)
	if !ok {
		return nil, false, nil
	}
	s := new(Set)
	return s, true, d.fillSet(&s.table, items)
}

func nativeFrozenSet(d *decoder, args Tuple) (any, bool, error) {
	items, ok := elements(args)
	if !ok {
		return nil, false, nil
	}
	s := new(FrozenSet)
	return s, true, d.fillSet(&s.table, items)
}

func nativeList(d *decoder, args Tuple) (any, bool, error) {
	items, ok := elements(args)
	if !ok {
		return nil, false, nil
	}
	if err := d.charge(16 * len(items)); err != nil {
		return nil, false, err
	}
	return &List{append([]any(nil), items...)}, true, nil
}

func nativeBytes(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) == 0 {
		return []byte{}, true, nil
	}
	return nil, false, nil
}

func nativeEncode(d *decoder, args Tuple) (any, bool, error) { return d.latin1(args) }

// latin1 returns the bytes that (text, "latin1") stands for.
func (d *decoder) latin1(args Tuple) (any, bool, error) {
	if len(args) != 2 || !isLatin1(args[1]) {
		return nil, false, nil
	}
	s, ok := textOfValue(args[0])
	if err := d.charge(len(s)); err != nil || !ok {
		return nil, false, err
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return nil, false, nil
		}
		b = append(b, byte(r))
	}
	return b, true, nil
}

func isLatin1(v any) bool {
	encoding, ok := briefText(v, 16)
	if !ok {
		return false
	}
	switch strings.ReplaceAll(strings.ToLower(encoding), "_", "-") {
	case "latin1", "latin-1", "iso-8859-1":
		return true
	}
	return false
}

// briefText is textOfValue for what is no longer than most: a pickle may name
// a long text many times.
func briefText(v any, most int) (string, bool) {
	switch s := v.(type) {
	case string:
		if len(s) <= most {
			return s, true
		}
	case ByteString:
		if len(s) <= most && isASCII(string(s)) {
			return string(s), true
		}
	}
	return "", false
}

// textOfValue returns str, of either Python.
func textOfValue(v any) (string, bool) {
	switch s := v.(type) {
	case string:
		return s, true
	case ByteString:
		return string(s), isASCII(string(s))
	}
	return "", false
}

func nativeBytearray(d *decoder, args Tuple) (any, bool, error) {
	switch len(args) {
	case 0:
		return new(Bytearray), true, nil
	case 1:
		switch b := args[0].(type) {
		case []byte:
			if err := d.charge(len(b)); err != nil {
				return nil, false, err
			}
			return &Bytearray{append([]byte(nil), b...)}, true, nil
		case ByteString:
			if err := d.charge(len(b)); err != nil {
				return nil, false, err
			}
			return &Bytearray{[]byte(b)}, true, nil
		}
	}
	if b, ok, err := d.latin1(args); ok || err != nil {
		bytes, _ := b.([]byte)
		return &Bytearray{bytes}, ok, err
	}
	return nil, false, nil
}

func nativeComplex(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 2 {
		return nil, false, nil
	}
	re, ok1 := args[0].(float64)
	im, ok2 := args[1].(float64)
	return complex(re, im), ok1 && ok2, nil
}

func nativeSlice(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 3 {
		return nil, false, nil
	}
	return Slice{args[0], args[1], args[2]}, true, nil
}

func nativeRange(_ *decoder, args Tuple) (any, bool, error) {
	r := Range{int64(0), nil, int64(1)}
	switch len(args) {
	case 1:
		r.Stop = args[0]
	case 3:
		r.Step = args[2]
		fallthrough
	case 2:
		r.Start, r.Stop = args[0], args[1]
	default:
		return nil, false, nil
	}
	return r, isInteger(r.Start) && isInteger(r.Stop) && isInteger(r.Step) && r.Step != int64(0), nil
}

func isInteger(v any) bool {
	_, ok := v.(int64)
	return ok || isBig(v)
}

func isBig(v any) bool {
	_, ok := v.(*big.Int)
	return ok
}
