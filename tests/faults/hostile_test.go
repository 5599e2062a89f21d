package faults

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// TestBadFrames: a length is a claim. What cannot be right closes the
// connection, and nobody allocates it.
func TestBadFrames(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		const most = 1 << 20
		s := serve(t, network, "--max-message", strconv.Itoa(most))
		memory := watchMemory(t, s)
		long := func(n uint64) string { return "\xff\xff\xff\xff" + string(binary.BigEndian.AppendUint64(nil, n)) }
		t.Run("frames", func(t *testing.T) {
			for _, tt := range []struct{ name, says string }{
				{"empty", framed("")},
				{"2^62", long(1 << 62)},
				{"2^64 - 1", long(1<<64 - 1)},
				{"2 GiB", "\x7f\xff\xff\xff"},
				{"negative", "\x80\x00\x00\x00"},
				{"one too long", string(binary.BigEndian.AppendUint32(nil, most+1))},
				{"too long, all of it", framed(strings.Repeat("x", 4*most))},
			} {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel() // the server gives each a moment to close first
					for stage, dial := range stages {
						p := dial(t, s)
						p.Write([]byte(tt.says)) // an error means that it was closed already
						if got, err := p.fate(); err != nil || got == "#RETURN" {
							t.Errorf("%s: the server answered %q, %v; want that it closes, or an error", stage, got, err)
						}
					}
				})
			}
		})
		memory.atMost(t, 64<<20)
	})
}

// malformed pickles are not requests, or not pickles.
var malformed = map[string]string{
	"nothing but STOP":       ".",
	"no STOP":                "\x80\x02N",
	"unknown opcode":         "\x80\x02\xff.",
	"unknown protocol":       "\x80\x63N.",
	"text":                   "this is not a pickle",
	"not a tuple":            "\x80\x02N.",
	"a tuple of three":       "\x80\x02" + tuple("N", text("dummy"), ")") + ".",
	"a tuple of five":        "\x80\x02" + tuple("N", text("dummy"), ")", "}", "N") + ".",
	"a method that is None":  "\x80\x02" + tuple("N", "N", ")", "}") + ".",
	"arguments in a list":    "\x80\x02" + tuple("N", text("number_of_objects"), "K\x01", "}") + ".",
	"keywords in a list":     "\x80\x02" + tuple("N", text("create"), tuple(text("list")), "]") + ".",
	"unknown ident":          request("ffffffff", "append", "N"),
	"unknown method":         request("", "no_such_method"),
	"unknown type":           request("", "create", text("no such type")),
	"a type that is None":    request("", "create", "N"),
	"incref of nothing":      request("", "incref", "N"),
	"string beyond the end":  "\x80\x02X\xff\xff\xff\x7fabc.",
	"bytes beyond the end":   "\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc.",
	"LONG4 beyond the end":   "\x80\x02\x8b\xff\xff\xff\x7fabc.",
	"LONG4 of negative size": "\x80\x02\x8b\xff\xff\xff\xff.",
	"FRAME beyond the end":   "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
	"memo entry 2^32 - 1":    "\x80\x02Nr\xff\xff\xff\xff.",
	"memo entry that is not": "\x80\x02h\x07.",
	"stack underflow":        "\x80\x02\x86.",
	"no MARK":                "\x80\x02t.",
	"persistent id":          "\x80\x02NQ.",
	"extension":              "\x80\x02\x82\x01.",
	"out-of-band buffer":     "\x80\x05\x97.",
	"a dict of odd length":   "\x80\x02(NNNd.",
	"SETITEMS on None":       "\x80\x02N(NNu.",
	"APPENDS on None":        "\x80\x02N(Ne.",
	"BUILD on nothing":       "\x80\x02Nb.",
	"INT that is none":       "\x80\x02Ix\n.",
	"an unhashable key":      "\x80\x02}]Ns.",
}

// TestMalformedPickles: the connection gets an error or is closed; a request
// cut anywhere is no request.
func TestMalformedPickles(t *testing.T) {
	s := serve(t, "tcp")
	memory := watchMemory(t, s)
	for name, body := range malformed {
		t.Run(name, func(t *testing.T) { mustRefuse(t, s, body) })
	}
	whole := request("", "create", text("list"), tuple("K\x01", text("two"), "G\x40\x08\x00\x00\x00\x00\x00\x00"))
	for cut := 1; cut < len(whole); cut++ {
		mustRefuse(t, s, whole[:cut])
	}
	memory.atMost(t, 64<<20)
}

func mustRefuse(t *testing.T, s *harness.Server, body string) {
	t.Helper()
	onEachStage(t, s, body, func(stage, got string, err error) {
		if err != nil || got == "#RETURN" || got == "#PROXY" {
			t.Errorf("%s: %.60q: the server answered %q, %v; want an error, or that it closes", stage, body, got, err)
		}
	})
}

