package interop

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// TestGoClient uses a manager from Go, whoever runs it.
func TestGoClient(t *testing.T) {
	t.Run("brine", func(t *testing.T) { testGoClient(t, harness.Brine(t), managers.ClientConfig{}) })
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		cfg := managers.ClientConfig{}
		if !py.AtLeast(3, 0) {
			cfg.Protocol = pickle.Protocol2
		}
		testGoClient(t, harness.PythonManager(t, py), cfg)
	})
}

func testGoClient(t *testing.T, s *harness.Server, cfg managers.ClientConfig) {
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	a, err := connection.Parse(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	ctx := bounded(t)
	var auth *connection.AuthenticationError
	if _, err := managers.Dial(ctx, e, a, cfg); !errors.As(err, &auth) {
		t.Errorf("with the engine's key: %v, want an AuthenticationError", err)
	}
	cfg.Authkey = []byte(s.Authkey)
	c, err := managers.Dial(ctx, e, a, cfg)
	if err != nil {
		t.Fatal(err)
	}
	u := &user{t: t, ctx: ctx, c: c, python2: cfg.Protocol == pickle.Protocol2}
	t.Run("list", u.list)
	t.Run("dict", u.dict)
	t.Run("queue", u.queue)
	t.Run("locks", u.locks)
	t.Run("failures", u.failures)
	if !u.python2 { // whose proxies in a value are copies of the object
		t.Run("nested", u.nested)
	}
	t.Run("typed", u.typed)
	t.Run("dropped", u.dropped)
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
	if c, err = managers.Dial(ctx, e, a, cfg); err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if n, err := c.NumberOfObjects(ctx); n != 0 || err != nil {
		t.Errorf("the first client left %d objects, %v", n, err)
	}
}

// A user has a client and looks at what it brings.
type user struct {
	t       *testing.T
	ctx     context.Context
	c       *managers.Client
	python2 bool
}

func (u *user) create(t *testing.T, typeid string, args ...any) *managers.Proxy {
	t.Helper()
	p, err := u.c.Create(u.ctx, typeid, args...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// want calls a method and compares its result, or the class of its exception.
func (u *user) want(t *testing.T, want any, p *managers.Proxy, method string, args ...any) {
	t.Helper()
	u.wantIn(t, u.ctx, want, p, method, args...)
}

func (u *user) wantIn(t *testing.T, ctx context.Context, want any, p *managers.Proxy, method string, args ...any) {
	t.Helper()
	got, err := p.Call(ctx, method, args...)
	if class, ok := want.(error); ok {
		if !errors.Is(err, class) {
			t.Errorf("%s%v: %v, %v; want %v", method, args, got, err, want)
		}
		return
	}
	if b, ok := got.(pickle.ByteString); ok {
		got = string(b)
	}
	if u.python2 && want == true && got == int64(1) { // an RLock's
		return
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s%v: %#v, %v; want %#v", method, args, got, err, want)
	}
}

func (u *user) list(t *testing.T) {
	l := u.create(t, "list", pickle.NewList(1, 2, 3))
	u.want(t, nil, l, "append", 4)
	u.want(t, nil, l, "reverse")
	u.want(t, int64(4), l, "__len__")
	u.want(t, int64(3), l, "__getitem__", 1)
	u.want(t, pickle.IndexError, l, "pop", 99)
	u.want(t, pickle.TypeError, l, "extend", 5)
	if got, err := l.Repr(u.ctx); got != "[4, 3, 2, 1]" || err != nil {
		t.Errorf("repr: %q, %v", got, err)
	}
	v, err := l.Value(u.ctx)
	if got, ok := v.(*pickle.List); err != nil || !ok || !reflect.DeepEqual(got.Items, []any{int64(4), int64(3), int64(2), int64(1)}) {
		t.Errorf("value: %v, %v", v, err)
	}
	before, err := u.c.NumberOfObjects(u.ctx)
	if err != nil {
		t.Fatal(err)
	}
	again, err := u.c.Proxy(u.ctx, l.Token())
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range []*managers.Proxy{l, again} {
		if err := p.Close(u.ctx); err != nil {
			t.Error(err)
		}
		if n, err := u.c.NumberOfObjects(u.ctx); n != before-i || err != nil {
			t.Errorf("after closing %d proxies there are %d objects, %v; before %d", i+1, n, err, before)
		}
	}
	if _, err := l.Call(u.ctx, "__len__"); err == nil {
		t.Error("a closed proxy still works")
	}
}

func (u *user) dict(t *testing.T) {
	d := u.create(t, "dict", managers.Kwargs{"a": 1})
	u.want(t, nil, d, "__setitem__", "text", "grün")
	u.want(t, "grün", d, "__getitem__", "text")
	u.want(t, pickle.KeyError, d, "__getitem__", "missing")
	u.want(t, int64(1), d, "pop", "a")
	if !u.python2 { // which stores a copy
		l := u.create(t, "list", pickle.NewList("nested"))
		u.want(t, nil, d, "clear")
		u.want(t, nil, d, "__setitem__", "l", l)
	}
	u.want(t, nil, d, "clear")
	u.want(t, nil, d, "__setitem__", "only", 1)
	v, err := d.Call(u.ctx, "__iter__")
	it, ok := v.(*managers.Proxy)
	if err != nil || !ok {
		t.Fatalf("__iter__: %v, %v; want a proxy", v, err)
	}
	next := "__next__"
	if u.python2 {
		next = "next"
	}
	u.want(t, "only", it, next)
	u.want(t, pickle.StopIteration, it, next)
}

func (u *user) queue(t *testing.T) {
	q := u.create(t, "Queue", 1)
	u.want(t, pickle.QueueEmpty, q, "get", false)
	u.want(t, nil, q, "put", "item")
	u.want(t, pickle.QueueFull, q, "put", "more", false)
	u.want(t, "item", q, "get")

	ctx, cancel := context.WithTimeout(u.ctx, 20*time.Millisecond)
	defer cancel()
	if u.python2 { // whose calls are not cut in slices
		return
	}
	u.wantIn(t, ctx, context.DeadlineExceeded, q, "get")
	// Who gave up takes nothing: the item is there for the next.
	u.want(t, nil, q, "put", "late")
	ctx, cancel = context.WithCancel(u.ctx)
	defer cancel()
	u.wantIn(t, ctx, "late", q, "get")
	u.wantIn(t, ctx, pickle.QueueEmpty, q, "get", true, 0.02)
	u.wantIn(t, ctx, pickle.QueueEmpty, q, "get", managers.Kwargs{"timeout": 0.02})
	put := make(chan error)
	go func() {
		_, err := q.Call(u.ctx, "put", "later")
		put <- err
	}()
	u.wantIn(t, ctx, "later", q, "get")
	if err := <-put; err != nil {
		t.Error(err)
	}
}

func (u *user) locks(t *testing.T) {
	one, other := u.c.Caller(), u.c.Caller()
	defer one.Close()
	defer other.Close()
	ctx, cancel := context.WithCancel(u.ctx)
	defer cancel()
	lock := u.create(t, "RLock")
	u.wantIn(t, ctx, true, lock.By(one), "acquire")
	u.wantIn(t, ctx, true, lock.By(one), "acquire")
	u.wantIn(t, ctx, false, lock.By(other), "acquire", false)
	if !u.python2 {
		u.wantIn(t, ctx, false, lock.By(other), "acquire", true, 0.02)
		u.want(t, pickle.RuntimeError, lock.By(other), "release")
	}
	u.want(t, nil, lock.By(one), "release")
	u.want(t, nil, lock.By(one), "release")
	u.wantIn(t, ctx, true, lock.By(other), "acquire")
	u.want(t, nil, lock.By(other), "release")

	event := u.create(t, "Event")
	if !u.python2 {
		u.wantIn(t, ctx, false, event, "wait", 0.02)
	}
	u.want(t, nil, event, "set")
	u.want(t, true, event, "is_set")
	if u.python2 {
		return
	}
	u.wantIn(t, ctx, true, event, "wait")
	barrier := u.create(t, "Barrier", 2)
	arrived := make(chan any)
	for range 2 {
		go func() {
			i, err := barrier.Call(ctx, "wait")
			if err != nil {
				i = err
			}
			arrived <- i
		}()
	}
	a, b := <-arrived, <-arrived
	if a != int64(0) && b != int64(0) || a != int64(1) && b != int64(1) {
		t.Errorf("two came to the barrier as %v and %v, want 0 and 1", a, b)
	}
}

// nested has proxies travel inside of values, there and back.
func (u *user) nested(t *testing.T) {
	u.collect(t, 0) // what the others left
	outer, inner := u.create(t, "list"), u.create(t, "dict")
	u.want(t, nil, inner, "__setitem__", "k", "v")
	u.want(t, nil, outer, "append", inner)
	u.want(t, nil, outer, "append", pickle.NewList(inner, "beside"))
	lock := u.create(t, "Lock")
	u.want(t, nil, outer, "append", lock)
	for _, p := range []*managers.Proxy{inner, lock} {
		if err := p.Close(u.ctx); err != nil {
			t.Error(err)
		}
	}
	v, err := outer.Call(u.ctx, "__getitem__", 0)
	back, ok := v.(*managers.Proxy)
	if err != nil || !ok || back.Token().TypeID != "dict" {
		t.Fatalf("the first item is %v, %v; want a proxy of a dict", v, err)
	}
	u.want(t, "v", back, "__getitem__", "k")
	u.want(t, nil, back, "__setitem__", "k", "w")

	pair, err := managers.CallFor[[]any](u.ctx, outer, "__getitem__", 1)
	if err != nil || len(pair) != 2 {
		t.Fatalf("the second item is %v, %v; want a list", pair, err)
	}
	again, ok := pair[0].(*managers.Proxy)
	if !ok || again.Token().ID != back.Token().ID {
		t.Fatalf("the second item has %v, want a proxy of the same dict", pair[0])
	}
	u.want(t, "w", again, "__getitem__", "k")

	held, err := managers.CallFor[*managers.Proxy](u.ctx, outer, "pop")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(u.ctx)
	defer cancel()
	u.wantIn(t, ctx, true, held, "acquire")
	u.wantIn(t, ctx, false, held, "acquire", true, 0.01)
	for _, p := range []*managers.Proxy{back, again, held, outer} {
		if err := p.Close(u.ctx); err != nil {
			t.Error(err)
		}
	}
	if n := u.objects(t); n != 0 {
		t.Errorf("%d objects are left", n)
	}
}

// typed reads results into Go's types.
func (u *user) typed(t *testing.T) {
	d := u.create(t, "dict", managers.Kwargs{"a": 1, "b": 2})
	defer d.Close(u.ctx)
	if n, err := managers.CallFor[int](u.ctx, d, "__getitem__", "a"); n != 1 || err != nil {
		t.Errorf("an int: %v, %v", n, err)
	}
	if m, err := managers.CallFor[map[string]int64](u.ctx, d, "copy"); !reflect.DeepEqual(m, map[string]int64{"a": 1, "b": 2}) || err != nil {
		t.Errorf("a map: %v, %v", m, err)
	}
	var misfit *pickle.UnmarshalTypeError
	if s, err := managers.CallFor[[]string](u.ctx, d, "__getitem__", "a"); !errors.As(err, &misfit) {
		t.Errorf("an int as a []string: %v, %v", s, err)
	}
	if n, err := managers.CallFor[int](u.ctx, d, "__getitem__", "c"); !errors.Is(err, pickle.KeyError) || !errors.Is(err, pickle.LookupError) {
		t.Errorf("a missing key: %v, %v", n, err)
	}
}

// dropped leaves proxies to the garbage collector.
func (u *user) dropped(t *testing.T) {
	before := u.objects(t)
	for range 20 {
		u.want(t, int64(0), u.create(t, "list"), "__len__")
	}
	u.collect(t, before)
}

// collect has the garbage collector drop proxies until n objects are left.
func (u *user) collect(t *testing.T, n int) {
	t.Helper()
	for left := u.objects(t); left > n; left = u.objects(t) {
		runtime.GC()
		if u.ctx.Err() != nil {
			t.Fatalf("%d objects are left, want %d", left, n)
		}
	}
}

func (u *user) objects(t *testing.T) int {
	t.Helper()
	n, err := u.c.NumberOfObjects(u.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (u *user) failures(t *testing.T) {
	l := u.create(t, "list")
	_, err := l.Call(u.ctx, "nonsense")
	var remote *managers.RemoteError
	text := "managers: remote error: KeyError: 'nonsense'"
	if u.python2 {
		text = "managers: remote error: KeyError: u'nonsense'"
	}
	if !errors.As(err, &remote) || remote.Error() != text {
		t.Errorf("an unknown method: %v", err)
	}
	if _, err = u.c.Create(u.ctx, "nothing"); !errors.As(err, &remote) {
		t.Errorf("an unknown typeid: %v", err)
	}
	if _, err = u.c.Create(u.ctx, "list", 5); !errors.As(err, &remote) {
		t.Errorf("a constructor that fails: %v", err)
	}
	u.want(t, nil, l, "append", 1) // the connection is none the worse
	if _, err = l.Call(u.ctx, "append", managers.Kwargs{}, 1); err == nil {
		t.Error("Kwargs in the middle were accepted")
	}
}
