package sharedmemory

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"reflect"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pickle"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func TestSegment(t *testing.T) {
	e := enginetest.New(t, Register)
	s, err := Create(e, "", 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(e, s.Name(), 5); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the name twice: %v", err)
	}
	copy(s.Bytes(), "hello")
	o, err := Open(e, s.Name())
	if err != nil {
		t.Fatal(err)
	}
	if string(o.Bytes()) != "hello" || o.Size() != 5 {
		t.Errorf("the other has %q", o.Bytes())
	}
	if got, want := o.String(), "SharedMemory('"+s.Name()+"', size=5)"; got != want {
		t.Errorf("String() = %s, want %s", got, want)
	}
	if err := errors.Join(s.Unlink(), s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if string(o.Bytes()) != "hello" || s.Bytes() != nil {
		t.Error("closing one closed the other, or not itself")
	}
	o.Close()
	if _, err := Open(e, s.Name()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened after Unlink: %v", err)
	}
	if err := s.Unlink(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a second Unlink: %v", err)
	}
}

// TestNamesOfOthers: an engine that is closed removes what it made, and neither
// what it opened nor what has the name of something that it had.
func TestNamesOfOthers(t *testing.T) {
	maker := enginetest.New(t)
	opener := enginetest.Must(engine.New(engine.Config{}))(t)
	s := enginetest.Must(Create(maker, "", 5))(t)
	enginetest.Must(Open(opener, s.Name()))(t).Close()
	gone := enginetest.Must(Create(opener, "", 5))(t)
	if err := shm.Unlink(gone.Name()); err != nil { // as another process may
		t.Fatal(err)
	}
	if err := gone.Unlink(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Unlink of what is gone: %v", err)
	}
	again := enginetest.Must(Create(maker, gone.Name(), 5))(t)
	if err := errors.Join(gone.Close(), opener.Close()); err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]*SharedMemory{"what it opened": s, "what had a name of its": again} {
		if err := errors.Join(s.Unlink(), s.Close()); err != nil {
			t.Errorf("%s was removed by the other: %v", what, err)
		}
	}
}

