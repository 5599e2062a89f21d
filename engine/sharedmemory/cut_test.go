package sharedmemory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/internal/shm"
)

// cutShort makes a segment shorter, as any process that may open it can.
func cutShort(t *testing.T, s *SharedMemory, size int64) {
	t.Helper()
	if err := os.Truncate(shm.Dir+"/"+s.Name(), size); err != nil {
		t.Fatal(err)
	}
}

// TestSegmentsThatAreCut: what touches a page that is gone gets an error.
func TestSegmentsThatAreCut(t *testing.T) {
	e := enginetest.New(t, Register)
	page := os.Getpagesize()
	s := enginetest.Must(Create(e, "", 3*page))(t)
	copy(s.Bytes(), "first")
	cutShort(t, s, int64(page))
	first := ""
	err := s.With(func(b []byte) {
		first = string(b[:5])
		clear(b[2*page:])
	})
	fault, ok := errors.AsType[*FaultError](err)
	if first != "first" || !ok || fault.Name != s.Name() || fault.Size != 3*page || fault.At < 2*page || fault.At >= 3*page {
		t.Errorf("read %q, then %v", first, err)
	}
	if want := "another process has cut it short, or there is no room left in /dev/shm"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("the error is %v, want …%s", err, want)
	}
	// What the kernel touches for us is an error there.
	f := enginetest.Must(os.Create(filepath.Join(t.TempDir(), "copy")))(t)
	defer f.Close()
	if n, err := f.Write(s.Bytes()[2*page:]); n != 0 || !errors.Is(err, syscall.EFAULT) {
		t.Errorf("wrote %d bytes to a file: %v", n, err)
	}
	if err := errors.Join(s.Close(), s.Unlink()); err != nil {
		t.Error(err)
	}
	if err := s.With(func([]byte) { t.Error("called") }); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("With after Close: %v", err)
	}
}

// TestPanicsInsideWith: those that are not about the segment go on.
func TestPanicsInsideWith(t *testing.T) {
	e := enginetest.New(t, Register)
	s := enginetest.Must(Create(e, "", 8))(t)
	other := enginetest.Must(Create(e, "", 8))(t)
	cutShort(t, other, 0)
	for name, f := range map[string]func([]byte){
		"of the program":    func([]byte) { panic("mine") },
		"of another memory": func([]byte) { other.Bytes()[0] = 1 },
		"nil":               func([]byte) { *(*int)(nil) = 1 },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a panic %s was lost", name)
				}
			}()
			t.Errorf("%s: %v", name, s.With(f))
		}()
	}
	if err := errors.Join(s.Close(), s.Unlink(), other.Close(), other.Unlink()); err != nil {
		t.Error(err)
	}
}

func TestListsThatAreCut(t *testing.T) {
	e := enginetest.New(t, Register)
	l := enginetest.Must(NewShareableList(e, "", Offsets, strings.Repeat("x", 5000), 7))(t)
	cutShort(t, l.Memory(), 4096)
	isCut := func(what string, err error) {
		if _, ok := errors.AsType[*FaultError](err); !ok {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := l.Get(1)
	isCut("Get", err)
	isCut("Set", l.Set(1, 8))
	for _, err = range l.All() {
	}
	isCut("All", err)
	if text := l.String(); !strings.Contains(text, "has no memory") {
		t.Errorf("String: %s", text)
	}
	if _, err := OpenShareableList(e, l.Memory().Name()); err == nil || l.Len() != 2 {
		t.Errorf("opened what is left of it: %v", err)
	}
	if err := errors.Join(l.Memory().Close(), l.Memory().Unlink()); err != nil {
		t.Error(err)
	}
}
