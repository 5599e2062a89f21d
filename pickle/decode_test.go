package pickle

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func decode(t testing.TB, pickle string) any {
	t.Helper()
	v, err := Codec{}.Decode(t.Context(), []byte(pickle))
	if err != nil {
		t.Fatalf("%q: %v", pickle, err)
	}
	return v
}

// Pickles that other readers are known to get wrong.
func TestDecode(t *testing.T) {
	tests := []struct{ name, pickle, repr string }{
		{"a list memoized while empty", "\x80\x02]q\x00(]q\x01(K\x01K\x02eh\x01e.", "[[1, 2], [1, 2]]"},
		{"a list in itself", "\x80\x02]q\x00h\x00a.", "[[...]]"},
		{"only the top counts", "K\x01K\x02.", "2"},
		{"STRING as bytes", "S'caf\\xc3\\xa9'\n.", `b'caf\xc3\xa9'`},
		{"escapes of STRING", `S"\a\b\f\n\r\t\v\\\'\"\101\x41\q"` + "\n.", `'\x07\x08\x0c\n\r\t\x0b\\\'"AA\\q'`},
		{"UNICODE is Latin-1", "V\xe9\n.", `'\xe9'`},
		{"escapes of UNICODE", `V\u20ac\U0001f600\\u0041\q` + "\n.", `'\u20ac\U0001f600\\\\u0041\\q'`},
		{"a surrogate in UTF-8", "X\x03\x00\x00\x00\xed\xa0\x80.", `'\ud800'`},
		{"LONG1 of no bytes", "\x80\x02\x8a\x00.", "0"},
		{"the first key stays, the last value", "}(K\x01K\x02\x88K\x03u.", "{1: 3}"},
		{"equal tuples are one member", "\x80\x04\x8f(K\x01\x85K\x01\x85\x90.", "{(1,)}"},
		{"booleans of protocol 0", "(lI01\naI00\na.", "[True, False]"},
		{"zeros", "(lI000\naI-00\naL000L\na.", "[0, 0, 0]"},
		{"octal escapes of three digits", `S'\1017\0\18'` + "\n.", `'A7\x00\x018'`},
		{"INT in other bases", "I0x1f\n.", "31"},
		{"LONG with and without L", "(lL12L\naL-3\na.", "[12, -3]"},
		{"FLOAT", "(lF-inf\naF1e3\na.", "[-inf, 1000.0]"},
		{"a class is no call of it", "cbuiltins\nlist\n.", "<class 'list'>"},
		{"DICT, LIST and TUPLE", "((K\x01K\x02d(K\x03l(t.", "()"},
		{"frames are skipped", "\x80\x04\x95\x04\x00\x00\x00\x00\x00\x00\x00\x8c\x01a.", "'a'"},
		{"a PUT far away", "]r\xff\xff\xff\xff0j\xff\xff\xff\xff.", "[]"},
		{"PUTs from far to near", "(K\x01p5000\nK\x02q\x00g5000\nh\x00t.", "(1, 2, 1, 2)"},
		{"PUTs far away that the others reach", "(K\x01r\xb8\x0b\x00\x00K\x02" + times("q\x00", 3) + puts(1, 1200) + "K\x03r\xc2\x0b\x00\x00j\xb8\x0b\x00\x00j\xc2\x0b\x00\x00h\x00\x94j\xb2\x04\x00\x00t.",
			"(1, 2, 3, 1, 3, 2, 2)"},
		{"MEMOIZE counts the entries", "\x80\x04K\x07q\x05K\x08\x94h\x01\x86.", "(8, 8)"},
		{"DUP", "K\x012\x86.", "(1, 1)"},
		{"POP takes a mark", "K\x01(0.", "1"},
		{"xrange", "c__builtin__\nxrange\n(K\x01K\x05K\x02tR.", "range(1, 5, 2)"},
		{"a set of protocol 2", "c__builtin__\nset\n(]K\x01atR.", "{1}"},
		{"bytes of protocol 2", "c_codecs\nencode\n(X\x02\x00\x00\x00\xc3\xa9X\x06\x00\x00\x00latin1tR.", `b'\xe9'`},
		{"bytearray of 2.7", "c__builtin__\nbytearray\n(X\x02\x00\x00\x00\xc3\xa9X\x07\x00\x00\x00latin-1tR.", `bytearray(b'\xe9')`},
		{"bytearray of a str of 2.7", "c__builtin__\nbytearray\n(U\x01\xe9tR.", `bytearray(b'\xe9')`},
		{"a list of a call", "cbuiltins\nlist\n(K\x01\x85tR.", "[1]"},
		{"a range of one argument", "cbuiltins\nrange\nK\x03\x85R.", "range(0, 3)"},
		{"Empty where 3.7 defines it", "c_queue\nEmpty\n)R.", "Empty()"},
		{"Empty of 2.7", "cQueue\nEmpty\n)R.", "Empty()"},
		{"a type of dill", "\x80\x04cdill._dill\n_load_type\n\x8c\x08KeyError\x85R\x8c\x01q\x85R.", "KeyError('q')"},
		{"a range of dill", "cdill._dill\n_eval_repr\n(X\x0b\x00\x00\x00range(0, 3)tR.", "range(0, 3)"},
		{"Ellipsis of dill", "cdill._dill\n_eval_repr\n(X\x08\x00\x00\x00EllipsistR.", "Ellipsis"},
	}
	for _, tt := range tests {
		if got := asciiRepr(t, decode(t, tt.pickle)); got != tt.repr {
			t.Errorf("%s: %q is %s, want %s", tt.name, tt.pickle, got, tt.repr)
		}
	}
}

