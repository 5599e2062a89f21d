package sharedctypes

import (
	"fmt"
	"math"
	"reflect"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/heap"
)

// A Memory is what Python calls a RawValue or RawArray: one ctypes object, or
// n in a row, without a lock.
type Memory struct {
	ctype ctype
	n     int // -1 for one that is no array
	block *heap.Block
}

// Free gives the memory back, if this process made it. Nobody, in any process,
// may use it any more.
func (m *Memory) Free() { m.block.Free() }

// largest is how many bytes a Memory may have: more than there are.
const largest = min(1<<46, math.MaxInt)

func newMemory[T any](e *engine.Engine, n int) (*Memory, error) {
	c, err := ctypeOf[T](e)
	if err != nil {
		return nil, err
	}
	if most := largest / int(max(c.typ.Size(), 1)); n < -1 || n > most {
		return nil, fmt.Errorf("sharedctypes: no array has %d items of %d bytes: %d are the most", n, c.typ.Size(), most)
	}
	m := &Memory{ctype: c, n: n}
	m.block, err = heap.Malloc(e, m.size())
	return m, err
}

// size is how many bytes there must be.
func (m *Memory) size() int {
	size := int(m.ctype.typ.Size())
	if m.n >= 0 {
		size *= m.n
	}
	return size
}

// as checks that the memory holds Ts.
func as[T any](m *Memory, array bool) error {
	want := reflect.TypeFor[T]()
	if !m.ctype.lies(want) || m.n >= 0 != array {
		shape := "one"
		if m.n >= 0 {
			shape = fmt.Sprintf("an array of %d", m.n)
		}
		return fmt.Errorf("sharedctypes: this is %s %v, which is %v in Go, not what is asked for (%v)", shape, m.ctype.class, m.ctype.typ, want)
	}
	return nil
}
