package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

// FuzzRequests answers whatever comes: every whole request gets one answer, and one
// that is cut ends the conversation with an error.
func FuzzRequests(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x03\x04N."))
	f.Add([]byte("\x00\x00\x00\x02\x04K\x00\x00\x00\x05\x02K\x01.."))
	f.Add([]byte("\x00\x00\x00\x12\x85\x00\x00\x00\x03\x97\x98.\x00\x00\x00\x01\x01\x00\x00\x00\x01x"))
	f.Add([]byte("\x00\x00\x00\x00"))
	f.Add([]byte("\xff\xff\xff\xff\x04N."))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 1<<16 {
			return
		}
		var out bytes.Buffer
		err := recodeFrames(t.Context(), bytes.NewReader(in), &out)
		requests, rest := 0, in
		for len(rest) >= 4 {
			n := binary.BigEndian.Uint32(rest)
			if n == 0 || uint64(n) > uint64(len(rest)-4) {
				break
			}
			rest = rest[4+n:]
			requests++
		}
		if (err != nil) != (len(rest) > 0) {
			t.Fatalf("%q, of which %q is no request: %v", in, rest, err)
		}
		for i := range requests {
			answer, err := readRequest(&out) // both begin with their length
			if err != nil || answer[0] > 1 {
				t.Fatalf("answer %d to %q is %q, %v", i, in, answer, err)
			}
		}
		if _, err := readRequest(&out); err != io.EOF {
			t.Fatalf("more than %d answers to %q", requests, in)
		}
	})
}
