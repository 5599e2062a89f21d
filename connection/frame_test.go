package connection

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
)

func TestParseHeader(t *testing.T) {
	tests := []struct {
		name string
		b    string
		size int
		body int64
		err  string
	}{
		{name: "nothing"},
		{name: "three bytes", b: "\x00\x00\x01"},
		{name: "empty", b: "\x00\x00\x00\x00", size: 4},
		{name: "short", b: "\x00\x00\x01\x02rest", size: 4, body: 0x102},
		{name: "long, incomplete", b: "\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00"},
		{name: "long for a small body", b: "\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x02", size: 12, body: 2},
		{name: "at the limit", b: "\x00\x00\x10\x00", size: 4, body: 4096},
		{name: "over the limit", b: "\x00\x00\x10\x01", err: "connection: message of 4097 bytes, only 4096 are allowed"},
		{name: "negative", b: "\xff\xff\xff\xfe", err: "connection: message with the negative length -2"},
		{name: "most negative", b: "\x80\x00\x00\x00", err: "connection: message with the negative length -2147483648"},
		{name: "2^62", b: "\xff\xff\xff\xff\x40\x00\x00\x00\x00\x00\x00\x00", err: "connection: message of 4611686018427387904 bytes, only 4096 are allowed"},
		{name: "2^64-1", b: "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", err: "connection: message of 9223372036854775807 bytes, only 4096 are allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			size, body, err := parseHeader([]byte(tt.b), 4096)
			if got := fmt.Sprint(err); size != tt.size || body != tt.body || tt.err == "" && err != nil || tt.err != "" && got != tt.err {
				t.Errorf("parseHeader(%x) = %d, %d, %v; want %d, %d, %q", tt.b, size, body, err, tt.size, tt.body, tt.err)
			}
		})
	}
}

func TestAppendHeader(t *testing.T) {
	tests := []struct {
		n    int
		want string
	}{
		{0, "00000000"},
		{0x102, "00000102"},
		{math.MaxInt32, "7fffffff"},
		{math.MaxInt32 + 1, "ffffffff0000000080000000"},
	}
	for _, tt := range tests {
		if got := fmt.Sprintf("%x", appendHeader(nil, tt.n)); got != tt.want {
			t.Errorf("appendHeader(%d) = %s, want %s", tt.n, got, tt.want)
		}
	}
}

// body is of n bytes and differs from a shifted copy of itself.
func body(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> (i % 3))
	}
	return b
}

