package pickle

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
)

// readAhead is how many bytes a Decoder asks its reader for beyond those that the
// pickle is known to have, and how many it makes room for before they came.
const readAhead = 64 << 10

// keptBuffer is the size up to which a stream's buffer is kept for the next pickle.
const keptBuffer = 1 << 20

// A Decoder reads pickles that follow each other in a stream. Each has a memo of its
// own. It is not safe for use from several goroutines.
type Decoder struct {
	codec Codec
	r     io.Reader
	buf   []byte
	from  int   // of the next pickle in buf
	base  int64 // offset of buf in the stream
	err   error // the reader's, or that the place in the stream is lost
}

// NewDecoder returns a Decoder that knows the classes of Stdlib, as Unmarshal does.
func NewDecoder(r io.Reader) *Decoder { return Codec{Registry: standardRegistry}.NewDecoder(r) }

// NewDecoder returns a Decoder that reads with the codec.
func (c Codec) NewDecoder(r io.Reader) *Decoder { return &Decoder{codec: c, r: r} }

// Reset makes the Decoder read another stream, with the same codec.
func (d *Decoder) Reset(r io.Reader) {
	*d = Decoder{codec: d.codec, r: r, buf: d.buf[:0]}
}

// InputOffset is the offset in the stream of what comes after the last pickle.
func (d *Decoder) InputOffset() int64 { return d.base + int64(d.from) }

// Buffered returns what was read of the stream but is not yet decoded. It is valid
// until the next Decode.
func (d *Decoder) Buffered() io.Reader { return bytes.NewReader(d.buf[d.from:]) }

// Decode reads the next pickle into the variable that v points to, as Unmarshal does.
// The error is io.EOF after the last one. After an *UnmarshalTypeError, and others that
// come when the end of the pickle was found, the next Decode reads the next pickle.
func (d *Decoder) Decode(v any) error { return d.DecodeContext(background, v) }

// DecodeContext is Decode with the context that classes of the Registry get. It ends
// before the next read once the context is done; it does not interrupt one.
func (d *Decoder) DecodeContext(ctx context.Context, v any) error {
	data, err := d.next(ctx)
	if err != nil {
		return err
	}
	d.from += len(data)
	if d.codec.Alias { // what was decoded holds on to the bytes
		defer d.leave()
	}
	return d.codec.Unmarshal(ctx, data, v)
}

// leave copies what is not decoded yet out of the buffer.
func (d *Decoder) leave() {
	d.base += int64(d.from)
	d.buf = slices.Clone(d.buf[d.from:])
	d.from = 0
}

// next returns the bytes of the next pickle.
func (d *Decoder) next(ctx context.Context) ([]byte, error) {
	limit := d.codec.Limits.orDefault(0).Bytes
	var s skim
	for {
		need, err := s.next(d.buf[d.from:])
		switch {
		case err != nil:
			d.err = err
		case need == 0:
			return d.buf[d.from : d.from+s.pos], nil
		case int64(need) > limit:
			d.err = d.stuck(&s, &LimitError{"Bytes", limit})
		case d.err == nil:
			d.err = ctx.Err()
		}
		if d.err == nil {
			d.err = d.fill(max(need, s.frame))
			continue
		}
		return nil, d.fail(&s)
	}
}

// fail returns why there is no pickle.
func (d *Decoder) fail(s *skim) error {
	err := d.err
	switch {
	case err == context.Canceled || err == context.DeadlineExceeded:
		d.err = nil // the next Decode may go on
	case err == io.EOF && d.from < len(d.buf):
		return d.stuck(s, fmt.Errorf("%w: %w", ErrTruncated, io.ErrUnexpectedEOF))
	}
	return err
}

// stuck is the error for the opcode that is next.
func (d *Decoder) stuck(s *skim, err error) error {
	op := byte(opStop)
	if at := d.from + s.pos; at < len(d.buf) {
		op = d.buf[at]
	}
	return &SyntaxError{Op: op, Offset: s.pos, Err: err}
}

// fill reads once, for a pickle that has at least so many bytes. Room grows with what
// has come, not with what is said to come.
func (d *Decoder) fill(need int) error {
	if d.from > 0 {
		d.base += int64(d.from)
		d.buf = append(d.buf[:0], d.buf[d.from:]...)
		d.from = 0
	}
	if cap(d.buf) > keptBuffer && len(d.buf) == 0 {
		d.buf = nil
	}
	room := min(max(need-len(d.buf), 512), max(len(d.buf), readAhead))
	d.buf = slices.Grow(d.buf, room)
	for range 100 {
		n, err := d.r.Read(d.buf[len(d.buf):cap(d.buf)])
		d.buf = d.buf[:len(d.buf)+n]
		if n > 0 || err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// An Encoder writes pickles to a stream, one after the other. It is not safe for use
// from several goroutines.
type Encoder struct {
	codec Codec
	w     io.Writer
	buf   []byte
	err   error // the writer's: what it has of a pickle may be part of one
}

// NewEncoder returns an Encoder with the zero Codec.
func NewEncoder(w io.Writer) *Encoder { return Codec{}.NewEncoder(w) }

// NewEncoder returns an Encoder that writes with the codec.
func (c Codec) NewEncoder(w io.Writer) *Encoder { return &Encoder{codec: c, w: w} }

// Reset makes the Encoder write to another stream, with the same codec.
func (e *Encoder) Reset(w io.Writer) { e.w, e.err = w, nil }

// Encode writes v as a whole pickle with a memo of its own. Nothing is written if v
// cannot be. After an error of the writer, which may have got part of a pickle, each
// call returns that error until Reset.
func (e *Encoder) Encode(v any) error { return e.EncodeContext(background, v) }

// EncodeContext is Encode with the context that classes of the Registry get.
func (e *Encoder) EncodeContext(ctx context.Context, v any) error {
	if e.err != nil {
		return e.err
	}
	buf, err := e.codec.Append(ctx, e.buf[:0], v)
	if err != nil {
		return err
	}
	if e.buf = buf; cap(buf) > keptBuffer {
		e.buf = nil
	}
	_, e.err = e.w.Write(buf)
	return e.err
}
