package pickle

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A hostile pickle is one that some reader does not survive. Large ones are
// built when they are used.
type hostile struct {
	kind, name string
	pickle     string
	build      func() string
}

func (h hostile) bytes() []byte {
	if h.build != nil {
		return []byte(h.build())
	}
	return []byte(h.pickle)
}

// hostileScale is what large pickles are made smaller by.
var hostileScale = func() int {
	if os.Getenv("BRINE_HOSTILE") == "whole" {
		return 1
	}
	return 16
}()

// hostilePickles are all that the tests know, by kind.
func hostilePickles() []hostile {
	return slices.Concat(
		hostileTruncation(), hostileStack(), hostileLengths(), hostileFrames(), hostileMemo(), hostileDepth(),
		hostileSharing(), hostileTypes(), hostileText(), hostileAmplification(), hostileCrashers(),
		hostileGrowth(), hostileNumbers(),
	)
}

func times(s string, n int) string { return strings.Repeat(s, n) }

func le32(n uint32) string { return string(binary.LittleEndian.AppendUint32(nil, n)) }
func le64(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }

// opcodesOf are those whose argument is of a kind.
func opcodesOf(kinds ...argKind) (ops []byte) {
	for op := range 256 {
		if opNames[op] != "" && slices.Contains(kinds, opArgs[op].kind) {
			ops = append(ops, byte(op))
		}
	}
	return ops
}

// hostileTruncation ends inside the argument of every opcode that has one.
func hostileTruncation() (all []hostile) {
	add := func(name, pickle string) { all = append(all, hostile{kind: "truncation", name: name, pickle: pickle}) }
	add("nothing", "")
	add("no STOP", "\x80\x04K\x01")
	add("a frame, and nothing in it", "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00")
	add("inside a list", "\x80\x04](K\x01K\x02")
	for _, op := range opcodesOf(argLine) {
		add(opName(op)+" without argument", "N"+string(rune0(op)))
		add(opName(op)+" without newline", "N"+string(rune0(op))+"0")
	}
	for _, op := range opcodesOf(argLines) {
		add(opName(op)+" without newline", "("+string(rune0(op))+"os")
		add(opName(op)+" with one line", "("+string(rune0(op))+"os\nsystem")
	}
	for _, op := range opcodesOf(argInt) {
		add(opName(op)+" without argument", "N"+string(rune0(op)))
		if size := int(opArgs[op].size); size > 1 {
			add(opName(op)+" with half an argument", "N"+string(rune0(op))+times("\x00", size/2))
		}
	}
	for _, op := range opcodesOf(argSized) {
		size := int(opArgs[op].size)
		add(opName(op)+" without length", string(rune0(op)))
		add(opName(op)+" without what it is the length of", string(rune0(op))+"\x05"+times("\x00", size-1))
		add(opName(op)+" with one byte less", string(rune0(op))+"\x05"+times("\x00", size-1)+"abcd")
		if size > 1 {
			add(opName(op)+" with half a length", string(rune0(op))+times("\x01", size/2))
		}
	}
	return all
}

// rune0 is an opcode as the byte that it is.
func rune0(op byte) []byte { return []byte{op} }

// stackTakers are opcodes that take from the stack, and how many values.
var stackTakers = []struct {
	ops  string // as they stand in a pickle
	n    int
	mark bool
}{
	{"a", 2, false}, {"s", 3, false}, {"b", 2, false}, {"R", 2, false}, {"\x81", 2, false}, {"\x92", 3, false},
	{"\x85", 1, false}, {"\x86", 2, false}, {"\x87", 3, false}, {"0", 1, false}, {"2", 1, false}, {"q\x00", 1, false},
	{"r\x00\x00\x00\x00", 1, false}, {"p0\n", 1, false}, {"\x94", 1, false}, {"\x93", 2, false}, {"Q", 1, false},
	{"\x98", 1, false}, {"t", 0, true}, {"l", 0, true}, {"d", 0, true}, {"\x91", 0, true}, {"1", 0, true},
	{"e", 1, true}, {"u", 1, true}, {"\x90", 1, true}, {"o", 1, true}, {"im\nC\n", 0, true},
}

// hostileStack takes more from the stack than is there, or across a mark.
func hostileStack() (all []hostile) {
	add := func(name, pickle string) { all = append(all, hostile{kind: "stack", name: name, pickle: pickle}) }
	for _, t := range stackTakers {
		name := opName(t.ops[0])
		add(name+" of nothing", t.ops+".")
		if t.mark {
			add(name+" without mark", times("N", t.n+1)+t.ops+".")
			add(name+" of a bare mark", "("+t.ops+".")
			continue
		}
		if t.n > 1 {
			add(name+" of one too few", times("N", t.n-1)+t.ops+".")
		}
		add(name+" across a mark", times("N", t.n)+"("+t.ops+".")
	}
	add("STOP of nothing", ".")
	add("STOP at a mark", "(.")
	add("STOP across a mark", "N(.")
	add("STOP with more below", "NNN.")
	add("POP of more marks than there are", "((000.")
	add("a million POPs", times("N0", 1000)+"0.")
	return all
}

