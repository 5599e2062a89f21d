package pickle

import "encoding/binary"

// What Recode writes lies in frames from protocol 4 on, as Python's own pickler
// divides it: a frame ends before the next value once it has reached its size,
// and what is so large by itself stands between frames. Append writes none: a
// reader needs them only to ask for less of a stream at a time.
const (
	frameSize   = 64 << 10
	frameHeader = 9 // FRAME and a length
	frameLeast  = 4 // bytes that are worth a frame
)

// frames is where the encoder is in them.
type frames struct {
	on    bool
	begin int // of the header of the current frame
	full  int // the length of the output at which it ends
}

func (e *encoder) beginFrame() {
	if !e.frames.on {
		return
	}
	e.frames.begin = len(e.out)
	e.frames.full = len(e.out) + frameHeader + frameSize
	e.out = append(e.out, opFrame, 0, 0, 0, 0, 0, 0, 0, 0)
}

// endFrame writes the length of the frame, or takes a small one's header away.
func (e *encoder) endFrame() {
	if !e.frames.on {
		return
	}
	begin := e.frames.begin
	content := e.out[begin+frameHeader:]
	if len(content) < frameLeast {
		e.out = append(e.out[:begin], content...)
		return
	}
	binary.LittleEndian.PutUint64(e.out[begin+1:], uint64(len(content)))
}

// boundary is where a frame may end: before a value.
func (e *encoder) boundary() {
	if e.frames.on && len(e.out) >= e.frames.full {
		e.endFrame()
		e.beginFrame()
	}
}

// alone lets write append a value of so many bytes, outside of frames if it is
// large.
func (e *encoder) alone(size int, write func() error) error {
	if !e.frames.on || size < frameSize || e.codec.passage&framed != 0 {
		return write()
	}
	e.endFrame()
	if err := write(); err != nil {
		return err
	}
	e.beginFrame()
	return nil
}
