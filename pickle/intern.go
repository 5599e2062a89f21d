package pickle

import (
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
)

// The texts of messages are few: names of methods, of objects and of keys come again
// and again. Those of short pickles are kept, at most numInterned and none of more than
// maxInterned bytes, so that a message shares them with those before.
const (
	numInterned = 256
	maxInterned = 16 // which two words show
	internOdds  = 16
)

// An internedText is a text that is kept, with the words that show it.
type internedText struct {
	text  string
	words textWords
}

var internedTexts [numInterned]atomic.Pointer[internedText]

// textWords are the first and the last bytes of a text of at most 16, which together
// with its length are the text.
type textWords struct{ low, high uint64 }

func wordsOfText(b []byte) (w textWords) {
	n := len(b)
	switch {
	case n >= 8:
		return textWords{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])}
	case n >= 4:
		return textWords{uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))}
	case n > 0:
		return textWords{uint64(b[0])<<16 | uint64(b[n/2])<<8 | uint64(b[n-1]), 0}
	}
	return w
}

// place is where the text is kept, if it is. That is no secret: who fills the places
// with texts of his own only has the others made each time.
func (w textWords) place() *atomic.Pointer[internedText] {
	return &internedTexts[(w.low^w.high<<1)*0x9e3779b97f4a7c15>>56%numInterned]
}

// intern keeps one of internOdds texts that are not kept: the frequent ones soon are,
// and those that come once do not put them out.
func intern(text []byte) {
	if len(text) <= maxInterned && rand.Uint32()%internOdds == 0 {
		keep(text)
	}
}

func keep(text []byte) {
	w := wordsOfText(text)
	w.place().Store(&internedText{string(text), w})
}