func TestSegmentsThatCannotBe(t *testing.T) {
	e := enginetest.New(t, Register)
	for _, size := range []int{0, -1} {
		if _, err := Create(e, "", size); !errors.Is(err, pickle.ValueError) {
			t.Errorf("a size of %d: %v", size, err)
		}
	}
	_, err := Create(e, "brine-huge", 1<<50)
	if space, ok := errors.AsType[*SpaceError](err); !ok || space.Size != 1<<50 {
		t.Errorf("1 PiB: %v", err)
	}
	for _, name := range []string{"a/b", "..", "/"} {
		if _, err := Open(e, name); err == nil {
			t.Errorf("opened %q", name)
		}
	}
	if err := os.WriteFile("/dev/shm/brine-empty", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove("/dev/shm/brine-empty")
	if _, err := Open(e, "brine-empty"); err == nil {
		t.Error("opened an empty segment")
	}
}

func TestView(t *testing.T) {
	e := enginetest.New(t, Register)
	s, err := Create(e, "", 20)
	if err != nil {
		t.Fatal(err)
	}
	v, err := View[uint32](s, 4, 4)
	if err != nil {
		t.Fatal(err)
	}
	v[3] = 0x01020304
	if want := []byte{4, 3, 2, 1}; !bytes.Equal(s.Bytes()[16:], want) {
		t.Errorf("bytes %v, want %v", s.Bytes()[16:], want)
	}
	if v, err := View[float64](s, 16, 0); err != nil || len(v) != 0 {
		t.Errorf("no values: %v, %v", v, err)
	}
	for _, tt := range []struct{ offset, n int }{{0, 3}, {8, 2}, {-8, 1}, {24, 0}, {0, -1}, {4, 1}, {0, 1 << 62}} {
		if _, err := View[float64](s, tt.offset, tt.n); err == nil {
			t.Errorf("%d values at %d", tt.n, tt.offset)
		}
	}
}

// TestLayouts has [7, 'a', None] as Python 3.8 and 3.13 write it.
func TestLayouts(t *testing.T) {
	e := enginetest.New(t, Register)
	tail := "\x07\x00\x00\x00\x00\x00\x00\x00" + "a\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00" +
		"q\x00\x00\x00\x00\x00\x00\x00" + "8s\x00\x00\x00\x00\x00\x00" + "xxxxxx?x" + "\x00\x01\x03"
	i64 := func(n byte) string { return string([]byte{n, 0, 0, 0, 0, 0, 0, 0}) }
	for kind, want := range map[Layout]string{
		Sizes:   i64(3) + i64(8) + i64(8) + i64(8) + tail,
		Offsets: i64(3) + i64(0) + i64(8) + i64(16) + i64(24) + tail,
	} {
		l, err := NewShareableList(e, "", kind, 7, "a", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(l.Memory().Bytes()); got != want {
			t.Errorf("layout %d:\n got %q\nwant %q", kind, got, want)
		}
	}
}

func TestShareableList(t *testing.T) {
	e := enginetest.New(t, Register)
	items := []any{int64(-1), 1.5, true, nil, "né€", []byte("b\x00c"), "", "12345678"}
	for _, kind := range []Layout{Offsets, Sizes} {
		l, err := NewShareableList(e, "", kind, items...)
		if err != nil {
			t.Fatal(err)
		}
		text, err := e.Connection().Codec.Marshal(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		v, err := e.Connection().Codec.Decode(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		o := v.(*ShareableList)
		for i, want := range items {
			if got, err := o.Get(i); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("item %d: %#v, %v; want %#v", i, got, err, want)
			}
		}
		for _, set := range []struct {
			i    int
			v    any
			fits bool
		}{
			{4, "longer", true}, {4, 7, true}, {4, "x", true}, {0, "12345678", true}, {0, "123456789", false},
			{-1, nil, true}, {8, 1, false}, {-9, 1, false}, {1, []any{}, false}, {2, uint64(1) << 63, false},
		} {
			before := l.String()
			err := o.Set(set.i, set.v)
			if (err == nil) != set.fits {
				t.Errorf("Set(%d, %v): %v", set.i, set.v, err)
			}
			if err != nil && l.String() != before {
				t.Errorf("a failed Set(%d, %v) left %s", set.i, set.v, l)
			}
		}
		want := "ShareableList(['12345678', 1.5, True, None, 'x', b'b\\x00c', '', None], name='" + l.Memory().Name() + "')"
		if got := l.String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if _, err := l.Get(8); !errors.Is(err, pickle.IndexError) {
			t.Errorf("Get beyond the end: %v", err)
		}
		l.Memory().Close()
		if _, err := l.Get(0); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Get when closed: %v", err)
		}
	}
}

func TestEmptyList(t *testing.T) {
	e := enginetest.New(t, Register)
	for kind, size := range map[Layout]int{Sizes: 8, Offsets: 16} {
		l, err := NewShareableList(e, "", kind)
		if err != nil || l.Memory().Size() != size {
			t.Fatalf("layout %d: %v, %v", kind, l, err)
		}
		if o, err := OpenShareableList(e, l.Memory().Name()); err != nil || o.Len() != 0 {
			t.Errorf("layout %d: %v, %v", kind, o, err)
		}
	}
}

func FuzzReadLayout(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, 16))
	f.Add([]byte("\x01\x00\x00\x00\x00\x00\x00\x00" + "\x08\x00\x00\x00\x00\x00\x00\x00" + "abcdefgh" + "8s\x00\x00\x00\x00\x00\x00" + "\x01"))
	f.Add([]byte("\x01\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00" + "\x08\x00\x00\x00\x00\x00\x00\x00" +
		"abcdefgh" + "9999999s" + "\x02"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := readLayout(b)
		if err != nil {
			return
		}
		for i := range l.len() {
			l.get(i)
			if err := l.put(i, item{intFormat, codeNumber, make([]byte, 8)}); err != nil {
				t.Errorf("item %d has no room for a number", i)
			}
		}
	})
}
