package faults

import (
	"encoding/binary"
	"io"
	"strconv"
	"testing"
)

const longMark = "\xff\xff\xff\xff"

// longFramed puts the length in front in the long form.
func longFramed(body string) string {
	return longMark + string(binary.BigEndian.AppendUint64(nil, uint64(len(body)))) + body
}

// TestLongRequests: a request in the long form is one like others, however
// short it is; of one that is too long, the length alone is read.
func TestLongRequests(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		const most = 1 << 20
		s := serve(t, network, "--max-message", strconv.Itoa(most))
		for stage, dial := range stages {
			p := dial(t, s)
			p.Write([]byte(longFramed(request("", "number_of_objects"))))
			var head [4]byte
			if _, err := io.ReadFull(p, head[:]); err != nil || string(head[:3]) != "\x00\x00\x00" {
				t.Errorf("%s: the answer begins with %x, %v; want the short form", stage, head, err)
			}
		}
		for _, claim := range []uint64{most + 1, 1 << 31, 1 << 62, 1<<64 - 1} {
			p := dialServed(t, s)
			p.Write(binary.BigEndian.AppendUint64([]byte(longMark), claim))
			if got, err := p.fate(); err != nil || got != "closed" {
				t.Errorf("a length of %d: %q, %v; want that it closes", claim, got, err)
			}
		}
		awaitLog(t, s, "message of 4611686018427387904 bytes, only 1048576 are allowed")
	})
}
