package pickle

import "strings"

// Go copies from a megabyte on past the caches. That is slower where they can hold
// what is copied, and it is then copied in parts.
const (
	copyPart   = 512 << 10
	copyCached = 4 << 20
)

// appendLarge is append for what may be large.
func appendLarge(dst, b []byte) []byte {
	if len(b) <= copyPart || len(b) > copyCached || cap(dst)-len(dst) < len(b) {
		return append(dst, b...)
	}
	for len(b) > copyPart {
		dst, b = append(dst, b[:copyPart]...), b[copyPart:]
	}
	return append(dst, b...)
}

// cloneLarge returns a copy of b.
func cloneLarge(b []byte) []byte {
	if len(b) <= copyPart || len(b) > copyCached {
		return append([]byte(nil), b...)
	}
	var s strings.Builder // does not clear its memory first
	s.Grow(len(b))
	for ; len(b) > copyPart; b = b[copyPart:] {
		s.Write(b[:copyPart])
	}
	s.Write(b)
	return textBytes(s.String())
}
