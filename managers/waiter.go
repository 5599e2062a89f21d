package managers

import "sync/atomic"

// A Waiter is a call that waits. The connection goes on reading; whoever
// settles the waiter answers it.
type Waiter struct {
	Owner *Owner // who waits

	s       *session
	settled atomic.Bool
	gone    func()
}

// Park leaves the call unanswered: the method returns nil and the call waits
// until somebody settles the returned waiter. gone is called, without any lock
// held and with the waiter settled, when its client goes: there is nobody to
// answer. Park is called under the lock that guards the queue which the waiter
// joins.
func (c *Call) Park(gone func()) *Waiter {
	w := &Waiter{Owner: c.s.owner, s: c.s, gone: gone}
	c.r.parked = true
	c.s.waiter.Store(w)
	return w
}

// Settle claims the right to answer. It is true once, for one caller: a
// waiter whose client went meanwhile must be passed over.
func (w *Waiter) Settle() bool { return w.settled.CompareAndSwap(false, true) }

// HungUp tells whether the client has gone by now, which its connection may be
// about to find.
func (w *Waiter) HungUp() bool { return w.s.conn.HungUp() }

// Return answers with v. undo, if not nil, is called when the answer could
// not be written: it puts back what v took. Return may be called with locks
// held: it does not wait for the client, and calls undo from elsewhere.
func (w *Waiter) Return(v any, undo func()) {
	w.answer(func(r *Reply) error { return r.Return(v) }, undo)
}

// Create answers a call of a Type's New with the object that it was parked for.
func (w *Waiter) Create(typeid string, ref Referent) {
	served := w.s.served
	w.answer(func(r *Reply) error { return r.created(typeid, ref) }, nil)
	if !served {
		w.s.hangUp()
	}
}

// Object answers with a proxy for ref, as Reply.Object does.
func (w *Waiter) Object(typeid string, ref Referent) {
	w.answer(func(r *Reply) error { return r.Object(typeid, ref) }, nil)
}

// Raise answers with an error, as a method's error is.
func (w *Waiter) Raise(err error) {
	w.answer(func(r *Reply) error { return err }, nil)
}

// leave is the end of one whose client has gone.
func (w *Waiter) leave() {
	if w.Settle() {
		w.gone()
	}
}

// answer encodes now, under the caller's locks, and sends without waiting.
func (w *Waiter) answer(give func(r *Reply) error, undo func()) {
	wk := newWork()
	wk.reply.reset(w.s)
	if err := give(&wk.reply); err != nil {
		wk.reply.fail(err)
	}
	wk.reply.undo = undo
	b, more := wk.reply.pieces()
	done, err := w.s.conn.Post(wk.sent, b, more...)
	switch {
	case done && err == nil:
		wk.end(nil)
	case done:
		w.s.srv.running.Go(func() { wk.end(err) })
	}
}
