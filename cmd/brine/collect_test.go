package main

import (
	"testing"
	"time"
)

func TestPercentFor(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name string
		made uint64
		in   time.Duration
		live uint64
		want int
	}{
		{"idle", 0, time.Minute, 4 * mib, 100},
		{"many small requests", 4 * mib, time.Second, 4 * mib, 100},
		{"some large values", 4 * mib, 25 * time.Millisecond, 4 * mib, 400},
		{"many large values", 4 * mib, time.Millisecond, 4 * mib, 1600},
		{"a large heap", 1 << 30, time.Second, 1 << 30, 100},
		{"an empty heap", 4 * mib, 0, 0, 6400},
	}
	for _, tt := range tests {
		if got := percentFor(tt.made, tt.in, tt.live); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}
