package managers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// A scripted manager knows one object. answer says what a request for it gets
// (nil: the connection is closed), by the method and how often it was asked.
type scripted struct {
	answer func(method string, n int) any

	mu    sync.Mutex
	asked map[string]int
	conns []*connection.Conn
}

func (s *scripted) serve(t *testing.T, typeid string) *Proxy {
	t.Helper()
	e, err := engine.New(engine.Config{Authkey: []byte("k")})
	if err != nil {
		t.Fatal(err)
	}
	s.asked = make(map[string]int)
	ctx, cancel := context.WithCancel(context.Background()) // the test's ends before its cleanups
	l, err := connection.Listen(ctx, connection.Address{Host: "127.0.0.1"}, e.Connection())
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for conn, err := range l.Conns(ctx) {
			if err == nil {
				s.mu.Lock()
				s.conns = append(s.conns, conn)
				s.mu.Unlock()
				running.Go(func() { s.talk(ctx, conn) })
			}
		}
	})
	c, err := Dial(ctx, e, l.Addr(), ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close(context.Background())
		cancel()
		l.Close()
		running.Wait()
		e.Close()
	})
	p, err := c.Create(ctx, typeid)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *scripted) talk(ctx context.Context, conn *connection.Conn) {
	defer conn.Close()
	for {
		v, err := conn.Recv(ctx)
		if err != nil {
			return
		}
		request := v.(pickle.Tuple)
		method := request[1].(string)
		var value any
		switch {
		case method == "create":
			value = pickle.Tuple{"1f", pickle.Tuple{}}
		case request[0] != nil:
			s.mu.Lock()
			n := s.asked[method]
			s.asked[method]++
			s.mu.Unlock()
			if value = s.answer(method, n); value == nil {
				return
			}
		}
		if err := conn.Send(ctx, pickle.Tuple{"#RETURN", value}); err != nil {
			return
		}
	}
}

// TestLostLines: a connection that has served is lost while the answer is
// awaited.
func TestLostLines(t *testing.T) {
	tests := []struct {
		typeid, method string
		again          bool
	}{
		{"dict", "__getitem__", true},
		{"dict", "get", true},
		{"dict", "__setitem__", false},
		{"dict", "pop", false},
		{"list", "#GETVALUE", true},
		{"list", "append", false},
		{"Queue", "qsize", true},
		{"Queue", "get", false},
		{"Value", "get", true},
		{"AsyncResult", "get", false},
		{"get_cache", "__getitem__", false},
	}
	for _, tt := range tests {
		t.Run(tt.typeid+"."+tt.method, func(t *testing.T) {
			s := scripted{answer: func(method string, n int) any {
				if method == tt.method && n == 0 {
					return nil
				}
				return "answer"
			}}
			p := s.serve(t, tt.typeid)
			if _, err := p.Call(t.Context(), "before"); err != nil {
				t.Fatal(err)
			}
			got, err := p.Call(t.Context(), tt.method)
			if tt.again {
				if got != "answer" || err != nil {
					t.Errorf("got %v, %v; want the answer to the second request", got, err)
				}
				return
			}
			var lost *LostError
			if !errors.As(err, &lost) || lost.TypeID != tt.typeid || lost.Method != tt.method {
				t.Errorf("got %v, %v; want a LostError", got, err)
			}
			if got, err := p.Call(t.Context(), "after"); got != "answer" || err != nil {
				t.Errorf("then got %v, %v; want the answer of a new connection", got, err)
			}
		})
	}
}

// TestLostCaller: what a Caller had is lost with its connection, so it has no
// other.
func TestLostCaller(t *testing.T) {
	s := scripted{answer: func(method string, n int) any {
		if method == "release" {
			return nil
		}
		return "answer"
	}}
	p := s.serve(t, "RLock")
	k := p.Client().Caller()
	defer k.Close()
	if _, err := p.By(k).Call(t.Context(), "acquire"); err != nil {
		t.Fatal(err)
	}
	var lost *LostError
	if _, err := p.By(k).Call(t.Context(), "release"); !errors.As(err, &lost) {
		t.Errorf("release: %v, want a LostError", err)
	}
	if v, err := p.By(k).Call(t.Context(), "acquire"); err == nil {
		t.Errorf("the caller goes on with %v", v)
	}
	if _, err := p.Call(t.Context(), "acquire"); err != nil {
		t.Errorf("others: %v", err)
	}
}

