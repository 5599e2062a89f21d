package syncmanager

import "iter"

// A deque is a ring of values. It shrinks when it empties, so that a burst
// does not keep its memory.
type deque struct {
	ring  []any // its length is 0 or a power of two
	front int
	n     int
}

const smallRing = 64

func (d *deque) len() int { return d.n }

func (d *deque) push(v any) {
	d.grow()
	d.ring[(d.front+d.n)&(len(d.ring)-1)] = v
	d.n++
}

func (d *deque) pushFront(v any) {
	d.grow()
	d.front = (d.front - 1) & (len(d.ring) - 1)
	d.ring[d.front] = v
	d.n++
}

// pop takes the first; there must be one.
func (d *deque) pop() any {
	v := d.ring[d.front]
	d.ring[d.front] = nil
	d.front = (d.front + 1) & (len(d.ring) - 1)
	d.n--
	if len(d.ring) > smallRing && d.n <= len(d.ring)/4 {
		d.resize(len(d.ring) / 2)
	}
	return v
}

func (d *deque) grow() {
	switch {
	case d.ring == nil:
		d.ring = make([]any, 8)
	case d.n == len(d.ring):
		d.resize(2 * len(d.ring))
	}
}

func (d *deque) resize(size int) {
	ring := make([]any, size)
	i := 0
	for v := range d.all() {
		ring[i] = v
		i++
	}
	d.ring, d.front = ring, 0
}

// all yields the values, first to last.
func (d *deque) all() iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range d.n {
			if !yield(d.ring[(d.front+i)&(len(d.ring)-1)]) {
				return
			}
		}
	}
}
