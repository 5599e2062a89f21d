package pickle

import (
	"context"
	"reflect"
	"sync"
)

// A reader fills typed variables with the values on a tape.
type reader struct {
	tape
	ctx    context.Context
	codec  Codec
	memory int64 // that may still be taken
	depth  int

	texts     []string         // by slot: strings that are met more than once
	letters   []byte           // the bytes of short strings
	built     map[uint32]any   // values of Python's types by the node that made them, if they are met again
	same      map[uint32]*same // by the node that made the value
	assigned  map[assigned]reflect.Value
	habits    []habit  // by number of a structure
	builder   *decoder // at rest
	building  int      // how many decoders are at work
	fills     fills
	lastKnown knownReader
	creation  creation
	lastZone  zoneRef

	twice bool // a value that others refer to was read in two forms

	stocks stocks // for short slices

	reused []span // memory that variables had before

	known []uint32 // the memo of direct reading
	tries int      // values that were taken for parts of others, and were not

	careful bool // the variable is not zero
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// keptTape is how many nodes, and as much of the rest, are kept for the next pickle.
const keptTape = 1 << 19

func (r *reader) release() {
	if r.builder != nil {
		r.builder.release()
	}
	if cap(r.nodes) > keptTape || cap(r.memo) > keptTape || cap(r.stack) > keptTape || cap(r.texts) > keptTape || cap(r.known) > keptTape {
		return
	}
	r.startOver()
	clear(r.names)
	r.tape.data = nil
	if r.ctx != nil || r.codec.Buffers != nil {
		r.ctx, r.codec.Buffers = nil, nil // a function of the codec stays until the next
	}
	if r.built != nil || r.same != nil || r.builder != nil {
		r.built, r.same, r.builder, r.twice = nil, nil, nil, false
	}
	r.assigned = nil
	r.fills, r.building = fills{}, 0
	if r.lastZone.zone != nil {
		r.lastZone = zoneRef{}
	}
	r.tries = 0
	readers.Put(r)
}

// unlearn forgets what the values in a pickle are like.
func (r *reader) unlearn() {
	for i := range r.habits {
		h := &r.habits[i]
		h.keys, h.name = h.keys[:0], 0
	}
	if r.lastKnown.plan != nil {
		r.lastKnown = knownReader{}
	}
}

// charge takes n bytes from the memory that the pickle may cost.
func (r *reader) charge(n int) error {
	if r.memory -= int64(n); r.memory < 0 {
		return &LimitError{"Memory", r.limits.Memory}
	}
	return nil
}

// enter begins a value with parts; leave ends it. Values may be nested more deeply
// than the pickle, through its memo.
func (r *reader) enter() error {
	if r.depth++; r.depth > r.limits.Depth {
		return &LimitError{"Depth", int64(r.limits.Depth)}
	}
	return nil
}

func (r *reader) leave() { r.depth-- }