// A bomb is small on the wire and big when somebody is careless. It may be
// stored, answered with an error or end its own connection.
type bomb struct {
	name, typeid string
	calls        [][]string // method, arguments
}

var (
	deepTuple   = strings.Repeat("(", 100_000) + strings.Repeat("t", 100_000)
	deepList    = strings.Repeat("]", 100_000) + strings.Repeat("a", 99_999)
	doubled     = ")" + strings.Repeat("2\x86", 60) // (x, x) of (x, x) of …
	doubledList = "]" + doublings(40)
	sparseMemo  = "Nr\xff\xff\xff\x7f"
	hugeRange   = global("range") + tuple("K\x00", number(1e12)) + "R"
	bigNumber   = "\x8b\x00\x00\x10\x00" + strings.Repeat("\x7f", 1<<20)
)

// doublings wraps an empty list n times in a list that holds it twice.
func doublings(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "q%c0](h%ch%ce", i, i, i)
	}
	return b.String()
}

func global(name string) string { return "cbuiltins\n" + name + "\n" }

// number is an int as text, which has no largest.
func number(n float64) string { return fmt.Sprintf("L%.0fL\n", n) }

var bombs = []bomb{
	{"tuple 100,000 deep as value", "list", [][]string{{"append", deepTuple}, {"__getitem__", "K\x00"}, {"__repr__"}, {"count", deepTuple}}},
	{"tuple 100,000 deep as key", "dict", [][]string{{"__setitem__", deepTuple, "N"}, {"__contains__", deepTuple}, {"__repr__"}}},
	{"list 100,000 deep", "list", [][]string{{"append", deepList}, {"__repr__"}, {"index", deepList}, {"sort"}}},
	{"tuple doubled 60 times", "list", [][]string{{"append", doubled}, {"append", doubled}, {"__repr__"}, {"count", doubled}, {"__getitem__", "K\x00"}, {"sort"}}},
	{"tuple doubled 60 times as key", "dict", [][]string{{"__setitem__", doubled, "N"}, {"__contains__", doubled}, {"__repr__"}}},
	{"list doubled 40 times", "list", [][]string{{"append", doubledList}, {"__repr__"}, {"count", doubledList}, {"extend", doubledList}}},
	{"memo entry 2^31", "list", [][]string{{"append", sparseMemo}}},
	{"range(10**12)", "list", [][]string{{"append", hugeRange}, {"extend", hugeRange}, {"__setitem__", slice("N", "N", "N"), hugeRange}, {"__len__"}}},
	{"l * 10**12", "list", [][]string{{"append", "N"}, {"__mul__", number(1e12)}, {"__imul__", number(1e12)}, {"__rmul__", number(1e12)}}},
	{"slices of huge steps", "list", [][]string{{"append", "N"}, {"__getitem__", slice(number(-1e18), number(1e18), number(1e18))}, {"__delitem__", slice(number(-1e18), number(1e18), "K\x01")}}},
	{"an int of a million bytes", "list", [][]string{{"append", bigNumber}, {"__repr__"}, {"__getitem__", bigNumber}}},
	{"update from a range", "dict", [][]string{{"update", hugeRange}, {"__len__"}}},
	{"release of 10**12", "Semaphore", [][]string{{"release", number(1e12)}, {"acquire"}}},
	{"a timeout of 10**300", "Event", [][]string{{"wait", "L1" + strings.Repeat("0", 300) + "L\n"}}},
}

func slice(start, stop, step string) string { return global("slice") + tuple(start, stop, step) + "R" }

// TestBombs: whatever is made of them, it is answered or its connection
// closed, and memory stays in proportion to what arrived.
func TestBombs(t *testing.T) {
	s := serve(t, "tcp")
	owner := newClient(t, s)
	for _, b := range bombs {
		t.Run(b.name, func(t *testing.T) {
			owner.t = t
			owner.do("o = m.%s()", b.typeid)
			ident := owner.give("o")
			memory := watchMemory(t, s)
			for _, call := range b.calls {
				p := dialServed(t, s)
				if err := p.send(request(ident, call[0], call[1:]...)); err != nil {
					t.Fatal(err)
				}
				if got, err := p.fate(); err != nil {
					t.Errorf("%s: the server answered %q, %v", call[0], got, err)
				}
				p.Close()
			}
			memory.atMost(t, 192<<20)
		})
	}
	for _, create := range []struct{ name, body string }{
		{"list(range(10**12))", request("", "create", text("list"), hugeRange)},
		{"dict(range(10**12))", request("", "create", text("dict"), hugeRange)},
		{"Array('i', 10**12)", request("", "create", text("Array"), text("i"), number(1e12))},
		{"Array('i', range(10**12))", request("", "create", text("Array"), text("i"), hugeRange)},
	} {
		t.Run(create.name, func(t *testing.T) {
			memory := watchMemory(t, s)
			mustRefuse(t, s, create.body)
			memory.atMost(t, 192<<20)
		})
	}
}