// hostileLengths claims what is not there.
func hostileLengths() (all []hostile) {
	for _, op := range opcodesOf(argSized) {
		claims := map[string]string{"255": "\xff"}
		switch opArgs[op].size {
		case 4:
			claims = map[string]string{
				"2**31-1": le32(1<<31 - 1), "2**31": le32(1 << 31), "-1": le32(1<<32 - 1), "one more": le32(5), "2**24": le32(1 << 24),
			}
		case 8:
			claims = map[string]string{
				"2**32": le64(1 << 32), "2**62": le64(1 << 62), "2**63": le64(1 << 63), "-1": le64(1<<64 - 1),
				"2**63-1": le64(1<<63 - 1), "one more": le64(5), "2**64-9": le64(1<<64 - 9),
			}
		}
		for name, claim := range claims {
			all = append(all, hostile{kind: "lengths", name: opName(op) + " of " + name, pickle: "\x80\x05(" + string(rune0(op)) + claim + "abcd"})
		}
	}
	slices.SortFunc(all, func(a, b hostile) int { return strings.Compare(a.name, b.name) })
	return append(all,
		hostile{kind: "lengths", name: "a thousand claims of 2 GiB", pickle: times("B\xff\xff\xff\x7f", 1000)},
		hostile{kind: "lengths", name: "bytearray(2**31)", pickle: "cbuiltins\nbytearray\n(J\xff\xff\xff\x7ftR."},
		hostile{kind: "lengths", name: "bytes(2**31)", pickle: "cbuiltins\nbytes\n(J\xff\xff\xff\x7ftR."},
		hostile{kind: "lengths", name: "range(10**1000)", pickle: "cbuiltins\nrange\n(L1" + times("0", 1000) + "L\ntR."},
	)
}

// hostileFrames lie about where frames end.
func hostileFrames() []hostile {
	frame := func(n uint64) string { return "\x95" + le64(n) }
	return []hostile{
		{kind: "frames", name: "longer than the rest", pickle: "\x80\x04" + frame(100) + "K\x01."},
		{kind: "frames", name: "shorter than the pickle", pickle: "\x80\x04" + frame(1) + "K\x01."},
		{kind: "frames", name: "of nothing", pickle: "\x80\x04" + frame(0) + "K\x01."},
		{kind: "frames", name: "of 2**63-1", pickle: "\x80\x04" + frame(1<<63-1) + "K\x01."},
		{kind: "frames", name: "of -1", pickle: "\x80\x04" + frame(1<<64-1) + "K\x01."},
		{kind: "frames", name: "in a frame", pickle: "\x80\x04" + frame(12) + frame(3) + "K\x01."},
		{kind: "frames", name: "in a frame that ends first", pickle: "\x80\x04" + frame(10) + frame(30) + "K\x01."},
		{kind: "frames", name: "that ends inside a string", pickle: "\x80\x04" + frame(4) + "\x8c\x05hello."},
		{kind: "frames", name: "that begins inside a string", pickle: "\x80\x04\x8c\x0b\x95" + le64(3) + "ab."},
		{kind: "frames", name: "before PROTO", pickle: frame(5) + "\x80\x04K\x01."},
		{kind: "frames", name: "at protocol 0", pickle: frame(3) + "I1\n."},
		{kind: "frames", name: "after STOP", pickle: "K\x01." + frame(3)},
		{kind: "frames", name: "cut", pickle: "\x80\x04\x95\x03\x00"},
		{kind: "frames", name: "nothing but frames", build: func() string { return times(frame(0), 100_000) + "N." }},
		{kind: "frames", name: "between an item and its APPENDS", pickle: "](" + frame(2) + "K\x01" + frame(1) + "e."},
		{kind: "frames", name: "between the parts of a global", pickle: "\x8c\x02os" + frame(1) + "\x8c\x06system" + frame(1) + "\x93."},
		{kind: "frames", name: "PROTO again and again", build: func() string { return times("\x80\x04", 200_000) + "N." }},
		{kind: "frames", name: "PROTO that goes down", pickle: "\x80\x05\x80\x00\x96" + le64(1) + "a."},
		{kind: "frames", name: "PROTO 255", pickle: "\x80\xffN."},
		{kind: "frames", name: "PROTO 6 at the end", pickle: "N\x80\x06."},
	}
}

