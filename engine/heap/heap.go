package heap

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/internal/shm"
)

const (
	alignment   = 8
	firstArena  = 4096
	largeArena  = 4 << 20 // from here on arenas do not double
	largestSize = 1 << 40
)

// A heap is what one engine has allocated. Its arenas double as Python's do.
type heap struct {
	mu     sync.Mutex // guards what follows
	free   []space    // sorted by arena, then by place; no two adjoin
	next   int        // size of the next arena
	arenas []*Arena   // made so far
	closed bool
}

// Close closes the descriptors: no block can be given to others any more. The
// memory stays, for those who use it.
func (h *heap) Close() (err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil
	}
	h.closed = true
	for _, a := range h.arenas {
		err = errors.Join(err, a.file.Close())
	}
	return err
}

// A space is part of an arena.
type space struct {
	arena       *Arena
	serial      int // of the arena: the order of free
	start, stop int
}

func (s space) size() int { return s.stop - s.start }

func (s space) compare(t space) int {
	return cmp.Or(cmp.Compare(s.serial, t.serial), cmp.Compare(s.start, t.start))
}

type key struct{}

func of(e *engine.Engine) *heap {
	return e.Local(key{}, func() any { return &heap{next: firstArena} }).(*heap)
}

// A Block is memory that other processes may share. It is Python's
// BufferWrapper.
type Block struct {
	space space
	size  int
	heap  *heap // nil for another process's
}

// Malloc returns a block of size zero bytes.
func Malloc(e *engine.Engine, size int) (*Block, error) {
	if size < 0 || int64(size) > largestSize {
		return nil, fmt.Errorf("heap: no block has %d bytes", size)
	}
	h := of(e)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errors.New("heap: the engine is closed")
	}
	s, err := h.take(roundUp(max(size, 1), alignment))
	if err != nil {
		return nil, err
	}
	b := &Block{space: s, size: size, heap: h}
	clear(b.Bytes())
	return b, nil
}

// Bytes is the memory itself.
func (b *Block) Bytes() []byte {
	return b.space.arena.bytes[b.space.start : b.space.start+b.size : b.space.stop]
}

// Guard calls f, which touches the block, and returns an error, instead of
// ending the program, where f comes upon a part that another process has cut
// off. That can be of another process's block only: nobody can cut ours.
func (b *Block) Guard(f func()) error {
	if err := shm.Guard(b.space.arena.file.Name(), b.Bytes(), f); err != nil {
		return fmt.Errorf("heap: %w", err)
	}
	return nil
}

// Free gives the block back, if this process made it. Nobody, in any process,
// may use it any more.
func (b *Block) Free() {
	if b.heap == nil {
		return
	}
	b.heap.mu.Lock()
	defer b.heap.mu.Unlock()
	b.heap.put(b.space)
	b.heap = nil
}

// take cuts a space from the smallest free one that has room.
func (h *heap) take(size int) (space, error) {
	best := -1
	for i, s := range h.free {
		if s.size() >= size && (best < 0 || s.size() < h.free[best].size()) {
			best = i
		}
	}
	if best < 0 {
		s, err := h.grow(size)
		if err != nil {
			return space{}, err
		}
		best, _ = slices.BinarySearchFunc(h.free, s, space.compare)
		h.free = slices.Insert(h.free, best, s)
	}
	from := &h.free[best]
	got := *from
	got.stop = got.start + size
	if from.start = got.stop; from.size() == 0 {
		h.free = slices.Delete(h.free, best, best+1)
	}
	return got, nil
}

// grow makes an arena with room for size.
func (h *heap) grow(size int) (space, error) {
	length := roundUp(max(size, h.next), firstArena)
	a, err := newArena(length)
	if err != nil {
		return space{}, err
	}
	if h.next < largeArena {
		h.next *= 2
	}
	h.arenas = append(h.arenas, a)
	return space{arena: a, serial: len(h.arenas), stop: length}, nil
}

// put joins a space with the free ones beside it.
func (h *heap) put(s space) {
	i, _ := slices.BinarySearchFunc(h.free, s, space.compare)
	h.free = slices.Insert(h.free, i, s)
	for _, j := range []int{i, i - 1} {
		if j >= 0 && j+1 < len(h.free) && h.free[j].arena == h.free[j+1].arena && h.free[j].stop == h.free[j+1].start {
			h.free[j].stop = h.free[j+1].stop
			h.free = slices.Delete(h.free, j+1, j+2)
		}
	}
}

func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }
