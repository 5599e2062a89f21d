package pickle

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A pickleVector is a line of testdata/pickle: what a Python wrote for a value.
type pickleVector struct {
	source, name, repr string
	protocol           int
	data               []byte
}

func pickleVectors(t testing.TB) []pickleVector { return vectorsIn(t, "testdata/pickle", 3) }

// vectorsIn reads the vectors of a folder with so many files.
func vectorsIn(t testing.TB, dir string, count int) []pickleVector {
	files, err := filepath.Glob(dir + "/*.txt")
	if err != nil || len(files) != count {
		t.Fatalf("%s holds %d files (%v), want %d", dir, len(files), err, count)
	}
	var all []pickleVector
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if fields := strings.Split(lines.Text(), "\t"); len(fields) == 4 {
				all = append(all, parsePickleVector(t, filepath.Base(file), fields))
			}
		}
	}
	return all
}

func parsePickleVector(t testing.TB, file string, fields []string) pickleVector {
	protocol, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	data, err := hex.DecodeString(fields[2])
	if err != nil {
		t.Fatal(err)
	}
	return pickleVector{strings.TrimSuffix(file, ".txt"), fields[0], fields[3], protocol, data}
}

// asciiRepr is Python's ascii(v).
func asciiRepr(t testing.TB, v any) string {
	s, err := Repr(v)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			out.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&out, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			fmt.Fprintf(&out, `\U%08x`, r)
		}
	}
	return out.String()
}

func protocolOf(version int) Protocol {
	if version == 0 {
		return Protocol0
	}
	return Protocol(version)
}

// What real Pythons wrote is read as they mean it, and read again after being
// written at every protocol.
func TestVectors(t *testing.T) {
	for _, vec := range pickleVectors(t) {
		v, err := Codec{}.Decode(t.Context(), vec.data)
		if err != nil {
			t.Errorf("%s, %s at protocol %d: %v", vec.source, vec.name, vec.protocol, err)
			continue
		}
		if got := asciiRepr(t, v); got != vec.repr {
			t.Errorf("%s, %s at protocol %d:\n got %s\nwant %s", vec.source, vec.name, vec.protocol, got, vec.repr)
		}
		for version := range 6 {
			again(t, vec, v, Codec{Protocol: protocolOf(version)})
		}
		again(t, vec, v, Codec{Protocol: Protocol2, Dialect: Dialect{Python2: true}})
	}
}

func again(t *testing.T, vec pickleVector, v any, c Codec) {
	t.Helper()
	data, err := c.Marshal(t.Context(), v)
	if err != nil {
		t.Errorf("%s, %s: writing at protocol %d: %v", vec.source, vec.name, c.Protocol, err)
		return
	}
	back, err := c.Decode(t.Context(), data)
	if err != nil {
		t.Errorf("%s, %s: reading %q again: %v", vec.source, vec.name, data, err)
		return
	}
	if got := asciiRepr(t, back); got != vec.repr && vec.name != "bytes" && !c.Dialect.Python2 {
		t.Errorf("%s, %s again at protocol %d:\n got %s\nwant %s", vec.source, vec.name, c.Protocol, got, vec.repr)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Messages of multiprocessing.managers, as 2.7, 3.6 and 3.8 to 3.13 send them.
func TestManagerMessages(t *testing.T) {
	tests := []struct{ name, hex, repr string }{
		{"request, 2.7", "8002284e550564756d6d797101297d7471022e", "(None, 'dummy', (), {})"},
		{"request, 3.6", "8003284e580500000064756d6d797100297d71017471022e", "(None, 'dummy', (), {})"},
		{"request, 3.8", "8004951000000000000000284e8c0564756d6d7994297d9474942e", "(None, 'dummy', (), {})"},
		{"reply, 2.7", "800255072352455455524e71014e8671022e", "('#RETURN', None)"},
		{"reply, 3.8", "8004950e000000000000008c072352455455524e944e86942e", "('#RETURN', None)"},
		{"error", "8004952c000000000000008c06234552524f52948c086275696c74696e73948c084b65794572726f729493948c0171948594529486942e",
			"('#ERROR', KeyError('q'))"},
	}
	for _, tt := range tests {
		v, err := Codec{}.Decode(t.Context(), unhex(t, tt.hex))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := asciiRepr(t, v); got != tt.repr {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.repr)
		}
	}
}

func TestProxyMessage(t *testing.T) {
	v, err := Codec{}.Decode(t.Context(), unhex(t, "80049567000000000000008c062350524f5859948c085f5f6e6578745f5f9485948c186d756c"+
		"746970726f63657373696e672e6d616e6167657273948c05546f6b656e9493942981948c084974657261746f72948c093132372e302e302e3194"+
		"4d881386948c02316694879462869486942e"))
	if err != nil {
		t.Fatal(err)
	}
	token, ok := v.(Tuple)[1].(Tuple)[1].(*Object)
	if !ok || token.How != NewObj || token.Class != (Global{"multiprocessing.managers", "Token"}) {
		t.Fatalf("got %#v, want an instance of Token", v)
	}
	if len(token.Ops) != 1 || token.Ops[0].Kind != Build {
		t.Fatalf("Token has %v, want one BUILD", token.Ops)
	}
	if got, want := asciiRepr(t, token.Ops[0].Items[0]), "('Iterator', ('127.0.0.1', 5000), '1f')"; got != want {
		t.Errorf("its state is %s, want %s", got, want)
	}
}