// hostileMemo uses memo entries that are far, missing or changed.
func hostileMemo() (all []hostile) {
	add := func(name, pickle string) { all = append(all, hostile{kind: "memo", name: name, pickle: pickle}) }
	climb := new(strings.Builder) // indexes that double the table at each step
	for i := range 31 {
		climb.WriteString("Nr" + le32(1<<i))
	}
	add("GET of what is not there", "g5\n.")
	add("BINGET of what is not there", "h\x05.")
	add("LONG_BINGET of what is not there", "j\x05\x00\x00\x00.")
	add("GET of a negative index", "Ng-1\n.")
	add("PUT of a negative index", "Np-1\n.")
	add("PUT of no number", "Npx\n.")
	add("PUT of nothing", "Np\n.")
	add("PUT of 2**63-1", "Np9223372036854775807\ng9223372036854775807\n.")
	add("PUT of 2**63", "Np9223372036854775808\n.")
	add("PUT of 2**64", "Np18446744073709551616\n.")
	add("PUT of 100,000 digits", "Np"+times("9", 100_000)+"\n.")
	add("PUT of 2**32-1", "Nr\xff\xff\xff\xffj\xff\xff\xff\xff.")
	add("PUT in hexadecimal", "Np0x10\n.")
	add("PUT with a plus", "Np+1\n.")
	add("LONG_BINPUT that climbs", climb.String()+".")
	add("PUT backwards", backwards(2000)+".")
	add("MEMOIZE after a far PUT", "Nr\x00\x00\x00\x40\x94h\x01.")
	add("MEMOIZE over a PUT", "K\x01q\x01K\x02\x94h\x01\x87.")
	add("an entry that is changed", "K\x01q\x00K\x02q\x00h\x00\x87.")
	add("an entry that was popped", "]q\x000h\x00h\x00a.")
	add("a mark", "(q\x00.")
	add("a list in itself", "]q\x00h\x00a.")
	add("a list in itself a thousand times", "]q\x00("+times("h\x00", 1000)+"e.")
	add("a dict in itself", "}q\x00K\x01h\x00s.")
	add("a dict as its own key", "}q\x00h\x00K\x01s.")
	add("a tuple in itself", "]q\x00h\x00\x85q\x01a0h\x01.")
	add("a set in itself", "\x8fq\x00(h\x00\x90.")
	add("a set that holds a tuple of it", "\x8fq\x00(h\x00\x85\x90.")
	add("an object as its own state", "cm\nC\n)\x81q\x00h\x00b.")
	add("an object in its own arguments", "cm\nC\n]q\x00\x85R0h\x00cm\nC\nh\x00\x85Ra.")
	add("an object as its own key", "cm\nC\n)\x81q\x00(h\x00K\x01u.")
	add("an exception in itself", "cbuiltins\nKeyError\n]q\x00\x85Rq\x01h\x00h\x01a0h\x01.")
	add("an exception as its own state", "cbuiltins\nKeyError\n)Rq\x00}Vself\nh\x00sb.")
	all = append(all,
		hostile{kind: "memo", name: "a million entries", build: func() string { return "N" + times("\x94", 1_000_000/hostileScale) + "." }},
		hostile{kind: "memo", name: "200,000 far entries", build: func() string {
			b := new(strings.Builder)
			for i := range 200_000 / hostileScale {
				b.WriteString("Nr" + le32(uint32(i)*20_011))
			}
			return b.String() + "."
		}},
		hostile{kind: "memo", name: "one entry, a million times", build: func() string { return "(N" + times("q\x00", 1_000_000/hostileScale) + "t." }},
	)
	return all
}

func backwards(n int) string {
	b := new(strings.Builder)
	for i := n; i > 0; i-- {
		fmt.Fprintf(b, "Nr%s", le32(uint32(i)))
	}
	return b.String()
}

// hostileDepth nests, in each way that there is.
func hostileDepth() (all []hostile) {
	deep := 1_000_000 / hostileScale
	add := func(name string, build func() string) {
		all = append(all, hostile{kind: "depth", name: name, build: build})
	}
	for _, tt := range []struct{ name, before, open, middle, end string }{
		{"lists", "", "]", "", "a"},
		{"tuples", "", "", ")", "\x85"},
		{"pairs", "", "N", ")", "\x86"},
		{"dicts", "", "}N", "N", "s"},
		{"marked tuples", "", "(", "", "t"},
		{"marked lists", "", "(", "", "l"},
		{"marked dicts", "", "(N", "N", "d"},
		{"frozensets", "", "(", "", "\x91"},
		{"sets of frozensets", "", "(", "", "\x91"},
		{"objects in their arguments", "cm\nC\nq\x000", "h\x00", "N", "\x85R"},
		{"objects in NEWOBJ", "cm\nC\nq\x000", "h\x00", "N", "\x85\x81"},
		{"objects in their state", "cm\nC\nq\x000", "h\x00)\x81", "N", "b"},
		{"objects in what is appended", "cm\nC\nq\x000", "h\x00)\x81", "N", "a"},
		{"objects in what is set", "cm\nC\nq\x000", "h\x00)\x81N", "N", "s"},
		{"objects by OBJ", "cm\nC\nq\x000", "(h\x00", "N", "o"},
		{"objects that are called", "", "", "cm\nC\n", ")R"},
		{"exceptions", "cbuiltins\nKeyError\nq\x000", "h\x00", "N", "\x85R"},
		{"persistent ids", "", "", "N", "Q"},
		{"slices", "cbuiltins\nslice\nq\x000", "h\x00NN", "N", "\x87R"},
		{"sets by REDUCE", "cbuiltins\nfrozenset\nq\x000", "h\x00(", "N", "t\x85R"},
		{"lists by REDUCE", "cbuiltins\nlist\nq\x000", "h\x00]", "N", "a\x85R"},
		{"OrderedDicts", "ccollections\nOrderedDict\nq\x000", "h\x00)RN", "N", "s"},
		{"keyword arguments", "cm\nC\nq\x000", "h\x00)}Va\n", "N", "s\x92"},
	} {
		n := deep / max(len(tt.open)+len(tt.end), 2)
		add(tt.name, func() string { return tt.before + times(tt.open, n) + tt.middle + times(tt.end, n) + "." })
	}
	for _, n := range []int{9_999, 10_000, 10_001} {
		add(fmt.Sprintf("%d lists", n), func() string { return times("]", n) + times("a", n-1) + "." })
		add(fmt.Sprintf("%d tuples", n), func() string { return ")" + times("\x85", n-1) + "." })
		add(fmt.Sprintf("%d objects", n), func() string { return times("cm\nC\n)\x81", n) + times("b", n-1) + "." })
		add(fmt.Sprintf("a key of %d tuples", n), func() string { return "})" + times("\x85", n-1) + "Ns." })
	}
	add("marks", func() string { return times("(", deep) + "." })
	add("marks and nothing else", func() string { return times("(", deep) })
	add("lists, built from within", func() string { return chain(200_000 / hostileScale) })
	add("tuples through the memo", func() string { return ")q\x00" + times("0h\x00\x85q\x00", 200_000) + "." })
	add("a doubled depth", func() string { return ")q\x00" + times("0h\x00h\x00\x86q\x00", 9_000) + "." })
	return all
}

