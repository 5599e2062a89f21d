package syncmanager

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

func TestPoolIsRefused(t *testing.T) {
	s := newStage(t, Config{})
	_, err := s.client.Create(t.Context(), "Pool", 4)
	if err == nil || !strings.Contains(err.Error(), "brine serve --pool-python") {
		t.Errorf("the error is %v; want one that tells how to turn it on", err)
	}
}

// newPoolStage has a server whose pools run Go functions only.
func newPoolStage(t *testing.T) *stage {
	e, err := engine.New(engine.Config{Authkey: []byte("secret")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	e.Func("tasks.square", func(x int64) int64 { return x * x })
	e.Func("tasks.sleep", func(ms int64) int64 { time.Sleep(time.Duration(ms) * time.Millisecond); return ms })
	e.Func("tasks.wait", func(ctx context.Context, _ int64) error { <-ctx.Done(); return ctx.Err() })
	e.Func("tasks.fail", func(x int64) (int64, error) {
		if x == 3 {
			return 0, pickle.ValueError.New(x)
		}
		return x, nil
	})
	return newStage(t, Config{Pool: PoolConfig{Engine: e}})
}

var (
	square = pickle.Global{Module: "tasks", Name: "square"}
	sleep  = pickle.Global{Module: "tasks", Name: "sleep"}
	wait   = pickle.Global{Module: "tasks", Name: "wait"}
	fails  = pickle.Global{Module: "tasks", Name: "fail"}
)

func numbers(n int64) *pickle.List {
	l := new(pickle.List)
	for i := range n {
		l.Items = append(l.Items, i)
	}
	return l
}

func TestPoolCalls(t *testing.T) {
	s := newPoolStage(t)
	p, _ := makes[*workerPool](s, "Pool")
	th := s.thread("client")
	th.does(p, "('#RETURN', 9)", "apply", square, pickle.Tuple{int64(3)})
	th.does(p, "('#RETURN', [0, 1, 4, 9])", "map", square, numbers(4))
	th.does(p, "('#RETURN', [0, 1, 4, 9])", "map", square, numbers(4), int64(1))
	th.does(p, "('#RETURN', [0, 1])", "starmap", square, pickle.NewList(pickle.Tuple{int64(0)}, pickle.Tuple{int64(1)}))
	th.does(p, "('#ERROR', ValueError(3))", "apply", fails, pickle.Tuple{int64(3)})
	th.does(p, "('#ERROR', TypeError(\"'int' object is not iterable\"))", "map", square, int64(7))
	th.does(p, "('#ERROR', ValueError('Pool is still running'))", "join")
	th.does(p, none, "close")
	for _, method := range []string{"apply", "map", "apply_async", "map_async", "imap", "imap_unordered"} {
		th.does(p, "('#ERROR', ValueError('Pool not running'))", method, square, pickle.NewList(int64(1)))
	}
	th.does(p, none, "join")
}

func TestPoolRefusesCodeWithoutWorkers(t *testing.T) {
	s := newPoolStage(t)
	p, _ := makes[*workerPool](s, "Pool")
	_, err := p.Call(t.Context(), "apply", pickle.Global{Module: "os", Name: "getcwd"})
	if err == nil || !strings.Contains(err.Error(), "brine serve --pool-python") {
		t.Errorf("the error is %v; want one that tells how to turn it on", err)
	}
}

func TestPoolResults(t *testing.T) {
	s := newPoolStage(t)
	p, _ := makes[*workerPool](s, "Pool")
	th := s.thread("client")
	call := func(method string, args ...any) *managers.Proxy {
		t.Helper()
		v, err := p.Call(t.Context(), method, args...)
		if err != nil {
			t.Fatal(err)
		}
		return v.(*managers.Proxy)
	}
	slow := call("apply_async", sleep, pickle.Tuple{int64(200)})
	th.does(slow, no, "ready")
	timesOut(th, slow, "get", 0.001)
	th.does(slow, none, "wait", 0.001)
	th.does(slow, "('#RETURN', 200)", "get")
	th.does(slow, yes, "successful")
	th.does(call("map_async", square, numbers(3)), "('#RETURN', [0, 1, 4])", "get")
	bad := call("apply_async", fails, pickle.Tuple{int64(3)})
	th.does(bad, "('#ERROR', ValueError(3))", "get")
	th.does(bad, no, "successful")

	for _, size := range []int64{1, 2} {
		it := call("imap", square, numbers(3), size)
		for _, want := range []string{"('#RETURN', 0)", "('#RETURN', 1)", "('#RETURN', 4)", "('#ERROR', StopIteration())", "('#ERROR', StopIteration())"} {
			th.does(it, want, "__next__")
		}
	}
	it := call("imap", fails, numbers(5))
	for _, want := range []string{"('#RETURN', 0)", "('#RETURN', 1)", "('#RETURN', 2)", "('#ERROR', ValueError(3))", "('#RETURN', 4)"} {
		th.does(it, want, "__next__")
	}
	timesOut(th, call("imap", sleep, pickle.NewList(int64(200))), "__next__", 0.001)
	th.does(call("imap_unordered", sleep, pickle.NewList(int64(0))), "('#RETURN', 0)", "__next__")
}

// timesOut calls and wants multiprocessing's TimeoutError.
func timesOut(th *thread, p *managers.Proxy, method string, args ...any) {
	th.t.Helper()
	th.calls(p, method, args...)
	v, err := th.c.Recv(th.t.Context())
	if err != nil {
		th.t.Fatal(err)
	}
	got, _ := pickle.Repr(v)
	if !strings.HasPrefix(got, "('#ERROR', <multiprocessing.TimeoutError object at ") {
		th.t.Errorf("the answer is %s, want a TimeoutError", got)
	}
}

func TestPoolCallbacks(t *testing.T) {
	s := newPoolStage(t)
	p, _ := makes[*workerPool](s, "Pool")
	l := create(t, s.client, "list")
	append := &pickle.Object{Class: getattr, Args: pickle.Tuple{rebuilt(t, s, l), "append"}}
	th := s.thread("client")
	for i, x := range []int64{4, 3} {
		v, err := p.Call(t.Context(), "apply_async", fails, pickle.Tuple{x}, pickle.NewDict(0), append, append)
		if err != nil {
			t.Fatal(err)
		}
		th.does(v.(*managers.Proxy), none, "wait")
		th.does(l, []string{"('#RETURN', [4])", "('#RETURN', [4, ValueError(3)])"}[i], "__getitem__", pickle.Slice{})
	}
	_, err := p.Call(t.Context(), "apply_async", square, pickle.Tuple{int64(1)}, pickle.NewDict(0), pickle.Global{Module: "builtins", Name: "print"})
	if err == nil || !strings.Contains(err.Error(), "TypeError: a callback runs in the server") {
		t.Errorf("print as a callback: %v", err)
	}
}

// rebuilt is a proxy as a client sends it.
func rebuilt(t *testing.T, s *stage, p *managers.Proxy) any {
	t.Helper()
	box := create(t, s.client, "list")
	if _, err := box.Call(t.Context(), "append", p); err != nil {
		t.Fatal(err)
	}
	token := p.Token()
	return &pickle.Object{
		Class: pickle.Global{Module: "multiprocessing.managers", Name: "RebuildProxy"},
		Args: pickle.Tuple{
			pickle.Global{Module: "multiprocessing.managers", Name: "ListProxy"}, &token, "pickle", pickle.NewDict(0),
		},
	}
}

func TestPoolOfAClientThatGoes(t *testing.T) {
	s := newPoolStage(t)
	p, w := makes[*workerPool](s, "Pool")
	th := s.thread("client")
	th.calls(p, "map", wait, numbers(4), int64(1))
	s.await(new(sync.Mutex), 4, func() int { st := w.golang.Stats(); return st.Waiting + st.Running })
	th.c.Close()
	s.await(new(sync.Mutex), 4, func() int { return w.golang.Stats().Failed })
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.golang.Join(t.Context()); err != nil { // nobody has the pool any more
		t.Errorf("the pool of a client that is gone: %v", err)
	}
}
