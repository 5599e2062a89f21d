package heap

import (
	"context"
	"errors"
	"fmt"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// Register has blocks leave and arrive as multiprocessing.heap.BufferWrapper.
func Register(e *engine.Engine) {
	pickle.Register(e.Registry(), arenaClass.String(), pickle.Class[*Arena]{
		Reduce:  func(_ context.Context, a *Arena) (*pickle.Object, error) { return a.reduce(), nil },
		Rebuild: rebuildArena,
	})
	pickle.Register(e.Registry(), blockClass.String(), pickle.Class[*Block]{
		Reduce: func(_ context.Context, b *Block) (*pickle.Object, error) { return b.reduce(), nil },
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (*Block, error) {
			if len(args) > 0 {
				return nil, fmt.Errorf("heap: a BufferWrapper is rebuilt without arguments, not with %d", len(args))
			}
			return new(Block), nil
		},
		SetState: func(_ context.Context, b *Block, state any) error { return b.setState(state) },
	})
}

var blockClass = pickle.Global{Module: "multiprocessing.heap", Name: "BufferWrapper"}

// reduce writes {'_state': ((arena, start, stop), size)}.
func (b *Block) reduce() *pickle.Object {
	s := b.space
	state := pickle.NewDict(1)
	state.Set("_state", pickle.Tuple{pickle.Tuple{s.arena, int64(s.start), int64(s.stop)}, int64(b.size)})
	return &pickle.Object{
		How: pickle.NewObj, Class: blockClass, Args: pickle.Tuple{},
		Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{state}}},
	}
}

var errState = errors.New("heap: the state of a BufferWrapper is {'_state': ((arena, start, stop), size)}, with the block inside the arena at a multiple of 8")

func (b *Block) setState(state any) error {
	attributes, _ := state.(*pickle.Dict)
	if attributes == nil {
		return errState
	}
	v, _, _ := attributes.Get("_state")
	outer, _ := v.(pickle.Tuple)
	if len(outer) != 2 {
		return errState
	}
	inner, _ := outer[0].(pickle.Tuple)
	if len(inner) != 3 {
		return errState
	}
	arena, ok := inner[0].(*Arena)
	start, err1 := pickle.As[int](inner[1])
	stop, err2 := pickle.As[int](inner[2])
	size, err3 := pickle.As[int](outer[1])
	if !ok || errors.Join(err1, err2, err3) != nil ||
		start < 0 || start%alignment != 0 || start > stop || stop > len(arena.bytes) || size < 0 || size > stop-start {
		return errState
	}
	b.space = space{arena: arena, start: start, stop: stop}
	b.size = size
	return nil
}
