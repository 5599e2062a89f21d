package bench

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// names of the corpus, in the order of the table.
var names = []string{
	"request", "reply", "dict", "floats", "records", "nested", "bytes", "datetimes",
	"array", "buffer", "dataclass", "namedtuple", "strings",
}

// A file is a pickle of the corpus.
type file struct {
	name    string
	data    []byte
	buffers [][]byte // out of band
}

// A corpus is the files, and the Python that made them.
type corpus struct {
	dir     string
	files   []file
	python  *harness.Peer
	version string
}

func newCorpus(t testing.TB) *corpus {
	t.Helper()
	dir := t.TempDir()
	python := harness.Python{Path: "/usr/bin/python3"}.Start(t, "python/corpus.py", dir)
	c := &corpus{dir: dir, python: python, version: strings.TrimPrefix(python.Line(t), "ready ")}
	for _, name := range names {
		f, err := readFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		c.files = append(c.files, f)
	}
	return c
}

// protocol is that of the pickle.
func (f file) protocol() pickle.Protocol { return pickle.Protocol(f.data[1]) }

// codec is that of pickle.Marshal and Unmarshal.
func (f file) codec() pickle.Codec {
	return pickle.Codec{Registry: stdlib, Protocol: f.protocol(), Buffers: f.buffers}
}

var stdlib = pickle.Stdlib()

// ask has the Python time something.
func (c *corpus) ask(t testing.TB, verb, name string) (samples []float64) {
	t.Helper()
	return parseFloats(t, c.python.Ask(t, verb+" "+name))
}

func parseFloats(t testing.TB, line string) (samples []float64) {
	t.Helper()
	for _, word := range strings.Fields(line) {
		ns, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, ns)
	}
	return samples
}

// TestCorpus holds what is timed to be right: what brine decodes and encodes
// again is equal in Python.
func TestCorpus(t *testing.T) {
	c := newCorpus(t)
	for _, f := range c.files {
		for _, alias := range []bool{false, true} {
			codec := f.codec()
			codec.Alias = alias
			v, err := codec.Decode(t.Context(), f.data)
			if err != nil {
				t.Errorf("%s: %v", f.name, err)
				continue
			}
			c.check(t, f, v)
		}
	}
}

// TestTargets does the same for typed variables.
func TestTargets(t *testing.T) {
	c := newCorpus(t)
	for _, f := range c.files {
		if target := targets[f.name]; target != nil {
			v := target()
			if err := f.codec().Unmarshal(t.Context(), f.data, v); err != nil {
				t.Errorf("%s: %v", f.name, err)
				continue
			}
			c.check(t, f, v)
		}
	}
}

// check encodes v and asks Python whether it is the value in the file.
func (c *corpus) check(t *testing.T, f file, v any) {
	t.Helper()
	codec := f.codec()
	var out [][]byte
	if f.buffers != nil {
		codec.OutOfBand = func(b *pickle.Buffer) bool { out = append(out, b.Bytes); return true }
	}
	again, err := codec.Marshal(t.Context(), v)
	if err != nil {
		t.Errorf("%s: %v", f.name, err)
		return
	}
	path := filepath.Join(t.TempDir(), f.name+".pickle")
	write(t, path, again)
	for _, b := range out {
		write(t, strings.Replace(path, ".pickle", ".buffer", 1), b)
	}
	if got := c.python.Ask(t, "check "+f.name+" "+path); got != "True" {
		t.Errorf("%s as %T: Python says that it is equal: %s", f.name, v, got)
	}
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
