package managers

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
)

// A source has sequences of every kind.
type source struct {
	ended chan string
	feed  chan int
}

func (s *source) Squares(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer func() { s.ended <- "squares" }()
		for i := range n {
			if !yield(i * i) {
				return
			}
		}
	}
}

func (s *source) Pairs() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) { _ = yield("a", 1) && yield("b", 2) }
}

func (s *source) Lines() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { _ = yield("one", nil) && yield("", pickle.EOFError.New("cut")) }
}

func (s *source) Feed() <-chan int { return s.feed }

func (s *source) Bad() iter.Seq[int] { return func(func(int) bool) { panic("in a sequence") } }

func (s *source) NoSeq() iter.Seq[int] { return nil }

func newSource(t *testing.T) (*source, *Proxy) {
	s := &source{ended: make(chan string, 1), feed: make(chan int)}
	g := newRig(t, func(srv *Server) error { return Register(srv, "Source", Class{Value: s}) })
	return s, g.create(t, "Source")
}

// TestSequences: what Python's iterators do.
func TestSequences(t *testing.T) {
	s, p := newSource(t)
	go func() {
		s.feed <- 7
		close(s.feed)
	}()
	tests := []struct {
		method string
		args   []any
		want   []string // of next after next
	}{
		{"squares", []any{3}, []string{"0", "1", "4", "StopIteration", "StopIteration"}},
		{"pairs", nil, []string{"('a', 1)", "('b', 2)", "StopIteration"}},
		{"lines", nil, []string{"'one'", "EOFError: cut", "StopIteration"}},
		{"feed", nil, []string{"7", "StopIteration"}},
		{"bad", nil, []string{"managers: remote error: RuntimeError: panic: in a sequence"}},
	}
	for _, tt := range tests {
		v, err := p.Call(t.Context(), tt.method, tt.args...)
		it, ok := v.(*Proxy)
		if !ok || err != nil || it.Token().TypeID != "Iterator" {
			t.Fatalf("%s: %v, %v; want a proxy of an Iterator", tt.method, v, err)
		}
		for i, want := range tt.want {
			v, err := it.Call(t.Context(), "__next__")
			got, _ := pickle.Repr(v)
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%s: item %d is %s, want %s", tt.method, i, got, want)
			}
		}
		if err := it.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if v, err := p.Call(t.Context(), "no_seq"); v != nil || err != nil {
		t.Errorf("no sequence: %v, %v; want None", v, err)
	}
}

// TestSequenceEnds: one that its client drops half way ends.
func TestSequenceEnds(t *testing.T) {
	s, p := newSource(t)
	it, err := CallFor[*Proxy](t.Context(), p, "squares", 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := it.Call(t.Context(), "__next__"); err != nil {
		t.Fatal(err)
	}
	if err := it.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-s.ended; got != "squares" {
		t.Errorf("%q ended", got)
	}
}

// TestSequenceWaits: a client that gives up takes nothing from a channel.
func TestSequenceWaits(t *testing.T) {
	s, p := newSource(t)
	it, err := CallFor[*Proxy](t.Context(), p, "feed")
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if v, err := it.Call(short, "__next__"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("next: %v, %v; want the end of the context", v, err)
	}
	go func() { s.feed <- 5 }()
	if v, err := it.Call(t.Context(), "__next__"); v != int64(5) || err != nil {
		t.Errorf("then next: %v, %v; want 5", v, err)
	}
}
