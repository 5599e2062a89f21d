package shmmanager

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// newManager is one of a server of ours, and what stops that.
func newManager(t *testing.T) (m *Manager, e *engine.Engine, stop func()) {
	t.Helper()
	e = enginetest.Must(engine.New(engine.Config{}))(t)
	s := enginetest.Must(managers.NewServer(e, managers.Config{}))(t)
	Register(e, s, Config{})
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	c := enginetest.Must(managers.Dial(ctx, e, s.Addrs()[0], managers.ClientConfig{}))(t)
	return New(e, c), e, func() {
		t.Helper()
		cancel()
		if err := errors.Join(<-served, c.Close(context.Background()), e.Close()); err != nil {
			t.Error(err)
		}
	}
}

// TestSegments: what the manager owns is there until it is released, or the
// manager ends.
func TestSegments(t *testing.T) {
	m, e, stop := newManager(t)
	ctx := t.Context()
	shm := enginetest.Must(m.SharedMemory(ctx, 100))(t)
	defer shm.Close()
	list := enginetest.Must(m.ShareableList(ctx, sharedmemory.Offsets, "a", int64(7), nil))(t)
	defer list.Memory().Close()
	owned := []string{shm.Name(), list.Memory().Name()}
	if got := enginetest.Must(m.Segments(ctx))(t); !slices.Equal(got, owned) {
		t.Errorf("segments %q, want %q", got, owned)
	}
	if err := m.Release(ctx, owned[0]); err != nil {
		t.Error(err)
	}
	if _, err := sharedmemory.Open(e, owned[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a released segment: %v", err)
	}
	if err := m.Release(ctx, owned[0]); err == nil {
		t.Error("it was released twice")
	}
	same := enginetest.Must(sharedmemory.Open(e, owned[1]))(t)
	same.Close()
	stop()
	if list := enginetest.Must(sharedmemory.List())(t); slices.ContainsFunc(list, func(s sharedmemory.Segment) bool { return s.Name == owned[1] }) {
		t.Errorf("segment %s outlived its manager", owned[1])
	}
}

// TestNames: what is not the name of a segment is refused, and nothing removed.
func TestNames(t *testing.T) {
	m, _, stop := newManager(t)
	defer stop()
	for _, name := range []any{"", "/", "../etc/passwd", "a/b", nil, int64(7)} {
		for _, function := range []string{"track_segment", "release_segment"} {
			_, err := m.client.Ask(t.Context(), function, name)
			var remote *managers.RemoteError
			if !errors.As(err, &remote) {
				t.Errorf("%s(%v): %v, want %s as a RemoteError", function, name, err, pickle.ValueError)
			}
		}
	}
	if got := enginetest.Must(m.Segments(t.Context()))(t); len(got) != 0 {
		t.Errorf("segments %q, want none", got)
	}
}
