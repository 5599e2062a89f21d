package process

import (
	"context"
	"encoding/binary"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
)

// A batch is a message with many tasks of one function, which the worker
// unpickles at once: the names of functions are what takes longest to look up.
//
//	+---+--------------+----------------------------------------------------+
//	| 1 | uint32 count | pickle of (star, func, [job, i, args, job, i, …]) |
//	+---+--------------+----------------------------------------------------+
//
// star is mapstar or starmapstar for a chunk of items, else None. No pickle
// begins with a one. The arguments are plain ones: their unpickling cannot fail
// for one task and not for another, and there is nothing that two could share.
const batchMark = 1

const (
	maxArgs  = 64      // arguments of a task in a batch, at most
	maxPlain = 1 << 10 // text in one of them
)

// batchable tells whether the task may be in a batch.
func batchable(t *pool.Task) bool {
	_, named := t.Func.(pickle.Global)
	return named && (t.Kwargs == nil || t.Kwargs.Len() == 0) && plain(t.Args, maxArgs)
}

// plain tells whether the arguments are numbers and short texts, n at most, or
// tuples of a few of them.
func plain(args pickle.Tuple, n int) bool {
	if len(args) > n {
		return false
	}
	for _, arg := range args {
		switch v := arg.(type) {
		case nil, bool, int64, float64:
		case string:
			if len(v) > maxPlain {
				return false
			}
		case []byte:
			if len(v) > maxPlain {
				return false
			}
		case pickle.Tuple:
			if !plain(v, n/8) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// alike is how many of the tasks, from the first on, make up a batch.
func alike(tasks []*pool.Task) int {
	n := 0
	for n < len(tasks) && batchable(tasks[n]) && tasks[n].Func == tasks[0].Func && tasks[n].Kind == tasks[0].Kind {
		n++
	}
	return n
}

// Opcodes of pickle.
const (
	opProto  = 0x80
	opMark   = '('
	opList   = 'l'
	opTuple3 = 0x87
	opStop   = '.'
)

// batch is the message for tasks that make up one.
func batch(ctx context.Context, codec pickle.Codec, tasks []*pool.Task) (b []byte, err error) {
	b = binary.BigEndian.AppendUint32(append(make([]byte, 0, 256+16*len(tasks)), batchMark), uint32(len(tasks)))
	b = append(b, opProto, 4)
	put := func(v any) {
		if err == nil {
			b, err = codec.AppendValue(ctx, b, v)
		}
	}
	put(tasks[0].Kind.Star())
	put(tasks[0].Func)
	b = append(b, opMark)
	for _, t := range tasks {
		put(t.Job)
		put(t.Index)
		put(t.Args)
	}
	return append(b, opList, opTuple3, opStop), err
}
