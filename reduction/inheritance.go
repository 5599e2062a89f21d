package reduction

import (
	"context"
	"os"
	"slices"
	"sync"

	"github.com/brine-go/brine/pickle"
)

// An Inheritance collects what a child is born with: the descriptors that the
// values pickled for it name by number. It is Python's popen object, as far as
// reducers see it.
type Inheritance struct {
	// First is the number that the first descriptor has in the child.
	First int
	// ForkServer tells that a fork server makes the child: descriptors are
	// then named by their place among those sent to it.
	ForkServer bool

	mu    sync.Mutex // guards what follows
	files []*os.File
	born  bool
	given []func() // each takes back what the child has not fetched
}

// Born tells that the child has been started, with Files. What it is given from
// now on is shared with it, as with any other process.
func (h *Inheritance) Born() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.born = true
}

// name returns the number that f has in the child. There is none for one that
// the child was not born with.
func (h *Inheritance) name(f *os.File) (number int, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.Index(h.files, f)
	if i < 0 && h.born {
		return 0, false
	}
	if i < 0 {
		i = len(h.files)
		h.files = append(h.files, f)
	}
	return h.First + i, true
}

// shared notes that the child was given a descriptor that it must fetch, and how
// to take that back.
func (h *Inheritance) shared(withdraw func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.given = append(h.given, withdraw)
}

// Withdraw takes back what was shared with the child since Born, and not fetched:
// the child has ended, or will not hear of it.
func (h *Inheritance) Withdraw() {
	h.mu.Lock()
	given := h.given
	h.given = nil
	h.mu.Unlock()
	for _, withdraw := range given {
		withdraw()
	}
}

// Add gives the child f, which stays the caller's and must stay open until the
// child has started. It returns the number f has in the child. After Born it
// must not be called.
func (h *Inheritance) Add(f *os.File) int {
	number, _ := h.name(f)
	return number
}

// Files are those added, in the order of their numbers.
func (h *Inheritance) Files() []*os.File {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*os.File(nil), h.files...)
}

type inheritanceKey struct{}

// WithInheritance returns a context for pickling what a child is started with.
func WithInheritance(ctx context.Context, h *Inheritance) context.Context {
	return context.WithValue(ctx, inheritanceKey{}, h)
}

// Inheriting returns the Inheritance of a pickling that happens while a child
// is started. At other times it is Python's RuntimeError; what names the value.
func Inheriting(ctx context.Context, what string) (*Inheritance, error) {
	h, ok := inheriting(ctx)
	if !ok {
		return nil, pickle.RuntimeError.New(what + " objects should only be shared between processes through inheritance")
	}
	return h, nil
}

func inheriting(ctx context.Context) (*Inheritance, bool) {
	h, ok := ctx.Value(inheritanceKey{}).(*Inheritance)
	return h, ok
}
