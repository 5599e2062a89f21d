package interop

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// roles are what this test binary does as another process, beside the Pythons.
var roles = enginetest.Roles{
	"increment":     {Register: registerAll, Run: increment},
	"produce":       {Register: registerAll, Run: produce},
	"consume":       {Register: registerAll, Run: consume},
	"start-tracked": {Register: registerAll, Run: startTracked},
}

func registerAll(e *engine.Engine) {
	queues.Register(e)
	sharedctypes.Register(e)
}

// pythonRoles are the same in Python.
const pythonRoles = `
def increment(lock, counter, n):
    for _ in range(n):
        with lock:
            counter.value += 1
def produce(queue, first, n):
    for i in range(first, first + n):
        queue.put(i)
    queue.close()
    queue.join_thread()
def consume(queue, seen):
    n = 0
    while True:
        i = queue.get()
        if i is None:
            return n
        seen[i] += 1
        n += 1
`

// increment takes (lock, counter, n).
func increment(_ *engine.Engine, v any) error {
	t := v.(pickle.Tuple)
	lock := t[0].(*synchronize.Lock)
	counter, err := sharedctypes.ValueOf[int64](t[1])
	if err != nil {
		return err
	}
	for range t[2].(int64) {
		if err := lock.Acquire(context.Background()); err != nil {
			return err
		}
		*counter.Raw()++
		if err := lock.Release(); err != nil {
			return err
		}
	}
	return nil
}

// produce takes (queue, first item, n).
func produce(_ *engine.Engine, v any) error {
	t := v.(pickle.Tuple)
	q, first := t[0].(*queues.Queue), t[1].(int64)
	for i := range t[2].(int64) {
		if err := q.Put(context.Background(), first+i); err != nil {
			return err
		}
	}
	return errors.Join(q.Join(context.Background()), q.Close())
}

// consume takes (queue, seen), and prints how many items it got until None.
func consume(_ *engine.Engine, v any) error {
	t := v.(pickle.Tuple)
	q := t[0].(*queues.Queue)
	seen, err := sharedctypes.ArrayOf[uint8](t[1])
	if err != nil {
		return err
	}
	n := 0
	for item, err := range q.All(context.Background()) {
		switch {
		case err != nil:
			return err
		case item == nil:
			fmt.Println(n)
			return q.Close()
		}
		seen.Raw()[item.(int64)]++
		n++
	}
	return nil
}

// crowd is a family with more than one Python.
type crowd struct {
	family
	pythons []family
}

// eachCrowd runs f with n Pythons of every version that has spawn.
func eachCrowd(t *testing.T, n int, f func(t *testing.T, c crowd)) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return // 2.7 only forks
		}
		c := crowd{family: newFamily(t, py, registerAll)}
		c.pythons = []family{c.family}
		for range n - 1 {
			other := family{c.engine, py.Start(t, shared)}
			t.Cleanup(func() { other.python.End(t) })
			c.pythons = append(c.pythons, other)
		}
		for _, p := range c.pythons {
			p.do(t, fmt.Sprintf("exec(%s)", strconv.Quote(pythonRoles)), "None")
		}
		f(t, c)
	})
}

// give gives every Python a value under that name.
func (c crowd) give(t *testing.T, name string, v any) {
	t.Helper()
	for _, p := range c.pythons {
		p.give(t, name, v)
	}
}

// TestExactCount: two Pythons and two Go processes count to 300,000 under one
// lock, which all get at the same time.
func TestExactCount(t *testing.T) {
	const pythons, gos, total = 2, 2, 300000
	eachCrowd(t, pythons, func(t *testing.T, c crowd) {
		lock := enginetest.Must(synchronize.NewLock(c.engine))(t)
		counter := enginetest.Must(sharedctypes.NewValue[int64](c.engine, 0))(t)
		defer counter.Close()
		defer lock.Close()
		each := total / (pythons + gos)
		c.give(t, "lock", lock)
		c.give(t, "counter", counter)
		file := c.semaphoreOf(t, "lock")
		if !lock.TryAcquire() {
			t.Fatal("the lock is not free")
		}
		var children []*enginetest.Child
		for range gos {
			children = append(children, enginetest.Start(t, c.engine, "increment", pickle.Tuple{lock, counter, int64(each)}))
		}
		for _, p := range c.pythons {
			p.python.Send(t, fmt.Sprintf("increment(lock, counter.get_obj(), %d)", each))
		}
		file.awaited(t, pythons+gos)
		if err := lock.Release(); err != nil {
			t.Fatal(err)
		}
		for _, child := range children {
			child.Wait(t)
		}
		for _, p := range c.pythons {
			if got := p.python.Line(t); got != "None" {
				t.Fatalf("Python: %s", got)
			}
		}
		if got := *counter.Raw(); got != int64(total) {
			t.Errorf("%d increments, want %d", got, total)
		}
		if got := lock.String(); got != "<Lock(owner=None)>" {
			t.Errorf("the lock ends as %s", got)
		}
	})
}

// TestEachItemOnceThroughOneQueue: four producers and four consumers, half of
// each Python's, and 200,000 items.
func TestEachItemOnceThroughOneQueue(t *testing.T) {
	const pythons, gos, total = 4, 2, 200000 // of the Pythons two put and two get
	eachCrowd(t, pythons, func(t *testing.T, c crowd) {
		q := enginetest.Must(queues.New(c.engine, 1000))(t)
		defer q.Close()
		seen := enginetest.Must(sharedctypes.NewArray[uint8](c.engine, total))(t)
		defer seen.Close()
		each := total / (2 * gos)
		c.give(t, "queue", q)
		c.give(t, "seen", seen)
		var producers, consumers []*enginetest.Child
		first := 0
		for i := range gos {
			consumers = append(consumers, enginetest.Start(t, c.engine, "consume", pickle.Tuple{q, seen}))
			c.pythons[gos+i].python.Send(t, "consume(queue, seen.get_obj())")
		}
		for i := range gos {
			producers = append(producers, enginetest.Start(t, c.engine, "produce", pickle.Tuple{q, int64(first), int64(each)}))
			c.pythons[i].python.Send(t, fmt.Sprintf("produce(queue, %d, %d)", first+each, each))
			first += 2 * each
		}
		for i, p := range producers {
			p.Wait(t)
			if got := c.pythons[i].python.Line(t); got != "None" {
				t.Fatalf("Python: %s", got)
			}
		}
		for range 2 * gos { // one end for each consumer
			if err := q.Put(bounded(t), nil); err != nil {
				t.Fatal(err)
			}
		}
		var counts []string
		for i, consumer := range consumers {
			counts = append(counts, consumer.Line(t), c.pythons[gos+i].python.Line(t))
			consumer.Wait(t)
		}
		sum := 0
		for _, n := range counts {
			got, err := strconv.Atoi(n)
			if err != nil {
				t.Fatalf("a consumer says %s", n)
			}
			sum += got
		}
		if sum != total {
			t.Errorf("%s items were got, want %d in all", strings.Join(counts, " + "), total)
		}
		for i, n := range seen.Raw() {
			if n != 1 {
				t.Fatalf("item %d came %d times", i, n)
			}
		}
	})
}