// Calls that look like those of a pickler but are not stay calls: nothing is
// evaluated.
func TestDecodeKeepsOtherCalls(t *testing.T) {
	for _, pickle := range []string{
		"cdill._dill\n_eval_repr\n(X\x0e\x00\x00\x00range(0, 3)+[]tR.",
		"cdill._dill\n_eval_repr\n(X\x0b\x00\x00\x00range(0, x)tR.",
		"cdill._dill\n_load_type\n(X\x04\x00\x00\x00evaltR.",
		"cbuiltins\nset\n(K\x01tR.",
		"cbuiltins\nbytearray\n(J\xff\xff\xff\x7ftR.",
		"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x05\x00\x00\x00rot13tR.",
		"c_codecs\nencode\n(X\x03\x00\x00\x00\xe2\x82\xacX\x06\x00\x00\x00latin1tR.",
		"cbuiltins\nrange\n(K\x01K\x02K\x00tR.",
		"cbuiltins\nrange\n)R.", "cbuiltins\nslice\nN\x85R.", "cbuiltins\ncomplex\nK\x01\x85R.", "cbuiltins\ncomplex\nK\x01K\x02\x86R.",
		"cbuiltins\nfrozenset\n(K\x01tR.", "cbuiltins\nlist\n(K\x01tR.", "cbuiltins\nbytes\n(K\x01tR.", "cbuiltins\nbytearray\n(X\x01\x00\x00\x00aX\x05\x00\x00\x00asciitR.",
		"c_codecs\nencode\n(K\x01X\x06\x00\x00\x00latin1tR.", "c_codecs\nencode\n(X\x01\x00\x00\x00aK\x01tR.",
		"cos\nsystem\n(X\x02\x00\x00\x00lstR.",
		"cbuiltins\nset\n(]K\x01at\x81.", // set.__new__ looks at no arguments
		"c__builtin__\nbytearray\n(C\x01at\x81.",
	} {
		if o, ok := decode(t, pickle).(*Object); !ok || o.How != Reduce && o.How != NewObj {
			t.Errorf("%q is %#v, want an Object", pickle, o)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	tests := []struct {
		pickle string
		err    error // nil for any
		text   string
	}{
		{"", ErrTruncated, "pickle: STOP at 0: the pickle ends inside a value"},
		{"K", ErrTruncated, "pickle: BININT1 at 0: the pickle ends inside a value"},
		{"K\x01", ErrTruncated, "pickle: STOP at 2: the pickle ends inside a value"},
		{".", ErrUnderflow, "pickle: STOP at 0: the stack is empty"},
		{"K\x01.K", ErrTrailing, "pickle: STOP at 2: bytes follow the end of the pickle"},
		{"\x80\x06N.", ErrProtocol, "pickle: PROTO at 0: unsupported pickle protocol: 6"},
		{"\xff.", ErrOpcode, "pickle: opcode 0xff at 0: not an opcode"},
		{"h\x05.", ErrMemo, "pickle: BINGET at 0: no memo entry 5"},
		{"\x80\x02h\x03.", ErrMemo, "pickle: BINGET at 2: no memo entry 3"},
		{"gx\n.", ErrMemo, `pickle: GET at 0: no memo entry "x"`},
		{"Np-1\n.", ErrMemo, `pickle: PUT at 1: no memo entry "-1"`},
		{"q\x00.", ErrUnderflow, "pickle: BINPUT at 0: the stack is empty"},
		{"K\x01(q\x00.", ErrUnderflow, "pickle: BINPUT at 3: the stack is empty"},
		{"K\x01(\x85.", ErrUnderflow, "pickle: TUPLE1 at 3: the stack is empty"},
		{"K\x01t.", ErrNoMark, "pickle: TUPLE at 2: no MARK on the stack"},
		{"1.", ErrNoMark, "pickle: POP_MARK at 0: no MARK on the stack"},
		{"0.", ErrUnderflow, "pickle: POP at 0: the stack is empty"},
		{"(K\x01K\x02e.", ErrUnderflow, "pickle: APPENDS at 5: the stack is empty"},
		{"}K\x01a.", nil, "pickle: APPEND at 3: cannot append to dict"},
		{"](K\x01K\x02u.", nil, "pickle: SETITEMS at 6: cannot set items of list"},
		{"](K\x01\x90.", nil, "pickle: ADDITEMS at 4: cannot add items to list"},
		{"}(K\x01u.", nil, "pickle: SETITEMS at 4: a key without a value"},
		{"}]Ns.", TypeError, "pickle: SETITEM at 3: TypeError: unhashable type: 'list'"},
		{"(]\x85\x91.", TypeError, "pickle: FROZENSET at 3: TypeError: unhashable type: 'list'"},
		{"K\x01)R.", nil, "pickle: REDUCE at 3: int is not callable"},
		{"cos\nsystem\nK\x01R.", nil, "pickle: REDUCE at 13: the arguments are int, not a tuple"},
		{"ca\nb\n)]\x92.", nil, "pickle: NEWOBJ_EX at 7: keyword arguments that are not a dict"},
		{"K\x01Nb.", nil, "pickle: BUILD at 3: int takes no state"},
		{"K\x01K\x02\x93.", nil, "pickle: STACK_GLOBAL at 4: a global needs two strings"},
		{"X\x02\x00\x00\x00\xc3(.", ErrUTF8, "pickle: BINUNICODE at 0: not UTF-8"},
		{"\x8c\x01\x80.", ErrUTF8, "pickle: SHORT_BINUNICODE at 0: not UTF-8"},
		{"X\xff\xff\xff\xff.", ErrTruncated, "pickle: BINUNICODE at 0: the pickle ends inside a value"},
		{"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", ErrTruncated, "pickle: BINBYTES8 at 0: the pickle ends inside a value"},
		{"S'a\n.", nil, "pickle: STRING at 0: the STRING opcode argument must be quoted"},
		{"I1z\n.", nil, `pickle: INT at 0: invalid integer "1z"`},
		{"I1_0\n.", nil, `pickle: INT at 0: invalid integer "1_0"`},
		{"L99999999999999999999_0L\n.", nil, `pickle: LONG at 0: invalid integer "99999999999999999999_0L"`},
		{"I010\n.", nil, `pickle: INT at 0: invalid integer "010": Pythons disagree on leading zeros`},
		{"L-08L\n.", nil, `pickle: LONG at 0: invalid integer "-08L": Pythons disagree on leading zeros`},
		{"F0x1p3\n.", nil, `pickle: FLOAT at 0: invalid float "0x1p3"`},
		{`V\u12` + "\n.", nil, "pickle: UNICODE at 0: invalid escape in a string"},
		{"Pid\n.", ErrPersistent, "pickle: PERSID at 0: a persistent id that nobody resolves"},
		{"\x82\x01.", ErrExtension, "pickle: EXT1 at 0: an extension code that nobody resolves: 1"},
		{"c\nx\n)R.", nil, "pickle: GLOBAL at 0: a global without a name"},
		{"cm\n\n)R.", nil, "pickle: GLOBAL at 0: a global without a name"},
		{"c\xff\nx\n.", ErrUTF8, "pickle: GLOBAL at 0: not UTF-8"},
		{"cm\n\xff\n.", ErrUTF8, "pickle: GLOBAL at 0: not UTF-8"},
		{"cm\n" + strings.Repeat("x", maxName) + "\n.", errLongName, "pickle: GLOBAL at 0: more than the limit of 4096 (name)"},
		{"\x8c\x01mX\x00\x10\x00\x00" + strings.Repeat("x", maxName) + "\x93.", errLongName, "pickle: STACK_GLOBAL at 4104: more than the limit of 4096 (name)"},
		{"(K\x01d.", errOdd, "pickle: DICT at 3: a key without a value"},
		{"cm\nC\n)R(K\x01u.", errOdd, "pickle: SETITEMS at 10: a key without a value"},
		{"V\\U00110000\n.", errEscape, "pickle: UNICODE at 0: invalid escape in a string"},
		{"K\x01\x98.", nil, "pickle: READONLY_BUFFER at 2: int is no out-of-band buffer"},
		{"\x97.", ErrBuffer, "pickle: NEXT_BUFFER at 0: no out-of-band buffer left"},
	}
	for _, tt := range tests {
		v, err := Codec{}.Decode(t.Context(), []byte(tt.pickle))
		var syntax *SyntaxError
		if err == nil || !errors.As(err, &syntax) {
			t.Errorf("%q: %v, %v; want a SyntaxError", tt.pickle, v, err)
			continue
		}
		if err.Error() != tt.text {
			t.Errorf("%q:\n got %s\nwant %s", tt.pickle, err, tt.text)
		}
		if tt.err != nil && !errors.Is(err, tt.err) {
			t.Errorf("%q: %v is no %v", tt.pickle, err, tt.err)
		}
	}
}

// Every pickle that ends early is refused, whatever Python wrote.
func TestDecodeTruncated(t *testing.T) {
	for _, vec := range pickleVectors(t) {
		if len(vec.data) > 300 {
			continue
		}
		for n := range vec.data {
			if v, err := (Codec{}).Decode(t.Context(), vec.data[:n]); err == nil {
				t.Errorf("%s, %s: the first %d of %q are %v", vec.source, vec.name, n, vec.data, v)
			}
		}
	}
	const moulds = "\x80\x04](cm\nC\n\x94h\x00NN\x86\x94\x81\x94h\x00NN\x86\x94\x81\x94(NNNNt\x94(NNNNt\x94e."
	for n := range moulds {
		if v, err := (Codec{}).Decode(t.Context(), []byte(moulds[:n])); err == nil {
			t.Errorf("the first %d of %q are %v", n, moulds, v)
		}
	}
}

// Every value that holds another is deeper than that.
func TestDecodeDepthOfEach(t *testing.T) {
	hooks := Codec{PersistentLoad: func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil }}
	for name, around := range map[string]string{
		"TUPLE": "(h\x00NNNt", "TUPLE2": "h\x00N\x86", "LIST": "(h\x00l", "APPEND": "]h\x00a", "APPENDS": "](h\x00e", "DICT": "(Nh\x00d", "SETITEM": "}Nh\x00s",
		"FROZENSET": "(h\x00\x91", "ADDITEMS": "cm\nC\n)R(h\x00\x90", "REDUCE": "cm\nC\nh\x00\x85R", "NEWOBJ_EX": "cm\nC\n)}X\x01\x00\x00\x00ah\x00s\x92",
		"INST": "(h\x00im\nC\n", "OBJ": "(cm\nC\nh\x00o", "BUILD": "cm\nC\n)Rh\x00b", "BINPERSID": "h\x00Q", "STACK_GLOBAL": "h\x00Q\x8c\x01n\x93", "POP": "cm\nC\n)Rcm\nf\nh\x00\x85R0", "POP_MARK": "cm\nC\n)R(cm\nf\nh\x00\x85RN1",
	} {
		data := []byte(")q\x000" + strings.Repeat(around+"q\x000", 60) + "h\x00.")
		for depth, want := range map[int]bool{50: false, 300: true} {
			hooks.Limits.Depth = depth
			_, err := hooks.Decode(t.Context(), data)
			var limit *LimitError
			if ok := err == nil; ok != want || !ok && (!errors.As(err, &limit) || limit.Limit != "Depth") {
				t.Errorf("%s, sixty times, where %d are allowed: %v", name, depth, err)
			}
		}
	}
}

// far memoizes the top of the stack at n indexes far from each other.
func far(n int) (ops string) {
	for i := range n {
		ops += "r" + string([]byte{0, 0, 0, byte(i)})
	}
	return ops + "."
}

// puts memoizes the top of the stack at each index from first to before last.
func puts(first, last int) (ops string) {
	for i := first; i < last; i++ {
		ops += "r" + string([]byte{byte(i), byte(i >> 8), 0, 0})
	}
	return ops
}

func TestDecodeLimits(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("]", n) + strings.Repeat("a", n-1) + "." }
	tests := []struct {
		name   string
		pickle string
		limits Limits
		limit  string // the field, or "" for none
	}{
		{"depth", deep(10_000), Limits{}, ""},
		{"too deep", deep(10_001), Limits{}, "Depth"},
		{"deep tuples", ")" + strings.Repeat("\x85", 20_000) + ".", Limits{}, "Depth"},
		{"a wide list is not deep", "](" + strings.Repeat(")\x85", 20_000) + "e.", Limits{}, ""},
		{"marks", strings.Repeat("(", 20_000) + ".", Limits{}, "Depth"},
		{"depth through the memo", "]q\x00" + strings.Repeat("]h\x00aq\x000h\x00", 20_000) + ".", Limits{}, "Depth"},
		{"depth through DUP", "]" + strings.Repeat("2\x85", 10_001) + ".", Limits{}, "Depth"},
		{"bytes", "(K\x01K\x02t.", Limits{Bytes: 5}, "Bytes"},
		{"memo", "N" + strings.Repeat("\x94", 11) + ".", Limits{Memo: 10}, "Memo"},
		{"memo, far apart", "Nr\x00\x00\x00\x70r\x00\x00\x00\x60r\x00\x00\x00\x50.", Limits{Memo: 2}, "Memo"},
		{"memo, one entry far away again", "N" + strings.Repeat("r\x00\x00\x00\x70", 3) + ".", Limits{Memo: 1}, ""},
		{"long", "\x8a\x09" + strings.Repeat("\x01", 9) + ".", Limits{Long: 8}, "Long"},
		{"digits", "L" + strings.Repeat("1", 4301) + "L\n.", Limits{}, "digits"},
		{"memory for entries far apart", "N" + far(200), Limits{Memory: 10_000}, "Memory"},
		{"memory for a tuple", "NN\x86.", Limits{Memory: 50}, "Memory"},
		{"memory for a list", "(NNl.", Limits{Memory: 50}, "Memory"},
		{"memory for a dict", "(NNd.", Limits{Memory: 50}, "Memory"},
		{"memory for items", "](NNe.", Limits{Memory: 70}, "Memory"},
		{"memory", "(" + strings.Repeat("}", 1000) + "t.", Limits{Memory: 10_000}, "Memory"},
		{"half a million empty dicts, as Python writes them", "](" + strings.Repeat("}\x94", 500_000) + "e.", Limits{}, ""},
		{"sets", "](" + strings.Repeat("\x8f\x94", 500_000) + "e.", Limits{}, ""},
		{"lists", "](" + strings.Repeat("]\x94", 500_000) + "e.", Limits{}, ""},
		{"dicts that nobody comes back to", "](" + strings.Repeat("}", 300_000) + "e.", Limits{}, ""},
		{"so many that they would be a bomb", "](" + strings.Repeat("}", 600_000) + "e.", Limits{}, "Memory"},
	}
	for _, tt := range tests {
		_, err := Codec{Limits: tt.limits}.Decode(t.Context(), []byte(tt.pickle))
		var limit *LimitError
		switch {
		case tt.limit == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.limit != "" && (!errors.As(err, &limit) || limit.Limit != tt.limit):
			t.Errorf("%s: %v, want the limit %s", tt.name, err, tt.limit)
		}
	}
}

