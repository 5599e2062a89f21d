package process

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/brine-go/brine/connection"
)

// A spool carries large messages from one process to another, through memory
// that both have open. Its file has no name: when both processes are gone, killed
// or not, so is the memory. Each side reads and writes it with a system call,
// since who maps a file that the other makes shorter dies.
//
//	offset 0     how many messages the reader has taken, in this host's order
//	offset 4096  the messages, one behind the other
//
// When all were taken the next is written to the beginning again, into pages
// that are there already. What it does not take goes through the connection, as
// a small message does; in place of one that it took goes a note:
//
//	+---+---------------+---------------+
//	| 0 | uint64 offset | uint64 length |  in network order
//	+---+---------------+---------------+
//
// No pickle begins with a zero.
type spool struct {
	file  *os.File // nil where there is no such memory
	count uint64   // messages that we wrote, or took
	end   int64    // of the last that we wrote
}

const (
	spoolStart = 4096
	noteLength = 17

	// largeMessage is a size from which messages are spooled. It is in loop.py,
	// too.
	largeMessage = 128 << 10
	// spoolSize is what we leave in a spool: larger messages are taken out.
	spoolSize = 32 << 20
)

// write puts a message, in pieces, into the spool and returns the note for it, or
// tells that there is no room.
func (s *spool) write(pieces ...[]byte) (note []byte, ok bool) {
	if s == nil || s.file == nil {
		return nil, false
	}
	var head [8]byte
	if _, err := s.file.ReadAt(head[:], 0); err != nil && err != io.EOF {
		return nil, false
	}
	at := max(s.end, spoolStart)
	if binary.NativeEndian.Uint64(head[:]) == s.count {
		at = spoolStart
	}
	size := total(pieces)
	if at+size > spoolSize {
		return nil, false
	}
	end := at
	for _, piece := range pieces {
		if _, err := s.file.WriteAt(piece, end); err != nil {
			return nil, false
		}
		end += int64(len(piece))
	}
	s.count, s.end = s.count+1, end
	note = binary.BigEndian.AppendUint64(make([]byte, 1, noteLength), uint64(at))
	return binary.BigEndian.AppendUint64(note, uint64(size)), true
}

func total(pieces [][]byte) (n int64) {
	for _, piece := range pieces {
		n += int64(len(piece))
	}
	return n
}

// isNote tells a note from a message.
func isNote(b []byte) bool { return len(b) == noteLength && b[0] == 0 }

// take returns the message that a note is for. The other side may have written
// anything.
func (s *spool) take(note []byte, most int64) ([]byte, error) {
	if s == nil || s.file == nil {
		return nil, errors.New("process: a note for a spool, where there is none")
	}
	at, length := binary.BigEndian.Uint64(note[1:]), binary.BigEndian.Uint64(note[9:])
	info, err := s.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("process: the spool: %w", err)
	}
	size := uint64(info.Size())
	if at < spoolStart || at > size || length > size-at || length > uint64(most) {
		return nil, fmt.Errorf("process: a note for %d bytes at %d of a spool that has %d", length, at, size)
	}
	body := make([]byte, length)
	if _, err := s.file.ReadAt(body, int64(at)); err != nil {
		return nil, fmt.Errorf("process: the spool: %w", err)
	}
	if length > spoolSize {
		freeSpace(s.file, int64(at), int64(length))
	}
	s.count++
	var head [8]byte
	binary.NativeEndian.PutUint64(head[:], s.count)
	if _, err := s.file.WriteAt(head[:], 0); err != nil {
		return nil, fmt.Errorf("process: the spool: %w", err)
	}
	return body, nil
}

// maxMessage is the longest message that a spool carries: as a connection's.
func maxMessage(cfg connection.Config) int64 { return cmp.Or(cfg.MaxMessage, 1<<30) }

func (s *spool) close() {
	if s.file != nil {
		s.file.Close()
	}
}
