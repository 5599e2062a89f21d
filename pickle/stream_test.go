package pickle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// stream holds pickles of several shapes, with and without frames.
func stream(t testing.TB) (data []byte, values []string) {
	for _, vec := range pickleVectors(t) {
		data = append(data, vec.data...)
		values = append(values, vec.name)
	}
	return data, values
}

func TestDecoderReadsOneAfterAnother(t *testing.T) {
	data, values := stream(t)
	for name, pieces := range map[string]func(io.Reader) io.Reader{
		"at once":      func(r io.Reader) io.Reader { return r },
		"byte by byte": iotest.OneByteReader,
		"halves":       iotest.HalfReader,
		"with its end": iotest.DataErrReader,
	} {
		for _, alias := range []bool{false, true} {
			d := Codec{Alias: alias}.NewDecoder(pieces(bytes.NewReader(data)))
			n, at := 0, int64(0)
			for ; ; n++ {
				var got Raw
				err := d.Decode(&got)
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s, %s: %v", name, values[n], err)
				}
				want, err := NewRaw(data[at:d.InputOffset()])
				if err != nil {
					t.Fatal(err)
				}
				if same, err := Equal(got, want); !same && !strings.Contains(values[n], "nan") {
					t.Errorf("%s, %s: got %v, want %v (%v)", name, values[n], got, want, err)
				}
				at = d.InputOffset()
			}
			if n != len(values) || at != int64(len(data)) {
				t.Errorf("%s: %d pickles of %d, %d bytes of %d", name, n, len(values), at, len(data))
			}
		}
	}
}

