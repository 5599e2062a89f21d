package connection

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

const (
	// smallSize holds what Python sends in one write.
	smallSize = 16<<10 + 512
	// firstStep is the first buffer of a message that may be a lie.
	firstStep = 64 << 10
	// trustedSize is how long a message may claim to be and still get its
	// whole buffer at once, which spares copying it while it grows.
	trustedSize = 4 << 20
	// maxClaimed bounds what all such claims together may hold.
	maxClaimed = 64 << 20

	minClass      = 14
	maxClass      = 26
	largestPooled = 1<<(maxClass+1) - 1
)

// claimed is how much of the buffers of incomplete messages has been taken on
// the word of their headers alone.
var claimed atomic.Int64

// A buffer is memory that goes round, unless a message that is kept takes it
// along.
type buffer struct{ b []byte }

var smallBuffers = sync.Pool{New: func() any { return &buffer{make([]byte, smallSize)} }}

// largeBuffers[i] has those of at least 1<<(minClass+i) bytes, and less than
// twice that.
var largeBuffers [maxClass - minClass + 1]sync.Pool

func getSmall() *buffer { return smallBuffers.Get().(*buffer) }

// getLarge returns a buffer of at least n bytes. A message that is kept keeps
// its buffer, so sizes are exact to the page. Those come back by the garbage
// collector only, since nobody knows who refers to which part; but from its
// heap, which the pages of a steady flow of messages do not leave.
func getLarge(n int) *buffer {
	if buf := pooled(n); buf != nil {
		return buf
	}
	return &buffer{uncleared(n)}
}

// pooled is getLarge where there is such a buffer already.
func pooled(n int) *buffer {
	if n > largestPooled {
		return nil
	}
	if buf, _ := largeBuffers[class(n)].Get().(*buffer); buf != nil && len(buf.b) >= n {
		return buf
	}
	return nil
}

func (buf *buffer) put() {
	switch n := len(buf.b); {
	case n == smallSize:
		smallBuffers.Put(buf)
	case n <= largestPooled:
		largeBuffers[class(n)].Put(buf)
	}
}

func (buf *buffer) small() bool { return len(buf.b) == smallSize }

func class(n int) int { return max(bits.Len(uint(n))-1, minClass) - minClass }

// claim takes n bytes of the allowance for unproven claims.
func claim(n int64) bool {
	if claimed.Add(n) <= maxClaimed {
		return true
	}
	claimed.Add(-n)
	return false
}