// TestLines: as many connections as there are calls at a time, and no more.
func TestLines(t *testing.T) {
	const n = 40
	var mu sync.Mutex
	waiting, gate := 0, make(chan struct{}) // which opens when all n are there
	s := scripted{answer: func(method string, _ int) any {
		if method != "together" {
			return "answer"
		}
		mu.Lock()
		mine := gate
		if waiting++; waiting == n {
			close(gate)
			waiting, gate = 0, make(chan struct{})
		}
		mu.Unlock()
		<-mine
		return "answer"
	}}
	p := s.serve(t, "thing")
	for round := range 3 {
		var calls sync.WaitGroup
		errs := make([]error, n)
		for i := range n {
			calls.Go(func() { _, errs[i] = p.Call(t.Context(), "together") })
		}
		calls.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		s.mu.Lock()
		got := len(s.conns)
		s.mu.Unlock()
		if want := n + 2; got != want { // dummy and create had their own
			t.Errorf("round %d: %d connections were made, want %d", round, got, want)
		}
	}
}

// TestRequest shows the bytes of requests.
func TestRequest(t *testing.T) {
	d := pickle.NewDict(1)
	if err := d.Set("timeout", int64(1)); err != nil {
		t.Fatal(err)
	}
	shared := pickle.NewList()
	tests := []struct {
		name  string
		codec pickle.Codec
		args  []any
		kwds  *pickle.Dict
		want  string // what a decoder makes of it
		bytes string // "" where another order would do as well
	}{
		{"none", pickle.Codec{}, nil, nil, "('1f', 'm', (), {})", "\x80\x04(X\x02\x00\x00\x001fX\x01\x00\x00\x00m(t}t."},
		{"one", pickle.Codec{}, []any{int64(7)}, nil, "('1f', 'm', (7,), {})", "\x80\x04(X\x02\x00\x00\x001fX\x01\x00\x00\x00m(K\x07t}t."},
		{"one for Python 2", pickle.Codec{Protocol: pickle.Protocol2}, []any{int64(7)}, nil, "('1f', 'm', (7,), {})",
			"\x80\x02(X\x02\x00\x00\x001fX\x01\x00\x00\x00m(K\x07t}t."},
		{"two", pickle.Codec{}, []any{"a", true}, nil, "('1f', 'm', ('a', True), {})",
			"\x80\x04(X\x02\x00\x00\x001fX\x01\x00\x00\x00m(\x8c\x01a\x88t}t."},
		{"keyword", pickle.Codec{}, []any{nil}, d, "('1f', 'm', (None,), {'timeout': 1})", ""},
		{"two that are one", pickle.Codec{}, []any{shared, shared}, nil, "('1f', 'm', ([], []), {})", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &request{buf: make([]byte, connection.Prefix)}
			if err := r.encode(t.Context(), tt.codec, "1f", "m", tt.args, tt.kwds); err != nil {
				t.Fatal(err)
			}
			pickled := r.buf[connection.Prefix:]
			if tt.bytes != "" && string(pickled) != tt.bytes {
				t.Errorf("wrote %q, want %q", pickled, tt.bytes)
			}
			v, err := pickle.Codec{}.Decode(t.Context(), pickled)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := pickle.Repr(v); got != tt.want {
				t.Errorf("means %s, want %s", got, tt.want)
			}
			if args := v.(pickle.Tuple)[2].(pickle.Tuple); tt.name == "two that are one" && args[0] != args[1] {
				t.Error("they are two")
			}
		})
	}
}

// TestWaitDeadline: a call asks the manager to wait no longer than its context.
func TestWaitDeadline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), slice/4)
	defer cancel()
	var asked []string
	_, err := waitGet.slices(ctx, pickle.Tuple{true, nil}, forever, func(_ context.Context, args pickle.Tuple) (any, error) {
		asked = append(asked, fmt.Sprint(args[1].(float64) <= (slice/4).Seconds()))
		return nil, pickle.QueueEmpty.New()
	})
	if !errors.Is(err, context.DeadlineExceeded) || len(asked) != 1 || asked[0] != "true" {
		t.Errorf("%v after %v, want the end of the context after one short wait", err, asked)
	}
}
