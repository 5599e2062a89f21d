package pickle

import (
	"context"
	"math"
	"slices"
	"sync"
)

// A Raw is a value as its peer wrote it: checked, not built; it encodes by
// splicing. The zero Raw is None.
//
// Its opcodes push one value and need nothing before them. There is no PROTO,
// FRAME or MEMOIZE among them, and they use memo entries from 0 on that they
// put there themselves: any number of Raws may follow each other in a pickle.
type Raw struct {
	ops   []byte
	memo  int32 // number of memo entries
	proto byte  // what the peer said: below 3 names are Python 2's
	need  byte  // the first protocol that has the opcodes
	flags rawFlags
}

type rawFlags byte

const (
	rawAliases rawFlags = 1 << iota // the opcodes are part of a larger pickle
	rawStrings                      // has strs of Python 2
	rawGlobals                      // names globals
	rawStock                        // names globals of multiprocessing
	rawFork                         // names globals of multiprocess or dill
	rawPrivate                      // names what not every Python has under that name
)

// Size is the length of the opcodes in bytes.
func (r Raw) Size() int { return len(r.ops) }

// Aliases tells whether r's bytes are part of the pickle it was taken from.
func (r Raw) Aliases() bool { return r.flags&rawAliases != 0 }

const fork = "multiprocess" // the package that dill's users have

// fits tells whether the opcodes may be written as they are for the codec's
// peer. What Python 3 wrote at a protocol of its own, Python 2 gets rewritten:
// its ints would be longs there.
func (r Raw) fits(c *Codec) bool {
	version, flags := byte(c.Protocol.version()), r.flags
	if c.Dialect.Python2 {
		if r.proto > 2 {
			return false
		}
	} else if flags&rawStrings != 0 || flags&rawGlobals != 0 && (r.proto < 3 || version < 3) {
		return false
	}
	switch {
	case r.need > version || version < 2 || flags&rawPrivate != 0:
		return false
	case flags&rawStock != 0:
		return flags&rawFork == 0 && (c.Dialect.Package == "" || c.Dialect.Package == multiprocessing)
	case flags&rawFork != 0:
		return c.Dialect.Package == fork
	}
	return true
}

// Value builds the value. With c.Alias its strings and bytes share memory with r.
func (r Raw) Value(ctx context.Context, c Codec) (any, error) {
	if v, ok := r.simple(); ok && !c.Alias {
		return v, nil
	}
	c.Dialect.Package = ""
	if r.flags&rawFork != 0 {
		c.Dialect.Package = fork
	}
	if c.Alias || len(r.ops) > largeItem {
		return c.decodeRaw(ctx, r)
	}
	scratch := pickles.Get().(*[]byte)
	*scratch = r.appendPickle((*scratch)[:0])
	v, err := c.Decode(ctx, *scratch)
	pickles.Put(scratch)
	return v, err
}

var pickles = sync.Pool{New: func() any { return new([]byte) }}

// appendPickle appends a whole pickle of the value.
func (r Raw) appendPickle(dst []byte) []byte {
	dst = slices.Grow(dst, len(r.ops)+3)
	return append(append(append(dst, opProto, r.proto), r.ops...), opStop)
}

// simple returns a value that takes no decoder: an atom, or a list of one.
func (r Raw) simple() (v any, ok bool) {
	if n := len(r.ops); n > 2 && r.ops[0] == opEmptyList && r.ops[n-1] == opAppend {
		if v, ok := (Raw{ops: r.ops[1 : n-1]}).atom(); ok {
			return NewList(v), true
		}
	}
	return r.atom()
}

// atom returns a value that takes no decoder, being one opcode.
func (r Raw) atom() (v any, ok bool) {
	if len(r.ops) == 0 {
		return nil, true
	}
	op, arg := r.ops[0], r.ops[1:]
	switch op {
	case opNone:
		return nil, len(arg) == 0
	case opNewTrue, opNewFalse:
		return op == opNewTrue, len(arg) == 0
	case opBinInt1, opBinInt2, opBinInt:
		if len(arg) == intSize(op) {
			n, ok := intArg(op, arg)
			return n, ok
		}
	case opBinFloat:
		if len(arg) == 8 {
			f, ok := floatArg(op, arg)
			return f, ok
		}
	case opShortBinUnicode, opBinUnicode, opShortBinBytes, opBinBytes:
		width, kind := layout(op)
		if b := arg[width:]; length(arg[:width]) == uint64(len(b)) {
			if kind == kindText {
				return string(b), true
			}
			return slices.Clone(b), true
		}
	}
	return nil, false
}

// intSize is the size of a binary int's argument.
func intSize(op byte) int {
	switch op {
	case opBinInt1:
		return 1
	case opBinInt2:
		return 2
	}
	return 4
}

// NewRaw returns the value of a whole pickle as a Raw with bytes of its own.
func NewRaw(pickle []byte) (Raw, error) {
	raw, err := newRaw(pickle)
	if err != ErrShape {
		return raw, err
	}
	v, err := Codec{}.Decode(background, pickle)
	if err != nil {
		return Raw{}, err
	}
	if pickle, err = Marshal(v); err != nil {
		return Raw{}, err
	}
	return newRaw(pickle)
}

func newRaw(pickle []byte) (Raw, error) {
	var v View
	if err := v.scan(pickle, Limits{}); err != nil {
		return Raw{}, err
	}
	end := int32(len(pickle) - 1)
	raw, ok := v.cutOut(Item{v.stack[0].start, end}, math.MaxInt)
	if !ok { // it refers to what was popped, as a tuple in itself does
		raw, ok = v.cutOut(Item{int32(v.header()), end}, math.MaxInt)
	}
	if !ok {
		return Raw{}, ErrShape
	}
	return raw, nil
}
