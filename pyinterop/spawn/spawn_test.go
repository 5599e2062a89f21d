package spawn

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/brine-go/brine/pickle"
)

func TestParseCommand(t *testing.T) {
	const of = "from multiprocessing.spawn import spawn_main; spawn_main"
	tests := []struct {
		name string
		args []string
		want Command
		ok   bool
	}{
		{"plain", []string{"-c", of + "(tracker_fd=5, pipe_handle=7)", marker}, Command{multiprocessing, 7, 5, 0}, true},
		{"the other order", []string{"-c", of + "(pipe_handle=7, tracker_fd=5)", marker}, Command{multiprocessing, 7, 5, 0}, true},
		{"flags of the interpreter", []string{"-B", "-X", "dev", "-c", of + "(tracker_fd=5, pipe_handle=7)", marker}, Command{multiprocessing, 7, 5, 0}, true},
		{"without a tracker", []string{"-c", of + "(tracker_fd=None, pipe_handle=7)", marker}, Command{multiprocessing, 7, -1, 0}, true},
		{"dill's", []string{"-c", "from multiprocess.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)", marker}, Command{"multiprocess", 7, 5, 0}, true},
		{"of a fork server", []string{"-c", of + "(tracker_fd=5, pipe_handle=7, inherited_fd=6)", marker}, Command{multiprocessing, 7, 5, 6}, true},
		{"frozen", []string{marker, "tracker_fd=5", "pipe_handle=7"}, Command{multiprocessing, 7, 5, 0}, true},
		{"a tracker", []string{"-c", "from multiprocessing.resource_tracker import main;main(5)"}, Command{}, false},
		{"no marker", []string{"-c", of + "(tracker_fd=5, pipe_handle=7)"}, Command{}, false},
		{"no pipe", []string{"-c", of + "(tracker_fd=5)", marker}, Command{}, false},
		{"no number", []string{"-c", of + "(tracker_fd=5, pipe_handle=x)", marker}, Command{}, false},
		{"a number too many", []string{"-c", of + "(pipe_handle=99999999999)", marker}, Command{}, false},
		{"other code", []string{"-c", "import os; os.getpid()", marker}, Command{}, false},
		{"code behind", []string{"-c", of + "(pipe_handle=7); print()", marker}, Command{}, false},
		{"nothing", nil, Command{}, false},
		{"frozen, nothing else", []string{marker}, Command{}, false},
		{"a program's own arguments", []string{"serve", "-c", "file"}, Command{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := ParseCommand(tt.args)
			if ok != tt.ok || ok && got != tt.want {
				t.Errorf("ParseCommand(%q) = %+v, %t, want %+v, %t", tt.args, got, ok, tt.want, tt.ok)
			}
		})
	}
}

func FuzzParseCommand(f *testing.F) {
	f.Add("-c", "from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)", marker)
	f.Add(marker, "tracker_fd=5", "pipe_handle=7")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		cmd, ok := ParseCommand([]string{a, b, c})
		if !ok {
			return
		}
		if again, ok := ParseCommand(cmd.Args()); !ok || again != cmd {
			t.Errorf("%q is %+v, which is written %q and then %+v, %t", []string{a, b, c}, cmd, cmd.Args(), again, ok)
		}
	})
}

var (
	preparation = Preparation{
		Name: "worker", Authkey: []byte("key"), LogToStderr: true, LogLevel: 10, SysPath: []string{"/a", "/b"},
		SysArgv: []string{"x.py"}, Dir: "/d", OrigDir: "/o", StartMethod: "spawn", MainName: "pkg.__main__", MainPath: "/x.py",
	}
	process = ProcessObject{
		Class: spawnProcess, Target: pickle.Global{Module: "tasks", Name: "square"}, Args: pickle.Tuple{int64(7), "seven"},
		Kwargs: pickle.NewDict(0), Name: "worker", Identity: []int{3, 1}, Authkey: []byte("key"), Daemon: true,
		ParentPid: 4711, ParentName: "MainProcess", Report: "end", Modern: true, Signed: true,
	}
)

// slow brings a byte a read, and does not end.
type slow struct {
	t    *testing.T
	data []byte
}

func (s *slow) Read(b []byte) (int, error) {
	if len(s.data) == 0 {
		s.t.Fatal("read on behind the second pickle, where the pipe stays open")
	}
	b[0], s.data = s.data[0], s.data[1:]
	return 1, nil
}

func TestWriteAndReadFromAPipeThatStaysOpen(t *testing.T) {
	for _, pkg := range []string{"multiprocessing", "multiprocess"} {
		var b bytes.Buffer
		if err := Write(t.Context(), &b, pickle.Codec{Dialect: pickle.Dialect{Package: pkg}}, &preparation, &process); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), pkg+".context") {
			t.Errorf("%q does not name %s", &b, pkg)
		}
		for _, in := range []io.Reader{&slow{t, b.Bytes()}, bytes.NewReader(b.Bytes())} {
			r := NewReader(in, Command{Package: pkg})
			p, err := r.Preparation(t.Context())
			if err != nil || !reflect.DeepEqual(*p, preparation) {
				t.Errorf("read %+v, %v, want %+v", p, err, preparation)
			}
			o, err := r.ProcessObject(t.Context(), nil)
			if err != nil || !reflect.DeepEqual(*o, process) {
				t.Errorf("read %+v, %v, want %+v", o, err, process)
			}
		}
	}
}

func TestWhatCannotBeWrittenWritesNothing(t *testing.T) {
	bad := process
	bad.Args = pickle.Tuple{make(chan int)}
	var b bytes.Buffer
	if err := Write(t.Context(), &b, pickle.Codec{}, &preparation, &bad); err == nil || b.Len() > 0 {
		t.Errorf("wrote %d bytes, %v", b.Len(), err)
	}
}

func TestReadWhatNoParentWrites(t *testing.T) {
	dict := func(pairs ...any) *pickle.Dict {
		d := pickle.NewDict(1)
		for i := 0; i < len(pairs); i += 2 {
			d.Set(pairs[i], pairs[i+1])
		}
		return d
	}
	object := func(state any) any {
		return &pickle.Object{How: pickle.NewObj, Class: spawnProcess, Args: pickle.Tuple{},
			Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{state}}}}
	}
	for _, tt := range []struct {
		name  string
		first any
		then  any
		want  string
	}{
		{"no dict", int64(1), nil, "the first pickle of a parent is a dict, not a int"},
		{"a number for a name", dict("name", int64(1)), nil, `"name" in the preparation data`},
		{"a text for a key", dict("authkey", "x"), nil, `"authkey" in the preparation data is a str`},
		{"no object", dict(), "x", "the second pickle of a parent is a process object, not a str"},
		{"no state", dict(), &pickle.Object{Class: spawnProcess, Args: pickle.Tuple{}}, "without the state"},
		{"a list of args", dict(), object(dict("_args", pickle.NewList())), "_args in the process object is a list"},
		{"a list of kwargs", dict(), object(dict("_kwargs", pickle.NewList())), "_kwargs in the process object is a list"},
		{"a path of texts", dict(), object(dict("_identity", pickle.Tuple{"x"})), `"_identity" in the process object`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, _ := pickle.Marshal(tt.first)
			then, _ := pickle.Marshal(tt.then)
			r := NewReader(bytes.NewReader(append(first, then...)), Command{Package: multiprocessing})
			_, err := r.Preparation(context.Background())
			if err == nil {
				_, err = r.ProcessObject(context.Background(), nil)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAParentThatDiesWhileItWrites(t *testing.T) {
	var b bytes.Buffer
	if err := Write(t.Context(), &b, pickle.Codec{}, &preparation, &process); err != nil {
		t.Fatal(err)
	}
	for n := range b.Len() {
		r := NewReader(bytes.NewReader(b.Bytes()[:n]), Command{Package: multiprocessing})
		_, err := r.Preparation(t.Context())
		if err == nil {
			_, err = r.ProcessObject(t.Context(), nil)
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut at %d of %d: %v", n, b.Len(), err)
		}
	}
}
