package sharedctypes

import (
	"context"
	"errors"
	"fmt"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/heap"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

var (
	memoryClass = pickle.Global{Module: "multiprocessing.sharedctypes", Name: "rebuild_ctype"}
	sharedClass = pickle.Global{Module: "multiprocessing.sharedctypes", Name: "synchronized"}
)

// Register has Values, Arrays and Memory leave with the locks and blocks in
// them, and arrive as what ValueOf and ArrayOf take. They pickle while a process
// is being started, and at no other time.
func Register(e *engine.Engine) {
	synchronize.Register(e)
	pickle.Register(e.Registry(), memoryClass.String(), pickle.Class[*Memory]{
		Reduce: func(ctx context.Context, m *Memory) (*pickle.Object, error) { return m.reduce(ctx) },
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (*Memory, error) {
			return rebuildMemory(e, args)
		},
	})
	pickle.Register(e.Registry(), sharedClass.String(), pickle.Class[*shared]{
		Reduce: func(ctx context.Context, s *shared) (*pickle.Object, error) { return s.reduce(ctx) },
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (*shared, error) {
			return rebuildShared(e, args)
		},
	})
}

// pickled is what leaves for a Value or Array.
func (s *shared) pickled() any {
	if s.mutex == nil {
		return s.memory
	}
	return s
}

func (m *Memory) reduce(ctx context.Context) (*pickle.Object, error) {
	if _, err := reduction.Inheriting(ctx, m.ctype.class.Name); err != nil {
		return nil, err
	}
	var n any
	if m.n >= 0 {
		n = int64(m.n)
	}
	return &pickle.Object{Class: memoryClass, Args: pickle.Tuple{m.ctype.class, m.block, n}}, nil
}

func (s *shared) reduce(ctx context.Context) (*pickle.Object, error) {
	if _, err := reduction.Inheriting(ctx, "Synchronized"); err != nil {
		return nil, err
	}
	return &pickle.Object{Class: sharedClass, Args: pickle.Tuple{s.memory, s.mutex}}, nil
}

var errMemory = errors.New("sharedctypes: rebuild_ctype takes a class, a block of memory, and a length or None")

func rebuildMemory(e *engine.Engine, args pickle.Tuple) (*Memory, error) {
	if len(args) != 3 {
		return nil, errMemory
	}
	class, ok1 := args[0].(pickle.Global)
	block, ok2 := args[1].(*heap.Block)
	if !ok1 || !ok2 {
		return nil, errMemory
	}
	c, err := ctypeNamed(e, class)
	if err != nil {
		return nil, err
	}
	m := &Memory{ctype: c, n: -1, block: block}
	if args[2] != nil {
		if m.n, err = pickle.As[int](args[2]); err != nil || m.n < 0 {
			return nil, errMemory
		}
	}
	if have := len(block.Bytes()); m.n > have || m.size() > have {
		return nil, fmt.Errorf("sharedctypes: %d items of %v are said to be in %d bytes", m.n, class, have)
	}
	return m, nil
}

func rebuildShared(e *engine.Engine, args pickle.Tuple) (*shared, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("sharedctypes: synchronized takes memory and a lock, not %d arguments", len(args))
	}
	m, ok1 := args[0].(*Memory)
	l, ok2 := args[1].(synchronize.Mutex)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("sharedctypes: synchronized takes memory and a lock, not a %s and a %s",
			pickle.TypeName(args[0]), pickle.TypeName(args[1]))
	}
	return &shared{m, l, e}, nil
}
