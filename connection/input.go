package connection

import "bytes"

// An input is the receiving half of a Conn: what has come and has not been
// delivered. It belongs to the goroutine that receives.
type input struct {
	buf      *buffer // nil while nothing is here
	from, to int     // buf.b[from:to] has come
	head     int     // of the frame at from: the size of its header
	size     int     // and of the whole; 0 while the header is incomplete
	reserved int64   // what of the buffer is claimed only
	drained  bool    // the last read got less than it asked for

	limit   int64
	exact   bool // read no further than the frame
	frame   Frame
	current bool                     // frame has been delivered and is in the buffer
	yield   func(*Frame, error) bool // the body of the loop in Frames
	total   uint64                   // bytes that ever came
	err     error                    // why nothing can be received any more
}

// whole reports whether all of the next frame has come.
func (in *input) whole() bool {
	if in.size == 0 {
		if in.buf == nil {
			return false
		}
		head, body, err := parseHeader(in.buf.b[in.from:in.to], in.limit)
		if err != nil {
			in.err = err
			return false
		}
		if head == 0 {
			return false
		}
		in.head, in.size = head, head+int(body)
	}
	return in.to-in.from >= in.size
}

// next makes the whole frame at the front the current one.
func (in *input) next() *Frame {
	in.unclaim()
	in.current = true
	in.frame = Frame{in: in, body: in.buf.b[in.from+in.head : in.from+in.size : in.from+in.size]}
	return &in.frame
}

// room returns where the next read goes: behind what came, and for a frame
// that has outgrown the small buffer no further than its end.
func (in *input) room() []byte {
	if in.buf == nil {
		in.buf, in.from, in.to = getSmall(), 0, 0
	}
	if in.from+max(in.size, longHeader) > len(in.buf.b) {
		in.move()
	}
	end := in.from + in.size
	switch {
	case in.exact && in.size == 0:
		end = in.from + in.nextHeader()
	case !in.exact && in.buf.small():
		end = len(in.buf.b)
	}
	return in.buf.b[in.to:min(end, len(in.buf.b))]
}

// nextHeader is how long the header is, as far as one can tell.
func (in *input) nextHeader() int {
	if in.to-in.from < shortHeader {
		return shortHeader
	}
	return longHeader
}

// move makes room: at the front of the small buffer if the frame fits there,
// else in a larger one when this is full.
func (in *input) move() {
	came := in.buf.b[in.from:in.to]
	if in.size <= smallSize {
		in.from, in.to = 0, copy(in.buf.b, came)
		return
	}
	if !in.buf.small() && in.to < len(in.buf.b) {
		return
	}
	var next *buffer
	if in.size > trustedSize {
		next = pooled(in.size) // which costs nothing, were the size a lie
	}
	if next == nil {
		next = getLarge(in.step(len(came)))
	}
	n := copy(next.b, came)
	in.buf.put()
	in.buf, in.from, in.to = next, 0, n
}

// step says how large a buffer the frame gets after so many of its bytes.
func (in *input) step(came int) int {
	missing := int64(in.size - came)
	if in.size <= trustedSize && in.reserved == 0 && claim(missing) {
		in.reserved = missing
		return in.size
	}
	return min(in.size, max(firstStep, 2*came))
}

func (in *input) unclaim() {
	if in.reserved != 0 {
		claimed.Add(-in.reserved)
		in.reserved = 0
	}
}

// release drops the current frame, and the buffer when no other is in it.
func (in *input) release() {
	if !in.current {
		return
	}
	in.current = false
	in.from += in.size
	in.head, in.size = 0, 0
	if in.from == in.to {
		in.drop()
	}
}

// keep gives the current frame's bytes away. A large buffer has nothing
// behind its frame, so it goes as it is.
func (in *input) keep() []byte {
	body := in.frame.body
	if !in.current || in.buf.small() || in.size < len(in.buf.b)/2 {
		return bytes.Clone(body)
	}
	in.current = false
	in.buf, in.from, in.to = nil, 0, 0
	in.head, in.size = 0, 0
	return body
}

// drop gives the buffer back with whatever is in it.
func (in *input) drop() {
	in.unclaim()
	if in.buf != nil {
		in.buf.put()
		in.buf = nil
	}
	in.from, in.to = 0, 0
}
