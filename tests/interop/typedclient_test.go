package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/syncmanager"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// TestTypedProxies uses the proxies of package syncmanager, whoever runs the
// manager.
func TestTypedProxies(t *testing.T) {
	t.Run("brine", func(t *testing.T) { testTypedProxies(t, harness.Brine(t), true) })
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 0) {
			return // proxies in values, and the methods of Python 2, are other ones: see TestGoClient
		}
		testTypedProxies(t, harness.PythonManager(t, py), py.AtLeast(3, 14))
	})
}

func testTypedProxies(t *testing.T, s *harness.Server, sets bool) {
	c, ctx := dialed(t, s)
	u := &typed{t: t, ctx: ctx, c: c}
	t.Run("list", u.list)
	t.Run("dict", u.dict)
	if sets {
		t.Run("set", u.set)
	}
	t.Run("queue", u.queue)
	t.Run("value", u.value)
	t.Run("array", u.array)
	t.Run("namespace", u.namespace)
	t.Run("locks", u.locks)
	t.Run("condition", u.condition)
	t.Run("event", u.event)
	t.Run("barrier", u.barrier)
	t.Run("within each other", u.nested)
}

// dialed is a client of a server.
func dialed(t *testing.T, s *harness.Server) (*managers.Client, context.Context) {
	t.Helper()
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	a, err := connection.Parse(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	c, err := managers.Dial(ctx, e, a, managers.ClientConfig{Authkey: []byte(s.Authkey)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return c, ctx
}

type typed struct {
	t   *testing.T
	ctx context.Context
	c   *managers.Client
}

// created returns what a constructor returned.
func created[P any](t *testing.T) func(P, error) P {
	return func(p P, err error) P {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}

// got compares what a method returned with what it should: a value, or an error
// in its place.
func got[T any](t *testing.T, what string, want any, v T, err error) {
	t.Helper()
	if target, ok := want.(error); ok {
		if !errors.Is(err, target) {
			t.Errorf("%s: %v, %v; want the error %v", what, v, err, target)
		}
	} else if err != nil || !reflect.DeepEqual(any(v), want) {
		t.Errorf("%s: %#v, %v; want %#v", what, v, err, want)
	}
}

// does compares the error of a method that returns nothing else.
func does(t *testing.T, what string, want, err error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// all collects a sequence that ends with an error, if at all.
func all[T any](seq func(func(T, error) bool)) (items []T, err error) {
	for v, e := range seq {
		if e != nil {
			return items, e
		}
		items = append(items, v)
	}
	return items, nil
}

func (u *typed) list(t *testing.T) {
	ctx := u.ctx
	l := created[*syncmanager.List[string]](t)(syncmanager.NewList(ctx, u.c, "b", "c"))
	defer l.Close(ctx)
	does(t, "Append", nil, l.Append(ctx, "d"))
	does(t, "Extend", nil, l.Extend(ctx, "e", "f"))
	does(t, "Insert", nil, l.Insert(ctx, 0, "a"))
	does(t, "Set", nil, l.Set(ctx, -1, "last"))
	does(t, "Set beyond", pickle.IndexError, l.Set(ctx, 99, "x"))
	v, err := l.Get(ctx, 1)
	got(t, "Get", "b", v, err)
	v, err = l.Get(ctx, 6)
	got(t, "Get beyond", pickle.IndexError, v, err)
	n, err := l.Len(ctx)
	got(t, "Len", 6, n, err)
	items, err := l.Slice(ctx, 1, 3)
	got(t, "Slice", []string{"b", "c"}, items, err)
	items, err = l.Values(ctx)
	got(t, "Values", []string{"a", "b", "c", "d", "e", "last"}, items, err)
	n, err = l.Index(ctx, "c")
	got(t, "Index", 2, n, err)
	n, err = l.Index(ctx, "none")
	got(t, "Index of none", pickle.ValueError, n, err)
	n, err = l.Count(ctx, "a")
	got(t, "Count", 1, n, err)
	has, err := l.Has(ctx, "a")
	got(t, "Has", true, has, err)
	does(t, "Remove", nil, l.Remove(ctx, "a"))
	does(t, "Remove none", pickle.ValueError, l.Remove(ctx, "a"))
	does(t, "Delete", nil, l.Delete(ctx, 0))
	v, err = l.Pop(ctx, -1)
	got(t, "Pop", "last", v, err)
	does(t, "Reverse", nil, l.Reverse(ctx))
	items, err = l.Values(ctx)
	got(t, "Reverse", []string{"e", "d", "c"}, items, err)
	does(t, "Sort", nil, l.Sort(ctx, false))
	items, err = all(l.All(ctx))
	got(t, "Sort", []string{"c", "d", "e"}, items, err)
	does(t, "Clear", nil, l.Clear(ctx))
	v, err = l.Pop(ctx, -1)
	got(t, "Pop of none", pickle.IndexError, v, err)

	many := make([]string, 2500)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	does(t, "Extend", nil, l.Extend(ctx, many...))
	items, err = all(l.All(ctx))
	got(t, "All", many, items, err)
	for v, err := range l.All(ctx) {
		got(t, "the first of All", "0", v, err)
		break
	}
}

func (u *typed) dict(t *testing.T) {
	ctx := u.ctx
	d := created[*syncmanager.Dict[string, int64]](t)(syncmanager.NewDict(ctx, u.c, map[string]int64{"a": 1}))
	defer d.Close(ctx)
	does(t, "Set", nil, d.Set(ctx, "b", 2))
	v, err := d.Get(ctx, "b")
	got(t, "Get", int64(2), v, err)
	v, err = d.Get(ctx, "none")
	got(t, "Get none", pickle.KeyError, v, err)
	v, err = d.GetOr(ctx, "none", 7)
	got(t, "GetOr", int64(7), v, err)
	v, err = d.SetDefault(ctx, "c", 3)
	got(t, "SetDefault", int64(3), v, err)
	v, err = d.SetDefault(ctx, "c", 4)
	got(t, "SetDefault", int64(3), v, err)
	has, err := d.Has(ctx, "a")
	got(t, "Has", true, has, err)
	n, err := d.Len(ctx)
	got(t, "Len", 3, n, err)
	keys, err := d.Keys(ctx)
	got(t, "Keys", []string{"a", "b", "c"}, keys, err)
	values, err := d.Values(ctx)
	got(t, "Values", []int64{1, 2, 3}, values, err)
	entries, err := all(d.All(ctx))
	got(t, "All", []pickle.Entry[string, int64]{{Key: "a", Value: 1}, {Key: "b", Value: 2}, {Key: "c", Value: 3}}, entries, err)
	it := created[*syncmanager.Iterator[string]](t)(d.Iter(ctx))
	keys, err = all(it.All(ctx))
	got(t, "Iter", []string{"a", "b", "c"}, keys, err)
	it = created[*syncmanager.Iterator[string]](t)(d.Iter(ctx))
	defer it.Close(ctx)
	key, err := it.Next(ctx)
	got(t, "Next", "a", key, err)
	does(t, "Delete", nil, d.Delete(ctx, "a"))
	key, err = it.Next(ctx)
	got(t, "Next after a change", pickle.RuntimeError, key, err)
	does(t, "Delete none", pickle.KeyError, d.Delete(ctx, "a"))
	v, err = d.Pop(ctx, "b")
	got(t, "Pop", int64(2), v, err)
	v, err = d.Pop(ctx, "b")
	got(t, "Pop none", pickle.KeyError, v, err)
	does(t, "Update", nil, d.Update(ctx, map[string]int64{"z": 26}))
	key, v, err = d.PopLast(ctx)
	got(t, "PopLast", "z", key, err)
	got(t, "PopLast", int64(26), v, err)
	does(t, "Clear", nil, d.Clear(ctx))
	_, _, err = d.PopLast(ctx)
	does(t, "PopLast of none", pickle.KeyError, err)
	does(t, "Set", nil, setItem(ctx, &d.Proxy, "text", "no number"))
	var misfit *pickle.UnmarshalTypeError
	if v, err = d.Get(ctx, "text"); !errors.As(err, &misfit) {
		t.Errorf("a str as an int64: %v, %v", v, err)
	}
}

func setItem(ctx context.Context, p *managers.Proxy, key string, v any) error {
	_, err := p.Call(ctx, "__setitem__", key, v)
	return err
}

func (u *typed) set(t *testing.T) {
	ctx := u.ctx
	s := created[*syncmanager.Set[int]](t)(syncmanager.NewSet(ctx, u.c, 1, 2, 3))
	defer s.Close(ctx)
	does(t, "Add", nil, s.Add(ctx, 4))
	does(t, "Remove", nil, s.Remove(ctx, 1))
	does(t, "Remove none", pickle.KeyError, s.Remove(ctx, 1))
	does(t, "Discard none", nil, s.Discard(ctx, 1))
	does(t, "Update", nil, s.Update(ctx, []int{7, 8}, []int{9}))
	does(t, "Subtract", nil, s.Subtract(ctx, []int{8}))
	does(t, "Intersect", nil, s.Intersect(ctx, []int{2, 3, 4, 7, 10}))
	has, err := s.Has(ctx, 7)
	got(t, "Has", true, has, err)
	n, err := s.Len(ctx)
	got(t, "Len", 4, n, err)
	items, err := all(s.All(ctx))
	slices.Sort(items)
	got(t, "All", []int{2, 3, 4, 7}, items, err)
	m, err := s.Values(ctx)
	got(t, "Values", []int{2, 3, 4, 7}, slices.Sorted(maps.Keys(m)), err)
	does(t, "Clear", nil, s.Clear(ctx))
	v, err := s.Pop(ctx)
	got(t, "Pop of none", pickle.KeyError, v, err)
}

func (u *typed) queue(t *testing.T) {
	ctx := u.ctx
	q := created[*syncmanager.Queue[int]](t)(syncmanager.NewQueue[int](ctx, u.c, 2))
	defer q.Close(ctx)
	v, err := q.TryGet(ctx)
	got(t, "TryGet", pickle.QueueEmpty, v, err)
	does(t, "Put", nil, q.Put(ctx, 1))
	does(t, "TryPut", nil, q.TryPut(ctx, 2))
	does(t, "TryPut when full", pickle.QueueFull, q.TryPut(ctx, 3))
	full, err := q.Full(ctx)
	got(t, "Full", true, full, err)
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	does(t, "Put when full", context.DeadlineExceeded, q.Put(short, 3))
	n, err := q.Len(ctx)
	got(t, "Len", 2, n, err)
	v, err = q.Get(ctx)
	got(t, "Get", 1, v, err)
	v, err = q.TryGet(ctx)
	got(t, "TryGet", 2, v, err)
	empty, err := q.Empty(ctx)
	got(t, "Empty", true, empty, err)
	short, cancel = context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	v, err = q.Get(short)
	got(t, "Get when empty", context.DeadlineExceeded, v, err)

	// A producer and a consumer, which leaves when it has all.
	jobs := created[*syncmanager.JoinableQueue[int]](t)(syncmanager.NewJoinableQueue[int](ctx, u.c, 1))
	defer jobs.Close(ctx)
	var running sync.WaitGroup
	working, stop := context.WithCancel(ctx)
	var took []int
	running.Go(func() {
		for v, err := range jobs.All(working) {
			if err != nil {
				t.Error(err)
				return
			}
			took = append(took, v)
			does(t, "TaskDone", nil, jobs.TaskDone(ctx))
		}
	})
	for i := range 5 {
		does(t, "Put", nil, jobs.Put(ctx, i))
	}
	does(t, "Join", nil, jobs.Join(ctx))
	stop()
	running.Wait()
	got(t, "All", []int{0, 1, 2, 3, 4}, took, nil)
	does(t, "TaskDone too often", pickle.ValueError, jobs.TaskDone(ctx))
}

func (u *typed) value(t *testing.T) {
	v := created[*syncmanager.Value[float64]](t)(syncmanager.NewValue(u.ctx, u.c, 'd', 1.5))
	defer v.Close(u.ctx)
	does(t, "Set", nil, v.Set(u.ctx, 2.5))
	f, err := v.Get(u.ctx)
	got(t, "Get", 2.5, f, err)
}

func (u *typed) array(t *testing.T) {
	ctx := u.ctx
	a := created[*syncmanager.Array[int32]](t)(syncmanager.NewArray[int32](ctx, u.c, 'i', 1, 2, 3, 4))
	defer a.Close(ctx)
	n, err := a.Len(ctx)
	got(t, "Len", 4, n, err)
	does(t, "Set", nil, a.Set(ctx, -1, 40))
	v, err := a.Get(ctx, 3)
	got(t, "Get", int32(40), v, err)
	v, err = a.Get(ctx, 4)
	got(t, "Get beyond", pickle.IndexError, v, err)
	items, err := a.Slice(ctx, 1, 3)
	got(t, "Slice", []int32{2, 3}, items, err)
	items, err = a.Values(ctx)
	got(t, "Values", []int32{1, 2, 3, 40}, items, err)
	floats := created[*syncmanager.Array[float64]](t)(syncmanager.NewArray(ctx, u.c, 'd', 0.5, -0.25))
	defer floats.Close(ctx)
	f, err := floats.Values(ctx)
	got(t, "Values", []float64{0.5, -0.25}, f, err)
}

func (u *typed) namespace(t *testing.T) {
	ctx := u.ctx
	ns := created[*syncmanager.Namespace](t)(syncmanager.NewNamespace(ctx, u.c, managers.Kwargs{"a": 1}))
	defer ns.Close(ctx)
	does(t, "Set", nil, ns.Set(ctx, "b", "text"))
	v, err := ns.Get(ctx, "a")
	got(t, "Get", int64(1), v, err)
	s, err := syncmanager.Attr[string](ctx, ns, "b")
	got(t, "Attr", "text", s, err)
	does(t, "Delete", nil, ns.Delete(ctx, "b"))
	v, err = ns.Get(ctx, "b")
	got(t, "Get none", pickle.AttributeError, v, err)
}

func (u *typed) locks(t *testing.T) {
	ctx := u.ctx
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	l := created[*syncmanager.Lock](t)(syncmanager.NewLock(ctx, u.c))
	defer l.Close(ctx)
	does(t, "Release a free lock", pickle.RuntimeError, l.Release(ctx))
	does(t, "Acquire", nil, l.Acquire(ctx))
	ok, err := l.TryAcquire(ctx)
	got(t, "TryAcquire", false, ok, err)
	does(t, "Acquire a taken lock", context.DeadlineExceeded, l.Acquire(short))
	does(t, "Release", nil, l.Release(ctx))

	r := created[*syncmanager.RLock](t)(syncmanager.NewRLock(ctx, u.c))
	defer r.Close(ctx)
	one, two := u.c.Caller(), u.c.Caller()
	defer one.Close()
	defer two.Close()
	does(t, "Acquire", nil, r.Acquire(ctx, one))
	does(t, "Acquire again", nil, r.Acquire(ctx, one))
	ok, err = r.TryAcquire(ctx, two)
	got(t, "TryAcquire of another", false, ok, err)
	does(t, "Release of another", pickle.RuntimeError, r.Release(ctx, two))
	does(t, "Release", nil, r.Release(ctx, one))
	does(t, "Release", nil, r.Release(ctx, one))
	ok, err = r.TryAcquire(ctx, two)
	got(t, "TryAcquire of another", true, ok, err)
	does(t, "Release of another", nil, r.Release(ctx, two))

	s := created[*syncmanager.BoundedSemaphore](t)(syncmanager.NewBoundedSemaphore(ctx, u.c, 1))
	defer s.Close(ctx)
	does(t, "Acquire", nil, s.Acquire(ctx))
	ok, err = s.TryAcquire(ctx)
	got(t, "TryAcquire", false, ok, err)
	does(t, "Release", nil, s.Release(ctx))
	does(t, "Release too often", pickle.ValueError, s.Release(ctx))
	open := created[*syncmanager.Semaphore](t)(syncmanager.NewSemaphore(ctx, u.c, 0))
	defer open.Close(ctx)
	does(t, "Release", nil, open.Release(ctx))
	does(t, "Acquire", nil, open.Acquire(ctx))
}

// condition has one wait for what another sets.
func (u *typed) condition(t *testing.T) {
	ctx := u.ctx
	lock := created[*syncmanager.Lock](t)(syncmanager.NewLock(ctx, u.c))
	defer lock.Close(ctx)
	c := created[*syncmanager.Condition](t)(syncmanager.NewCondition(ctx, u.c))
	defer c.Close(ctx)
	over := created[*syncmanager.Condition](t)(syncmanager.NewCondition(ctx, u.c, lock))
	defer over.Close(ctx)
	state := created[*syncmanager.Value[int]](t)(syncmanager.NewValue(ctx, u.c, 'i', 0))
	defer state.Close(ctx)
	one, two := u.c.Caller(), u.c.Caller()
	defer one.Close()
	defer two.Close()

	does(t, "Notify without the lock", pickle.RuntimeError, c.Notify(ctx, two, 1))
	does(t, "Acquire", nil, c.Acquire(ctx, one))
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	does(t, "Wait for nothing", context.DeadlineExceeded, c.Wait(short, one))
	ok, err := c.TryAcquire(ctx, two)
	got(t, "TryAcquire of another afterwards", false, ok, err)

	waiting, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	running.Go(func() {
		does(t, "Acquire", nil, c.Acquire(waiting, two)) // when the other waits
		does(t, "Set", nil, state.Set(ctx, 1))
		does(t, "NotifyAll", nil, c.NotifyAll(ctx, two))
		does(t, "Release", nil, c.Release(ctx, two))
	})
	does(t, "WaitFor", nil, c.WaitFor(waiting, one, func() (bool, error) {
		v, err := state.Get(ctx)
		return v == 1, err
	}))
	does(t, "Release", nil, c.Release(ctx, one))
	running.Wait()
}

func (u *typed) event(t *testing.T) {
	ctx := u.ctx
	e := created[*syncmanager.Event](t)(syncmanager.NewEvent(ctx, u.c))
	defer e.Close(ctx)
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	does(t, "Wait", context.DeadlineExceeded, e.Wait(short))
	does(t, "Set", nil, e.Set(ctx))
	ok, err := e.IsSet(ctx)
	got(t, "IsSet", true, ok, err)
	does(t, "Wait", nil, e.Wait(ctx))
	does(t, "Clear", nil, e.Clear(ctx))
	ok, err = e.IsSet(ctx)
	got(t, "IsSet", false, ok, err)
}

func (u *typed) barrier(t *testing.T) {
	ctx := u.ctx
	b := created[*syncmanager.Barrier](t)(syncmanager.NewBarrier(ctx, u.c, 2))
	defer b.Close(ctx)
	var numbers [2]int
	var running sync.WaitGroup
	for i := range numbers {
		running.Go(func() {
			n, err := b.Wait(ctx)
			does(t, "Wait", nil, err)
			numbers[i] = n
		})
	}
	running.Wait()
	if numbers[0]+numbers[1] != 1 {
		t.Errorf("two came to the barrier as %v, want 0 and 1", numbers)
	}
	n, err := b.Parties(ctx)
	got(t, "Parties", 2, n, err)
	n, err = b.Waiting(ctx)
	got(t, "Waiting", 0, n, err)

	left := make(chan error)
	go func() {
		_, err := b.Wait(ctx)
		left <- err
	}()
	for n, err = b.Waiting(ctx); n == 0 && err == nil; n, err = b.Waiting(ctx) {
	}
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	other := created[*syncmanager.Barrier](t)(syncmanager.NewBarrier(ctx, u.c, 2))
	defer other.Close(ctx)
	_, err = other.Wait(short)
	does(t, "Wait for nobody", context.DeadlineExceeded, err)
	broken, err := other.Broken(ctx)
	got(t, "Broken", true, broken, err)
	does(t, "Abort", nil, b.Abort(ctx))
	does(t, "Wait at a barrier that breaks", pickle.BrokenBarrierError, <-left)
	does(t, "Reset", nil, b.Reset(ctx))
	broken, err = b.Broken(ctx)
	got(t, "Broken", false, broken, err)
}

// nested has proxies for values of others.
func (u *typed) nested(t *testing.T) {
	ctx := u.ctx
	d := created[*syncmanager.Dict[string, *syncmanager.List[int]]](t)(
		syncmanager.NewDict[string, *syncmanager.List[int]](ctx, u.c, nil))
	defer d.Close(ctx)
	l := created[*syncmanager.List[int]](t)(syncmanager.NewList(ctx, u.c, 1, 2))
	does(t, "Set", nil, d.Set(ctx, "l", l))
	does(t, "Close", nil, l.Close(ctx))
	back := created[*syncmanager.List[int]](t)(d.Get(ctx, "l"))
	defer back.Close(ctx)
	items, err := back.Values(ctx)
	got(t, "Values", []int{1, 2}, items, err)
	lists, err := d.Values(ctx)
	if err != nil || len(lists) != 1 {
		t.Fatalf("Values: %v, %v", lists, err)
	}
	defer lists[0].Close(ctx)
	does(t, "Append", nil, lists[0].Append(ctx, 3))
	items, err = back.Values(ctx)
	got(t, "Values", []int{1, 2, 3}, items, err)
}
