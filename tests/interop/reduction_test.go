package interop

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// withKey gives the Python our key: descriptors are shared within a family.
func (fam family) withKey(t *testing.T) {
	t.Helper()
	fam.do(t, "import os", "None")
	fam.do(t, fmt.Sprintf("multiprocessing.current_process().authkey = bytes.fromhex('%x')", fam.engine.Authkey()), "None")
}

func TestDescriptorsSharedAtAnyTime(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		fam.withKey(t)

		// Python's descriptor to us.
		fam.do(t, "r, w = os.pipe()", "None")
		hexed := strings.Trim(fam.python.Ask(t, "bytes(reduction.ForkingPickler.dumps(reduction.DupFd(w))).hex()"), "'")
		b, err := hex.DecodeString(hexed)
		if err != nil {
			t.Fatalf("DupFd: %s", hexed)
		}
		for i := range 2 { // the second time the key is used up
			v, err := fam.codec().Decode(bounded(t), b)
			if err != nil {
				t.Fatal(err)
			}
			d := v.(*reduction.DupFD)
			f, err := d.Detach(bounded(t))
			if i == 1 {
				if err == nil || !strings.Contains(err.Error(), "each is given once") {
					t.Errorf("the key was used twice: %v", err)
				}
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString("from Go"); err != nil {
				t.Fatal(err)
			}
			f.Close()
			fam.do(t, "os.read(r, 100)", "b'from Go'")
			if _, err := d.Detach(bounded(t)); err == nil {
				t.Error("detached twice")
			}
		}

		// Ours to Python.
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		b, err = fam.codec().Marshal(t.Context(), reduction.NewDupFD(w))
		if err != nil {
			t.Fatal(err)
		}
		w.Close() // the sharer has its own
		fam.do(t, fmt.Sprintf("d = loads('%x')", b), "None")
		fam.do(t, "fd = d.detach()", "None")
		fam.do(t, "os.write(fd, b'from Python'), os.close(fd)", "(11, None)")
		if got, err := io.ReadAll(r); string(got) != "from Python" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		if got := fam.python.Ask(t, "d.detach()"); !strings.Contains(got, "Error") {
			t.Errorf("Python detached twice: %s", got)
		}

		// With another key nobody gets anything.
		stranger, err := engine.New(engine.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer stranger.Close()
		fam.do(t, "foreign = bytes(reduction.ForkingPickler.dumps(reduction.DupFd(r))).hex()", "None")
		b, _ = hex.DecodeString(strings.Trim(fam.python.Ask(t, "foreign"), "'"))
		v, err := stranger.Connection().Codec.Decode(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.(*reduction.DupFD).Detach(bounded(t)); err == nil {
			t.Error("a stranger got the descriptor")
		}
		fam.do(t, "multiprocessing.resource_sharer.stop()", "None")
	})
}

func TestDescriptorsOfAStart(t *testing.T) {
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	codec := e.Connection().Codec
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, tt := range []struct {
		h    *reduction.Inheritance
		want string
	}{
		{&reduction.Inheritance{First: 5}, "multiprocessing.popen_spawn_posix _DupFd {'fd': 5} {'fd': 6} {'fd': 5}"},
		{&reduction.Inheritance{ForkServer: true}, "multiprocessing.popen_forkserver _DupFd {'ind': 0} {'ind': 1} {'ind': 0}"},
	} {
		ctx := reduction.WithInheritance(t.Context(), tt.h)
		b, err := codec.Marshal(ctx, pickle.Tuple{reduction.NewDupFD(r), reduction.NewDupFD(w), reduction.NewDupFD(r)})
		if err != nil {
			t.Fatal(err)
		}
		v, err := pickle.Codec{}.Decode(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for i, item := range v.(pickle.Tuple) {
			o := item.(*pickle.Object)
			if i == 0 {
				g := o.Class.(pickle.Global)
				fmt.Fprint(&got, g.Module, " ", g.Name)
			}
			text, _ := pickle.Repr(o.Ops[0].Items[0])
			fmt.Fprint(&got, " ", text)
		}
		if got.String() != tt.want || len(tt.h.Files()) != 2 {
			t.Errorf("got %s and %d files, want %s", got.String(), len(tt.h.Files()), tt.want)
		}
		back, err := codec.Decode(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := back.(pickle.Tuple)[0].(*reduction.DupFD).Detach(t.Context()); err == nil {
			t.Error("detached where nobody was born")
		}
	}
	if _, err := reduction.Inheriting(t.Context(), "Lock"); !errors.Is(err, pickle.RuntimeError) {
		t.Errorf("outside of a start: %v", err)
	}
}