func TestStream(t *testing.T) {
	var b bytes.Buffer
	e := NewEncoder(&b)
	for i := range 1000 {
		if err := e.Encode(couple{X: i, Y: strings.Repeat("y", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Encode(make(chan int)); err == nil {
		t.Error("a channel was written")
	}
	d := Codec{Alias: true}.NewDecoder(&b)
	var all []couple
	for {
		var c couple
		err := d.Decode(&c)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	for i, c := range all { // aliased strings keep what they were
		if c.X != i || c.Y != strings.Repeat("y", i) {
			t.Fatalf("%d: %+v", i, c)
		}
	}
	if len(all) != 1000 {
		t.Errorf("%d pickles", len(all))
	}
}

func TestDecoderErrors(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		good       int // pickles before
		want       error
		text       string
	}{
		{"cut", "K\x01.\x80\x04\x8c\x05ab", 1, io.ErrUnexpectedEOF, "pickle: SHORT_BINUNICODE at 2: the pickle ends inside a value: unexpected EOF"},
		{"cut between opcodes", "K\x01K\x02", 0, ErrTruncated, "pickle: STOP at 4"},
		{"cut line", "I12", 0, ErrTruncated, "pickle: INT at 0"},
		{"no opcode", "K\x01.\xff", 1, ErrOpcode, "pickle: opcode 0xff at 0"},
		{"too long", "B\xff\xff\xff\xff....", 0, nil, "pickle: BINBYTES at 0: more than the limit of 1073741824 (Bytes)"},
	} {
		d := NewDecoder(iotest.OneByteReader(strings.NewReader(tt.data)))
		var v any
		for range tt.good {
			if err := d.Decode(&v); err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
		}
		for range 2 { // and it stays so
			err := d.Decode(&v)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.text)
			}
		}
	}
}

// TestDecoderKnowsStdlib has the classes of the standard library read as Unmarshal does.
func TestDecoderKnowsStdlib(t *testing.T) {
	const data = "\x80\x04cdecimal\nDecimal\nV1.5\n\x85R."
	var read, want any
	if err := Unmarshal([]byte(data), &want); err != nil {
		t.Fatal(err)
	}
	if err := NewDecoder(strings.NewReader(data)).Decode(&read); err != nil || read != want {
		t.Errorf("got %#v, %v, want %#v", read, err, want)
	}
}

// TestDecoderStopsAtBytes reads nothing more of a pickle that says itself that it is too
// long.
func TestDecoderStopsAtBytes(t *testing.T) {
	in := io.MultiReader(strings.NewReader("\x80\x04B\x00\x10\x00\x00abc"), iotest.ErrReader(errors.New("read on")))
	var v any
	err := Codec{Limits: Limits{Bytes: 1000}}.NewDecoder(in).Decode(&v)
	if limit, ok := errors.AsType[*LimitError](err); !ok || limit.Limit != "Bytes" {
		t.Errorf("%v, want the limit of Bytes", err)
	}
	if err := (Codec{Limits: Limits{Bytes: 3}}).NewDecoder(iotest.OneByteReader(strings.NewReader("K\x01."))).Decode(&v); err != nil {
		t.Errorf("as many bytes as are allowed: %v", err)
	}
}

func TestDecoderGoesOn(t *testing.T) {
	d := NewDecoder(strings.NewReader("\x8c\x01a.](K\x01s.K\x05.rest"))
	var n int
	var mismatch *UnmarshalTypeError
	if err := d.Decode(&n); !errors.As(err, &mismatch) {
		t.Errorf("a str: %v", err)
	}
	var bad *SyntaxError
	if err := d.Decode(&n); !errors.As(err, &bad) {
		t.Errorf("a bad pickle: %v", err)
	}
	if err := d.Decode(&n); err != nil || n != 5 {
		t.Errorf("got %d, %v", n, err)
	}
	if rest, _ := io.ReadAll(d.Buffered()); string(rest) != "rest" {
		t.Errorf("%q is left", rest)
	}
	d.Reset(strings.NewReader("K\x06."))
	if err := d.Decode(&n); err != nil || n != 6 || d.InputOffset() != 3 {
		t.Errorf("got %d, %v at %d", n, err, d.InputOffset())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.Reset(strings.NewReader("K\x07."))
	if err := d.DecodeContext(ctx, &n); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is done: %v", err)
	}
	if err := d.Decode(&n); err != nil || n != 7 {
		t.Errorf("then: %d, %v", n, err)
	}
}

// A claimed reader promises more than it has.
func TestDecoderTakesMemoryAsBytesCome(t *testing.T) {
	d := NewDecoder(io.MultiReader(strings.NewReader("\x80\x04\x95\xff\xff\xff\x2f\x00\x00\x00\x00B\xff\xff\xff\x2f"), iotest.ErrReader(errors.New("gone"))))
	var v any
	if err := d.Decode(&v); err == nil || err.Error() != "gone" {
		t.Errorf("got %v", err)
	}
	if cap(d.buf) > 4*readAhead {
		t.Errorf("%d bytes were taken for %d", cap(d.buf), len(d.buf))
	}
}

func TestUnmarshalFirst(t *testing.T) {
	data := []byte("K\x01.\x80\x04]\x94(K\x02K\x03e.tail")
	var n int
	rest, err := UnmarshalFirst(data, &n)
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	var l []int
	if rest, err = UnmarshalFirst(rest, &l); err != nil || string(rest) != "tail" || fmt.Sprint(l) != "[2 3]" {
		t.Errorf("%v, %q left, %v", l, rest, err)
	}
	var v any
	if rest, err = UnmarshalFirst(data, &v); err != nil || v != any(int64(1)) || len(rest) != len(data)-3 {
		t.Errorf("%v, %q left, %v", v, rest, err)
	}
	if err := Unmarshal(data, &n); !errors.Is(err, ErrTrailing) {
		t.Errorf("Unmarshal: %v", err)
	}
}

func TestValid(t *testing.T) {
	for _, good := range []string{"K\x01.", "\x80\x04]\x94h\x00a.", "P1\n.", "\x82\x05.", "\x97.", "N0K\x01.", "K\x012\x86."} {
		if err := Valid([]byte(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "K\x01", "K\x01.K", "h\x00.", "]K\x01s.", "}]K\x01s.", "\xff."} {
		var e *SyntaxError
		if err := Valid([]byte(bad)); !errors.As(err, &e) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A cutWriter takes so many bytes.
type cutWriter int

func (w *cutWriter) Write(b []byte) (int, error) {
	n := min(len(b), int(*w))
	*w -= cutWriter(n)
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

// idle is a reader that has nothing, and no end.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestDecoderOfNothing(t *testing.T) {
	var v any
	if err := NewDecoder(idle{}).Decode(&v); err != io.ErrNoProgress {
		t.Errorf("%v, want no progress", err)
	}
}

var errFull = errors.New("full")

// TestEncoderAfterError has nothing follow part of a pickle, and what cannot be written
// leave the Encoder as it was.
func TestEncoderAfterError(t *testing.T) {
	w := cutWriter(8)
	e := NewEncoder(&w)
	if err := e.Encode(make(chan int)); err == nil {
		t.Error("a channel is written")
	}
	if err := e.Encode("a"); err != nil || w != 2 {
		t.Errorf("after a value that cannot be written: %v, %d bytes are left", err, w)
	}
	for range 2 {
		if err := e.Encode("ab"); err != errFull || w != 0 {
			t.Errorf("into a full writer: %v, %d bytes are left", err, w)
		}
		w = 0
	}
	w = 100
	if err := e.Encode("ab"); err != errFull || w != 100 {
		t.Errorf("after part of a pickle: %v, %d bytes are left", err, w)
	}
	var out bytes.Buffer
	e.Reset(&out)
	if err := e.Encode("ab"); err != nil || out.String() != "\x80\x04\x8c\x02ab." {
		t.Errorf("after Reset: %q, %v", out.String(), err)
	}
}
