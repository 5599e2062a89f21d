package pool

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// A Kind says what a task does with its arguments.
type Kind uint8

const (
	Call      Kind = iota // func(*args, **kwds)
	MapItems              // [func(x) for x in args]: Python's mapstar
	StarItems             // [func(*x) for x in args]: Python's starmapstar
)

// Star is the function by which Python's workers run a chunk, with (func, args);
// nil where they call func itself.
func (k Kind) Star() any { return stars[k] }

var stars = [...]any{
	MapItems:  pickle.Global{Module: "multiprocessing.pool", Name: "mapstar"},
	StarItems: pickle.Global{Module: "multiprocessing.pool", Name: "starmapstar"},
}

// A Task is a call for a worker.
type Task struct {
	Job, Index int64
	Kind       Kind
	Func       any // a pickle.Global, or what else Python can call
	Args       pickle.Tuple
	Kwargs     *pickle.Dict

	opts  *Options
	queue *Queue
	owner collector
	place int // of its answer, in a Map
	tries int // that failed

	state atomic.Uint32
	stop  func(error) // set by Begin
	timer *time.Timer

	// Guarded by the queue.
	seq        uint64
	taken      bool // by a worker
	listed     bool // among those that are not answered
	gone       bool // answered before it was listed
	prev, next *Task
}

// A collector takes the answer to a task, once, and must not wait.
type collector interface {
	collect(t *Task, v any, err error)
}

// The states of a task.
const (
	waiting uint32 = iota
	running
	answered
)

// Tuple is the task as Python's (job, i, func, args, kwds).
func (t *Task) Tuple() pickle.Tuple {
	kwargs := t.Kwargs
	if kwargs == nil {
		kwargs = new(pickle.Dict)
	}
	if star := t.Kind.Star(); star != nil {
		return pickle.Tuple{t.Job, t.Index, star, pickle.Tuple{pickle.Tuple{t.Func, t.Args}}, kwargs}
	}
	return pickle.Tuple{t.Job, t.Index, t.Func, t.Args, kwargs}
}

// Like is equal for tasks that may be expected to take alike: those of one
// function, or of one call where that has no name.
func (t *Task) Like() any {
	if g, ok := t.Func.(pickle.Global); ok {
		return likeness{g, t.Kind}
	}
	return t.Job
}

// A likeness is what tasks are alike in.
type likeness struct {
	fn   pickle.Global
	kind Kind
}

// Begin says that a worker starts with the task. stop is called, once, when the
// task is given up while it runs; it must not wait. Begin is false when nobody
// wants the answer any more.
func (t *Task) Begin(stop func(error)) bool {
	t.stop = stop
	if !t.state.CompareAndSwap(waiting, running) {
		return false
	}
	if d := t.opts.Timeout; d > 0 {
		t.timer = time.AfterFunc(d, func() { t.giveUp(&TimeoutError{After: d}) })
	}
	return true
}

// Finish answers the task with a value, which may be a pickle.Raw, or an error.
// It does nothing for a task that was given up.
func (t *Task) Finish(v any, err error) {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	if err != nil && t.tries < t.opts.Retries && t.worthwhile(err) && t.state.CompareAndSwap(running, waiting) {
		t.tries++
		if t.queue.again(t) {
			return
		}
	}
	if t.state.Swap(answered) != answered {
		t.answer(v, err)
	}
}

// Requeue gives back a task that was taken and not begun.
func (t *Task) Requeue() {
	if t.state.Load() == waiting && !t.queue.back(t) {
		t.giveUp(ErrTerminated)
	}
}

// GivenUp tells whether nobody wants the answer any more.
func (t *Task) GivenUp() bool { return t.state.Load() == answered }

func (t *Task) worthwhile(err error) bool {
	if t.opts.Retry != nil {
		return t.opts.Retry(err)
	}
	_, lost := errors.AsType[*WorkerLostError](err)
	return lost
}

// giveUp answers the task with an error now, and stops it if it runs.
func (t *Task) giveUp(err error) {
	switch t.state.Swap(answered) {
	case answered:
		return
	case running:
		t.stop(err)
	}
	t.answer(nil, err)
}

func (t *Task) answer(v any, err error) {
	t.queue.leave(t, err)
	t.owner.collect(t, v, err)
}

// Run runs the task here, with the Go functions that the engine knows.
func (t *Task) Run(ctx context.Context, e *engine.Engine) (any, error) {
	f, err := callable(e, t.Func)
	if err != nil {
		return nil, err
	}
	if t.Kind == Call {
		args, err := built(ctx, e, t.Args)
		if err != nil {
			return nil, err
		}
		return f.Call(ctx, args, t.Kwargs)
	}
	values := make([]any, 0, len(t.Args))
	for _, item := range t.Args {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		args := pickle.Tuple{item}
		if t.Kind == StarItems {
			if args, err = starArgs(ctx, e, item); err != nil {
				return nil, err
			}
		}
		if args, err = built(ctx, e, args); err != nil {
			return nil, err
		}
		v, err := f.Call(ctx, args, nil)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return pickle.NewList(values...), nil
}

func callable(e *engine.Engine, fn any) (*engine.Function, error) {
	if raw, ok := fn.(pickle.Raw); ok {
		v, err := raw.Value(context.Background(), e.Connection().Codec)
		if err != nil {
			return nil, err
		}
		fn = v
	}
	g, ok := fn.(pickle.Global)
	if !ok {
		return nil, pickle.TypeError.New(fmt.Sprintf(
			"pool: goroutines run Go functions by the name that Engine.Func gave them, not a %s", pickle.TypeName(fn)))
	}
	f, ok := e.Function(g)
	if !ok {
		return nil, pickle.AttributeError.New(fmt.Sprintf(
			"pool: no Go function is registered as %s; register it with Engine.Func, or give the pool Python workers", g))
	}
	return f, nil
}

// built are arguments of which none is a Raw.
func built(ctx context.Context, e *engine.Engine, args pickle.Tuple) (pickle.Tuple, error) {
	for i, arg := range args {
		raw, ok := arg.(pickle.Raw)
		if !ok {
			continue
		}
		all := append(pickle.Tuple(nil), args...)
		for j := i; j < len(all); j++ {
			if raw, ok = all[j].(pickle.Raw); !ok {
				continue
			}
			v, err := raw.Value(ctx, e.Connection().Codec)
			if err != nil {
				return nil, err
			}
			all[j] = v
		}
		return all, nil
	}
	return args, nil
}

// starArgs are the arguments that one item of a Starmap stands for.
func starArgs(ctx context.Context, e *engine.Engine, item any) (pickle.Tuple, error) {
	if raw, ok := item.(pickle.Raw); ok {
		v, err := raw.Value(ctx, e.Connection().Codec)
		if err != nil {
			return nil, err
		}
		item = v
	}
	switch v := item.(type) {
	case pickle.Tuple:
		return v, nil
	case *pickle.List:
		return v.Items, nil
	}
	return nil, pickle.TypeError.New("argument after * must be an iterable, not " + pickle.TypeName(item))
}
