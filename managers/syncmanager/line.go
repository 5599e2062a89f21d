package syncmanager

import (
	"slices"

	"github.com/brine-go/brine/managers"
)

// A line is the calls that wait for one thing, first come first served. Its
// owner's mutex guards it.
type line[T any] struct{ places []*place[T] }

// A place in a line is a waiter and what it waits with.
type place[T any] struct {
	w    *managers.Waiter
	what T
	sure bool // settled already: a grant cannot be refused any more
}

func (l *line[T]) len() int { return len(l.places) }

func (l *line[T]) join(p *place[T]) { l.places = append(l.places, p) }

// next takes out the first that is still there to be granted, settled; nil if
// there is none.
func (l *line[T]) next() *place[T] {
	for len(l.places) > 0 {
		p := l.places[0]
		l.places[0] = nil
		l.places = l.places[1:]
		if p.sure || p.w.Settle() {
			return p
		}
	}
	l.places = nil
	return nil
}

// leave takes p out; it may be out already.
func (l *line[T]) leave(p *place[T]) {
	if i := slices.Index(l.places, p); i >= 0 {
		l.places = slices.Delete(l.places, i, i+1)
	}
}
