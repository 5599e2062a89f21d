package connection

import (
	"runtime"
	"unsafe"
)

// minRecycled is the size from which a buffer that was given away is worth
// having back.
const minRecycled = 64 << 10

// recycle has the buffer come back when its last user has forgotten it:
// memory that the garbage collector gives and takes is cleared, and often
// returned to the system and faulted in anew, which costs more than reading
// the message.
func recycle(b []byte) {
	size := len(b)
	runtime.SetFinalizer(unsafe.SliceData(b), func(first *byte) {
		(&buffer{unsafe.Slice(first, size)}).put()
	})
}
