package process

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
)

// An answer is what comes back for a task: (job, i, (ok, value)).
type answer struct {
	job, index int64
	ok         bool
	value      any // may be a pickle.Raw
}

// read reads answers until the worker has ended, and settles what it left.
func (w *worker) read() {
	defer close(w.ended)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.running.Go(func() { // ends with the process
		<-w.process.Sentinel()
		// What it wrote is in the socket. That ends there, unless children of
		// its own have it open.
		time.AfterFunc(lateTime, cancel)
	})
	if err := w.answers(ctx); errors.Is(err, errMalformed) {
		w.reject(err)
	}
	w.end()
}

// reject ends a worker that cannot be understood.
func (w *worker) reject(err error) {
	w.queue.Engine().Logger().Error("a worker is killed that does not speak our language", "worker", w.slot.name, "error", err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kill(err.Error())
}

// lateTime is how long the socket of a dead worker may stay open.
const lateTime = time.Second

func (w *worker) answers(ctx context.Context) error {
	for {
		f, err := w.conn.RecvFrame(ctx)
		if err != nil {
			return err
		}
		err = w.take(ctx, f)
		f.Release()
		if err != nil {
			return err
		}
	}
}

// take takes what the worker sent: an answer, or nothing, which tells of those
// in its journal, as each answer does.
func (w *worker) take(ctx context.Context, f *connection.Frame) error {
	w.taking.Lock()
	defer w.taking.Unlock()
	answers, err := w.gather(ctx)
	var a answer
	if err == nil && len(f.Bytes()) > 0 {
		if a, err = w.receive(ctx, f); err == nil && a.job != helloJob {
			answers = append(answers, a)
		}
	}
	err = errors.Join(w.settle(ctx, answers), err)
	if err == nil && a.job == helloJob {
		return w.greet()
	}
	return err
}

// peek takes the answers in the journal of a worker that has written nothing
// there for a while, since its task takes long. It must be called twice.
func (w *worker) peek() {
	w.taking.Lock()
	defer w.taking.Unlock()
	if !w.journal.quiet() {
		return
	}
	answers, err := w.gather(context.Background())
	if err = errors.Join(w.settle(context.Background(), answers), err); err != nil {
		w.reject(err)
	}
}

// gather reads the answers in the journal that come before the next which the
// worker sent. w.taking is locked.
func (w *worker) gather(ctx context.Context) (answers []answer, err error) {
	end := w.journal.end()
	if end == w.journal.read {
		return nil, nil
	}
	defer w.journal.free()
	for end != w.journal.read {
		r, err := w.journal.next(w.record, end)
		if err != nil {
			return answers, fmt.Errorf("%w: %w", errMalformed, err)
		}
		if w.record = r.answer; r.number != w.number+uint32(len(answers)) {
			break
		}
		a, err := w.parse(ctx, r.answer)
		if err != nil {
			return answers, err
		}
		w.journal.skip(r)
		answers = append(answers, a)
	}
	return answers, nil
}

// largeAnswer is a size from which values are not copied out of a message.
const largeAnswer = 64 << 10

var errMalformed = errors.New("no answer to a task")

// receive reads an answer that was sent.
func (w *worker) receive(ctx context.Context, f *connection.Frame) (a answer, err error) {
	b := f.Bytes()
	if len(b) >= largeAnswer {
		b = f.Keep()
	}
	return w.parse(ctx, b)
}

// parse reads an answer, or that which a note is for.
func (w *worker) parse(ctx context.Context, b []byte) (a answer, err error) {
	if isNote(b) {
		if b, err = w.results.take(b, w.most); err != nil {
			return a, fmt.Errorf("%w: %w", errMalformed, err)
		}
	}
	if w.look(b, &a) {
		return a, nil
	}
	v, err := w.codec.Decode(ctx, b)
	if err != nil {
		// The value cannot be read; whose it is shows from the order.
		return answer{job: unreadJob, value: fmt.Errorf("pool: the answer cannot be read: %w", err)}, nil
	}
	t, _ := v.(pickle.Tuple)
	if len(t) != 3 {
		return a, fmt.Errorf("%w: a %s", errMalformed, pickle.TypeName(v))
	}
	var ok1, ok2, ok3 bool
	a.job, ok1 = t[0].(int64)
	a.index, ok2 = t[1].(int64)
	outcome, _ := t[2].(pickle.Tuple)
	if len(outcome) == 2 {
		a.ok, ok3 = outcome[0].(bool)
		a.value = outcome[1]
	}
	if !ok1 || !ok2 || !ok3 {
		return a, fmt.Errorf("%w: %d parts", errMalformed, len(t))
	}
	return a, nil
}

// look takes the answer apart without building its value.
func (w *worker) look(b []byte, a *answer) bool {
	v := &w.view
	if v.Scan(b, w.codec.Limits) != nil || v.Len() != 3 || !v.IsTuple(2) {
		return false
	}
	outcome := v.Children(2)
	if len(outcome) != 2 {
		return false
	}
	var ok1, ok2, ok3, ok4 bool
	a.job, ok1 = v.Int(v.At(0))
	a.index, ok2 = v.Int(v.At(1))
	a.ok, ok3 = v.Bool(outcome[0])
	a.value, ok4 = v.Raw(outcome[1])
	return ok1 && ok2 && ok3 && ok4
}

// greet takes the answer to the hello.
func (w *worker) greet() error {
	select {
	case <-w.ready:
		return fmt.Errorf("%w: a second hello", errMalformed)
	default:
	}
	w.process.Flush() // what the initializer wrote is no task's
	w.out.flush()
	w.mu.Lock()
	w.number++
	w.mu.Unlock()
	close(w.ready)
	return nil
}

// settle gives answers to the tasks that the worker had, and begins the next.
// w.taking is locked.
func (w *worker) settle(ctx context.Context, answers []answer) (err error) {
	if len(answers) == 0 {
		return nil
	}
	w.process.Flush()
	tasks, idle, err := w.finished(answers)
	if idle {
		w.out.flush()
	}
	for i, t := range tasks {
		if a := answers[i]; a.ok {
			t.Finish(a.value, nil)
		} else {
			t.Finish(nil, w.raised(ctx, a.value))
		}
	}
	if len(tasks) > 0 {
		w.tell()
	}
	return err
}

// ended stops a task that has ended.
func ended(error) {}

// finished takes the tasks out of flight that have these answers, and tells
// whether the worker has no more.
func (w *worker) finished(answers []answer) (tasks []*pool.Task, idle bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for ; n < len(answers) && err == nil; n++ {
		a := &answers[n]
		if n >= len(w.flight) || a.job != unreadJob && (w.flight[n].Job != a.job || w.flight[n].Index != a.index) {
			err = fmt.Errorf("%w: (%d, %d) is not the task that it has", errMalformed, a.job, a.index)
			break
		}
	}
	if n == 0 {
		return nil, false, err
	}
	tasks = w.flight[:n:n]
	w.flight = w.flight[n:]
	w.done += n
	w.number += uint32(n)
	w.pace.note(tasks[n-1].Like(), time.Since(w.since), n)
	for _, t := range tasks[1:] {
		t.Begin(ended)
	}
	if len(w.flight) > 0 {
		if next := w.flight[0]; !w.reach(next) {
			w.expire(next)
		}
	}
	w.watchJournal(glanceTime)
	return tasks, len(w.flight) == 0, err
}

// tell tells who waits that flight got shorter.
func (w *worker) tell() {
	select {
	case w.room <- struct{}{}:
	default:
	}
}

var rebuildExc = pickle.Global{Module: "multiprocessing.pool", Name: "rebuild_exc"}

// raised is the error for the exception that a worker answered with: a
// *pickle.Exception, with the traceback as its cause, where the class is known.
func (w *worker) raised(ctx context.Context, v any) error {
	if raw, ok := v.(pickle.Raw); ok {
		var err error
		if v, err = raw.Value(ctx, w.codec); err != nil {
			return fmt.Errorf("pool: the task raised an exception that cannot be read: %w", err)
		}
	}
	var text string
	if o, ok := v.(*pickle.Object); ok && o.Class == rebuildExc {
		if args, ok := o.Args.(pickle.Tuple); ok && len(args) == 2 {
			text, _ = args[1].(string)
			v = args[0]
		}
	}
	switch e := v.(type) {
	case *pickle.Exception:
		if text != "" && e.Cause == nil {
			e.Cause = pickle.RemoteTraceback.New(text)
		}
		return e
	case error:
		return e
	}
	return &pool.RaisedError{Value: v, Traceback: text}
}

// end settles the tasks of a worker that is no more: the one that it was at is
// lost, the others were not begun.
func (w *worker) end() {
	w.mu.Lock()
	w.leaving = true
	w.mu.Unlock()
	select {
	case <-w.process.Sentinel():
	case <-time.After(exitTime): // only the conversation has ended
		w.mu.Lock()
		w.kill("it closed its connection")
		w.mu.Unlock()
		<-w.process.Sentinel()
	}
	w.inherit()
	w.out.flush()
	w.mu.Lock()
	flight := w.flight
	w.flight, w.over = nil, true
	err := w.lost()
	w.died = err.Reason == "" && (err.ExitCode != 0 || err.Signal != 0)
	w.mu.Unlock()
	if len(flight) > 0 {
		flight[0].Finish(nil, err)
		for _, t := range flight[1:] {
			t.Requeue()
		}
	}
	w.tell()
}

// inherit takes the answers that a worker left which has ended.
func (w *worker) inherit() {
	w.taking.Lock()
	defer w.taking.Unlock()
	answers, err := w.gather(context.Background())
	if err = errors.Join(w.settle(context.Background(), answers), err); err != nil {
		w.queue.Engine().Logger().Error("the journal of a worker that has ended cannot be understood", "worker", w.slot.name, "error", err)
	}
}

// exitTime is what a worker may take to exit that does not talk any more. It
// gets no tasks meanwhile.
const exitTime = 10 * time.Second

// lost says how the worker ended. w.mu is locked.
func (w *worker) lost() *pool.WorkerLostError {
	code, _ := w.process.ExitCode()
	e := &pool.WorkerLostError{PID: w.process.Pid(), ExitCode: code, PeakMemory: w.memory.peak, Reason: w.reason, Output: w.out.tail()}
	if code < 0 {
		e.ExitCode, e.Signal = -1, syscall.Signal(-code)
	}
	if e.Signal == syscall.SIGKILL && w.reason == "" {
		e.OOM = w.memory.oom()
	}
	return e
}
