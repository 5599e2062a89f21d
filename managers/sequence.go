package managers

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"github.com/brine-go/brine/pickle"
)

// A sequence is a channel, iter.Seq or iter.Seq2 that a Go function returned:
// Python's iterator. Each item goes to one client; a channel is one sequence,
// however often it is returned. The client's manager has a proxy type for it if
// it is a SyncManager, or else registers one:
//
//	Manager.register('Iterator', proxytype=IteratorProxy, create_method=False)
type sequence struct {
	class   *class
	channel any // nil for an iterator
	take    func(gone <-chan struct{}) (it item, taken bool)
	stop    func() // nil for a channel

	turn chan struct{} // holds one token; whoever has it may take
	back chan struct{} // holds one when kept has grown

	mu   sync.Mutex // guards kept
	kept []item     // taken for clients that were gone by then, in order
}

// An item is what comes next: a value, an error or the end.
type item struct {
	value reflect.Value
	err   error
	end   bool
}

const sequenceTypeID = "Iterator"

// sequenceType stands for them where no other type of that name is registered.
var sequenceType = Type{
	New: func(context.Context, *Call) (Referent, error) {
		return nil, pickle.TypeError.New("an Iterator is what a method returns")
	},
	Signature: Sig("Iterator(*args)"),
	Exposed:   []string{"__next__"},
	Python2:   []string{"next"},
}

var sequenceMethods = Methods[*sequence]{
	"__next__": Def((*sequence).next, "Iterator.__next__()"),
	"next":     Def((*sequence).next, "Iterator.next()"),
}

// isSequence tells whether values of a type are sequences.
func isSequence(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Chan:
		return t.ChanDir()&reflect.RecvDir != 0
	case reflect.Func:
		return t.CanSeq() || t.CanSeq2()
	}
	return false
}

// sequenceOf is that of a value which is not nil.
func (k *class) sequenceOf(v reflect.Value) *sequence {
	if v.Kind() == reflect.Chan {
		return k.s.channels.sequence(k, v)
	}
	q := newSequence(k)
	if v.Type().CanSeq() {
		q.pull(func(yield func(item) bool) {
			for x := range v.Seq() {
				if !yield(item{value: x}) {
					return
				}
			}
		})
		return q
	}
	q.pull(func(yield func(item) bool) {
		for x, y := range v.Seq2() {
			if !yield(pairOf(x, y)) {
				return
			}
		}
	})
	return q
}

func newSequence(k *class) *sequence {
	q := &sequence{class: k, turn: make(chan struct{}, 1), back: make(chan struct{}, 1)}
	q.turn <- struct{}{}
	return q
}

// pairOf is a tuple, or one of both where the second is an error.
func pairOf(x, y reflect.Value) item {
	if y.Type() != typeOfError {
		return item{value: reflect.ValueOf(pickle.Tuple{plain(x), plain(y)})}
	}
	err, _ := y.Interface().(error)
	return item{value: x, err: err}
}

// receive takes from a channel, until gone closes or an item comes back.
func (q *sequence) receive(ch reflect.Value, gone <-chan struct{}) (it item, taken bool) {
	chosen, x, ok := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: ch},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(gone)},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(q.back)},
	})
	if chosen > 0 {
		return item{}, false
	}
	return item{value: x, end: !ok}, true
}

// pull takes from an iterator, which cannot be interrupted.
func (q *sequence) pull(seq iter.Seq[item]) {
	next, stop := iter.Pull(seq)
	q.stop = stop
	q.take = func(<-chan struct{}) (it item, taken bool) {
		defer func() {
			if v := recover(); v != nil {
				it, taken = item{err: &refusal{&panicked{value: v, stack: string(debug.Stack())}}}, true
			}
		}()
		it, ok := next()
		it.end = !ok
		return it, true
	}
}

