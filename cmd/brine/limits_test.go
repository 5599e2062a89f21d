package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/brine-go/brine/pickle"
)

// TestLimits holds the limits that the help names to what the decoder does: so
// much is read, one more is not.
func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		row   string
		most  int
		value func(n int) []byte
	}{
		{"nesting of values      10,000\n", 10_000, func(n int) []byte {
			return append(bytes.Repeat([]byte("("), n), bytes.Repeat([]byte("t"), n)...)
		}},
		{"one integer            1 MiB;", 1 << 20, func(n int) []byte {
			return append(binary.LittleEndian.AppendUint32([]byte{0x8b}, uint32(n)), bytes.Repeat([]byte{1}, n)...)
		}},
		{" 4,300 digits as text\n", 4300, func(n int) []byte { return []byte("L" + strings.Repeat("7", n) + "L\n") }},
	} {
		if !strings.Contains(serveLimits, tt.row) {
			t.Errorf("the help does not say %q", tt.row)
		}
		for n, fits := range map[int]bool{tt.most: true, tt.most + 1: false} {
			b := append([]byte("\x80\x04"), tt.value(n)...)
			_, err := (pickle.Codec{}).Decode(context.Background(), append(b, '.'))
			if _, over := errors.AsType[*pickle.LimitError](err); fits && err != nil || !fits && !over {
				t.Errorf("%q: %d: %v", tt.row, n, err)
			}
		}
	}
}
