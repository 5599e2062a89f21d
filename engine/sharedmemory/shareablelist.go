package sharedmemory

import (
	"cmp"
	"errors"
	"fmt"
	"iter"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// A ShareableList is Python's list of the same name. Items can be replaced, also
// by others of another type, if they fit their cell; str and bytes lose zeros
// at their end. Readers and writers are not ordered: share a lock too.
type ShareableList struct {
	memory *SharedMemory
	layout *layout
}

// NewShareableList makes a list of items: nil, bool, ints that 64 bits can tell,
// floats, UTF-8 strings and []byte. A name of "" picks one. The layout is that of the Pythons which are
// to read it.
func NewShareableList(e *engine.Engine, name string, kind Layout, items ...any) (*ShareableList, error) {
	encoded, sizes := make([]item, len(items)), make([]int, len(items))
	for i, v := range items {
		var err error
		if encoded[i], err = encode(v); err != nil {
			return nil, fmt.Errorf("%w (item %d)", err, i)
		}
		sizes[i] = encoded[i].cellSize()
	}
	s, err := Create(e, name, layoutSize(kind, sizes))
	if err != nil {
		return nil, err
	}
	l := &ShareableList{memory: s}
	err = s.With(func(b []byte) {
		l.layout = newLayout(b, kind, sizes)
		for i, it := range encoded {
			l.layout.put(i, it) // fits: the cell was made for it
		}
	})
	if err != nil {
		return nil, errors.Join(err, s.Close(), s.Unlink())
	}
	return l, nil
}

// OpenShareableList opens an existing list, of whichever layout it is.
func OpenShareableList(e *engine.Engine, name string) (*ShareableList, error) {
	s, err := Open(e, name)
	if err != nil {
		return nil, err
	}
	l := &ShareableList{memory: s}
	failed := s.With(func(b []byte) { l.layout, err = readLayout(b) })
	if err = cmp.Or(failed, err); err != nil {
		s.Close()
		return nil, err
	}
	return l, nil
}

// Memory is the segment that the list lies in: what to close and unlink.
func (l *ShareableList) Memory() *SharedMemory { return l.memory }

// Len is the number of items.
func (l *ShareableList) Len() int { return l.layout.len() }

// Get returns item i as package pickle's values; negative i count from the end.
// Beyond the list it is Python's IndexError.
func (l *ShareableList) Get(i int) (v any, err error) {
	at, err := l.place(i, "index out of range")
	if err != nil {
		return nil, err
	}
	failed := l.memory.With(func([]byte) { v, err = l.layout.get(at) })
	return v, cmp.Or(failed, err)
}

// Set replaces item i. What does not fit its cell is Python's ValueError.
func (l *ShareableList) Set(i int, v any) error {
	at, err := l.place(i, "assignment index out of range")
	if err != nil {
		return err
	}
	it, err := encode(v)
	if err != nil {
		return err
	}
	failed := l.memory.With(func([]byte) { err = l.layout.put(at, it) })
	return cmp.Or(failed, err)
}

// place is where item i is, or why there is none.
func (l *ShareableList) place(i int, beyond string) (int, error) {
	if i < 0 {
		i += l.Len()
	}
	if i < 0 || i >= l.Len() {
		return 0, pickle.IndexError.New(beyond)
	}
	return i, nil
}

// All yields the items; one that makes no sense ends it with an error.
func (l *ShareableList) All() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for i := range l.Len() {
			v, err := l.Get(i)
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// String is Python's repr.
func (l *ShareableList) String() string {
	items := &pickle.List{}
	for v, err := range l.All() {
		if err != nil {
			return fmt.Sprintf("ShareableList(%v, name='%s')", err, l.memory.name)
		}
		items.Items = append(items.Items, v)
	}
	text, err := pickle.Repr(items)
	if err != nil {
		text = err.Error()
	}
	return fmt.Sprintf("ShareableList(%s, name='%s')", text, l.memory.name)
}
