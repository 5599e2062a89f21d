package syncmanager

import (
	"iter"
	"sync"
	"time"

	"github.com/brine-go/brine/managers"
)

// waiters are calls that wait, first come first served, each with what it
// wants. The mutex of the object they wait for guards them.
type waiters[T any] struct {
	first, last *waiting[T]
	n           int
}

// A waiting is a call that waits. It is in one list at most.
type waiting[T any] struct {
	*managers.Waiter
	wants T
	gone  func() // if set, called under the mutex when the client is found gone

	in         *waiters[T]
	prev, next *waiting[T]
	timer      *time.Timer // nil without a timeout
}

// forever is the timeout of a call that has none.
const forever time.Duration = -1

// park makes the caller wait. It is called under mu, and so is expired when
// the timeout passes, for a waiting that is in no list any more. A client that
// goes leaves.
func (ws *waiters[T]) park(c *managers.Call, mu *sync.Mutex, timeout time.Duration, wants T, expired func(w *waiting[T])) *waiting[T] {
	w := &waiting[T]{wants: wants}
	w.Waiter = c.Park(func() {
		mu.Lock()
		defer mu.Unlock()
		w.leave()
		if w.gone != nil {
			w.gone()
		}
	})
	ws.push(w)
	if timeout >= 0 {
		w.timer = time.AfterFunc(timeout, func() {
			mu.Lock()
			defer mu.Unlock()
			if w.in == ws { // else somebody was faster
				w.leave()
				expired(w)
			}
		})
	}
	return w
}

func (ws *waiters[T]) push(w *waiting[T]) {
	w.in, w.prev, w.next = ws, ws.last, nil
	if ws.last != nil {
		ws.last.next = w
	} else {
		ws.first = w
	}
	ws.last = w
	ws.n++
}

// leave takes w out of its list, if it is in one. Its timeout is over.
func (w *waiting[T]) leave() {
	ws := w.in
	if ws == nil {
		return
	}
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		ws.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		ws.last = w.prev
	}
	w.in, w.prev, w.next = nil, nil, nil
	ws.n--
	if w.timer != nil {
		w.timer.Stop()
	}
}

// pop takes out the first, whose client may be gone: nil if there is none.
func (ws *waiters[T]) pop() *waiting[T] {
	w := ws.first
	if w != nil {
		w.leave()
	}
	return w
}

// next takes out the first whose client is there. The caller must answer it.
func (ws *waiters[T]) next() *waiting[T] {
	for w := ws.pop(); w != nil; w = ws.pop() {
		if w.Settle() {
			return w
		}
	}
	return nil
}

// drain yields next until nobody waits.
func (ws *waiters[T]) drain() iter.Seq[*waiting[T]] {
	return func(yield func(*waiting[T]) bool) {
		for w := ws.next(); w != nil && yield(w); w = ws.next() {
		}
	}
}

// tell answers w, unless its client is gone.
func (w *waiting[T]) tell(v any) {
	if w.Settle() {
		w.Return(v, nil)
	}
}

// fail has w raise, unless its client is gone.
func (w *waiting[T]) fail(err error) {
	if w.Settle() {
		w.Raise(err)
	}
}
