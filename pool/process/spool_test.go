package process

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/brine-go/brine/connection"
)

func TestSpool(t *testing.T) {
	w := newSpool()
	if w.file == nil {
		t.Fatal("no memory for a spool")
	}
	defer w.close()
	r := &spool{file: w.file} // as the other process has it
	most := maxMessage(connection.Config{})
	message := func(i, size int) []byte { return bytes.Repeat([]byte{byte(i)}, size) }
	take := func(note []byte, want []byte) {
		t.Helper()
		if !isNote(note) {
			t.Fatalf("%x is no note", note)
		}
		if got, err := r.take(note, most); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, %v; want %d times %d", len(got), err, len(want), want[0])
		}
	}
	offset := func(note []byte) uint64 { return binary.BigEndian.Uint64(note[1:]) }

	first, _ := w.write(message(1, 5000))
	second, _ := w.write(message(2, 7000))
	if offset(first) != spoolStart || offset(second) != spoolStart+5000 {
		t.Errorf("the messages lie at %d and %d, not one behind the other", offset(first), offset(second))
	}
	take(first, message(1, 5000))
	third, _ := w.write(message(3, 100))
	if offset(third) != spoolStart+12000 {
		t.Errorf("the third is at %d, while the second is not taken", offset(third))
	}
	take(second, message(2, 7000))
	take(third, message(3, 100))
	again, _ := w.write(message(4, 1<<20))
	if offset(again) != spoolStart {
		t.Errorf("a message is at %d, though all were taken", offset(again))
	}
	if _, ok := w.write(message(5, spoolSize)); ok {
		t.Error("a spool takes more than its size")
	}
	take(again, message(4, 1<<20))
}

// What the other side says is a claim.
func TestSpoolRefusesNotes(t *testing.T) {
	s := newSpool()
	defer s.close()
	if _, ok := s.write(make([]byte, 1000)); !ok {
		t.Fatal("no room")
	}
	for _, tt := range []struct{ at, length uint64 }{
		{0, 8}, {spoolStart, 1 << 40}, {1 << 63, 1}, {spoolStart, 1<<64 - 1}, {spoolStart + 1001, 0}, {spoolStart, 501},
	} {
		note := binary.BigEndian.AppendUint64([]byte{0}, tt.at)
		note = binary.BigEndian.AppendUint64(note, tt.length)
		if b, err := s.take(note, 500); err == nil || !strings.Contains(err.Error(), "note for") {
			t.Errorf("%d bytes at %d: %d bytes, %v", tt.length, tt.at, len(b), err)
		}
	}
	if _, err := new(spool).take(make([]byte, noteLength), 500); err == nil {
		t.Error("a note is taken where there is no spool")
	}
}
