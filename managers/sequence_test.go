package managers

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/brine-go/brine/pickle"
)

// A source has sequences of every kind.
type source struct {
	ended chan string
	feed  chan int
}

func (s *source) Squares(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer func() {
			if s.ended != nil {
				s.ended <- "squares"
			}
		}()
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

// Slow is an iterator that waits for the feed, and cannot be interrupted.
func (s *source) Slow() iter.Seq[int] {
	return func(yield func(int) bool) {
		for v := range s.feed {
			if !yield(v) {
				return
			}
		}
	}
}

func (s *source) Once() chan int {
	c := make(chan int, 1)
	c <- 7
	close(c)
	return c
}

func (s *source) NoFeed() <-chan int { return nil }

func (s *source) Bad() iter.Seq[int] { return func(func(int) bool) { panic("in a sequence") } }

func (s *source) NoSeq() iter.Seq[int] { return nil }

func newSource(t *testing.T) (*source, *Proxy) {
	s := &source{ended: make(chan string, 8), feed: make(chan int)}
	g := newRig(t, func(srv *Server) error { return Register(srv, "Source", Class{Value: s}) })
	t.Cleanup(func() { close(s.feed) }) // ends Slow
	return s, g.create(t, "Source")
}

// TestSequences: what Python's iterators do.
func TestSequences(t *testing.T) {
	_, p := newSource(t)
	tests := []struct {
		method string
		args   []any
		want   []string // of next after next
	}{
		{"squares", []any{3}, []string{"0", "1", "4", "StopIteration", "StopIteration"}},
		{"pairs", nil, []string{"('a', 1)", "('b', 2)", "StopIteration"}},
		{"lines", nil, []string{"'one'", "EOFError: cut", "StopIteration"}},
		{"once", nil, []string{"7", "StopIteration", "StopIteration"}},
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
	for _, method := range []string{"no_seq", "no_feed"} {
		if v, err := p.Call(t.Context(), method); v != nil || err != nil {
			t.Errorf("%s: %v, %v; want None", method, v, err)
		}
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

// TestSequenceWaits: a client that gives up takes nothing from a channel, nor
// from an iterator, however often it does.
func TestSequenceWaits(t *testing.T) {
	s, p := newSource(t)
	for _, method := range []string{"feed", "slow"} {
		t.Run(method, func(t *testing.T) {
			it, err := CallFor[*Proxy](t.Context(), p, method)
			if err != nil {
				t.Fatal(err)
			}
			for want := range int64(50) {
				s.giveUp(t, it, want)
			}
		})
	}
}

// giveUp feeds one item, which a call that is given up then may get or the next
// one does.
func (s *source) giveUp(t *testing.T, it *Proxy, want int64) {
	t.Helper()
	short, cancel := context.WithCancel(t.Context())
	defer cancel()
	type result struct {
		v   any
		err error
	}
	first, sent := make(chan result, 1), make(chan struct{})
	go func() {
		v, err := it.Call(short, "__next__")
		first <- result{v, err}
	}()
	feed := func() { s.feed <- int(want); close(sent) }
	var r result
	if want%2 == 0 {
		cancel()
		r = <-first
		go feed()
	} else { // the two meet
		go feed()
		cancel()
		r = <-first
	}
	if r.err != nil {
		if !errors.Is(r.err, context.Canceled) {
			t.Fatalf("next: %v, want the end of the context", r.err)
		}
		r.v, r.err = it.Call(t.Context(), "__next__")
	}
	if r.v != want || r.err != nil {
		t.Fatalf("next: %v, %v; want %d", r.v, r.err, want)
	}
	<-sent
}

// TestSequenceOfChannelIsOne: who gets a channel that others have gets the same
// iterator, with what came for clients that were gone.
func TestSequenceOfChannelIsOne(t *testing.T) {
	_, p := newSource(t)
	a, err := CallFor[*Proxy](t.Context(), p, "feed")
	if err != nil {
		t.Fatal(err)
	}
	b, err := CallFor[*Proxy](t.Context(), p, "feed")
	if err != nil {
		t.Fatal(err)
	}
	if a.Token().ID != b.Token().ID {
		t.Errorf("two objects, %s and %s", a.Token().ID, b.Token().ID)
	}
}

// TestSequenceTypes: a typeid that is a sequence, and what cannot be.
func TestSequenceTypes(t *testing.T) {
	feed := make(chan string, 2)
	feed <- "a"
	feed <- "b"
	squares := func(n int) iter.Seq[int] { return new(source).Squares(n) }
	g := newRig(t, func(srv *Server) error {
		return errors.Join(
			Register(srv, "squares", Class{New: squares, Signature: "squares(n=2)"}),
			Register(srv, "feed", Class{Value: feed}),
		)
	})
	for _, tt := range []struct {
		typeid string
		args   []any
		want   any
	}{{"squares", []any{int64(1)}, int64(0)}, {"squares", nil, int64(0)}, {"feed", nil, "a"}, {"feed", nil, "b"}} {
		p, err := g.client.Create(t.Context(), tt.typeid, tt.args...)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := p.Call(t.Context(), "__next__"); v != tt.want || err != nil {
			t.Errorf("%s%v: %v, %v; want %v", tt.typeid, tt.args, v, err, tt.want)
		}
		if text, err := p.Repr(t.Context()); !strings.HasPrefix(text, "<iterator of "+tt.typeid+" at 0x") {
			t.Errorf("its repr is %q, %v", text, err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	err := Register(g.server, "x", Class{Value: feed, Methods: map[string]string{"Len": "__len__()"}})
	if err == nil || !strings.Contains(err.Error(), "chan string has no methods to declare") {
		t.Errorf("methods of a channel: %v", err)
	}
	if err := Register(g.server, "x", Class{Value: chan<- string(feed)}); err == nil {
		t.Error("a channel that nobody can receive from was registered")
	}
}