// chain makes n lists, memoizes them, and then puts each into the one before,
// so that nobody sees how deep it gets.
func chain(n int) string {
	b := new(strings.Builder)
	for range n {
		b.WriteString("]\x940")
	}
	get := func(i int) {
		if i < 256 {
			b.WriteString("h" + string(rune0(byte(i))))
		} else {
			b.WriteString("j" + le32(uint32(i)))
		}
	}
	for i := range n - 1 {
		get(i)
		get(i + 1)
		b.WriteString("a0")
	}
	b.WriteString("h\x00.")
	return b.String()
}

// hostileSharing has values that are small as graphs and large as trees.
func hostileSharing() (all []hostile) {
	for i, tt := range []struct{ name, before, seed, step string }{
		{"tuples", "", ")", "q\x00h\x00\x86"},
		{"tuples of ten", "", ")", "q\x00(" + times("h\x00", 10) + "t"},
		{"lists", "", "]", "q\x010]q\x02(h\x01h\x01e"},
		{"lists of ten", "", "]", "q\x010](" + times("h\x01", 10) + "e"},
		{"dicts", "", "}", "q\x010}(K\x00h\x01K\x01h\x01u"},
		{"frozensets of tuples", "", ")", "q\x000h\x00N\x86q\x020(h\x00h\x02\x91"},
		{"objects", "cm\nC\nq\x090", "N", "q\x000h\x09h\x00h\x00\x86R"},
		{"objects by their state", "cm\nC\nq\x090", "N", "q\x000h\x09)\x81h\x00h\x00\x86b"},
		{"objects by what is appended", "cm\nC\nq\x090", "N", "q\x000h\x09)\x81(h\x00h\x00e"},
		{"exceptions", "cbuiltins\nKeyError\nq\x090", "N", "q\x000h\x09h\x00h\x00\x86R"},
		{"slices", "cbuiltins\nslice\nq\x090", "N", "q\x000h\x09h\x00h\x00h\x00\x87R"},
		{"persistent ids", "", "N", "q\x000h\x00h\x00\x86Q"},
		{"keyword arguments", "cm\nC\nq\x090", "N", "q\x000h\x09)}(Va\nh\x00Vb\nh\x00u\x92"},
		{"OrderedDicts", "ccollections\nOrderedDict\nq\x090", "N", "q\x000h\x09)R(K\x00h\x00K\x01h\x00u"},
		{"deques", "ccollections\ndeque\nq\x090", "N", "q\x000h\x09)R(h\x00h\x00e"},
		{"namespaces", "ctypes\nSimpleNamespace\nq\x090", "N", "q\x000h\x09)R}(Va\nh\x00Vb\nh\x00ub"},
		{"Counters", "ccollections\nCounter\nq\x090", "N", "q\x000h\x09}(K\x00h\x00K\x01h\x00u\x85R"},
		{"defaultdicts", "ccollections\ndefaultdict\nq\x090", "N", "q\x000h\x09)R(K\x00h\x00K\x01h\x00u"},
		{"partial calls", "cfunctools\npartial\nq\x090", "N", "q\x000h\x09h\x09\x85R(h\x09h\x00h\x00\x86}Ntb"},
	} {
		if hostileScale > 1 && i%4 > 0 {
			continue
		}
		for _, n := range []int{30, 60, 2000} {
			if n != 60 && hostileScale > 1 {
				continue
			}
			pickle := tt.before + tt.seed + times(tt.step, n)
			all = append(all, hostile{kind: "sharing", name: fmt.Sprintf("%s, doubled %d times", tt.name, n), pickle: pickle + "."})
		}
		if hostileScale > 1 {
			continue
		}
		doubled := tt.before + tt.seed + times(tt.step, 60)
		all = append(all,
			hostile{kind: "sharing", name: tt.name + ", doubled, in a set", pickle: "\x8f(" + doubled + "\x90."},
			hostile{kind: "sharing", name: tt.name + ", doubled, twice as a key",
				pickle: "}(" + doubled + "N" + doubled + "Nu."},
		)
	}
	return all
}

