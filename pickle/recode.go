package pickle

import (
	"context"
	"slices"
)

// A passage is what Recode asks of decoder and encoder. It is zero elsewhere.
type passage uint8

const (
	recoding passage = 1 << iota
	fromOld          // the pickle's protocol is one of Python 2's
	toOld            // so is the one that is written
	framed           // large values lie in frames, as Python 3.6 and earlier put them
)

// Recode appends the value of the pickle that data begins with to dst, as a
// whole pickle of the codec's protocol, and returns what follows it in data. If
// there is an error, dst is returned as it was.
//
// What a Python makes of both is the same, whatever its classes. Decode gives
// values that Go programs like to have, and Append writes those; Recode also
// keeps what only Python can see. Globals keep their names; only between
// protocols 2 and 3 they change as Python's fix_imports has it. The str of
// Python 2 and its longs stay what they are, and of a string or bytes that
// stands in two places there still is only one. Persistent ids and extension
// codes are written as they came. Registry, Dialect, PersistentLoad and
// ExtensionLoad are not used.
//
// Pickles made by hand may do what no pickler writes. A change to a value that was fetched
// from the memo may come too early: right after the value is made, or after the object
// being made around it, if that is older than the change. Not kept is a call whose result
// was fetched and then dropped, or lies in a container that is dropped, or at a key that is
// set again; nor is a global or persistent id that is dropped.
func (c Codec) Recode(ctx context.Context, dst, data []byte) (out, rest []byte, err error) {
	if err := c.Protocol.check(); err != nil {
		return dst, data, err
	}
	c = Codec{Protocol: c.Protocol, Limits: c.Limits, Buffers: c.Buffers, OutOfBand: c.OutOfBand}
	c.Alias = true // what is decoded does not outlive data
	c.passage = recoding
	if len(data) < 2 || data[0] != opProto || data[1] < 3 {
		c.passage |= fromOld
	}
	if c.Protocol.version() < 3 {
		c.passage |= toOld
	}
	c.PersistentLoad = func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil }
	c.ExtensionLoad = func(_ context.Context, code int32) (any, error) { return Extension(code), nil }
	v, past, n, err := c.decodeExact(ctx, data)
	if err != nil {
		return dst, data, err
	}
	out, err = c.appendExact(ctx, dst, v, past)
	return out, data[n:], err
}

// decodeExact returns the value of the pickle, what happened to its containers
// later, and its length.
func (c *Codec) decodeExact(ctx context.Context, data []byte) (v any, past history, n int, err error) {
	d := decoders.Get().(*decoder)
	d.ctx, d.codec, d.data = ctx, *c, data
	d.seen, d.history = map[any]bool{}, history{}
	if v, err = d.decode(true); err == nil {
		n = d.pos
	}
	if d.framed {
		c.passage |= framed
	}
	past = d.history
	d.release()
	return v, past, n, err
}

// A history holds what happened to lists, dicts and sets after they were met
// again. A call in between may have looked at them, so the order counts.
type history map[any][]Op

// see notes that a value is met again.
func (d *decoder) see(v any) {
	switch x := v.(type) {
	case *Object:
		x.memoized, x.met = true, true
	case *List, *Dict, *Set:
		if d.seen != nil {
			d.seen[v] = true
		}
	}
}

// later notes what happens to the container on top of the stack.
func (d *decoder) later(container any, op Op, depth int) error {
	if op.Kind == SetItems && len(op.Items)%2 != 0 {
		return errOdd
	}
	for i, item := range op.Items {
		if op.Kind == Append || op.Kind == SetItems && i%2 != 0 {
			continue
		}
		w, err := d.walkFor(item)
		if err != nil {
			return err
		}
		if w == nil {
			continue
		}
		if _, _, err := w.hashKey(item); err != nil {
			return err
		}
	}
	if err := d.charge(64 + 16*len(op.Items)); err != nil {
		return err
	}
	d.clock++
	op.seq, op.Items = d.clock, slices.Clone(op.Items)
	d.history[container] = append(d.history[container], op)
	return d.deepen(depth)
}

// exact tells whether values are to stay as they came.
func (p passage) exact() bool { return p != 0 }

// withinOld tells whether Python 2's ints and longs are to stay apart.
func (p passage) withinOld() bool { return p&(fromOld|toOld) == fromOld|toOld }

// rename returns the name that a global has on the other side.
func (p passage) rename(g Global) Global {
	switch p & (fromOld | toOld) {
	case fromOld:
		if g == dillMain {
			return g
		}
		return g.to3()
	case toOld:
		return g.to2()
	}
	return g
}
