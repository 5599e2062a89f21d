package managers

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"runtime/debug"
	"time"

	"github.com/brine-go/brine/pickle"
)

// A sequence is a channel, iter.Seq or iter.Seq2 that a Go method returned:
// Python's iterator. The client's manager has a proxy type for it if it is a
// SyncManager, or else registers one:
//
//	Manager.register('Iterator', proxytype=IteratorProxy, create_method=False)
type sequence struct {
	class *class
	next  func(ctx context.Context) (v any, ok bool, err error)
	stop  func()

	turn chan struct{} // holds one token; whoever has it may call next
	kept *item         // taken for a client that was gone by then; whose turn it is may use it
}

// An item is what next returned.
type item struct {
	v   any
	ok  bool
	err error
}

const sequenceTypeID = "Iterator"

// sequenceType stands for them where no other type of that name is registered.
var sequenceType = Type{
	New: func(context.Context, *Call) (Referent, error) {
		return nil, pickle.TypeError.New("an Iterator is what a method returns")
	},
	Signature: Sig("Iterator(*args)"),
	Exposed:   []string{"__next__"},
}

var nextSignature = Sig("Iterator.__next__()")

// sequenceOf is nil for what is no sequence.
func (k *class) sequenceOf(v reflect.Value) *sequence {
	q := &sequence{class: k, turn: make(chan struct{}, 1), stop: func() {}}
	switch t := v.Type(); {
	case t.Kind() == reflect.Chan && t.ChanDir()&reflect.RecvDir != 0:
		q.next = func(ctx context.Context) (any, bool, error) { return receive(ctx, v) }
	case t.Kind() != reflect.Func || v.IsNil():
		return nil
	case t.CanSeq():
		q.pull(func(yield func(item) bool) {
			for x := range v.Seq() {
				if !yield(item{plain(x), true, nil}) {
					return
				}
			}
		})
	case t.CanSeq2():
		q.pull(func(yield func(item) bool) {
			for x, y := range v.Seq2() {
				if !yield(pairOf(x, y)) {
					return
				}
			}
		})
	default:
		return nil
	}
	q.turn <- struct{}{}
	return q
}

// pairOf is a tuple, or for a Seq2 of values and errors one of both.
func pairOf(x, y reflect.Value) item {
	if y.Type() != typeOfError {
		return item{pickle.Tuple{plain(x), plain(y)}, true, nil}
	}
	err, _ := y.Interface().(error)
	return item{plain(x), true, err}
}

// receive takes a value from a channel.
func receive(ctx context.Context, ch reflect.Value) (v any, ok bool, err error) {
	chosen, x, ok := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: ch},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
	})
	if chosen == 1 {
		return nil, false, ctx.Err()
	}
	if !ok {
		return nil, false, nil
	}
	return plain(x), true, nil
}

func (q *sequence) pull(seq iter.Seq[item]) {
	next, stop := iter.Pull(seq)
	q.stop = stop
	q.next = func(context.Context) (any, bool, error) {
		it, ok := next()
		return it.v, ok && it.ok, it.err
	}
}

func (q *sequence) Call(ctx context.Context, c *Call, r *Reply) error {
	if method := string(c.method); method != "__next__" && method != "next" {
		return ErrNoMethod
	}
	if err := c.bind(nextSignature); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	w := c.Park(-1, func(*Waiter, Reason) { cancel() })
	q.class.s.methods.Go(func() {
		defer cancel()
		q.answer(ctx, w)
	})
	return nil
}

// answer gives the next item to a client that waits for it. If that is gone by
// then, the next one gets it.
func (q *sequence) answer(ctx context.Context, w *Waiter) {
	select {
	case <-q.turn:
		defer func() { q.turn <- struct{}{} }()
	case <-ctx.Done():
		return
	}
	it := q.take(ctx)
	if !w.Settle() {
		if it.ok {
			q.kept = &it
		}
		return
	}
	w.answer(func(r *Reply) error {
		switch {
		case it.err != nil:
			return q.class.exception(it.err)
		case !it.ok:
			return pickle.StopIteration.New()
		}
		return q.class.answerOne(r, reflect.ValueOf(it.v))
	}, func() { q.keep(it) })
}

// keep puts an item back whose answer could not be sent.
func (q *sequence) keep(it item) {
	<-q.turn
	q.kept = &it
	q.turn <- struct{}{}
}

// take calls next. A panic of it is an error.
func (q *sequence) take(ctx context.Context) (it item) {
	if kept := q.kept; kept != nil {
		q.kept = nil
		return *kept
	}
	defer func() {
		if v := recover(); v != nil {
			it = item{err: &refusal{&panicked{value: v, stack: string(debug.Stack())}}}
		}
	}()
	it.v, it.ok, it.err = q.next(ctx)
	return it
}

// Close ends the sequence when no client has it any more, after the call that is
// under way. One that does not end in the server's grace is left behind.
func (q *sequence) Close() {
	select {
	case <-q.turn:
		defer func() { q.turn <- struct{}{} }()
	case <-time.After(q.class.s.cfg.Grace):
		q.class.s.log.Error("a sequence does not end; it is left behind", "class", q.class.pointer.String())
		return
	}
	defer func() {
		if v := recover(); v != nil {
			q.class.s.log.Error("a sequence panicked at its end", "class", q.class.pointer.String(), "panic", fmt.Sprint(v))
		}
	}()
	q.stop()
}
