package pickle

import (
	"bytes"
	"iter"
)

// An Instruction is one opcode of a pickle, as it stands there.
type Instruction struct {
	Offset int    // of the opcode
	Op     byte   // the opcode itself
	Arg    []byte // what follows it, without a length before and a newline after
	Size   int    // of all of it in bytes
}

// Name is the name that Python's pickletools gives the opcode.
func (in Instruction) Name() string { return opName(in.Op) }

// Instructions yields the opcodes of the first pickle in data, up to its STOP.
// It looks at no value: what a Decoder would refuse later, it yields. An error
// is a *SyntaxError and comes last.
func Instructions(data []byte) iter.Seq2[Instruction, error] {
	return func(yield func(Instruction, error) bool) {
		for at := 0; ; {
			in, err := instructionAt(data, at)
			if !yield(in, err) || err != nil || in.Op == opStop {
				return
			}
			at += in.Size
		}
	}
}

// instructionAt reads the opcode at an offset.
func instructionAt(data []byte, at int) (in Instruction, err error) {
	if at >= len(data) {
		return in, &SyntaxError{Op: opStop, Offset: at, Err: ErrTruncated}
	}
	in = Instruction{Offset: at, Op: data[at]}
	rest := data[at+1:]
	arg, size, err := argument(in.Op, rest)
	if err != nil {
		return in, &SyntaxError{Op: in.Op, Offset: at, Err: err}
	}
	in.Arg, in.Size = arg, 1+size
	return in, nil
}

// argument returns the argument of an opcode, which begins rest, and the size
// of it in the pickle.
func argument(op byte, rest []byte) (arg []byte, size int, err error) {
	if opNames[op] == "" {
		return nil, 0, ErrOpcode
	}
	layout := opArgs[op]
	width := int(layout.size)
	if width > len(rest) {
		return nil, 0, ErrTruncated
	}
	switch layout.kind {
	case argInt:
		return rest[:width], width, nil
	case argSized:
		n := length(rest[:width])
		if n > uint64(len(rest)-width) {
			return nil, 0, ErrTruncated
		}
		end := width + int(n)
		return rest[width:end], end, nil
	case argLine, argLines:
		end := bytes.IndexByte(rest, '\n')
		if end >= 0 && layout.kind == argLines {
			if next := bytes.IndexByte(rest[end+1:], '\n'); next >= 0 {
				end += 1 + next
			} else {
				end = -1
			}
		}
		if end < 0 {
			return nil, 0, ErrTruncated
		}
		return rest[:end], end + 1, nil
	}
	return nil, 0, nil
}