// Small pickles that ask for much get little.
func TestDecodeHostile(t *testing.T) {
	var climb bytes.Buffer // memo indexes that double the table at each step
	for i := range 24 {
		climb.WriteByte('N')
		climb.WriteByte(opLongBinPut)
		binary.Write(&climb, binary.LittleEndian, uint32(1)<<i)
	}
	climb.WriteByte('.')
	tests := []struct{ name, pickle string }{
		{"memo climb", climb.String()},
		{"empty sets", "(" + strings.Repeat("\x8f", 512<<10) + "t."},
		{"empty dicts", strings.Repeat("}", 512<<10) + "."},
		{"globals", strings.Repeat("c\n\n", 150<<10) + "."},
		{"memoized", "N" + strings.Repeat("\x94", 512<<10) + "."},
		{"a long key again and again", "}(" + strings.Repeat("K\x01N", 9) + "X\x00\x00\x04\x00" + strings.Repeat("x", 256<<10) +
			"\x94N" + strings.Repeat("h\x00N", 50<<10) + "u."},
		{"claimed length", "\x8d\x00\x00\x00\x00\x00\x00\x00\x40a."},
		{"claimed long", "\x8b\xff\xff\xff\x7fa."},
	}
	for _, tt := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Codec{}.Decode(t.Context(), []byte(tt.pickle))
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 192<<20 {
			t.Errorf("%s: %d bytes of pickle took %d MiB", tt.name, len(tt.pickle), grown>>20)
		}
	}
}

