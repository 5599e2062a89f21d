package pickle

import (
	"context"
	"fmt"
)

// A Protocol is a version of the pickle format. The zero Protocol means the
// default, 4, which every Python since 3.4 reads.
type Protocol int8

const (
	DefaultProtocol Protocol = 0
	Protocol0       Protocol = -1 // the text format
	Protocol1       Protocol = 1
	Protocol2       Protocol = 2 // the newest that Python 2.7 reads
	Protocol3       Protocol = 3
	Protocol4       Protocol = 4
	Protocol5       Protocol = 5
)

// version is the number that Python knows the protocol by.
func (p Protocol) version() int {
	switch p {
	case DefaultProtocol:
		return 4
	case Protocol0:
		return 0
	}
	return int(p)
}

func (p Protocol) check() error {
	if v := p.version(); v < 0 || v > 5 {
		return fmt.Errorf("pickle: %w: %d", ErrProtocol, v)
	}
	return nil
}

// A Dialect is how a peer names things.
type Dialect struct {
	// Python2 is set for a 2.7 peer: globals leave under their Python 2
	// names, bytes as its str. Implied nowhere: set it with Protocol2.
	Python2 bool
	// Package is what the peer calls multiprocessing: "" is
	// "multiprocessing"; "multiprocess" is the fork with dill. When
	// encoding, globals of multiprocessing and below leave under it.
	// When decoding, its name is read as multiprocessing.
	Package string
}

// Limits bound what a peer's bytes may cost. A zero field means its default.
type Limits struct {
	Bytes  int64 // of one pickle: 1 GiB
	Depth  int   // of nesting that is decoded: 10,000; encoding stops at four times as much
	Memo   int   // entries: 16 M
	Long   int   // bytes of one integer: 1 MiB; in the text opcodes 4,300 digits, as Python
	Memory int64 // taken while decoding: 64 times the input with its Buffers, and at least 32 MiB
}

const (
	defaultBytes = 1 << 30
	defaultDepth = 10_000
	defaultMemo  = 16 << 20
	defaultLong  = 1 << 20
	maxDigits    = 4300

	// Of small pickles: half of what hostile ones are held to, garbage being the
	// other half. With little more than 64 times the pickle, 20,000 empty dicts
	// would be refused that came through pickletools.optimize: they are a byte each.
	defaultMemory = 32 << 20
)

// orDefault fills in the defaults for an input of n bytes.
func (l Limits) orDefault(n int) Limits {
	if l.Bytes <= 0 {
		l.Bytes = defaultBytes
	}
	if l.Depth <= 0 {
		l.Depth = defaultDepth
	}
	if l.Memo <= 0 {
		l.Memo = defaultMemo
	}
	if l.Long <= 0 {
		l.Long = defaultLong
	}
	if l.Memory <= 0 {
		l.Memory = max(64*int64(n), defaultMemory)
	}
	return l
}

// limits are those for a pickle of n bytes. What came beside it counts: values made of it
// take memory as if it had come within.
func (c *Codec) limits(n int) Limits {
	for _, b := range c.Buffers {
		n += len(b)
	}
	return c.Limits.orDefault(n)
}

// A Codec says how values are written and read. It is a value: copy it, share
// it. The zero Codec writes protocol 4 and knows no classes.
type Codec struct {
	Registry *Registry // the classes that are known; nil knows none
	Protocol Protocol  // that is written; all are read
	Dialect  Dialect
	Limits   Limits
	Buffers  [][]byte // out-of-band buffers for the decoder, in order

	// Alias lets decoded strings and bytes share memory with the data given
	// to Decode, which must then never change: not by reading into a []byte
	// without Alias either, which fills the memory that it has.
	Alias bool

	// Strict makes it an error that a dict or an instance has a key for
	// which the struct that it is read into has no field.
	Strict bool

	// OutOfBand takes buffers of protocol 5 from the encoder, in order, to
	// be sent beside the pickle. Where it is nil or returns false, the
	// buffer is written into the pickle.
	OutOfBand func(b *Buffer) bool

	// Refs, where it is not nil, takes what is long in a value from the
	// encoder, which does not copy it: see Ref.
	Refs *[]Ref

	// PersistentLoad and ExtensionLoad return the value of a persistent id
	// and of an extension code; a pickle with them is an error where they
	// are nil. They may return PersistentID{id} and Extension(code), which
	// are written as they came.
	PersistentLoad func(ctx context.Context, id any) (any, error)
	ExtensionLoad  func(ctx context.Context, code int32) (any, error)

	passage passage // set by Recode
}

var background = context.Background()

// Marshal returns v as a whole pickle.
func (c Codec) Marshal(ctx context.Context, v any) ([]byte, error) { return c.Append(ctx, nil, v) }
