package pickle

import (
	"math/rand/v2"
	"sync/atomic"
)

// The texts of messages are few: names of methods, of objects and of keys come again
// and again. Those of short pickles are kept, at most numInterned and none of more than
// maxInterned bytes, so that a message shares them with those before.
const (
	numInterned = 256
	maxInterned = 16 // of which a hash costs less than a copy
	internOdds  = 16
)

var internedTexts [numInterned]atomic.Pointer[string]

// interned returns a text as a value if it is kept. It is valid then.
func interned(text []byte) (v any, ok bool) {
	if len(text) > maxInterned {
		return nil, false
	}
	s := textOf(text)
	p := internedTexts[hashString(s)%numInterned].Load()
	if p == nil || *p != s {
		return nil, false
	}
	return box(typeString, p), true
}

// intern keeps one of internOdds texts that are not kept: the frequent ones soon are,
// and those that come once do not put them out.
func intern(s string) {
	if len(s) <= maxInterned && rand.Uint32()%internOdds == 0 {
		p := new(string)
		*p = string(append([]byte(nil), s...))
		internedTexts[hashString(s)%numInterned].Store(p)
	}
}
