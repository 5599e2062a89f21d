package pickle

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// A decoder is the machine that a pickle is a program for: a stack, marks in
// it, and a memo.
type decoder struct {
	ctx    context.Context
	codec  Codec
	limits Limits
	data   []byte

	seen    map[any]bool // containers that were met again, for Recode
	history history
	longs   bool // integers that came as long stay *big.Int

	stack []any
	marks []mark
	nests []nest
	memo  []memoRef
	kept  []keptEntry
	runs  []string           // opcodes of batches, whose texts are the entries behind those of memo
	far   map[uint64]memoRef // entries far beyond the others

	effects []*Object // calls that led to nothing, as far as is known
	fills   *fills

	walk   *walk            // of all costly keys
	forms  [numForms]*table // of dicts whose keys others may have
	recent *table           // the last of them that one had

	offsets []uint32 // of the pairs of a batch

	lastName  Global // asked for last in the registry
	lastClass *class

	mould mould
	progress
	boxes
}

// progress is how far the decoder has come.
type progress struct {
	pos      int // of the next opcode, or of the argument being read
	proto    byte
	framed   bool   // a value larger than frames should be lies in one
	frameEnd uint64 // of the last frame that began
	memory   int64  // that may still be taken
	fence    int    // the last of marks: only what looks for the mark reaches below
	high     int    // how high the stack has been
	count    int    // of memo entries
	clock    uint32 // counts constructions and changes of objects
	buffer   int    // the next of codec.Buffers

	batchAt int  // where the last batch began
	loose   int  // before it no pairs can be packed
	vain    int  // attempts to read a record that failed
	back    bool // the pickle has come back to a container
	formed  bool // there are forms
	endless bool // the opcodes are a Raw's, which has no STOP
	guessed bool // that a dict fills the rest of the pickle
}

// A mark is a height of the stack, and where in the pickle it was marked.
type mark struct{ height, at int }

// A nest is a container on the stack and how deep it nests.
type nest struct{ at, depth int32 }

// maxPooled is the capacity of stacks and memos that are kept for the next
// pickle. The pool itself forgets them when memory is collected.
const maxPooled = 128 << 10

var decoders = sync.Pool{New: func() any {
	return &decoder{stack: make([]any, 0, 64), memo: make([]memoRef, 0, 32)}
}}

// Decode returns the value of the pickle in data. Its error is a *SyntaxError, also
// around what a class of the Registry, PersistentLoad or ExtensionLoad returned; the
// context is for those.
func (c Codec) Decode(ctx context.Context, data []byte) (any, error) {
	if v, ok := c.decodeBrief(data); ok {
		return v, nil
	}
	v, _, err := c.decodeLong(ctx, data, false)
	return v, err
}

// decodeLong is Decode for a pickle that is not brief. It also returns the pickle's length;
// more may follow in data if follows is set.
func (c *Codec) decodeLong(ctx context.Context, data []byte, follows bool) (v any, n int, err error) {
	d := decoders.Get().(*decoder)
	d.ctx, d.codec, d.data = ctx, *c, data // a function of the codec stays until the next
	v, err = d.decode(follows)
	n = d.pos
	d.release()
	return v, n, err
}

// decodeRaw returns the value of opcodes without a STOP.
func (c Codec) decodeRaw(ctx context.Context, r Raw) (any, error) {
	d := decoders.Get().(*decoder)
	d.ctx, d.codec, d.data = ctx, c, r.ops
	d.proto, d.endless = r.proto, true
	v, err := d.decode(false)
	d.release()
	return v, err
}

// release returns the decoder to the pool without the values it held.
func (d *decoder) release() {
	if cap(d.stack) > maxPooled || cap(d.memo) > maxPooled || cap(d.kept) > maxPooled || cap(d.nests) > maxPooled || cap(d.offsets) > maxPooled {
		return
	}
	clear(d.stack[:max(d.high, len(d.stack))])
	clear(d.kept)
	d.stack, d.marks, d.nests = d.stack[:0], d.marks[:0], d.nests[:0]
	d.memo, d.kept = d.memo[:0], d.kept[:0]
	if d.formed {
		clear(d.forms[:])
		d.recent = nil
	}
	if d.runs != nil {
		d.runs = nil
	}
	d.ctx, d.data, d.codec.Buffers, d.far, d.effects, d.walk = nil, nil, nil, nil, nil, nil
	d.lastName, d.lastClass, d.seen, d.history, d.fills = Global{}, nil, nil, nil, nil
	d.progress, d.mould = progress{}, mould{}
	d.boxes.reset()
	decoders.Put(d)
}

// decode returns the value of the pickle, which something may follow.
func (d *decoder) decode(follows bool) (any, error) {
	d.limits = d.codec.limits(len(d.data))
	d.memory = d.limits.Memory
	d.longs = d.codec.passage.withinOld()
	d.most = min(max(len(d.data)>>9, 32), 512)
	if int64(len(d.data)) > d.limits.Bytes {
		return nil, &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", d.limits.Bytes}}
	}
	at, err := d.run()
	if err != nil {
		return nil, d.fail(at, err)
	}
	v, err := d.pop()
	if err != nil {
		return nil, d.fail(at, err)
	}
	if d.pos < len(d.data) && !follows {
		return nil, d.fail(at, ErrTrailing)
	}
	if v, err = d.withEffects(v); err != nil {
		return nil, d.fail(at, err)
	}
	if at, err := d.fillAgain(); err != nil {
		return nil, d.fail(at, err)
	}
	return v, nil
}

// withEffects returns the value with the calls that the pickle made and that led to
// nothing: their results were dropped, or are still on the stack below it.
func (d *decoder) withEffects(v any) (any, error) {
	for _, below := range d.stack {
		if call, ok := below.(*Object); ok {
			if err := d.aside(call); err != nil {
				return nil, err
			}
		}
	}
	if d.seen == nil {
		d.effects = slices.DeleteFunc(d.effects, func(call *Object) bool { return call.met })
	}
	if len(d.effects) == 0 {
		return v, nil
	}
	slices.SortFunc(d.effects, func(a, b *Object) int { return cmp.Compare(a.seq, b.seq) })
	o := d.newObject(Object{How: Existing, Args: v, aside: true})
	for _, call := range d.effects {
		d.clock++
		o.Ops = append(o.Ops, Op{Kind: Effect, Items: []any{call}, seq: d.clock})
	}
	return o, nil
}

func (d *decoder) fail(at int, err error) error {
	op := byte(opStop)
	if at < len(d.data) {
		op = d.data[at]
	}
	return &SyntaxError{Op: op, Offset: at, Err: err}
}
