package connection

import (
	"encoding/binary"
	"math"
)

// Prefix is the room that SendFrame wants at the front of its bytes, for the
// length.
const Prefix = 4

const (
	shortHeader = 4
	longHeader  = 12
	longMark    = -1 // in place of a length: the real one follows in 8 bytes

	// longest is what the short form can tell.
	longest = math.MaxInt32
)

// parseHeader reads the length at the front of b. size is that of the header,
// or 0 when more bytes must come first.
func parseHeader(b []byte, limit int64) (size int, body int64, err error) {
	if len(b) < shortHeader {
		return 0, 0, nil
	}
	size, body = shortHeader, int64(int32(binary.BigEndian.Uint32(b)))
	if body == longMark {
		if len(b) < longHeader {
			return 0, 0, nil
		}
		size, body = longHeader, int64(min(binary.BigEndian.Uint64(b[4:]), math.MaxInt64))
	}
	if body < 0 || body > limit {
		return 0, 0, &LengthError{Length: body, Limit: limit}
	}
	return size, body, nil
}

// appendHeader appends the header of a body of n bytes.
func appendHeader(b []byte, n int) []byte {
	if n <= longest {
		return binary.BigEndian.AppendUint32(b, uint32(n))
	}
	b = append(b, 0xff, 0xff, 0xff, 0xff)
	return binary.BigEndian.AppendUint64(b, uint64(n))
}

// A Frame is a received message in a buffer that belongs to the Conn. It is
// valid until Release, or the end of the loop's body in Frames.
type Frame struct {
	in   *input
	body []byte
}

// Bytes is the message. It may be changed in place.
func (f *Frame) Bytes() []byte { return f.body }

// Keep returns the message in memory that belongs to the caller: the buffer
// itself when the message fills it, a copy when it is small.
func (f *Frame) Keep() []byte { return f.in.keep() }

// Release gives the buffer back.
func (f *Frame) Release() { f.in.release() }
