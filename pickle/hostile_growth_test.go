package pickle

import (
	"fmt"
	"strings"
)

// each concatenates what f makes of the numbers below n.
func each(n int, f func(i int) string) string {
	b := new(strings.Builder)
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

func text4(s string) string { return "X" + le32(uint32(len(s))) + s }

// hostileGrowth does little things many times, each of which may look at all that
// is there already.
func hostileGrowth() (all []hostile) {
	add := func(name string, build func() string) {
		all = append(all, hostile{kind: "growth", name: name, build: build})
	}
	n := 500_000 / hostileScale
	const class = "cm\nC\nq\x000"
	shared := "}(" + pairs(n/40) + "uq\x010"
	names := "}(" + each(n/100, func(i int) string { return text4(fmt.Sprint("a", i)) + "N" }) + "uq\x010"

	add("one key again and again in SETITEMS", func() string { return "}(" + times("K\x01N", n/3) + "u." })
	add("one key again and again, beside many memo entries", func() string { return "N" + times("\x94", n/2) + "0}(" + times("K\x01N", n/6) + "u." })
	add("one key again and again, with memo entries between", func() string { return "}(" + times("\x8c\x01a\x94]", n/5) + "u." })
	add("items one by one", func() string { return "]" + times("K\x01a", n/3) + "." })
	add("texts one by one", func() string { return "]" + times("\x8c\x01aa", n/4) + "." })
	add("a field again and again", func() string { return "}(" + times("\x8c\x01AN", n/4) + "u." })
	add("fields again and again, one by one", func() string { return "}" + times("\x8c\x01ANs\x8c\x01b]s", n/10) + "." })
	add("1, 1.0, True and 1L as keys", func() string {
		return "}(" + times("K\x01NG\x3f\xf0\x00\x00\x00\x00\x00\x00N\x88N\x8a\x01\x01N", n/18) + "u."
	})
	add("Decimals that are 1 as keys", func() string {
		return "cdecimal\nDecimal\nq\x000}K\x01Ns(" + each(n/40, func(i int) string { return "h\x00" + text4("1."+times("0", i%20)) + "\x85RN" }) + "u."
	})
	add("Fractions as keys", func() string {
		return "cfractions\nFraction\nq\x000}(" + each(n/40, func(i int) string { return "h\x00J" + le32(uint32(i+1)) + "J" + le32(uint32(2*i+1)) + "\x86RN" }) + "u."
	})
	add("tuples of -1 and -2 as keys", func() string {
		return "}(" + each(min(n/80, 1<<14), func(i int) string {
			return "(" + each(14, func(bit int) string {
				if i>>bit&1 != 0 {
					return "J\xff\xff\xff\xff"
				}
				return "J\xfe\xff\xff\xff"
			}) + "tN"
		}) + "u."
	})
	add("complexes of one hash as keys", func() string {
		return "cbuiltins\ncomplex\nq\x000}(" + each(n/30, func(i int) string {
			return fmt.Sprintf("h\x00F%d\nF%d\n\x86RN", -1_000_003*i, i)
		}) + "u."
	})
	add("frozensets of few members as keys", func() string {
		return "}(" + each(min(n/60, 1<<12), func(i int) string {
			return "(" + each(12, func(bit int) string { return "K" + string(rune0(byte(2*bit+i>>bit&1))) }) + "\x91N"
		}) + "u."
	})
	add("UUIDs of one hash as keys", func() string {
		return "cuuid\nUUID\nq\x000}(" + each(n/60, func(i int) string {
			return fmt.Sprintf("h\x00)\x81}\x8c\x03int\x8a\x09%s%c\x00sbN", le64(uint64(i)*(1<<61-1)), 0)
		}) + "u."
	})
	add("objects that differ in their state as keys", func() string {
		return class + "}(" + each(n/20, func(i int) string { return "h\x00)\x81J" + le32(uint32(i)) + "bN" }) + "u."
	})
	for _, change := range []string{"}b", "Na", "(Ne", "NNs", "(NNu", "(N\x90"} {
		add(fmt.Sprintf("changes of an object by %q, and references to it", change), func() string {
			return "](cm\nC\n)\x81q\x00" + times(change, n/len(change)/2) + times("h\x00", n/4) + "e."
		})
	}
	add("calls that are dropped, of many arguments", func() string {
		args := "(" + times("K\x01", n/8) + "t"
		return class + args + "q\x010" + args + "q\x020h\x00h\x01Rq\x030" + times("h\x00h\x02R0h\x030", n/18) + "N."
	})
	add("objects of one array as keys", func() string {
		return class + "carray\n_array_reconstructor\n(carray\narray\n\x8c\x01BK\x00B" + le32(uint32(n/2)) + times("a", n/2) + "tRq\x010" +
			"}(" + times("h\x00h\x01\x85RN", n/14) + "u."
	})
	add("one object as a key while it changes", func() string { return class + "h\x00)\x81q\x02}" + times("h\x02NsN0h\x02Na0", n/10) + "." })

	for _, c := range []struct{ name, made string }{
		{"an object", "cm\nC\n)\x81"}, {"a SimpleNamespace", "ctypes\nSimpleNamespace\n)R"}, {"an exception", "cbuiltins\nKeyError\n)R"},
		{"a deque", "ccollections\ndeque\n)R"}, {"a Counter", "ccollections\nCounter\n)R"}, {"a UUID", "cuuid\nUUID\n)\x81"},
	} {
		add("a large state, again and again of "+c.name, func() string { return names + c.made + times("h\x01b", n/30) + "." })
		add("states that grow, of "+c.name, func() string {
			return "}q\x010" + c.made + each(n/60, func(i int) string { return "h\x01" + text4(fmt.Sprint("a", i)) + "Ns0h\x01b" }) + "."
		})
		add("states of one name each, of "+c.name, func() string {
			return c.made + each(n/40, func(i int) string { return "}" + text4(fmt.Sprint("a", i)) + "Nsb" }) + "."
		})
	}
	for _, c := range []struct{ name, make, change string }{
		{"a list", "]", "h\x02]a0"}, {"a dict", "}", "h\x02NNs0"}, {"a set", "\x8f", "h\x02(N\x900"}, {"an object", "cm\nC\n)\x81", "h\x02Na0"},
		{"an OrderedDict", "ccollections\nOrderedDict\n)R", "h\x02NNs0"}, {"a deque", "ccollections\ndeque\n)R", "h\x02Na0"},
	} {
		add(c.name+" that is met again and changed", func() string { return c.make + "q\x02N" + times(c.change, n/12) + "0." })
		add(c.name+" that a call saw before each change", func() string {
			return class + c.make + "q\x02N" + times(c.change+"h\x00h\x02\x85R0", n/24) + "0."
		})
	}
	add("large dicts that are copied", func() string {
		return shared + "ccollections\nOrderedDict\nq\x020(" + times("h\x02h\x01\x85R", n/40) + "t."
	})
	for _, made := range []string{"ccollections\nOrderedDict\n", "ccollections\nCounter\n", "ctypes\nSimpleNamespace\n", class[:len(class)-3]} {
		global := strings.Split(made, "\n")
		add("instances of "+global[1]+" that share a state, after a call", func() string {
			return names + made + "q\x020cm\nf\n)R0(" + times("h\x02)Rh\x01b", n/40) + "t."
		})
		add("instances of "+global[1]+" that share what they hold, after a call", func() string {
			return names + made + "q\x020cm\nf\n)R0(" + times("h\x02h\x01\x85R", n/40) + "t."
		})
	}
	add("calls whose results are dropped", func() string { return class + "(" + times("h\x00)R", n/4) + "1N." })
	add("calls that are dropped one by one", func() string { return class + times("h\x00)R0", n/8) + "N." })
	add("calls that are dropped from a list of others", func() string { return class + "(" + times("h\x00)Rh\x00)R0", n/8) + "t." })
	add("persistent ids that all differ", func() string { return "(" + each(n/10, func(i int) string { return fmt.Sprintf("P%d\n", i) }) + "t." })
	add("extensions that all differ", func() string { return "(" + each(n/5, func(i int) string { return "\x84" + le32(uint32(i+1)) }) + "t." })
	add("globals that all differ", func() string {
		return "(" + each(n/12, func(i int) string { return fmt.Sprintf("cm%d\nC\n", i) }) + "t."
	})
	add("globals that all differ, by STACK_GLOBAL", func() string {
		return "(" + each(n/20, func(i int) string {
			s := fmt.Sprint("m", i)
			return "\x8c" + string(rune0(byte(len(s)))) + s + "\x8c\x01C\x93"
		}) + "t."
	})
	add("classes that all differ, by INST", func() string {
		return "(" + each(n/15, func(i int) string { return fmt.Sprintf("(im\nC%d\n", i) }) + "t."
	})
	add("globals of Python 2 again and again", func() string { return "(" + times("ccopy_reg\n_reconstructor\n", n/26) + "t." })
	add("memo numbers in text, far apart", func() string {
		return "(" + each(n/30, func(i int) string { return fmt.Sprintf("]p%d\ng%d\n", i*39_916_801, i*39_916_801) }) + "t."
	})
	add("memo numbers up to 2**32", func() string {
		return "(" + each(n/12, func(i int) string { return "]r" + le32(1<<32-1-uint32(i)*977) }) + "t."
	})
	add("memo numbers backwards", func() string { return "(" + each(n/12, func(i int) string { return "]r" + le32(uint32(n-i)) }) + "t." })
	add("pairs through the memo, each of the two before", func() string {
		return ")q\x00q\x010" + times("h\x00h\x01\x86q\x000h\x01h\x00\x86q\x010", min(n/24, 4000)) + "h\x00."
	})
	add("objects that wait for each other", func() string {
		m := n / 30 // each in a list that is an argument of the next
		return class + each(m, func(i int) string { return "]r" + le32(uint32(i+10)) + "0" }) +
			each(m, func(i int) string {
				return "j" + le32(uint32(i+10)) + "h\x00j" + le32(uint32((i+1)%m+10)) + "\x85Ra0"
			}) + "j" + le32(10) + "."
	})
	add("objects in their own arguments, many times", func() string {
		return class + "(" + times("]q\x01h\x00h\x01\x85Ra", n/12) + "t."
	})
	add("towers of POP_MARK", func() string { return times("(", n/2) + times("1", n/2) + "N." })
	add("towers of POP_MARK with values", func() string { return times("(NN", n/4) + times("1", n/4) + "N." })
	add("POP_MARKs of much", func() string { return times("("+times("N", 100)+"1", n/102) + "N." })
	add("marks that are popped", func() string { return times("(0", n/2) + "N." })
	add("a list that is appended to itself", func() string { return "]" + times("2a", n/2) + "." })
	add("lists that are extended by lists", func() string { return "](" + times("](NNe", n/5) + "e." })
	add("NEWOBJ_EX again and again", func() string {
		return class + "}\x8c\x01aNsq\x010(" + times("h\x00)h\x01\x92", n/6) + "t."
	})
	add("_reconstructor again and again", func() string {
		return "ccopyreg\n_reconstructor\nq\x00ccopyreg\nC\nq\x010cbuiltins\nobject\nq\x020(" + times("h\x00h\x01h\x02N\x87R", n/9) + "t."
	})
	add("strings that are fetched", func() string {
		return each(200, func(i int) string { return text4(fmt.Sprint("text ", i)) + "q" + string(rune0(byte(i))) + "0" }) +
			"(" + each(n/2, func(i int) string { return "h" + string(rune0(byte(i*7%200))) }) + "t."
	})
	add("strings that all differ", func() string { return "](" + each(n/12, func(i int) string { return text4(fmt.Sprint(i)) }) + "e." })
	add("records whose keys change", func() string {
		return "](" + each(n/60, func(i int) string {
			return fmt.Sprintf("}(\x8c\x03a%02dN\x8c\x03b%02dN\x8c\x03c%02dNu", i%100, i/7%100, i/31%100)
		}) + "e."
	})
	add("records in records", func() string {
		return times("}(\x8c\x01aN\x8c\x01b", min(n/9, 4000)) + "N" + times("u", min(n/9, 4000)) + "."
	})
	add("objects with large records", func() string {
		return class + "](" + times("h\x00)\x81}("+each(40, func(i int) string { return fmt.Sprintf("\x8c\x03k%02dN", i) })+"ub", n/300) + "e."
	})
	return all
}

// hostileNumbers are small as text and large as values, or slow to read or to show.
func hostileNumbers() (all []hostile) {
	add := func(name, pickle string) { all = append(all, hostile{kind: "numbers", name: name, pickle: pickle}) }
	long := func(name string, build func() string) {
		all = append(all, hostile{kind: "numbers", name: name, build: build})
	}
	for _, e := range []string{
		"1e999999999", "1e999999999999999999", "1e-999999999999999999", "1e1152921504606846975", "1e-1152921504606846975", "1e9223372036854775807",
		"-1e9223372036854775808", "1e" + times("9", 100), "NaN" + times("1", 100), "sNaN", "-Infinity", "1." + times("0", 1000) + "1e99999999",
	} {
		d := "cdecimal\nDecimal\n" + text4(e) + "\x85R"
		add("Decimal "+clipText(e), d+".")
		add("Decimal "+clipText(e)+" as a key beside 1", "}(K\x01N"+d+"Nu.")
		add("Decimal "+clipText(e)+" as a key beside floats", "}(G\x3f\xf0\x00\x00\x00\x00\x00\x00NG\x7f\xef\xff\xff\xff\xff\xff\xffN"+d+"Nu.")
		add("Decimal "+clipText(e)+" in a Fraction", "cfractions\nFraction\n"+d+"\x85R.")
		add("Fraction of "+clipText(e), "cfractions\nFraction\n"+text4(e)+"\x85R.")
		add("complex of "+clipText(e), "cbuiltins\ncomplex\n"+text4(e)+"\x85R.")
		add("timedelta of "+clipText(e), "cdatetime\ntimedelta\n"+d+"\x85R.")
	}
	for _, r := range []string{"J\xff\xff\xff\x7f\x85", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85", "K\x00\x8a\x10" + times("\x7f", 16) + "K\x01\x87"} {
		g := "cbuiltins\nrange\n" + r + "R"
		for _, call := range []string{
			"builtins list", "builtins set", "builtins frozenset", "builtins bytes", "builtins bytearray", "builtins tuple", "builtins reversed", "builtins dict",
			"collections deque", "collections Counter", "array array", "fractions Fraction", "builtins slice", "itertools chain", "builtins enumerate",
		} {
			module, name, _ := strings.Cut(call, " ")
			add(fmt.Sprintf("%s of a range of %d bytes", name, len(r)), "c"+module+"\n"+name+"\n"+g+"\x85R.")
		}
		add(fmt.Sprintf("a key that is a range of %d bytes", len(r)), "}("+g+"N"+g+"Nu.")
		add(fmt.Sprintf("a list extended by a range of %d bytes", len(r)), "]("+g+g+"e.")
	}
	n := 500_000 / hostileScale
	long("Decimals that grow as keys", func() string {
		return "cdecimal\nDecimal\nq\x000}(" + each(n/50, func(i int) string { return "h\x00" + text4(fmt.Sprintf("1e%d", i*99_991)) + "\x85RN" }) + "u."
	})
	long("Fractions of huge ints", func() string {
		big := func(b string) string { return "\x8b" + le32(8000) + times(b, 7999) + "\x01" }
		return "cfractions\nFraction\nq\x000(" + times("h\x00"+big("\x7e")+big("\x37")+"\x86R", n/16_500) + "t."
	})
	long("a Fraction of the largest ints", func() string {
		big := func(b string) string { return "\x8b" + le32(uint32(n)) + times(b, n-1) + "\x01" }
		return "cfractions\nFraction\n" + big("\x7e") + big("\x37") + "\x86R."
	})
	long("a Fraction of long texts", func() string {
		return "cfractions\nFraction\n" + text4(times("7", n)+"/"+times("3", n)) + "\x85R."
	})
	long("Decimals of many digits", func() string {
		return "cdecimal\nDecimal\nq\x000(" + times("h\x00"+text4(times("7", 4000))+"\x85R", n/4000) + "t."
	})
	long("a Decimal of very many digits", func() string { return "cdecimal\nDecimal\n" + text4(times("7", n)+"."+times("3", n)) + "\x85R." })
	long("a Decimal of very many digits as a key", func() string {
		return "}(K\x01Ncdecimal\nDecimal\n" + text4(times("7", n)+"."+times("3", n)) + "\x85RNu."
	})
	long("a Decimal by its digits", func() string {
		return "cdecimal\nDecimal\nK\x00(" + times("K\x07", n) + "tK\x00\x87\x85R."
	})
	long("INTs of 4,000 digits", func() string { return "(" + times("I"+times("7", 4000)+"\n", n/4000) + "t." })
	long("LONGs of 4,300 digits", func() string { return "(" + times("L"+times("7", 4300)+"L\n", n/4300) + "t." })
	long("ints of 4,000 bytes", func() string { return "(" + times("\x8b"+le32(4000)+times("\x7e", 4000), n/4000) + "t." })
	long("ints of 200 bytes", func() string { return "(" + times("\x8a\xc8"+times("\x7e", 200), n/200) + "t." })
	long("ints of 16 bytes as keys", func() string {
		return "}(" + each(n/20, func(i int) string { return "\x8a\x10" + times("\x7e", 12) + le32(uint32(i)) + "N" }) + "u."
	})
	long("FLOATs that are halfway", func() string { // 2**53 + 1, which only the last digit decides
		return "(" + times("F9007199254740993"+times("0", 750)+"1e-751\n", n/770) + "t."
	})
	long("FLOATs that are least", func() string { return "(" + times("F2.4703282292062327208"+times("1", 300)+"e-324\n", n/330) + "t." })
	long("octal escapes", func() string { return "S'" + times("\\351", n/4) + "'\n." })
	long("hexadecimal escapes", func() string { return "S'" + times("\\xe9", n/4) + "'\n." })
	long("wide escapes", func() string { return "V" + times("\\U0001f600", n/10) + "\n." })
	long("escapes of surrogates", func() string { return "V" + times("\\udc80", n/6) + "\n." })
	long("STRINGs again and again", func() string { return "(" + times("S'\\n'\n", n/6) + "t." })
	long("a datetime's states", func() string {
		return "cdatetime\ndatetime\nq\x000(" + times("h\x00C\x0a\x07\xe8\x02\x1d\x0c\x00\x00\x00\x00\x00\x85R", n/16) + "t."
	})
	long("zones that all differ", func() string {
		return "cdatetime\ndatetime\nq\x000cdatetime\ntimezone\nq\x010cdatetime\ntimedelta\nq\x020(" + each(n/60, func(i int) string {
			return "h\x00C\x0a\x07\xe8\x02\x1d\x0c\x00\x00\x00\x00\x00h\x01h\x02K\x00J" + le32(uint32(i%86_000)) + "K\x00\x87R\x85R\x86R"
		}) + "t."
	})
	long("ZoneInfos that are not there", func() string {
		return "czoneinfo\nZoneInfo._unpickle\nq\x000(" + each(n/20, func(i int) string { return "h\x00" + text4(fmt.Sprint("A/", i)) + "K\x01\x86R" }) + "t."
	})
	long("ZoneInfos with many slashes", func() string {
		return "cdatetime\ndatetime\nq\x000czoneinfo\nZoneInfo._unpickle\nq\x010(" + each(n/1000, func(i int) string {
			return "h\x00C\x0a\x07\xe8\x02\x1d\x0c\x00\x00\x00\x00\x00h\x01" + text4("Europe/"+times("/", i)+"Berlin") + "K\x01\x86R\x86R"
		}) + "t."
	})
	long("paths of many parts", func() string {
		return "cpathlib\nPosixPath\nq\x000(" + times("h\x00("+times("\x8c\x01/\x8c\x02..", 100)+"tR", n/700) + "t."
	})
	return all
}