// TestSegmentation sends messages of all sizes that take another path, cut at
// many places.
func TestSegmentation(t *testing.T) {
	var stream []byte
	var sizes []int
	for _, n := range []int{0, 1, 3, 0, 100, smallSize - 4, smallSize - 3, smallSize, 5, firstStep - 4, firstStep, 300_000, 17, trustedSize + 1000, 2} {
		sizes = append(sizes, n, n)
		stream = append(appendHeader(stream, n), body(n)...)
		stream = append(stream, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		stream = append(stream, body(n)...)
	}
	for _, a := range []Address{loopback, {Path: "unix"}} {
		for _, piece := range []int{1999, 16 << 10, 1 << 20, len(stream)} {
			if a.IsUnix() {
				a = socketPath(t)
			}
			t.Run(fmt.Sprintf("unix=%v piece=%d", a.IsUnix(), piece), func(t *testing.T) {
				c, peer := accepted(t, a, Config{})
				go func() {
					for b := stream; len(b) > 0; b = b[min(piece, len(b)):] {
						if _, err := peer.Write(b[:min(piece, len(b))]); err != nil {
							t.Error(err)
							return
						}
					}
					peer.Close()
				}()
				for i, n := range sizes {
					b, err := c.RecvBytes(bounded(t))
					if err != nil {
						t.Fatalf("message %d: %v", i, err)
					}
					if !bytes.Equal(b, body(n)) {
						t.Fatalf("message %d: %d bytes, not those that were sent (%d)", i, len(b), n)
					}
				}
				if b, err := c.RecvBytes(bounded(t)); err != io.EOF {
					t.Errorf("at the end: %x, %v; want io.EOF", b, err)
				}
			})
		}
	}
	if got := claimed.Load(); got != 0 {
		t.Errorf("%d bytes are still claimed", got)
	}
}

func TestBrokenFrames(t *testing.T) {
	tests := []struct {
		name, bytes string
		want        string
		is          error
	}{
		{"nothing", "", "EOF", io.EOF},
		{"half a header", "\x00\x00", "connection: message cut inside its length, at 2 bytes: unexpected EOF", io.ErrUnexpectedEOF},
		{"no body", "\x00\x00\x00\x05", "connection: message cut at 4 of 9 bytes: unexpected EOF", io.ErrUnexpectedEOF},
		{"half a body", "\x00\x00\x00\x05abc", "connection: message cut at 7 of 9 bytes: unexpected EOF", io.ErrUnexpectedEOF},
		{"half a large body", "\x00\x0f\x00\x00" + strings.Repeat("x", 100_000), "connection: message cut at 100004 of 983044 bytes: unexpected EOF", io.ErrUnexpectedEOF},
		{"too long", "\x7f\x00\x00\x00", "connection: message of 2130706432 bytes, only 1048576 are allowed", ErrTooLong},
		{"2^62", "\xff\xff\xff\xff\x40\x00\x00\x00\x00\x00\x00\x00", "connection: message of 4611686018427387904 bytes, only 1048576 are allowed", ErrTooLong},
		{"negative", "\xff\xff\xff\xf0", "connection: message with the negative length -16", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, peer := accepted(t, loopback, Config{MaxMessage: 1 << 20})
			io.WriteString(peer, tt.bytes)
			peer.Close()
			for range 2 { // what broke stays broken
				_, err := c.RecvBytes(bounded(t))
				if err == nil || err.Error() != tt.want || tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("got %v, want %s", err, tt.want)
				}
			}
		})
	}
	if got := claimed.Load(); got != 0 {
		t.Errorf("%d bytes are still claimed", got)
	}
}

// TestClaims lets many peers promise what they do not send.
func TestClaims(t *testing.T) {
	in := make([]input, 64)
	total := 0
	for i := range in {
		in[i].limit = 1 << 30
		copy(in[i].room(), appendHeader(nil, trustedSize-4))
		in[i].to = 4
		if in[i].whole() {
			t.Fatal("a header alone is a whole frame")
		}
		in[i].room()
		total += len(in[i].buf.b)
	}
	if most := maxClaimed + len(in)*(firstStep+8<<10); total > most {
		t.Errorf("%d peers that claimed %d bytes hold %d, more than %d", len(in), trustedSize, total, most)
	}
	for i := range in {
		in[i].drop()
	}
	if got := claimed.Load(); got != 0 {
		t.Errorf("%d bytes are still claimed", got)
	}
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x02ab\x00\x00\x00\x00"), uint16(3))
	f.Add([]byte("\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x01z"), uint16(1))
	f.Add([]byte("\x00\x01\x00\x00xyz"), uint16(5))
	f.Fuzz(func(t *testing.T, stream []byte, piece uint16) {
		const limit = 1 << 20
		var got [][]byte
		in := input{limit: limit}
		for b := stream; in.err == nil; {
			for in.whole() {
				body := in.next().Bytes()
				got = append(got, bytes.Clone(body))
				if len(body)%2 == 0 {
					in.frame.Keep()
				}
				in.release()
			}
			if len(b) == 0 || in.err != nil {
				break
			}
			n := copy(in.room(), b[:min(len(b), int(piece)+1)])
			if n == 0 {
				t.Fatalf("no room for more of %x", stream)
			}
			in.to += n
			b = b[n:]
		}
		in.drop()

		for i, rest := 0, stream; ; i++ { // the plain way
			head, n, err := parseHeader(rest, limit)
			if err != nil || head == 0 || int64(len(rest)-head) < n {
				if i != len(got) || (err != nil) != (in.err != nil) {
					t.Fatalf("%d messages, %v; want %d, %v", len(got), in.err, i, err)
				}
				break
			}
			if i >= len(got) || !bytes.Equal(got[i], rest[head:head+int(n)]) {
				t.Fatalf("message %d of %x is wrong", i, stream)
			}
			rest = rest[head+int(n):]
		}
		if claimed.Load() != 0 {
			t.Fatalf("%d bytes are still claimed", claimed.Load())
		}
	})
}
