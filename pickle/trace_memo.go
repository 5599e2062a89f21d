package pickle

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// put executes the opcodes that memoize.
func (t *tracer) put(in Instruction) error {
	if len(t.stack) <= t.fence {
		return ErrUnderflow
	}
	i, err := t.memoIndex(in)
	if err != nil {
		return err
	}
	v := t.stack[len(t.stack)-1]
	switch {
	case i < uint64(len(t.dense)):
		t.dense[i] = v
	case i == uint64(len(t.dense)) && t.memo == nil:
		t.dense = append(t.dense, v)
	default:
		if t.memo == nil {
			t.memo = map[uint64]traced{}
		}
		t.memo[i] = v
	}
	return nil
}

// entries is how many entries the memo has.
func (t *tracer) entries() int { return len(t.dense) + len(t.memo) }

func (t *tracer) get(in Instruction) error {
	i, err := t.memoIndex(in)
	if err != nil {
		return err
	}
	if i < uint64(len(t.dense)) {
		t.push(t.dense[i])
		return nil
	}
	v, ok := t.memo[i]
	if !ok {
		return fmt.Errorf("%w %d", ErrMemo, i)
	}
	t.push(v)
	return nil
}

// memoIndex is the number of the entry that an opcode is about.
func (t *tracer) memoIndex(in Instruction) (uint64, error) {
	switch in.Op {
	case opMemoize:
		return uint64(t.entries()), nil
	case opGet, opPut:
		i, err := strconv.ParseUint(string(in.Arg), 10, 63)
		if err != nil {
			return 0, fmt.Errorf("%w %q", ErrMemo, clip(in.Arg))
		}
		return i, nil
	case opBinGet, opBinPut:
		return uint64(in.Arg[0]), nil
	}
	return uint64(binary.LittleEndian.Uint32(in.Arg)), nil
}
