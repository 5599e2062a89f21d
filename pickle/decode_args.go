package pickle

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"slices"
)

// take reads the next n bytes of the pickle.
func (d *decoder) take(n int) ([]byte, error) {
	if n > len(d.data)-d.pos {
		return nil, ErrTruncated
	}
	b := d.data[d.pos : d.pos+n]
	d.pos += n
	return b, nil
}

// line reads up to the next newline.
func (d *decoder) line() ([]byte, error) {
	n := bytes.IndexByte(d.data[d.pos:], '\n')
	if n < 0 {
		return nil, ErrTruncated
	}
	b := d.data[d.pos : d.pos+n]
	d.pos += n + 1
	return b, nil
}

func (d *decoder) uint32() (uint32, error) {
	b, err := d.take(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

// sized reads a length of so many bytes and what it is the length of.
func (d *decoder) sized(width int) ([]byte, error) {
	b, err := d.take(width)
	if err != nil {
		return nil, err
	}
	var n uint64
	switch width {
	case 1:
		n = uint64(b[0])
	case 4:
		n = uint64(binary.LittleEndian.Uint32(b))
	case 8:
		n = binary.LittleEndian.Uint64(b)
	}
	if n > uint64(len(d.data)-d.pos) {
		return nil, ErrTruncated
	}
	if n >= frameSize && uint64(d.pos) < d.frameEnd {
		d.framed = true
	}
	return d.take(int(n))
}

// unicode executes BINUNICODE and BINUNICODE8.
func (d *decoder) unicode(op byte) error {
	width := 4
	if op == opBinUnicode8 {
		width = 8
	}
	b, err := d.sized(width)
	if err != nil {
		return err
	}
	return d.pushText(d.pos-len(b), b)
}

// pushText pushes the UTF-8 at an offset of the pickle as a string.
func (d *decoder) pushText(at int, b []byte) error {
	if !validText(b) {
		return ErrUTF8
	}
	if err := d.charge(len(b) + 16); err != nil {
		return err
	}
	if !d.started {
		d.start()
	}
	d.push(d.boxString(d.stringAt(at, b)))
	return nil
}

// bytes executes the opcodes for bytes, bytearray and Python 2's str.
func (d *decoder) bytes(op byte) error {
	width := 4
	switch op {
	case opShortBinString, opShortBinBytes:
		width = 1
	case opBinBytes8, opByteArray8:
		width = 8
	}
	b, err := d.sized(width)
	if err != nil {
		return err
	}
	if op == opBinString && len(b) > 1<<31-1 {
		return errNegative
	}
	if err := d.charge(len(b) + 24); err != nil {
		return err
	}
	switch op {
	case opShortBinString, opBinString:
		if !d.started {
			d.start()
		}
		d.push(ByteString(d.stringAt(d.pos-len(b), b)))
	case opByteArray8:
		if !d.codec.Alias {
			b = cloneLarge(b)
		}
		return d.pushNested(&Bytearray{b[:len(b):len(b)]}, 0)
	default:
		d.push(d.bytesAt(b))
	}
	return nil
}

// long executes LONG1 and LONG4: two's complement, least byte first.
func (d *decoder) long(op byte) error {
	width := 1
	if op == opLong4 {
		width = 4
	}
	b, err := d.sized(width)
	if err != nil {
		return err
	}
	if len(b) > d.limits.Long {
		return &LimitError{"Long", int64(d.limits.Long)}
	}
	if d.longs {
		d.push(longOf(b))
		return d.charge(len(b) + 32)
	}
	if len(b) > 8 {
		d.push(normal(longOf(b)))
		return d.charge(len(b) + 32)
	}
	var n uint64
	for i, c := range b {
		n |= uint64(c) << (8 * i)
	}
	if len(b) > 0 {
		shift := 64 - 8*len(b)
		n = uint64(int64(n<<shift) >> shift)
	}
	d.push(d.boxInt(int64(n)))
	return nil
}

// longOf reads two's complement, least byte first.
func longOf(b []byte) *big.Int {
	digits := slices.Clone(b)
	slices.Reverse(digits)
	n := new(big.Int)
	if len(digits) == 0 || digits[0] < 0x80 {
		return n.SetBytes(digits)
	}
	for i := range digits {
		digits[i] = ^digits[i]
	}
	return n.Not(n.SetBytes(digits))
}

// normal returns an integer as the type that stands for it.
func normal(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// clip shortens a peer's bytes for a message.
func clip(b []byte) []byte { return b[:min(len(b), 40)] }
