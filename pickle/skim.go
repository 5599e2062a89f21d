package pickle

import (
	"bytes"
	"math"
)

// A skim looks for the end of a pickle of which more and more bytes arrive. It reads
// opcodes and the lengths of arguments and looks at no value.
type skim struct {
	pos   int // of the next opcode
	line  int // of the pickle from pos on: as much of it has no newline
	frame int // where the frame ends that pos is in: so much is probably there
}

// next goes on to the STOP. It returns 0 there, with pos behind it, or how many bytes
// of the pickle it must have to go on.
func (s *skim) next(data []byte) (need int, err error) {
	for s.pos < len(data) {
		op := data[s.pos]
		end, need := s.after(data, op)
		switch {
		case opNames[op] == "":
			return 0, &SyntaxError{Op: op, Offset: s.pos, Err: ErrOpcode}
		case need > 0:
			return need, nil
		}
		if op == opFrame {
			s.frame = end + int(min(length(data[end-8:end]), readAhead))
		}
		s.pos, s.line = end, 0
		if op == opStop {
			return 0, nil
		}
	}
	return s.pos + 1, nil
}

// after returns where an opcode ends, or how many bytes it takes to tell.
func (s *skim) after(data []byte, op byte) (end, need int) {
	at := s.pos + 1
	switch op {
	case opBinInt1, opBinGet, opBinPut, opExt1, opProto:
		end = at + 1
	case opBinInt2, opExt2:
		end = at + 2
	case opBinInt, opLongBinGet, opLongBinPut, opExt4:
		end = at + 4
	case opBinFloat, opFrame:
		end = at + 8
	case opInt, opLong, opFloat, opString, opUnicode, opPersID, opGet, opPut:
		return s.lines(data, 1)
	case opGlobal, opInst:
		return s.lines(data, 2)
	default:
		width, _ := layout(op)
		if end = at + width; width == 0 {
			return end, 0
		}
		if end > len(data) {
			return 0, end
		}
		end += int(min(length(data[at:end]), math.MaxInt/2))
	}
	if end > len(data) {
		return 0, end
	}
	return end, 0
}

// lines returns where so many lines end.
func (s *skim) lines(data []byte, n int) (end, need int) {
	end = s.pos + 1
	if n == 1 {
		end += s.line // has been looked at
	}
	for range n {
		i := bytes.IndexByte(data[end:], '\n')
		if i < 0 {
			s.line = len(data) - s.pos - 1
			return 0, len(data) + 1
		}
		end += i + 1
	}
	return end, 0
}

// first returns where the first pickle in data ends.
func (c *Codec) first(data []byte) (end int, err error) {
	var s skim
	need, err := s.next(data)
	if err == nil && need > 0 {
		return len(data), nil // Decode knows what to say
	}
	return s.pos, err
}
