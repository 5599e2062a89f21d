package interop

import (
	"context"
	"iter"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/syncmanager"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// A source returns sequences.
type source struct {
	feed  chan int
	ended chan bool
}

func (s *source) Squares(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i * i) {
				s.ended <- true
				return
			}
		}
	}
}

func (s *source) Pairs() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) { _ = yield(1, "x") && yield(2, "xx") }
}

func (s *source) Lines() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { _ = yield("one", nil) && yield("", pickle.EOFError.New("cut")) }
}

func (s *source) Once() <-chan bool {
	c := make(chan bool, 1)
	c <- true
	close(c)
	return c
}

func (s *source) Nothing() <-chan bool { return nil }
func (s *source) Feed() <-chan int     { return s.feed }

// WaitForEnd waits until Squares was left half way.
func (s *source) WaitForEnd(ctx context.Context) bool {
	select {
	case ended := <-s.ended:
		return ended
	case <-ctx.Done():
		return false
	}
}

// TestSequences: every Python iterates over what Go methods return, and no item
// of a channel goes to a client that was killed while it waited.
func TestSequences(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		s := &source{feed: make(chan int, 3), ended: make(chan bool, 1)}
		py = py.With(sourceServer(t, s)...)
		for range 3 {
			waiting := py.Start(t, filepath.Join("python", "sequences.py"), "wait")
			s.feed <- 0
			if line := waiting.Line(t); !strings.Contains(line, "took") {
				t.Fatalf("the client says %q", line)
			}
			waiting.Kill()
			waiting.Wait(t)
		}
		for i := range cap(s.feed) {
			s.feed <- i + 1
		}
		const each = "[0, 1, 4, 9] [True] None\n[(1, True), (2, True)]\n" +
			"True EOFError: ['cut'] StopIteration: []\n0 1\nTrue\n"
		want := each + each + "1\n2\n3\n"
		if got := string(py.Run(bounded(t), t, filepath.Join("python", "sequences.py"))); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}

// sourceServer serves s, and returns the environment of its clients.
func sourceServer(t *testing.T, s *source) []string {
	t.Helper()
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	address := harness.SocketPath(t)
	server, err := managers.NewServer(e, managers.Config{
		Authkey: []byte("key"), Addresses: []connection.Address{{Path: address}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := managers.Register(server, "get_source", managers.Class{Value: s}); err != nil {
		t.Fatal(err)
	}
	if err := syncmanager.Register(server, syncmanager.Config{}); err != nil {
		t.Fatal(err)
	}
	if err := server.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return []string{"MANAGER_ADDRESS=" + address, "MANAGER_AUTHKEY=key"}
}