// typeSamples are values of each type, as they stand in a pickle.
var typeSamples = []struct{ name, pickle string }{
	{"None", "N"}, {"bool", "\x88"}, {"int", "K\x01"}, {"float", "G\x00\x00\x00\x00\x00\x00\x00\x00"}, {"str", "Va\n"},
	{"bytes", "C\x01a"}, {"str of Python 2", "U\x01a"}, {"bytearray", "\x96\x01\x00\x00\x00\x00\x00\x00\x00a"},
	{"tuple", "N\x85"}, {"list", "]"}, {"dict", "}"}, {"set", "\x8f"}, {"frozenset", "(\x91"}, {"class", "cm\nC\n"},
	{"object", "cm\nC\n)\x81"}, {"exception", "cbuiltins\nKeyError\n)R"}, {"complex", "cbuiltins\ncomplex\nG\x00\x00\x00\x00\x00\x00\x00\x00G\x00\x00\x00\x00\x00\x00\x00\x00\x86R"},
	{"slice", "cbuiltins\nslice\nNNN\x87R"}, {"range", "cbuiltins\nrange\nK\x01\x85R"}, {"long", "\x8a\x09" + "aaaaaaaaa"},
	{"persistent id", "NQ"}, {"extension", "\x82\x01"}, {"buffer", "\x97"},
}

// hostileTypes uses values of every type where others belong.
func hostileTypes() (all []hostile) {
	for _, s := range typeSamples {
		for _, use := range []struct{ name, before, after string }{
			{"APPEND to a", "", "Na"}, {"APPENDS to a", "", "(NNe"}, {"SETITEM of a", "", "NNs"}, {"SETITEMS of a", "", "(NNu"},
			{"ADDITEMS to a", "", "(N\x90"}, {"BUILD of a", "", "}b"}, {"BUILD of a pair of a", "", "N}\x86b"},
			{"REDUCE of a", "", ")R"}, {"NEWOBJ of a", "", ")\x81"}, {"NEWOBJ_EX of a", "", ")}\x92"}, {"OBJ of a", "(", "o"},
			{"arguments that are a", "cm\nC\n", "R"}, {"keywords that are a", "cm\nC\n)", "\x92"},
			{"keywords keyed by a", "cm\nC\n)}", "Ns\x92"},
			{"STACK_GLOBAL in a", "", "Va\n\x93"}, {"STACK_GLOBAL of a", "Va\n", "\x93"}, {"a dict keyed by a", "}", "Ns"},
			{"a set of a", "\x8f(", "\x90"}, {"READONLY_BUFFER of a", "", "\x98"}, {"a state that is a", "cm\nC\n)\x81", "b"},
			{"an exception's state that is a", "cbuiltins\nKeyError\n)R", "b"}, {"SETITEMS of an odd number in a", "", "(NNNu"},
		} {
			all = append(all, hostile{kind: "types", name: use.name + " " + s.name, pickle: "\x80\x05" + use.before + s.pickle + use.after + "."})
		}
	}
	for _, call := range []string{
		"builtins set", "builtins frozenset", "builtins list", "builtins bytes", "builtins bytearray", "builtins complex", "builtins slice",
		"builtins range", "_codecs encode", "dill._dill _load_type", "dill._dill _eval_repr", "builtins KeyError", "datetime datetime",
		"datetime timedelta", "datetime timezone", "decimal Decimal", "fractions Fraction", "uuid UUID", "pathlib PosixPath",
		"collections Counter", "collections deque", "collections defaultdict", "collections OrderedDict", "types SimpleNamespace",
		"array _array_reconstructor", "array array", "copyreg _reconstructor", "copyreg __newobj_ex__", "zoneinfo ZoneInfo._unpickle",
	} {
		module, name, _ := strings.Cut(call, " ")
		g := "c" + module + "\n" + name + "\n"
		for _, args := range []struct{ name, pickle string }{
			{"nothing", ")"}, {"None", "N\x85"}, {"a list of a list", "]]a\x85"}, {"itself", "2\x85"}, {"ten ints", "(" + times("K\x01", 10) + "t"},
			{"huge ints", "(" + times("\x8a\x10"+times("\x7f", 16), 3) + "t"}, {"texts", "(Va\nVb\nVc\nt"}, {"short bytes", "C\x03abc\x85"},
			{"bytes", "C\x0a" + times("\xff", 10) + "\x85"},
		} {
			all = append(all, hostile{kind: "types", name: call + " of " + args.name, pickle: "\x80\x04" + g + args.pickle + "R."})
			all = append(all, hostile{kind: "types", name: call + " of " + args.name + ", made and filled",
				pickle: "\x80\x04" + g + args.pickle + "\x81(NNe(NNu}Vx\nNsb."})
		}
	}
	return all
}

