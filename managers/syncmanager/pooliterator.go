package syncmanager

import (
	"context"
	"fmt"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
)

// A poolIterator is what imap and imap_unordered return: Python's
// IMapIterator, or a generator over chunks.
type poolIterator struct {
	pool    *workerPool
	ordered bool
	chunked bool

	mu      sync.Mutex // guards what follows
	came    map[int]delivery
	arrived int        // how many came
	next    int        // the one whose turn it is
	total   int        // how many will come
	items   []delivery // of the chunk that is being yielded
	waiters waiters[struct{}]
}

// A delivery is the answer to a call or a chunk.
type delivery struct {
	value any
	err   error
}

var poolIteratorMethods = managers.Methods[*poolIterator]{
	"__next__": managers.Def((*poolIterator).nextItem, "IMapIterator.next(timeout=None)"),
	"next":     managers.Def((*poolIterator).nextItem, "IMapIterator.next(timeout=None)"),
}

func (it *poolIterator) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return poolIteratorMethods.Call(it, ctx, c, r)
}

func (p *workerPool) startIMap(ctx context.Context, c *managers.Call, reply *managers.Reply, ordered bool) error {
	workers, fn, err := p.function(ctx, c)
	if err != nil {
		return err
	}
	items, err := tuple(ctx, c, 1)
	if err != nil {
		return err
	}
	size, given, err := optionalInt(ctx, c, 2)
	switch {
	case err != nil:
		return err
	case !given:
		size = 1
	case size < 1:
		return pickle.ValueError.New(fmt.Sprintf("Chunksize must be 1+, not %d", size))
	}
	it := &poolIterator{pool: p, ordered: ordered, chunked: size > 1, came: make(map[int]delivery)}
	it.total = (len(items) + size - 1) / size
	wanted := context.Background() // as in Python, all are called
	results := make([]*pool.AsyncResult, 0, it.total)
	for at := 0; at < len(items); at += size {
		if size == 1 {
			results = append(results, workers.Submit(wanted, fn, pickle.Tuple{items[at]}, nil))
		} else {
			chunk := workers.With(pool.Options{ChunkSize: size})
			results = append(results, chunk.MapAsync(wanted, fn, items[at:min(at+size, len(items))]))
		}
		if err := refused(results[len(results)-1]); err != nil {
			return err
		}
	}
	if len(items) == 0 {
		if r := workers.MapAsync(wanted, fn, nil); refused(r) != nil {
			return refused(r)
		}
	}
	p.hold()
	for i, r := range results {
		r.Notify(func() {
			v, err := r.Item(context.Background())
			it.settle(i, delivery{v, err})
		})
	}
	return reply.Object("Iterator", it)
}

// settle takes the answer to call or chunk i.
func (it *poolIterator) settle(i int, o delivery) {
	it.mu.Lock()
	defer it.mu.Unlock()
	if !it.ordered {
		i = it.arrived
	}
	it.arrived++
	it.came[i] = o
	for it.waiters.first != nil {
		o, ok := it.take()
		if !ok {
			return
		}
		w := it.waiters.next()
		if w == nil { // they have all gone: it is for the next who asks
			it.items = append([]delivery{o}, it.items...)
			return
		}
		if o.err != nil {
			w.Raise(raised(o.err))
		} else {
			w.Return(o.value, func() { it.giveBack(o) })
		}
	}
}

// giveBack keeps what could not be delivered for the next who asks.
func (it *poolIterator) giveBack(o delivery) {
	it.mu.Lock()
	defer it.mu.Unlock()
	it.items = append([]delivery{o}, it.items...)
}

// take returns the next item; ok is false while there is none.
func (it *poolIterator) take() (o delivery, ok bool) {
	for len(it.items) == 0 {
		if it.next == it.total {
			return delivery{err: pickle.StopIteration.New()}, true
		}
		if o, ok = it.came[it.next]; !ok {
			return delivery{}, false
		}
		delete(it.came, it.next)
		it.next++
		if !it.chunked {
			return o, true
		}
		it.spread(o)
	}
	o = it.items[0]
	it.items = it.items[1:]
	return o, true
}

// spread makes items of a chunk. One that failed ends the iteration.
func (it *poolIterator) spread(o delivery) {
	var values []any
	if o.err == nil {
		values, o.err = newBudget().elements(context.Background(), o.value)
	}
	if o.err != nil {
		it.items = []delivery{o}
		it.next = it.total
		return
	}
	for _, v := range values {
		it.items = append(it.items, delivery{value: v})
	}
}

func (it *poolIterator) nextItem(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	it.mu.Lock()
	defer it.mu.Unlock()
	if o, ok := it.take(); ok {
		if o.err != nil {
			return raised(o.err)
		}
		r.Undo(func() { it.giveBack(o) })
		return r.Return(o.value)
	}
	timeout, err := durationOf(ctx, c, 0, notGreater)
	if err != nil {
		return err
	}
	it.waiters.park(c, &it.mu, timeout, struct{}{}, func(w *waiting[struct{}]) { w.fail(timeoutError.New()) })
	return nil
}

// Close lets go of the pool.
func (it *poolIterator) Close() { it.pool.Close() }

// Repr is Python's.
func (it *poolIterator) Repr() (string, error) {
	return fmt.Sprintf("<multiprocessing.pool.IMapIterator object at %p>", it), nil
}
