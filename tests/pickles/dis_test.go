// Package pickles holds package pickle to what Pythons make of the same bytes.
package pickles

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// vectors returns what Pythons wrote, from package pickle's own test data.
func vectors(t *testing.T) (all [][]byte) {
	t.Helper()
	for _, dir := range []string{"pickle", "requests"} {
		files, err := filepath.Glob("../../pickle/testdata/" + dir + "/*.txt")
		if err != nil || len(files) == 0 {
			t.Fatalf("no vectors in %s (%v)", dir, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				for field := range strings.SplitSeq(strings.TrimSpace(line), "\t") {
					if b, err := hex.DecodeString(field); err == nil && len(b) > 1 && b[len(b)-1] == '.' {
						all = append(all, b)
					}
				}
			}
		}
	}
	return all
}

// handmade are pickles that no Python writes but every Python reads.
var handmade = []string{
	"(lp0\nI1\naI01\naI00\naL12L\naF1.5\naF-inf\naS'a\\'b'\naV\\u20ac\\U0001f600\n00N.",
	"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02ls\x94\x85\x94R\x94.",
	"\x80\x02U\x02osU\x06system\x93.",                                      // names in Python 2's str
	"\x80\x04\x8c\x02os\x8c\x06system\x8c\x04getcr\xff\xff\xff\x0f0\x93N.", // the name lies below
	"(cos\nsystem\nV ls\noNb0N.",
	"(Vls\nios\nsystem\n0N.",
	"cbuiltins\nset\n(]K\x01atRQ.",
	"(K\x01K\x02K\x031(t2\x86.",
	"\x80\x04\x8f(K\x01K\x02\x90(K\x01\x91\x86.",
	"\x80\x05\x96\x02\x00\x00\x00\x00\x00\x00\x00ab\x8e\x01\x00\x00\x00\x00\x00\x00\x00c\x8d\x01\x00\x00\x00\x00\x00\x00\x00d\x87.",
	"\x80\x02\x8a\x00\x8a\x0a\x01\x02\x03\x04\x05\x06\x07\x08\x09\x80\x8b\x03\x00\x00\x00\x01\x02\x03\x87.",
	"J\xff\xff\xff\xffM\xff\xffG\x7f\xf8\x00\x00\x00\x00\x00\x00\x87.",
	"Nr\xff\xff\xff\xffj\xff\xff\xff\xff\x86.",
	"X\x06\x00\x00\x00\xed\xa0\x80'\"\n.",
	"Pid\n.",
}

// An answer is what dis.py says of a pickle.
type answer struct {
	Dis, Error string      // what pickletools.dis printed, or raised
	Globals    [][2]string // that find_class was asked for
	Failed     string      // what load raised
}

func ask(t *testing.T, py harness.Python, pickles [][]byte) (answers []answer) {
	t.Helper()
	var lines bytes.Buffer
	for _, p := range pickles {
		lines.WriteString(hex.EncodeToString(p) + "\n")
	}
	file := filepath.Join(t.TempDir(), "pickles")
	if err := os.WriteFile(file, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out := bufio.NewScanner(bytes.NewReader(py.Run(ctx, t, "python/dis.py", file)))
	out.Buffer(nil, 16<<20)
	for out.Scan() {
		var a answer
		if err := json.Unmarshal(out.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(pickles) {
		t.Fatalf("%d answers for %d pickles", len(answers), len(pickles))
	}
	return answers
}

// Dis prints what pickletools.dis prints, and Imports tells what find_class is
// asked for.
func TestDisAndImports(t *testing.T) {
	pickles := vectors(t)
	for _, p := range handmade {
		pickles = append(pickles, []byte(p))
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 0) {
			return // its pickletools knows protocols up to 2, and writes u'' for text
		}
		compared, imported := 0, 0
		for i, a := range ask(t, py, pickles) {
			if a.Error == "" {
				compared++
				sameDis(t, pickles[i], a.Dis)
			}
			if a.Failed == "" {
				imported++
				sameGlobals(t, pickles[i], a.Globals)
			}
		}
		t.Logf("of %d pickles %d have the same disassembly, %d the same globals", len(pickles), compared, imported)
		if min(compared, imported) < len(pickles)*9/10 {
			t.Errorf("of %d pickles only %d were disassembled and %d loaded", len(pickles), compared, imported)
		}
	})
}

func sameDis(t *testing.T, data []byte, want string) {
	t.Helper()
	var got bytes.Buffer
	rest, err := pickle.Dis(&got, data, pickle.DisOptions{Plain: true})
	if err != nil || len(rest) > 0 {
		t.Errorf("Dis(%q): %v, %d bytes left", data, err, len(rest))
	}
	if got.String() != want {
		t.Errorf("Dis(%q) is\n%s\nwant\n%s", data, &got, want)
	}
}

func sameGlobals(t *testing.T, data []byte, want [][2]string) {
	t.Helper()
	imports, _, err := pickle.Imports(data)
	if err != nil {
		t.Errorf("Imports(%q): %v", data, err)
	}
	var got [][2]string
	for _, i := range imports {
		got = append(got, [2]string{i.Global.Module, i.Global.Name})
	}
	if !slices.Equal(got, want) {
		t.Errorf("Imports(%q) is %v, want %v", data, got, want)
	}
}
