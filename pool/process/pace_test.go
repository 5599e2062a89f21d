package process

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	var p pace
	if got := p.room(0); got != 1 {
		t.Errorf("of unknown tasks %d are sent ahead", got-1)
	}
	for range 100 {
		p.note("light", 50*time.Microsecond, 1)
	}
	for _, tt := range []struct{ has, want int }{{0, 20}, {10, 10}, {11, 0}, {20, 0}} {
		if got := p.room(tt.has); got != tt.want {
			t.Errorf("a worker that has %d tasks of 50 us gets %d, want %d", tt.has, got, tt.want)
		}
	}
	p.note("light", time.Microsecond, 1)
	p.note("light", time.Second, 1) // a slow one counts at once
	if got := p.room(0); got != 1 {
		t.Errorf("after a slow task %d are sent", got)
	}
	p.note("light", time.Microsecond, 1)
	p.note("heavy", time.Microsecond, 1) // what is known is that of other tasks
	if p.like != "heavy" || p.mean != time.Microsecond {
		t.Errorf("of other tasks it is known: %v", p)
	}
}
