package pickle

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A requestVector is a line of testdata/requests: what a Python's proxy sends.
type requestVector struct {
	source, name string
	data         []byte
}

func requestVectors(t testing.TB) []requestVector {
	files, err := filepath.Glob("testdata/requests/*.txt")
	if err != nil || len(files) < 4 {
		t.Fatalf("testdata/requests holds %d files (%v), want four", len(files), err)
	}
	var all []requestVector
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			name, digits, ok := strings.Cut(strings.TrimSpace(line), "\t")
			if !ok {
				continue
			}
			data, err := hex.DecodeString(digits)
			if err == nil && data[0] == 'x' {
				data, err = inflate(data)
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", file, name, err)
			}
			all = append(all, requestVector{filepath.Base(file), name, data})
		}
	}
	return all
}

func inflate(data []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// sharing is which arguments of requests cannot be kept apart from others.
var sharing = map[string]string{
	"shared list":  "--",
	"shared parts": "--",
	"tuple cycle":  "-+", // begun twice: its list is pushed, and popped again
}

func TestViewOfRequests(t *testing.T) {
	view := new(View)
	for _, r := range requestVectors(t) {
		if err := view.Scan(r.data, Limits{}); err != nil {
			t.Errorf("%s: %s: Scan: %v", r.source, r.name, err)
			continue
		}
		checkView(t, view, r.data)
		if !view.IsTuple(2) || !view.IsDict(3) || view.IsTuple(0) || view.IsDict(2) {
			t.Errorf("%s: %s: the arguments are no tuple, or the keywords no dict", r.source, r.name)
		}
		var got string
		for _, it := range view.Children(2) {
			if _, ok := view.Raw(it); ok {
				got += "+"
			} else {
				got += "-"
			}
		}
		want := sharing[r.name]
		if want == "" {
			want = strings.Repeat("+", len(got))
		}
		if got != want {
			t.Errorf("%s: %s: Raw is %s for the arguments, want %s", r.source, r.name, got, want)
		}
	}
}

// TestViewOfVectors has all kinds of values as arguments, twice each.
func TestViewOfVectors(t *testing.T) {
	view := new(View)
	for _, v := range pickleVectors(t) {
		data := asRequest(v)
		if err := view.Scan(data, Limits{}); err != nil {
			t.Errorf("%s: %s at protocol %d: Scan: %v", v.source, v.name, v.protocol, err)
		}
		checkView(t, view, data)
	}
}

// TestViewOfAGlobalAgain has a class that is its module's name if one looks at its first opcode only.
func TestViewOfAGlobalAgain(t *testing.T) {
	view, data := new(View), []byte("\x80\x04(\x8c\x01m\x8c\x01C\x93\x94h\x00h\x00\x85t.")
	if err := view.Scan(data, Limits{}); err != nil {
		t.Fatal(err)
	}
	for _, it := range []Item{view.At(0), view.At(1), view.Children(2)[0]} {
		if text, ok := view.Text(it); ok {
			t.Errorf("the text of a class is %q", text)
		}
	}
	checkView(t, view, data)
}

func TestScanErrors(t *testing.T) {
	tests := []struct {
		data string
		want error
	}{
		{"", ErrTruncated},
		{"\x80", ErrTruncated},
		{"\x80\x06N.", ErrProtocol},
		{"\x80\x06(\x8c\x02id\x94\x8c\x03put\x94)}\x94t\x94.", ErrProtocol}, // brief but for that
		{"\x80\x04N", ErrTruncated},
		{"\x80\x04\x95\x01", ErrTruncated},
		{")..", ErrTrailing},
		{".", ErrUnderflow},
		{"(.", ErrUnderflow},
		{"N(.", ErrUnderflow},
		{"t.", ErrNoMark},
		{"u.", ErrNoMark},
		{"1.", ErrNoMark},
		{"0.", ErrUnderflow},
		{"\x85.", ErrUnderflow},
		{"N(\x85t.", ErrUnderflow},
		{"](Na", ErrUnderflow},
		{"(e.", ErrUnderflow},
		{"(o.", ErrUnderflow},
		{"NR.", ErrUnderflow},
		{"\x93.", ErrUnderflow},
		{"q\x00.", ErrUnderflow},
		{"(\x94t.", ErrUnderflow},
		{"h\x00.", ErrMemo},
		{"g-1\n.", ErrMemo},
		{"Np18446744073709551616\n.", ErrMemo},
		{"Nq\x05h\x04.", ErrMemo},
		{"K", ErrTruncated},
		{"M\x00", ErrTruncated},
		{"J\x00\x00\x00", ErrTruncated},
		{"G\x00\x00\x00\x00\x00\x00\x00", ErrTruncated},
		{"\x8c", ErrTruncated},
		{"\x8c\x02a", ErrTruncated},
		{"X\xff\xff\xff\xffabc", ErrTruncated},
		{"\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc", ErrTruncated},
		{"B\xff\xff\xff\x7f", ErrTruncated},
		{"\x8b\xff\xff\xff\xff", ErrTruncated},
		{"h", ErrTruncated},
		{"Nr\x00\x00", ErrTruncated},
		{"I1", ErrTruncated},
		{"cos\n", ErrTruncated},
		{"(ios\n", ErrTruncated},
		{"Pid", ErrTruncated},
		{"\x84\x00\x00\x00", ErrTruncated},
		{"\x8c\x01\xff\x85.", ErrUTF8},
		{"\x8c\x03\xed\xb0\x80\x85.", nil}, // a lone surrogate
		{"X\x01\x00\x00\x00\x80\x85.", ErrUTF8},
		{"c\xff\nx\n\x85.", ErrUTF8},
		{"KK\xfe.", ErrOpcode},
		{"N.", ErrShape},
		{"N\x85N.", ErrShape},
		{"N\x850).", nil},
		{"N2\x86.", ErrShape},
		{"(N\x80\x02N\x86t.", ErrShape},
		{"(NPid\nt.", ErrShape},
		{"(N\x82\x01t.", ErrShape},
		{"(N\x97t.", ErrShape},
		{"(NNNNNNNNt.", nil},
		{"(NNNNNNNNNt.", ErrShape},
		{")q\x00Nh\x00\x86.", ErrShape},                              // a tuple elsewhere
		{"}q\x00h\x00NNs0\x85.", ErrShape},                           // a dict that changes later
		{"(}q\x00h\x00NNs0t.", ErrShape},                             //
		{"]NNs\x85.", ErrShape},                                      // no dict
		{"}]Ns\x85.", ErrShape},                                      // no key
		{"}]\x85Ns\x85.", ErrShape},                                  //
		{"(]\x91\x85.", ErrShape},                                    //
		{"}(Nu\x85.", ErrShape},                                      // no value
		{"N)R\x85.", ErrShape},                                       // no class
		{"cos\nx\nNR\x85.", ErrShape},                                // no arguments
		{"NNb\x85.", ErrShape},                                       // no state
		{"NNa\x85.", ErrShape},                                       // no list
		{"\x8c\x01aN\x93\x85.", errNames},                            //
		{"(N}(K\x01)K\x02)ut.", nil},                                 //
		{"(N}K\x01K\x02\x85sK\x03K\x04sK\x05K\x06\x85st.", ErrShape}, // children between children
	}
	view := new(View)
	for _, tt := range tests {
		err := view.Scan([]byte(tt.data), Limits{})
		if !errors.Is(err, tt.want) {
			t.Errorf("Scan(%q) = %v, want %v", tt.data, err, tt.want)
		}
		checkView(t, view, []byte(tt.data))
	}
}

func TestScanLimits(t *testing.T) {
	tests := []struct {
		data, limit string
		limits      Limits
	}{
		{"((((tttt.", "Depth", Limits{Depth: 3}},
		{")\x85\x85\x85\x85.", "Depth", Limits{Depth: 3}},
		{"]]]]aaa\x85.", "Depth", Limits{Depth: 3}},
		{"]]]]aaa0N\x85.", "Depth", Limits{Depth: 3}}, // of what is thrown away
		{"((((1111N\x85.", "Depth", Limits{Depth: 3}}, // of marks alone
		{"N\x94\x94\x94\x94\x85.", "Memo", Limits{Memo: 3}},
		{"Nq\x00q\x01q\x02q\x03\x85.", "Memo", Limits{Memo: 3}},
		{"Np1\np5\np9999999\np12\n\x85.", "Memo", Limits{Memo: 3}},
		{"\x8a\x04\x01\x01\x01\x01\x85.", "Long", Limits{Long: 3}},
		{"NNN\x87.", "Bytes", Limits{Bytes: 3}},
		{"\x80\x04(\x8c\x02id\x94\x8c\x03put\x94)}\x94t\x94.", "Depth", Limits{Depth: 1}}, // brief
		{"\x80\x04(\x8c\x02id\x94\x8c\x03put\x94)}\x94t\x94.", "Memo", Limits{Memo: 2}},
		{"\x80\x04(\x8c\x02id\x94\x8c\x03put\x94)}\x94t\x94.", "Bytes", Limits{Bytes: 12}},
	}
	view := new(View)
	for _, tt := range tests {
		limit, ok := errors.AsType[*LimitError](view.Scan([]byte(tt.data), tt.limits))
		if !ok || limit.Limit != tt.limit {
			t.Errorf("Scan(%q) with %+v: %v, want %s", tt.data, tt.limits, limit, tt.limit)
		}
		if err := view.Scan([]byte(tt.data), Limits{}); err != nil {
			t.Errorf("Scan(%q) without: %v", tt.data, err)
		}
	}
}

func TestScanErrorText(t *testing.T) {
	tests := []struct{ data, want string }{
		{"(Nh\x03t.", "pickle: BINGET at 2: no memo entry 3"},
		{"(NX\x09\x00\x00\x00abc", "pickle: BINUNICODE at 2: the pickle ends inside a value"},
		{"(NM\x09", "pickle: BININT2 at 2: the pickle ends inside a value"},
		{"(N", "pickle: STOP at 2: the pickle ends inside a value"},
		{"N..", "pickle: STOP at 1: bytes follow the end of the pickle"},
	}
	for _, tt := range tests {
		err := new(View).Scan([]byte(tt.data), Limits{})
		_, decodeErr := Codec{}.Decode(background, []byte(tt.data))
		if err == nil || err.Error() != tt.want || decodeErr == nil || decodeErr.Error() != tt.want {
			t.Errorf("%q\n got %v\nwant %s\nDecode: %v", tt.data, err, tt.want, decodeErr)
		}
	}
}

// TestGlobalsOfOddities checks that a pickle which no View can show hides no
// global from those who look for some.
func TestGlobalsOfOddities(t *testing.T) {
	for _, odd := range []string{"N20", "N20\x80\x02", "Pid\n0", "NQ0", "\x82\x010", "\x970", "\x97\x980", ")q\x07h\x070"} {
		view := new(View)
		data := []byte("\x80\x04(" + odd + "cos\nsystem\n\x8c\x01m\x8c\x01n\x93(ia\nb\n)q\x00h\x00t.")
		if err := view.Scan(data, Limits{}); err != ErrShape {
			t.Fatalf("Scan(%q) = %v, want ErrShape", data, err)
		}
		var got []string
		for module, name := range view.Globals() {
			got = append(got, module+"."+name)
		}
		if want := "os.system m.n a.b"; strings.Join(got, " ") != want {
			t.Errorf("Globals of %q are %q, want %s", data, got, want)
		}
	}
}

func TestScanDoesNotAllocate(t *testing.T) {
	view := new(View)
	allocs := testing.AllocsPerRun(100, func() {
		if err := view.Scan(request, Limits{}); err != nil {
			t.Fatal(err)
		}
		if view.Len() != 4 || len(view.Children(2)) != 1 {
			t.Fatal("not the request")
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}
