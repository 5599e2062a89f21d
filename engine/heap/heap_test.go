package heap

import (
	"math/rand/v2"
	"os"
	"testing"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// TestBlocksDoNotOverlap makes and frees blocks at random, each filled with a
// byte of its own.
func TestBlocksDoNotOverlap(t *testing.T) {
	e := enginetest.New(t)
	random := rand.New(rand.NewPCG(1, 2))
	blocks := map[byte]*Block{}
	for round := range 5000 {
		id := byte(random.IntN(100) + 1)
		if b := blocks[id]; b != nil {
			for i, c := range b.Bytes() {
				if c != id {
					t.Fatalf("round %d: byte %d of block %d became %d", round, i, id, c)
				}
			}
			b.Free()
			delete(blocks, id)
			continue
		}
		b, err := Malloc(e, random.IntN(3000))
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range b.Bytes() {
			if c != 0 {
				t.Fatalf("round %d: byte %d of a new block is %d", round, i, c)
			}
			b.Bytes()[i] = id
		}
		if b.space.start%alignment != 0 {
			t.Fatalf("a block begins at %d", b.space.start)
		}
		blocks[id] = b
	}
	for _, b := range blocks {
		b.Free()
		b.Free() // is nothing
	}
	h := of(e)
	if len(h.free) != len(h.arenas) {
		t.Errorf("%d spaces are free in %d arenas: they were not joined", len(h.free), len(h.arenas))
	}
}

func TestSizes(t *testing.T) {
	e := enginetest.New(t)
	for _, size := range []int{0, 1, 8, 4097, 5 << 20} {
		b, err := Malloc(e, size)
		if err != nil || len(b.Bytes()) != size {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	for _, size := range []int{-1, 1 << 50} {
		if _, err := Malloc(e, size); err == nil {
			t.Errorf("a block of %d bytes", size)
		}
	}
}

// birth hands out duplicates of what an Inheritance has, as a start would.
type birth struct{ h *reduction.Inheritance }

func (b birth) Descriptor(n int) (*os.File, error) {
	return reduction.NewDupFD(b.h.Files()[n]).Detach(nil)
}

func TestBlockTravels(t *testing.T) {
	e := enginetest.New(t)
	Register(e)
	a, err := Malloc(e, 100)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Malloc(e, 20)
	copy(b.Bytes(), "hello")
	h := new(reduction.Inheritance)
	codec := e.Connection().Codec
	text, err := codec.Marshal(reduction.WithInheritance(t.Context(), h), pickle.Tuple{a, b})
	if err != nil {
		t.Fatal(err)
	}
	v, err := codec.Decode(reduction.WithBirth(t.Context(), birth{h}), text)
	if err != nil {
		t.Fatal(err)
	}
	got := v.(pickle.Tuple)[1].(*Block)
	if string(got.Bytes()[:5]) != "hello" || len(got.Bytes()) != 20 {
		t.Errorf("the child has %q", got.Bytes())
	}
	got.Bytes()[0] = 'j'
	if string(b.Bytes()[:5]) != "jello" {
		t.Errorf("the parent has %q", b.Bytes())
	}
	if len(h.Files()) != 1 {
		t.Errorf("one arena took %d descriptors", len(h.Files()))
	}
	got.Free() // is the parent's
	if got.Bytes()[0] != 'j' {
		t.Error("a child freed the parent's block")
	}
}

func TestStatesThatAreNone(t *testing.T) {
	arena, err := newArena(4096)
	if err != nil {
		t.Fatal(err)
	}
	state := func(v any) any {
		d := pickle.NewDict(1)
		d.Set("_state", v)
		return d
	}
	block := func(arena any, start, stop, size int64) any {
		return state(pickle.Tuple{pickle.Tuple{arena, start, stop}, size})
	}
	for i, s := range []any{
		nil, pickle.NewDict(0), state(nil), state(pickle.Tuple{int64(1), int64(2)}),
		block(nil, 0, 8, 8), block(arena, -8, 8, 8), block(arena, 8, 0, 0), block(arena, 0, 4097, 8),
		block(arena, 0, 8, 9), block(arena, 4, 12, 8), block(arena, 0, 8, -1), block(arena, 1<<62, 1<<62, 1),
	} {
		if err := new(Block).setState(s); err == nil {
			t.Errorf("state %d was taken", i)
		}
	}
	if _, err := mapArena(arena.file, 8192); err == nil {
		t.Error("an arena is longer than its file")
	}
}
