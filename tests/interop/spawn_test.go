package interop

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pyinterop/spawn"
	"github.com/brine-go/brine/reduction"
	"github.com/brine-go/brine/tests/harness"
)

// born is the birth of nobody: the descriptor that is asked for is a socket.
type born struct{ asked int }

func (b *born) Descriptor(n int) (*os.File, error) {
	b.asked = n
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return nil, err
	}
	syscall.Close(pair[1])
	return os.NewFile(uintptr(pair[0]), "socket"), nil
}

func TestWhatPythonTellsAChild(t *testing.T) {
	script := filepath.Join("python", "dumpspawn.py")
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return
		}
		var hexed, key string
		var fd int
		if _, err := fmt.Sscan(string(py.Run(bounded(t), t, script)), &hexed, &key, &fd); err != nil {
			t.Fatal(err)
		}
		data := made(hex.DecodeString(hexed))(t)
		r := spawn.NewReader(iotest.OneByteReader(strings.NewReader(string(data))), spawn.Command{Package: "multiprocessing"})
		p := made(r.Preparation(t.Context()))(t)
		if p.Name != "worker" || fmt.Sprintf("%x", p.Authkey) != key || p.MainPath == "" || p.Dir == "" || len(p.SysPath) == 0 ||
			len(p.SysArgv) != 1 || p.LogToStderr {
			t.Errorf("preparation %+v", p)
		}
		e := made(engine.New(engine.Config{}))(t)
		defer e.Close()
		var b born
		o := made(r.ProcessObject(reduction.WithBirth(t.Context(), &b), e.Registry()))(t)
		if o.Name != "worker" || !o.Daemon || fmt.Sprintf("%x", o.Authkey) != key || len(o.Identity) != 1 || o.ParentPid == 0 ||
			o.Class.String() != "multiprocessing.context.SpawnProcess" || o.Modern != py.AtLeast(3, 8) || o.Signed != py.AtLeast(3, 7) {
			t.Errorf("process object %+v", o)
		}
		fn, args, _, ok := reduction.Callee(o.Target)
		if !ok || fn.String() != "gotasks.square" || len(args) != 1 || args[0] != int64(1) {
			t.Errorf("target %v%v, %t", fn, args, ok)
		}
		if len(o.Args) != 2 || o.Args[1] != "x" || b.asked != fd {
			t.Fatalf("args %v, with descriptor %d: want %d", o.Args, b.asked, fd)
		}
		if err := o.Args[0].(*connection.Conn).Close(); err != nil {
			t.Error(err)
		}
		if _, has, _ := o.Kwargs.Get("k"); !has {
			t.Errorf("kwargs %v", o.Kwargs)
		}
	})
}