// Pairs that come one by one, as protocol 0 has them, are not copied at each.
func TestDecodePairsOneByOne(t *testing.T) {
	for _, c := range []struct{ name, key string }{{"ints", "J%s"}, {"floats", "G%[1]s%[1]s"}, {"NaNs", "G\x7f\xf8\x00\x00%s"}} {
		var data strings.Builder
		data.WriteByte(opEmptyDict)
		const n = 20_000
		for i := range uint32(n) {
			fmt.Fprintf(&data, c.key+"Ns", binary.LittleEndian.AppendUint32(nil, i))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v, err := Codec{}.Decode(t.Context(), []byte(data.String()+"."))
		runtime.ReadMemStats(&after)
		if err != nil || v.(*Dict).Len() != n {
			t.Fatalf("%s: %v, %v", c.name, v, err)
		}
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 16<<20 {
			t.Errorf("%s: a dict of %d pairs took %d MiB", c.name, n, taken>>20)
		}
	}
}

// A key whose leaves double with each of its bytes is refused, not hashed.
func TestDecodeDoublingKey(t *testing.T) {
	pickle := "}K\x01" + strings.Repeat("q\x00h\x00\x86", 60) + "Ns."
	if v, err := (Codec{}).Decode(t.Context(), []byte(pickle)); err != nil {
		t.Logf("refused: %v", err)
	} else if v.(*Dict).Len() != 1 {
		t.Errorf("%d entries, want 1", v.(*Dict).Len())
	}
}

func TestDecodeDialect(t *testing.T) {
	c := Codec{Dialect: Dialect{Package: "multiprocess"}}
	for in, want := range map[string]Global{
		"cmultiprocess.managers\nToken\n.":      {"multiprocessing.managers", "Token"},
		"cmultiprocess\nTimeoutError\n.":        {"multiprocessing.context", "TimeoutError"},
		"cmultiprocessor\nx\n.":                 {"multiprocessor", "x"},
		"c__builtin__\nunicode\n.":              {"builtins", "str"},
		"c__builtin__\nlong\n.":                 {"__builtin__", "long"},
		"c__builtin__\n__main__\n.":             {"__builtin__", "__main__"},
		"cexceptions\nStandardError\n.":         {"builtins", "Exception"},
		"\x80\x03cQueue\nEmpty\n.":              {"Queue", "Empty"},
		"\x80\x04\x8c\x01m\x8c\x03A.B\x93.":     {"m", "A.B"},
		"ccopy_reg\n_reconstructor\n.":          {"copyreg", "_reconstructor"},
		"curllib\nquote\n.":                     {"urllib.parse", "quote"},
		"citertools\nizip\n.":                   {"builtins", "zip"},
		"cmultiprocess.process\nProcess\n.":     {"multiprocessing.context", "Process"},
		"c_multiprocessing\nConnection\n.":      {"multiprocessing.connection", "Connection"},
		"cmultiprocess.dummy\nx\n.":             {"multiprocessing.dummy", "x"},
		"cUserDict\nUserDict\n.":                {"UserDict", "UserDict"},
		"cUserDict\nIterableUserDict\n.":        {"collections", "UserDict"},
		"cStringIO\nStringIO\n.":                {"StringIO", "StringIO"},
		"cthread\nerror\n.":                     {"_thread", "error"},
		"\x80\x02c__builtin__\nset\n.":          {"builtins", "set"},
		"\x80\x02cmultiprocess.queues\nJ\n.":    {"multiprocessing.queues", "J"},
		"\x80\x04cmultiprocessing.queues\nJ\n.": {"multiprocessing.queues", "J"},
	} {
		if v, err := c.Decode(t.Context(), []byte(in)); err != nil || v != want {
			t.Errorf("%q is %v (%v), want %v", in, v, err, want)
		}
	}
}

func TestDecodeHooks(t *testing.T) {
	c := Codec{
		Buffers:        [][]byte{[]byte("first"), []byte("second")},
		PersistentLoad: func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil },
		ExtensionLoad:  func(_ context.Context, code int32) (any, error) { return Extension(code), nil },
	}
	v, err := c.Decode(t.Context(), []byte("(Pname\nK\x07Q\x82\x05\x83\x00\x01\x97\x97\x98t."))
	if err != nil {
		t.Fatal(err)
	}
	got := v.(Tuple)
	want := Tuple{PersistentID{"name"}, PersistentID{int64(7)}, Extension(5), Extension(256)}
	if !slices.Equal(got[:4], want) {
		t.Errorf("got %v, want %v", got[:4], want)
	}
	for _, code := range []string{"\x82\x00", "\x84\xff\xff\xff\xff"} {
		if _, err := c.Decode(t.Context(), []byte(code+".")); err == nil || !strings.Contains(err.Error(), "is not positive") {
			t.Errorf("an extension of %q: %v", code, err)
		}
	}
	first, second := got[4].(*Buffer), got[5].(*Buffer)
	if string(first.Bytes) != "first" || first.ReadOnly || string(second.Bytes) != "second" || !second.ReadOnly {
		t.Errorf("buffers %+v and %+v", first, second)
	}
	var out []*Buffer
	c.Protocol = Protocol5
	c.OutOfBand = func(b *Buffer) bool { out = append(out, b); return true }
	data, err := c.Marshal(t.Context(), got)
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := c.Marshal(t.Context(), Tuple{first, first}); err != nil || string(twice) != "\x80\x05\x97q\x00h\x00\x86." {
		t.Errorf("one buffer twice: %q, %v", twice, err)
	}
	out = out[:2]
	if want := "\x80\x05(\x8c\x04nameQK\x07Q\x82\x05\x83\x00\x01\x97\x97\x98t."; string(data) != want || len(out) != 2 {
		t.Errorf("written as %q with %d buffers, want %q", data, len(out), want)
	}
}

// Without Alias nothing decoded changes with the data; with it bytes do.
func TestDecodeAlias(t *testing.T) {
	long := strings.Repeat("x", 1000)
	pickle := "\x80\x04\x8c\x03abcC\x03defX\xe8\x03\x00\x00" + long + "\x87."
	for _, alias := range []bool{false, true} {
		data := []byte(pickle)
		v, err := Codec{Alias: alias}.Decode(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range data {
			data[i] = 'z'
		}
		kept := asciiRepr(t, v) == "('abc', b'def', '"+long+"')"
		if kept == alias {
			t.Errorf("Alias %v: kept is %v", alias, kept)
		}
	}
}