// hostileText is no text, no number, or no name.
func hostileText() (all []hostile) {
	add := func(name, pickle string) { all = append(all, hostile{kind: "text", name: name, pickle: pickle}) }
	for name, b := range map[string]string{
		"a lone continuation": "\x80", "a cut sequence": "\xc3", "an overlong slash": "\xc0\xaf", "beyond U+10FFFF": "\xf4\x90\x80\x80",
		"a surrogate": "\xed\xa0\x80", "half a surrogate": "\xed\xa0", "a pair of surrogates": "\xed\xa0\xbd\xed\xb8\x80", "0xff": "\xff",
	} {
		add("BINUNICODE of "+name, "X"+le32(uint32(len(b)))+b+".")
		add("SHORT_BINUNICODE of "+name, "\x8c"+string(rune0(byte(len(b))))+b+".")
		add("GLOBAL of "+name, "c"+b+"\n"+b+"\n)R.")
		add("STRING of "+name, "S'"+b+"'\n.")
		add("PERSID of "+name, "P"+b+"\n.")
	}
	slices.SortFunc(all, func(a, b hostile) int { return strings.Compare(a.name, b.name) })
	for _, arg := range []string{
		"", "'", "\"'", "'a", "a'", "'\\'", "'\\x'", "'\\x1'", "'\\xzz'", "'\\8'", "'\\777'", "b'a'", "'a\\", "u'a'", "''''",
	} {
		add("STRING "+arg, "S"+arg+"\n.")
	}
	for _, arg := range []string{"\\", "\\u", "\\u12", "\\uzzzz", "\\U0011ffff", "\\Uffffffff", "\\ud800", "\\ud83d\\ude00", "\\\\u0041", "\x80\xff"} {
		add("UNICODE "+arg, "V"+arg+"\n.")
	}
	for _, arg := range []string{
		"", "-", "+", "1.5", "0x", "0b2", "1_000", " 1 ", "1L", "--1", "9" + times("9", 4299), "9" + times("9", 4300), "-0", "00", "01", "02", "\xd9\xa1",
	} {
		add("INT "+clipText(arg), "I"+arg+"\n.")
		add("LONG "+clipText(arg), "L"+arg+"L\n.")
	}
	for _, arg := range []string{"", "nan", "-nan", "inf", "1e400", "1e-400", "0x1p3", "1_0", "infinity", "1e" + times("9", 4000), "1" + times("0", 4000), ".", "1e"} {
		add("FLOAT "+clipText(arg), "F"+arg+"\n.")
	}
	for _, arg := range []string{"\n\n", "os\n\n", "\nsystem\n", "o\x00s\nsystem\n", "o s\nsys tem\n", "os\r\nsystem\r\n", "..\n..\n", "a.b\nc.d.e\n", "m\n__class__.__base__\n"} {
		add(fmt.Sprintf("GLOBAL %q", arg), "c"+arg+")R.")
		add(fmt.Sprintf("INST %q", arg), "(i"+arg+".")
	}
	long := func(name string, build func() string) {
		all = append(all, hostile{kind: "text", name: name, build: build})
	}
	long("INT of a million digits", func() string { return "I" + times("9", 1_000_000) + "\n." })
	long("LONG of a million digits", func() string { return "L" + times("9", 1_000_000) + "L\n." })
	long("FLOAT of a million digits", func() string { return "F" + times("9", 1_000_000) + "\n." })
	long("FLOAT of a million zeros", func() string { return "F0." + times("0", 1_000_000) + "1\n." })
	long("UNICODE of a million escapes", func() string { return "V" + times("\\u20ac", 170_000) + "\n." })
	long("UNICODE of a million backslashes", func() string { return "V" + times("\\", 1_000_000) + "\n." })
	long("STRING of a million backslashes", func() string { return "S'" + times("\\", 1_000_000) + "'\n." })
	long("a megabyte of surrogates", func() string { return "X" + le32(1_200_000) + times("\xed\xa0\x80", 400_000) + "." })
	long("a megabyte that ends badly", func() string { return "X" + le32(1_000_001) + times("é", 500_000) + "\xff." })
	long("a name of a megabyte", func() string { return "c" + times("m", 1_000_000) + "\n" + times("C", 1_000_000) + "\n)R." })
	long("a name of a million dots", func() string { return "cm\n" + times("C.", 500_000) + "C\n)R." })
	long("a persistent id of a megabyte", func() string { return "P" + times("p", 1_000_000) + "\n." })
	return all
}

