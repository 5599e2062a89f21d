package synchronize

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/heap"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// Register has the locks of this package leave and arrive as those of
// multiprocessing.synchronize.
func Register(e *engine.Engine) {
	register(e, "Lock", func() *Lock { return new(Lock) })
	register(e, "RLock", func() *RLock { return new(RLock) })
	register(e, "Semaphore", func() *Semaphore { return new(Semaphore) })
	register(e, "BoundedSemaphore", func() *BoundedSemaphore { return new(BoundedSemaphore) })
	register(e, "Condition", func() *Condition { return new(Condition) })
	register(e, "Event", func() *Event { return new(Event) })
	register(e, "Barrier", func() *Barrier { return new(Barrier) })
	heap.Register(e)
}

// stateful is a type whose pickle is an empty object and its state.
type stateful interface {
	state() any
	setState(e *engine.Engine, state any) error
}

func register[T stateful](e *engine.Engine, name string, empty func() T) {
	class := pickle.Global{Module: "multiprocessing.synchronize", Name: name}
	pickle.Register(e.Registry(), class.String(), pickle.Class[T]{
		Reduce: func(ctx context.Context, v T) (*pickle.Object, error) {
			if _, err := reduction.Inheriting(ctx, name); err != nil {
				return nil, err
			}
			return &pickle.Object{
				How: pickle.NewObj, Class: class, Args: pickle.Tuple{},
				Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{v.state()}}},
			}, nil
		},
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (T, error) {
			if len(args) > 0 {
				return *new(T), fmt.Errorf("synchronize: a pickled %s has no arguments, this one has %d", name, len(args))
			}
			return empty(), nil
		},
		SetState: func(_ context.Context, v T, state any) error {
			if err := v.setState(e, state); err != nil {
				return fmt.Errorf("%w (unpickling a %s)", err, name)
			}
			return nil
		},
	})
}

// The state of a SemLock: (handle, kind, maxvalue, name). The handle is an
// address in the process that made it, and nobody's business.
func (s *semLock) state() any {
	return pickle.Tuple{int64(0), int64(s.kind), int64(s.max), s.name}
}

// attach opens the semaphore of a pickled SemLock.
func attach(e *engine.Engine, state any, kind int) (*semLock, error) {
	t, _ := state.(pickle.Tuple)
	if len(t) != 4 {
		return nil, badState(state, "(handle, kind, maxvalue, name)")
	}
	k, err1 := pickle.As[int](t[1])
	limit, err2 := pickle.As[int](t[2])
	if err1 != nil || err2 != nil || k != kind || limit < 0 || limit > maxValue {
		return nil, badState(state, fmt.Sprintf("kind %d and a maxvalue from 0 to %d", kind, maxValue))
	}
	if t[3] == nil {
		return nil, fmt.Errorf("synchronize: this lock was made in a fork context and has no name, so no other program can open it: " +
			"make it with multiprocessing.get_context('spawn')")
	}
	name, err := pickle.As[string](t[3])
	if err != nil {
		return nil, badState(state, "a str for the name")
	}
	sem, err := openSemaphore(name)
	if err != nil {
		return nil, err
	}
	return &semLock{engine: e, sem: sem, name: name, kind: kind, max: limit}, nil
}

func badState(state any, want string) error {
	text, err := pickle.Repr(state)
	if err != nil {
		text = fmt.Sprintf("a %T", state)
	}
	return fmt.Errorf("synchronize: the state %.80s is none of a lock: %s is wanted", text, want)
}

func (l *Lock) setState(e *engine.Engine, state any) (err error) {
	l.semLock, err = attach(e, state, counting)
	return err
}

func (l *RLock) setState(e *engine.Engine, state any) (err error) {
	if l.semLock, err = attach(e, state, recursiveMutex); err == nil {
		l.record, err = findRecord(l.name)
	}
	return err
}

func (s *Semaphore) setState(e *engine.Engine, state any) (err error) {
	s.semLock, err = attach(e, state, counting)
	return err
}

func (c *Condition) state() any { return pickle.Tuple{c.mutex, c.sleeping, c.woken, c.wake} }

func (c *Condition) setState(_ *engine.Engine, state any) error {
	t, _ := state.(pickle.Tuple)
	if len(t) != 4 {
		return badState(state, "(lock, sleeping, woken, wait)")
	}
	var ok [4]bool
	c.mutex, ok[0] = t[0].(Mutex)
	c.sleeping, ok[1] = t[1].(*Semaphore)
	c.woken, ok[2] = t[2].(*Semaphore)
	c.wake, ok[3] = t[3].(*Semaphore)
	if ok != [4]bool{true, true, true, true} {
		return badState(state, "a lock and three semaphores")
	}
	return nil
}

func (e *Event) state() any {
	d := pickle.NewDict(2)
	d.Set("_cond", e.condition)
	d.Set("_flag", e.flag)
	return d
}

func (e *Event) setState(_ *engine.Engine, state any) error {
	d, _ := state.(*pickle.Dict)
	if d == nil {
		return badState(state, "a dict")
	}
	var ok [2]bool
	c, _, _ := d.Get("_cond")
	flag, _, _ := d.Get("_flag")
	e.condition, ok[0] = c.(*Condition)
	e.flag, ok[1] = flag.(*Semaphore)
	if ok != [2]bool{true, true} {
		return badState(state, "_cond and _flag")
	}
	return nil
}
