package pickle

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
)

// An encoder writes one value, which may be part of a larger pickle.
//
// It writes no memo opcodes at first. It notes where each value with identity
// came to be; only when one is met again are PUT and GET inserted, at the end.
// Most values are trees and leave without any. Only for Recode every value is
// put into the memo as it comes, as Python's own pickler does.
type encoder struct {
	ctx     context.Context
	codec   Codec
	version int // of the protocol
	out     []byte
	whole   any // that is written

	memo
	building []construction     // whose arguments are being written, outermost first
	late     map[*Object][]late // changes that wait for one of them
	past     history
	creators map[Global]*Object // see newObjEx

	written
}

// written is how far the encoder has come.
type written struct {
	depth  int
	room   int // in out, for all that is written
	frames frames

	spliced  bool // opcodes of a peer are in the output, and may memoize
	noSplice bool
	refs     int   // of the codec's Refs, those whose bytes are counted
	referred int64 // in this

	buffers int             // that have been written, of those OutOfBand was asked about
	taken   []asked         // what it said, of the first writing where there are two
	askedAt map[*Buffer]int // where in taken, for the second
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Append appends v as a whole pickle to dst.
func (c Codec) Append(ctx context.Context, dst []byte, v any) ([]byte, error) {
	if err := c.Protocol.check(); err != nil {
		return dst, err
	}
	start := len(dst)
	if version := c.Protocol.version(); version >= 2 {
		dst = append(dst, opProto, byte(version))
	}
	if out, ok := c.appendPlain(dst, v); ok {
		return append(out, opStop), nil
	}
	dst, err := c.appendValue(ctx, dst, v, true)
	if err != nil {
		return dst[:start], err
	}
	return append(dst, opStop), nil
}

// appendExact appends v as a whole pickle, in the layout that Python's pickler
// gives it, with what happened to its containers later.
func (c Codec) appendExact(ctx context.Context, dst []byte, v any, past history) ([]byte, error) {
	start := len(dst)
	c.Refs = nil // frames are measured
	e := encoders.Get().(*encoder)
	e.ctx, e.codec, e.version, e.out = ctx, c, c.Protocol.version(), dst
	e.whole, e.room = v, len(dst)+maxShort
	e.eager, e.frames.on, e.past = true, e.version >= 4, past
	if e.version >= 2 {
		e.op(opProto, byte(e.version))
	}
	e.beginFrame()
	err := e.all(v)
	e.op(opStop)
	e.endFrame()
	dst = e.out
	e.release()
	if err != nil {
		return dst[:start], wrapped(err)
	}
	return dst, nil
}

// AppendValue appends the opcodes that push v, without PROTO and STOP. Several
// may stand in one pickle: none uses memo entries of another. If there is an
// error, dst is returned as it was.
func (c Codec) AppendValue(ctx context.Context, dst []byte, v any) ([]byte, error) {
	if err := c.Protocol.check(); err != nil {
		return dst, err
	}
	if out, ok := c.appendPlain(dst, v); ok {
		return out, nil
	}
	return c.appendValue(ctx, dst, v, false)
}

// appendPlain appends the common values, which need no state.
func (c *Codec) appendPlain(dst []byte, v any) (out []byte, ok bool) {
	version := c.Protocol.version()
	if version < 3 || c.Dialect.Python2 {
		return dst, false
	}
	refs := c.refs()
	if t, isTuple := v.(Tuple); isTuple {
		out, ok = c.putPlainTuple(dst, t, version)
	} else {
		out, ok = c.putPlain(dst, v, version)
	}
	if !ok {
		c.truncateRefs(refs)
	}
	return out, ok
}

// appendValue appends any value, which leads a pickle or lies above other values.
func (c Codec) appendValue(ctx context.Context, dst []byte, v any, leads bool) ([]byte, error) {
	start, refs := len(dst), c.refs()
	version := c.Protocol.version()
	e := encoders.Get().(*encoder)
	e.ctx, e.codec, e.version, e.out = ctx, c, version, dst
	e.whole, e.room = v, len(dst)+maxShort
	err := e.one(v, leads)
	if err == nil && len(e.gets) > 0 && (e.spliced || c.refs() > refs) {
		// A peer's memo opcodes might overwrite our entries: write the
		// value again, with what the peer wrote as values. Nor has link
		// an eye on Refs.
		taken := e.taken
		e.release()
		c.truncateRefs(refs)
		c.Refs = nil
		e = encoders.Get().(*encoder)
		e.ctx, e.codec, e.version, e.out, e.noSplice = ctx, c, version, dst, true
		e.whole, e.room, e.taken = v, len(dst)+maxShort, taken
		err = e.one(v, leads)
	}
	if err == nil {
		e.out = e.link(e.out)
	}
	dst = e.out
	e.release()
	if err != nil {
		c.truncateRefs(refs)
		return dst[:start], wrapped(err)
	}
	return dst, nil
}

// one writes a value that leads a pickle or lies above other values.
func (e *encoder) one(v any, leads bool) error {
	if leads {
		return e.all(v)
	}
	return e.value(v)
}

// all writes what a pickle holds. The calls that led to nothing come first, as they did:
// the value may need what they do.
func (e *encoder) all(v any) error {
	o, ok := v.(*Object)
	if !ok || o == nil || !o.aside {
		return e.value(v)
	}
	ops := o.Ops
	for ; len(ops) > 0 && ops[0].Kind == Effect; ops = ops[1:] {
		if err := e.change(&ops[0]); err != nil {
			return inChange(err, len(o.Ops)-len(ops))
		}
	}
	if len(ops) > 0 { // a program added them
		return e.value(&Object{How: Existing, Args: o.Args, Ops: ops})
	}
	return e.value(o.Args)
}

// wrapped is an error of the encoder as callers see it.
func wrapped(err error) error {
	if _, ok := errors.AsType[*EncodeError](err); ok {
		return err
	}
	return fmt.Errorf("pickle: %w", err)
}

// putPlain writes the values whose opcodes depend on little.
func (c *Codec) putPlain(dst []byte, v any, version int) ([]byte, bool) {
	switch x := v.(type) {
	case string:
		if len(x) < 256 && version >= 4 && plain(textBytes(x)) {
			return append(append(dst, opShortBinUnicode, byte(len(x))), x...), true
		}
		if validString(x) {
			return c.putText(dst, x, version), true
		}
	case int64:
		return putInt(dst, x, version), true
	case nil:
		return append(dst, opNone), true
	case bool:
		return putBool(dst, x, version), true
	case float64:
		return putFloat(dst, x, version), true
	case []byte:
		return c.putBytes(dst, x), true
	case Raw:
		if x.fits(c) {
			return c.splice(dst, x), true
		}
	}
	return dst, false
}

// putPlainTuple writes a short tuple of plain values, which is what replies are.
func (c *Codec) putPlainTuple(dst []byte, t Tuple, version int) (out []byte, ok bool) {
	if len(t) == 0 || len(t) > 3 {
		return dst, false
	}
	out, long := dst, false
	for _, v := range t {
		at := len(out)
		if out, ok = c.putPlain(out, v, version); !ok {
			return dst, false
		}
		if (len(out)-at >= longText || c.Refs != nil) && isLong(v) {
			if long {
				return dst, false // it might be the same one twice
			}
			long = true
		}
	}
	return append(out, opTuple1+byte(len(t)-1)), true
}

func isLong(v any) bool {
	switch x := v.(type) {
	case string:
		return len(x) >= longText
	case []byte:
		return len(x) >= longText
	}
	return false
}

func (e *encoder) release() {
	if e.memo.tooLarge() || cap(e.building) > 1024 {
		return
	}
	clear(e.building[:cap(e.building)])
	e.memo.reset()
	e.ctx, e.codec.Refs, e.out, e.whole = nil, nil, nil, nil // a function of the codec stays until the next
	e.building, e.late, e.past, e.creators = e.building[:0], nil, nil, nil
	e.written = written{}
	encoders.Put(e)
}

// enter begins a container; leave ends it.
func (e *encoder) enter() error {
	limit := e.codec.Limits.Depth
	if limit <= 0 {
		limit = defaultDepth
	}
	if e.depth++; e.depth > 4*limit { // older protocols take several calls for a container
		return &LimitError{"Depth", int64(4 * limit)}
	}
	return e.inRoom()
}

// inRoom makes sure that there is room for more.
func (e *encoder) inRoom() error {
	if len(e.out) > e.room {
		return e.extend()
	}
	return nil
}

// maxShort is up to where nobody asks whether what is written is worth it.
const maxShort = 8 << 20

// extend makes room for a large value. Where a small one takes so much, the
// protocol has no way to refer to its parts, and a few of them are met again
// and again.
func (e *encoder) extend() error {
	if weight := weigh(e.whole); weight < math.MaxInt/32 {
		e.room += 8 * weight
	} else {
		e.room = math.MaxInt
	}
	e.whole = nil
	if len(e.out) > e.room {
		return &LimitError{"output", int64(e.room)}
	}
	return nil
}

func (e *encoder) leave() { e.depth-- }

func (e *encoder) op(op ...byte) { e.out = append(e.out, op...) }

// fail wraps the reason why v cannot be written.
func (e *encoder) fail(v any, err error) error {
	return &EncodeError{Value: v, Protocol: e.codec.Protocol, Err: err}
}