func (q *sequence) Call(ctx context.Context, c *Call, r *Reply) error {
	return sequenceMethods.Call(q, ctx, c, r)
}

// next waits on a goroutine of its own: the connection goes on reading, and so
// sees its client go.
func (q *sequence) next(_ context.Context, c *Call, _ *Reply) error {
	ctx, cancel := context.WithCancel(context.Background())
	w := c.Park(cancel)
	q.class.s.methods.Go(func() {
		defer cancel()
		q.answer(ctx.Done(), w)
	})
	return nil
}

// answer gives a client the next item. What turns out to have come for nobody
// is the next one's.
func (q *sequence) answer(gone <-chan struct{}, w *Waiter) {
	select {
	case <-q.turn:
	case <-gone:
		return
	}
	defer func() { q.turn <- struct{}{} }()
	it, ok := q.first(gone)
	switch {
	case !ok:
	case w.HungUp() || !w.Settle():
		q.keep(it)
	default:
		w.answer(func(r *Reply) error { return q.give(r, it) }, func() { q.keep(it) })
	}
}

// first is the item whose turn it is; ok is false when the client is gone.
func (q *sequence) first(gone <-chan struct{}) (it item, ok bool) {
	for {
		if it, ok := q.unkeep(); ok {
			return it, true
		}
		select {
		case <-gone:
			return item{}, false
		default:
		}
		if it, ok = q.take(gone); !ok {
			continue
		}
		if before, ok := q.unkeep(); ok { // came back meanwhile
			q.keep(it)
			return before, true
		}
		return it, true
	}
}

func (q *sequence) give(r *Reply, it item) error {
	switch {
	case it.err != nil:
		return q.class.exception(it.err)
	case it.end:
		return pickle.StopIteration.New()
	}
	return q.class.answerOne(r, it.value)
}

// keep puts an item aside for the next call, also for one that waits already.
func (q *sequence) keep(it item) {
	if it.end { // which comes again
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.kept = append(q.kept, it)
	select {
	case q.back <- struct{}{}:
	default:
	}
}

func (q *sequence) unkeep() (it item, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.kept) == 0 {
		return item{}, false
	}
	it, q.kept = q.kept[0], q.kept[1:]
	return it, true
}

// Close ends an iterator when no client has it any more, after the call that is
// under way. One that does not end in the server's grace is left behind.
func (q *sequence) Close() {
	if q.channel != nil {
		q.class.s.channels.forget(q)
		return
	}
	ended := make(chan struct{})
	go func() { // ends with the call that has the turn
		defer close(ended)
		<-q.turn
		defer func() {
			q.turn <- struct{}{}
			if v := recover(); v != nil {
				q.class.s.log.Error("an iterator panicked at its end", "class", q.class.typeid, "panic", fmt.Sprint(v))
			}
		}()
		q.stop()
	}()
	select {
	case <-ended:
	case <-time.After(q.class.s.cfg.Grace):
		q.class.s.log.Error("an iterator does not end; it is left behind", "class", q.class.typeid)
	}
}

// Repr is Python's words for an object that has none.
func (q *sequence) Repr() (string, error) {
	return fmt.Sprintf("<iterator of %s at %p>", q.class.typeid, q), nil
}

// channels are the sequences of channels.
type channels struct {
	mu  sync.Mutex // guards all
	all map[any]*sequence
}

func (cs *channels) sequence(k *class, v reflect.Value) *sequence {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	key := v.Interface()
	q := cs.all[key]
	if q == nil {
		q = newSequence(k)
		q.channel = key
		q.take = func(gone <-chan struct{}) (item, bool) { return q.receive(v, gone) }
		if cs.all == nil {
			cs.all = make(map[any]*sequence)
		}
		cs.all[key] = q
	}
	return q
}

// forget drops one that no client has, unless it keeps what came for nobody.
func (cs *channels) forget(q *sequence) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.kept) == 0 {
		delete(cs.all, q.channel)
	}
}
