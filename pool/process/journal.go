package process

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// A journal has the answers of a worker that it has not sent: one that has more
// tasks writes an answer to memory that we have, too, and goes on without a
// system call. The next answer that it sends, half a millisecond later or when
// it has no more tasks, tells of all before it. If the worker is killed, what it
// had done is in the journal.
//
//	offset 0     where the next record begins, in this host's order: the worker's
//	offset 8     up to where we have read, likewise
//	offset 64    the records, in a ring
//
//	+---------------+---------------+--------+
//	| uint32 length | uint32 number | answer |  in little-endian order
//	+---------------+---------------+--------+
//
// The number is that of the worker's answers before this one, those that it sent
// among them. Offsets in the ring only grow; a record lies at its offset modulo
// journalRing. Where one of journalRecord would not fit before the end, the next
// is at the beginning.
//
// The memory cannot be made shorter, so we may map it. What is in it is a claim.
type journal struct {
	file   *os.File // nil where there is no such memory
	memory []byte
	read   uint64
	seen   uint64 // where the next was to begin, when the journal was last looked at
}

// These are in loop.py, too.
const (
	journalStart  = 64
	journalRing   = 64 << 10
	journalRecord = 4 << 10 // at most, with its header
	recordHeader  = 8
)

var errJournal = errors.New("process: a worker's journal is damaged")

// end is where the records end.
func (j *journal) end() uint64 {
	if j.memory == nil { // there is none, or it was closed
		return j.read
	}
	return binary.NativeEndian.Uint64(j.memory)
}

// A record is an answer that was not sent.
type record struct {
	number uint32
	answer []byte
	behind uint64 // where it ends
}

// next copies the next record before end into room. It stays the next until it
// is passed to skip.
func (j *journal) next(room []byte, end uint64) (r record, err error) {
	at := j.read
	place := at % journalRing
	if place > journalRing-journalRecord {
		at, place = at+journalRing-place, 0
	}
	if end-j.read > journalRing || at+recordHeader > end {
		return r, fmt.Errorf("%w: its records from %d end at %d", errJournal, j.read, end)
	}
	header := j.memory[journalStart+place:][:recordHeader]
	length := binary.LittleEndian.Uint32(header)
	r.number = binary.LittleEndian.Uint32(header[4:])
	r.behind = at + recordHeader + uint64(length)
	if length > journalRecord-recordHeader || r.behind > end {
		return r, fmt.Errorf("%w: a record at %d has %d bytes, and the last ends at %d", errJournal, at, length, end)
	}
	r.answer = append(room[:0], j.memory[journalStart+place+recordHeader:][:length]...)
	return r, nil
}

// skip goes on behind the record.
func (j *journal) skip(r record) { j.read = r.behind }

// free gives the room of records back that were read.
func (j *journal) free() { binary.NativeEndian.PutUint64(j.memory[8:], j.read) }

// quiet tells whether the worker wrote nothing since this was last asked. Only
// then is all that it wrote sure to be seen, if it has not told us.
func (j *journal) quiet() bool {
	end := j.end()
	quiet := end == j.seen
	j.seen = end
	return quiet
}
