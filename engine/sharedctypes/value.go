package sharedctypes

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/synchronize"
)

// A Value is one T that processes share, and the lock that is held for each
// access. It is Python's multiprocessing.Value.
type Value[T any] struct {
	shared
	p *T
}

// NewValue makes a Value that holds v. A T that no class of ctypes stands for is
// an error.
func NewValue[T any](e *engine.Engine, v T) (*Value[T], error) {
	m, err := memoryOf(e, v)
	if err != nil {
		return nil, err
	}
	s, err := newShared(e, m)
	if err != nil {
		return nil, err
	}
	return &Value[T]{s, pointer[T](m)}, nil
}

// NewRawValue makes a Value without a lock: Python's RawValue.
func NewRawValue[T any](e *engine.Engine, v T) (*Value[T], error) {
	m, err := memoryOf(e, v)
	if err != nil {
		return nil, err
	}
	return &Value[T]{shared{memory: m, engine: e}, pointer[T](m)}, nil
}

func memoryOf[T any](e *engine.Engine, v T) (*Memory, error) {
	m, err := newMemory[T](e, -1)
	if err == nil {
		*pointer[T](m) = v
	}
	return m, err
}

// Load is the value, read under the lock.
func (v *Value[T]) Load(ctx context.Context) (got T, err error) {
	err = v.With(ctx, func(p *T) { got = *p })
	return got, err
}

// Store sets the value under the lock.
func (v *Value[T]) Store(ctx context.Context, new T) error {
	return v.With(ctx, func(p *T) { *p = new })
}

// With runs f under the lock, with the memory itself. Where another process has
// cut that short it is an error, and f has run as far as it came; to touch what
// Raw returns would end the program.
func (v *Value[T]) With(ctx context.Context, f func(p *T)) error {
	return v.locked(ctx, func() { f(v.p) })
}

// Raw is the memory itself, without the lock: Python's get_obj().
func (v *Value[T]) Raw() *T { return v.p }

// MarshalPickle has it leave as Python's, see Register.
func (v *Value[T]) MarshalPickle() (any, error) { return v.pickled(), nil }

// ValueOf returns what was unpickled as a Value of Ts. A raw one has no lock:
// With takes none.
func ValueOf[T any](v any) (*Value[T], error) {
	s, err := sharedOf(v)
	if err != nil {
		return nil, err
	}
	if err := as[T](s.memory, false); err != nil {
		return nil, err
	}
	return &Value[T]{*s, pointer[T](s.memory)}, nil
}

// shared is memory and its lock.
type shared struct {
	memory *Memory
	mutex  synchronize.Mutex // nil where there is none
	engine *engine.Engine
}

func newShared(e *engine.Engine, m *Memory) (shared, error) {
	l, err := synchronize.NewRLock(e)
	if err != nil {
		m.Free()
		return shared{}, err
	}
	return shared{m, l, e}, nil
}

func (s *shared) locked(ctx context.Context, f func()) error {
	if s.mutex == nil {
		return s.memory.block.Guard(f)
	}
	return synchronize.With(ctx, s.mutex, func() error { return s.memory.block.Guard(f) })
}

// Lock is Python's get_lock(), nil for a raw one.
func (s *shared) Lock() synchronize.Mutex { return s.mutex }

// Close removes the lock's name. Who has the memory goes on using it.
func (s *shared) Close() error {
	if s.mutex == nil {
		return nil
	}
	return s.mutex.Close()
}

// A pickled value is memory with a lock, or raw.
func sharedOf(v any) (*shared, error) {
	switch v := v.(type) {
	case *shared:
		return v, nil
	case *Memory:
		return &shared{memory: v}, nil
	}
	return nil, fmt.Errorf("sharedctypes: a %T is no memory that processes share", v)
}
