package pickle

import "context"

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
	Depth  int   // of nesting: 10,000; the encoder's recursion stops at 1,000 frames and goes on without
	Memo   int   // entries: 16 M
	Long   int   // bytes of one integer: 1 MiB
	Memory int64 // taken while decoding: 64 times the input and 1 MiB
}

// A Codec says how values are written and read. It is a value: copy it, share
// it. The zero Codec writes protocol 4 and knows no classes.
type Codec struct {
	Registry *Registry
	Protocol Protocol
	Dialect  Dialect
	Limits   Limits
	Buffers  [][]byte // out-of-band buffers for the decoder, in order
}

var background = context.Background()

// Marshal returns v as a whole pickle, written by the zero Codec.
func Marshal(v any) ([]byte, error) { return Codec{}.Marshal(background, v) }

// Unmarshal reads the pickle in data into the variable that v points to.
func Unmarshal(data []byte, v any) error { return Codec{}.Unmarshal(background, data, v) }
