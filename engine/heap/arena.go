package heap

import (
	"context"
	"fmt"
	"os"

	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// An Arena is a segment that blocks are cut from. It stays mapped: nothing
// tells when the last block of it is out of use, here or in another process.
type Arena struct {
	file  *os.File
	bytes []byte
}

func newArena(size int) (*Arena, error) {
	f, err := shm.Anonymous("pym-arena", int64(size))
	if err != nil {
		return nil, fmt.Errorf("heap: %w", err)
	}
	return mapArena(f, size)
}

// mapArena takes f over.
func mapArena(f *os.File, size int) (*Arena, error) {
	info, err := f.Stat()
	if err == nil && (size < 1 || info.Size() < int64(size)) {
		err = fmt.Errorf("an arena of %d bytes is said to have %d", info.Size(), size)
	}
	var b []byte
	if err == nil {
		b, err = shm.Map(f, size)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("heap: %w", err)
	}
	return &Arena{f, b}, nil
}

var arenaClass = pickle.Global{Module: "multiprocessing.heap", Name: "rebuild_arena"}

// reduce is Python's reduce_arena.
func (a *Arena) reduce() *pickle.Object {
	return &pickle.Object{
		Class: arenaClass,
		Args:  pickle.Tuple{int64(len(a.bytes)), reduction.NewDupFD(a.file)},
	}
}

func rebuildArena(ctx context.Context, args pickle.Tuple, _ *pickle.Dict) (*Arena, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("heap: an arena is rebuilt of its size and a descriptor, not of %d arguments", len(args))
	}
	size, err := pickle.As[int](args[0])
	if err != nil {
		return nil, fmt.Errorf("heap: the size of an arena: %w", err)
	}
	d, ok := args[1].(*reduction.DupFD)
	if !ok {
		return nil, fmt.Errorf("heap: an arena comes with a descriptor, not with a %s", pickle.TypeName(args[1]))
	}
	f, err := d.Detach(ctx)
	if err != nil {
		return nil, fmt.Errorf("heap: %w", err)
	}
	return mapArena(f, size)
}
