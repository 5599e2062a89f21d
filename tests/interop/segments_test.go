package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/shmmanager"
	"github.com/brine-go/brine/tests/harness"
)

// eachSharedMemoryManager runs f for every Python that has shared memory, with
// its own server and with brine's.
func eachSharedMemoryManager(t *testing.T, f func(t *testing.T, py harness.Python, s *harness.Server, brine bool)) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) {
			return // older ones have none
		}
		t.Run("brine", func(t *testing.T) { f(t, py, harness.Brine(t), true) })
		t.Run("python", func(t *testing.T) {
			f(t, py, harness.PythonManager(t, py.With("MANAGER_CLASS=SharedMemoryManager")), false)
		})
	})
}

// segmentsClient is a Go client, and the engine that its segments are tracked by.
func segmentsClient(t *testing.T, s *harness.Server) (context.Context, *engine.Engine, *shmmanager.Manager) {
	t.Helper()
	ctx := bounded(t)
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	a, err := connection.Parse(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := managers.Dial(ctx, e, a, managers.ClientConfig{Authkey: []byte(s.Authkey)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return ctx, e, shmmanager.New(e, c)
}

// stockClient is a Python that is connected to a SharedMemoryManager.
func stockClient(t *testing.T, py harness.Python, s *harness.Server) *harness.Peer {
	t.Helper()
	return py.With(s.Env()...).Start(t, harness.Script(t, "segments.py"))
}

func asks(t *testing.T, p *harness.Peer, line, want string) {
	t.Helper()
	if got := p.Ask(t, line); got != want {
		t.Errorf("%s: %s, want %s", line, got, want)
	}
}

// TestSharedMemoryManager has Go and Python make segments that one manager owns.
func TestSharedMemoryManager(t *testing.T) {
	eachSharedMemoryManager(t, func(t *testing.T, py harness.Python, s *harness.Server, brine bool) {
		ctx, e, m := segmentsClient(t, s)
		stock := stockClient(t, py, s)

		// Python's, to us.
		asks(t, stock, "[kept.append(m.SharedMemory(size=100)), kept[0].buf.__setitem__(slice(0, 5), b'hello')]", "[None, None]")
		name := strings.Trim(stock.Ask(t, "kept[0].name"), "'")
		theirs, err := sharedmemory.Open(e, name)
		if err != nil {
			t.Fatal(err)
		}
		defer theirs.Close()
		if !bytes.HasPrefix(theirs.Bytes(), []byte("hello")) {
			t.Errorf("we see %q", theirs.Bytes())
		}
		asks(t, stock, "kept.append(m.ShareableList([1, 'two', None]))", "None")
		list, err := sharedmemory.OpenShareableList(e, strings.Trim(stock.Ask(t, "kept[1].shm.name"), "'"))
		if err != nil {
			t.Fatal(err)
		}
		defer list.Memory().Close()
		if v, err := list.Get(1); v != "two" || err != nil {
			t.Errorf("the list's second item: %v, %v", v, err)
		}

		// Ours, to Python.
		ours, err := m.SharedMemory(ctx, 64)
		if err != nil {
			t.Fatal(err)
		}
		defer ours.Close()
		copy(ours.Bytes(), "from Go")
		kind := sharedmemory.Offsets
		if !py.AtLeast(3, 9) {
			kind = sharedmemory.Sizes
		}
		numbers, err := m.ShareableList(ctx, kind, 1, 2.5, "three")
		if err != nil {
			t.Fatal(err)
		}
		defer numbers.Memory().Close()
		asks(t, stock, fmt.Sprintf("[kept.append(shared_memory.SharedMemory('%s')), bytes(kept[2].buf[:7])]", ours.Name()), "[None, b'from Go']")
		asks(t, stock, fmt.Sprintf("[kept.append(shared_memory.ShareableList(name='%s')), list(kept[3])]", numbers.Memory().Name()), "[None, [1, 2.5, 'three']]")

		names, err := m.Segments(ctx)
		if want := []string{name, list.Memory().Name(), ours.Name(), numbers.Memory().Name()}; err != nil || !slices.Equal(names, want) {
			t.Errorf("Segments: %v, %v; want %v", names, err, want)
		}
		if err := m.Release(ctx, ours.Name()); err != nil {
			t.Error(err)
		}
		var remote *managers.RemoteError
		if err := m.Release(ctx, ours.Name()); !errors.As(err, &remote) || !strings.Contains(remote.Error(), "ValueError: list.remove(") {
			t.Errorf("Release of what is released: %v", err)
		}
		if _, err := sharedmemory.Open(e, ours.Name()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a released segment: %v", err)
		}
		for _, name := range []string{theirs.Name(), list.Memory().Name(), numbers.Memory().Name()} {
			if err := m.Release(ctx, name); err != nil { // Python's server does not when it is killed
				t.Error(err)
			}
		}
	})
}

// TestSegmentsOfTheDead: who made a segment is killed. Nobody else has it; or
// another has, until it ends; or the server keeps to Python's rule.
func TestSegmentsOfTheDead(t *testing.T) {
	tests := []struct {
		name      string
		args      []string
		held, die bool
	}{
		{"nobody has it", nil, false, true},
		{"over a Unix socket", []string{"--address", ""}, false, true},
		{"another has it", nil, true, false},
		{"--keep-segments", []string{"--keep-segments"}, false, false},
	}
	py := harness.Pythons(t)
	i := slices.IndexFunc(py, func(p harness.Python) bool { return p.Impl == "CPython" && p.AtLeast(3, 8) })
	if i < 0 {
		t.Log("no CPython with shared memory")
		return
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if len(tt.args) == 2 {
				tt.args[1] = harness.SocketPath(t)
			}
			s := harness.Brine(t, tt.args...)
			ctx, e, m := segmentsClient(t, s)
			stock := stockClient(t, py[i], s)
			asks(t, stock, "kept.append(m.SharedMemory(size=100))", "None")
			asks(t, stock, "__import__('multiprocessing.resource_tracker').resource_tracker.unregister(kept[0]._name, 'shared_memory')", "None")
			name := strings.Trim(stock.Ask(t, "kept[0].name"), "'")
			var holder *harness.Peer
			if tt.held {
				holder = stockClient(t, py[i], s)
				asks(t, holder, fmt.Sprintf("kept.append(shared_memory.SharedMemory('%s'))", name), "None")
				asks(t, holder, "__import__('multiprocessing.resource_tracker').resource_tracker.unregister(kept[0]._name, 'shared_memory')", "None")
			}
			// A second one that somebody made and nobody has tells when the
			// server has looked.
			witness := stockClient(t, py[i], s)
			asks(t, witness, "kept.append(m.SharedMemory(size=1))", "None")
			asks(t, witness, "__import__('multiprocessing.resource_tracker').resource_tracker.unregister(kept[0]._name, 'shared_memory')", "None")
			stock.Kill()
			witness.Kill()
			if len(tt.args) != 1 {
				for n := 2; n > 1 || tt.die && n > 0; {
					names, err := m.Segments(ctx)
					if err != nil {
						t.Fatal(err)
					}
					n = len(names)
				}
			}
			still, err := sharedmemory.Open(e, name)
			if still != nil {
				still.Close()
			}
			if gone := errors.Is(err, fs.ErrNotExist); gone != tt.die {
				t.Errorf("the segment: %v; gone is to be %v", err, tt.die)
			}
			if holder != nil {
				holder.Kill()
				for n := 1; n > 0; {
					names, err := m.Segments(ctx)
					if err != nil {
						t.Fatal(err)
					}
					n = len(names)
				}
			}
			s.Signal(t, os.Interrupt)
			s.Wait(t)
			if _, err := sharedmemory.Open(e, name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the server has ended, and the segment: %v", err)
			}
		})
	}
}