// TestNothingIsExecuted: a pickle that would run a command in Python runs
// nothing here, wherever in a request it stands.
func TestNothingIsExecuted(t *testing.T) {
	s := serve(t, "tcp")
	owner := newClient(t, s)
	owner.do("o = m.list()")
	ident := owner.give("o")
	proof := filepath.Join(t.TempDir(), "executed")
	for _, module := range []string{"os", "posix"} {
		system := "c" + module + "\nsystem\n" + tuple(text("touch '"+proof+"'")) + "R"
		for name, body := range map[string]string{
			"alone":       "\x80\x02" + system + ".",
			"as argument": request(ident, "append", system),
			"as ident":    "\x80\x02" + tuple(system, text("append"), tuple("N"), "}") + ".",
			"as method":   "\x80\x02" + tuple(text(ident), system, tuple("N"), "}") + ".",
			"as keyword":  "\x80\x02" + tuple(text(ident), text("sort"), ")", "}"+text("key")+system+"s") + ".",
			"as key=":     "\x80\x02" + tuple(text(ident), text("sort"), ")", "}"+text("key")+"c"+module+"\nsystem\ns") + ".",
			"as type":     request("", "create", system),
			"as state":    request(ident, "append", "c"+module+"\nsystem\n)\x81"+system+"b"),
			"as eval": request(ident, "append",
				global("eval")+tuple(text("__import__('os').system(\"touch '"+proof+"'\")"))+"R"),
			"by dill": request(ident, "append",
				"cdill._dill\n_eval_repr\n"+tuple(text("__import__('os').system(\"touch '"+proof+"'\")"))+"R"),
		} {
			onEachStage(t, s, body, func(stage, _ string, err error) {
				if err != nil {
					t.Errorf("%s, %s: %v", name, stage, err)
				}
			})
		}
	}
	// The server looks at what it kept: repr, equality, sorting.
	for _, method := range []string{"__repr__", "__str__", "#GETVALUE", "sort", "reverse"} {
		p := dialServed(t, s)
		p.ask(t, request(ident, method))
	}
	if _, err := os.Stat(proof); err == nil {
		t.Error("a command was executed")
	}
}

// TestForeignTokens: a proxy of another manager is a value; the address in it
// is never dialled.
func TestForeignTokens(t *testing.T) {
	s := serve(t, "tcp")
	trap, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dialled := make(chan struct{})
	go func() { // ends when trap is closed
		defer close(dialled)
		if c, err := trap.Accept(); err == nil {
			c.Close()
			t.Errorf("the server dialled the address of a foreign token")
		}
	}()
	owner := newClient(t, s)
	owner.do("l = m.list()")
	owner.do("d = m.dict()")
	list, dict := owner.give("l"), owner.give("d")
	proxy := foreignProxy(trap.Addr().(*net.TCPAddr).Port)
	for _, body := range []string{
		request(list, "append", proxy),
		request(list, "extend", proxy),
		request(list, "__contains__", proxy),
		request(list, "__getitem__", "K\x00"),
		request(list, "__repr__"),
		request(list, "#GETVALUE"),
		request(list, "pop"),
		request(dict, "update", proxy),
		request(dict, "__setitem__", proxy, proxy),
		request(dict, "copy"),
		request("", "create", text("list"), proxy),
		request("", "create", text("dict"), proxy),
		request("", "create", text("Condition"), proxy),
	} {
		onEachStage(t, s, body, func(stage, _ string, err error) {
			if err != nil {
				t.Errorf("%s: %.60q: %v", stage, body, err)
			}
		})
	}
	trap.Close()
	<-dialled
}

// foreignProxy is a ListProxy of a manager at a port of this host.
func foreignProxy(port int) string {
	token := "cmultiprocessing.managers\nToken\n)\x81" +
		tuple(text("list"), tuple(text("127.0.0.1"), "J"+string(binary.LittleEndian.AppendUint32(nil, uint32(port)))), text("7f0000000001")) + "b"
	return "cmultiprocessing.managers\nRebuildProxy\n" +
		tuple("cmultiprocessing.managers\nListProxy\n", token, text("pickle"), "}") + "R"
}

// TestSlowReaders: clients that ask for much and read nothing hold up
// themselves only.
func TestSlowReaders(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network)
		owner := newClient(t, s)
		owner.do("o = m.list([bytes(4 << 20)])")
		ident := owner.give("o")
		memory := watchMemory(t, s)
		const readers = 20
		ask := framed(request(ident, "__getitem__", "K\x00"))
		for range readers {
			p := dialServed(t, s)
			if _, err := p.Write([]byte(strings.Repeat(ask, 100))); err != nil {
				t.Fatal(err)
			}
		}
		owner.expect(strconv.Itoa(4<<20), "len(o[0])")
		owner.expect("None", "o.append(1)")
		// A reply a reader may be under way, not the hundred it asked for.
		memory.atMost(t, readers*(4<<20)*2+(64<<20))
	})
}