// hostileAmplification makes much of little.
func hostileAmplification() (all []hostile) {
	add := func(name string, build func() string) {
		all = append(all, hostile{kind: "amplification", name: name, build: build})
	}
	n := 500_000 / hostileScale
	for _, tt := range []struct{ name, op string }{
		{"Nones", "N"}, {"empty tuples", ")"}, {"empty lists", "]"}, {"empty dicts", "}"}, {"empty sets", "\x8f"},
		{"empty frozensets", "(\x91"}, {"empty strings", "\x8c\x00"}, {"empty bytes", "C\x00"}, {"ints", "K\x01"}, {"tuples of None", "N\x85"},
		{"pairs", "NN\x86"}, {"dicts of None", "}NNs"}, {"lists of None", "]Na"}, {"globals", "c\n\n"}, {"zeros of LONG1", "\x8a\x00"},
		{"persistent ids", "NQ"}, {"extensions", "\x82\x01"}, {"empty bytearrays", "\x96\x00\x00\x00\x00\x00\x00\x00\x00"},
	} {
		add(tt.name, func() string { return "(" + times(tt.op, n/len(tt.op)) + "t." })
		add(tt.name+" on the stack", func() string { return times(tt.op, n/len(tt.op)) + "." })
	}
	size := 64 << 10 / hostileScale
	for _, tt := range []struct{ name, value string }{
		{"a string", text4(times("x", size))},
		{"a string of Python 2", "T" + le32(uint32(size)) + times("\xe9", size)},
		{"bytes", "B" + le32(uint32(size)) + times("y", size)},
		{"a bytearray", "\x96" + le64(uint64(size)) + times("y", size)},
		{"a large int", "\x8b" + le32(uint32(size)) + times("\x7f", size)},
		{"a class with a long name", "c" + times("m", size/2) + "\n" + times("C", size/2) + "\n"},
		{"a class with a name that is long enough", "c" + times("m", 2000) + "\n" + times("C", 2000) + "\n"},
		{"a list", "](" + times("N", size) + "e"},
		{"a tuple", "(" + times("N", size) + "t"},
		{"a set", "\x8f(" + ints(size/4) + "\x90"},
		{"a frozenset", "(" + ints(size/4) + "\x91"},
		{"a dict", "}(" + pairs(size/4) + "u"},
	} {
		get := func(before, each, after string) func() string {
			return func() string { return tt.value + "q\x000" + before + times(each, size/len(each)) + after + "." }
		}
		add(tt.name+", again and again", get("(", "h\x00", "t"))
		add(tt.name+", again and again as a key", get("}(", "h\x00N", "u"))
		add(tt.name+", again and again in a set", get("\x8f(", "h\x00", "\x90"))
		add(tt.name+", again and again in tuples", get("(", "h\x00\x85", "t"))
		add(tt.name+", again and again in keys", get("}(", "h\x00\x85N", "u"))
		add(tt.name+", as the name of a class again and again", get("(", "h\x00h\x00\x93", "t"))
		add(tt.name+", called again and again", get("(", "h\x00)R", "t"))
		add(tt.name+", as an object again and again", get("cm\nC\nq\x010(", "h\x01h\x00\x85R", "t"))
		add(tt.name+", as a persistent id again and again", get("(", "h\x00Q", "t"))
		for _, call := range callsThatLook[tt.name] {
			g, args, _ := strings.Cut(call, " ")
			if args == "" {
				args = "h\x00\x85"
			}
			module, name := g[:strings.LastIndexByte(g, '.')], g[strings.LastIndexByte(g, '.')+1:]
			add(tt.name+", "+call+" again and again", get("c"+module+"\n"+name+"\nq\x010Vlatin1\nq\x020(", "h\x01"+args+"R", "t"))
		}
	}
	add("NaNs as keys", func() string { return "}(" + times("G\x7f\xf8\x00\x00\x00\x00\x00\x00N", n/10) + "u." })
	add("NaNs in a set", func() string { return "\x8f(" + times("G\x7f\xf8\x00\x00\x00\x00\x00\x00", n/9) + "\x90." })
	add("one NaN again and again as a key", func() string { return "G\x7f\xf8\x00\x00\x00\x00\x00\x00q\x000}(" + times("h\x00N", n/3) + "u." })
	add("objects that are alike as keys", func() string { return "cm\nC\nq\x000}(" + times("h\x00)\x81N", n/5) + "u." })
	add("objects that begin alike as keys", func() string {
		b := new(strings.Builder)
		b.WriteString("cm\nC\nq\x000}(")
		for i := range n / 30 {
			b.WriteString("h\x00)\x81((((((((K\x01tttttttJ" + le32(uint32(i)) + "tbN")
		}
		return b.String() + "u."
	})
	add("exceptions that are alike as keys", func() string { return "cbuiltins\nKeyError\nq\x000}(" + times("h\x00)RN", n/5) + "u." })
	add("long tuples that differ in the last place as keys", func() string {
		b := new(strings.Builder)
		b.WriteString("}(")
		for i := range 100 {
			b.WriteString("(" + times("K\x01", 2000) + "J" + le32(uint32(i)) + "tN")
		}
		return b.String() + "u."
	})
	add("multiples of 2**61-1 as keys", func() string {
		b := new(strings.Builder)
		b.WriteString("}(")
		for i := range n / 12 {
			var k [9]byte
			binary.LittleEndian.PutUint64(k[:], uint64(i)*(1<<61-1))
			b.WriteString("\x8a\x09" + string(k[:]) + "N")
		}
		return b.String() + "u."
	})
	add("ints of a megabyte", func() string { return "(" + times("\x8b"+le32(1<<20)+times("\x7f", 1<<20), 3) + "t." })
	add("an int beyond the limit", func() string { return "\x8b" + le32(1<<20+1) + times("\x7f", 1<<20+1) + "." })
	add("changes of one object", func() string { return "cm\nC\n)\x81" + times("Na", n/2) + "." })
	add("effects on nothing", func() string { return "cm\nf\nq\x000" + times("h\x00)R0", n/5) + "N." })
	add("effects on one object", func() string { return "cm\nC\n)\x81cm\nf\nq\x000" + times("h\x00)R0", n/6) + "." })
	add("states of one exception", func() string { return "cbuiltins\nKeyError\n)R" + times("}b", n/2) + "." })
	add("a list that grows one by one", func() string { return "]" + times("Na", n/2) + "." })
	add("a dict whose key comes again", func() string { return "}" + times("NNs", n/3) + "." })
	add("a million marks and tuples", func() string { return times("(t", n) + "." })
	add("DUPs", func() string { return "N" + times("2", n) + "." })
	add("DUPs of a deep list", func() string { return times("]", 9_000) + times("a", 8_999) + times("2", n) + "." })
	return all
}

// callsThatLook are calls that a reader may carry out, and so look at their
// arguments, by the value that is the argument.
var callsThatLook = map[string][]string{
	"a string": {
		"_codecs.encode h\x00h\x00\x86", "_codecs.encode h\x00h\x02\x86", "dill._dill._eval_repr", "dill._dill._load_type", "decimal.Decimal",
		"fractions.Fraction", "pathlib.PosixPath", "datetime.date", "datetime.timezone", "ipaddress.IPv4Address", "zoneinfo.ZoneInfo._unpickle",
		"builtins.KeyError", "builtins.bytearray h\x00h\x02\x86", "collections.deque",
	},
	"a string of Python 2": {
		"_codecs.encode h\x00h\x00\x86", "_codecs.encode h\x00h\x02\x86", "builtins.bytearray", "decimal.Decimal", "datetime.date", "builtins.KeyError",
	},
	"bytes":       {"builtins.bytearray", "datetime.datetime", "uuid.UUID", "builtins.bytes"},
	"a large int": {"builtins.range", "builtins.slice h\x00h\x00h\x00\x87", "fractions.Fraction h\x00h\x00\x86", "decimal.Decimal", "datetime.timedelta"},
	"a list":      {"builtins.list", "builtins.set", "builtins.frozenset", "collections.deque", "collections.Counter", "collections.OrderedDict", "builtins.slice h\x00h\x00h\x00\x87"},
	"a tuple":     {"builtins.list", "builtins.set", "builtins.frozenset", "collections.deque", "decimal.Decimal"},
	"a set":       {"builtins.set", "builtins.frozenset", "builtins.list"},
	"a dict":      {"collections.Counter", "collections.OrderedDict", "collections.defaultdict h\x00h\x00\x86", "types.SimpleNamespace", "builtins.KeyError"},
}

func ints(n int) string {
	b := new(strings.Builder)
	for i := range n {
		b.WriteString("J" + le32(uint32(i)))
	}
	return b.String()
}

func pairs(n int) string {
	b := new(strings.Builder)
	for i := range n {
		b.WriteString("J" + le32(uint32(i)) + "N")
	}
	return b.String()
}

// hostileCrashers end CPython's own reader: by its C stack, by never ending, or
// by all the memory that there is.
func hostileCrashers() (all []hostile) {
	add := func(name string, build func() string) {
		all = append(all, hostile{kind: "crashers", name: name, build: build})
	}
	deep := 1_000_000 / hostileScale
	doubled := "K\x01" + times("q\x00h\x00\x86", 60)
	add("a tuple key nested a million deep", func() string { return "})" + times("\x85", deep) + "Ns." })
	add("a set of a tuple nested a million deep", func() string { return "\x8f()" + times("\x85", deep) + "\x90." })
	add("two equal keys nested half a million deep", func() string {
		return "}()" + times("\x85", deep/2) + "N)" + times("\x85", deep/2) + "Nu."
	})
	add("a frozenset key nested a million deep", func() string { return "}" + times("(", deep/2) + times("\x91", deep/2) + "Ns." })
	add("a tuple key doubled sixty times", func() string { return "}" + doubled + "Ns." })
	add("a set of a tuple doubled sixty times", func() string { return "\x8f(" + doubled + "\x90." })
	add("a frozenset of a tuple doubled sixty times", func() string { return "(" + doubled + "\x91." })
	add("two equal tuples doubled sixty times", func() string { return "}(" + doubled + "N" + doubled + "Nu." })
	add("OrderedDict keyed by a doubled tuple", func() string { return "ccollections\nOrderedDict\n)R" + doubled + "Ns." })
	add("memo indexes that climb to 2**30", func() string {
		b := new(strings.Builder)
		for i := range 31 {
			b.WriteString("Nr" + le32(1<<i))
		}
		return b.String() + "."
	})
	add("NEWOBJ_EX with a list for arguments", func() string { return "\x80\x04cbuiltins\nobject\n]}\x92." })
	add("NEWOBJ_EX with a list for keywords", func() string { return "\x80\x04cbuiltins\nobject\n)]\x92." })
	add("BUILD with keys that are no strings", func() string { return "cm\nC\n)\x81}K\x01K\x02sb." })
	add("a claim of 2**62 bytes", func() string { return "\x80\x04\x8e" + le64(1<<62) })
	add("a bytearray of 2**62 bytes", func() string { return "\x80\x05\x96" + le64(1<<62) })
	return all
}

// clipText is the beginning of a text, for names and messages.
func clipText(s string) string { return s[:min(len(s), 300)] }
