package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A collection costs some tenths of a millisecond, however little there is to
// collect, and Go collects whenever the heap has doubled. A server that holds
// little and receives large values would do nothing else: so it may hold as
// much garbage as it makes in collectEvery, up to mostGarbage, before it looks.
// A large heap, or one that few values come to, is collected as Go does it.
const (
	collectEvery = 100 * time.Millisecond
	mostGarbage  = 64 << 20
)

// paceCollections adapts GOGC to the load, unless the user has set it.
func paceCollections() {
	if os.Getenv("GOGC") == "" {
		newPacer().await()
	}
}

// A pacer is called after every collection, on the runtime's goroutine for
// finalizers.
type pacer struct {
	last    time.Time
	made    uint64 // bytes ever, then
	percent int
	samples []metrics.Sample
}

func newPacer() *pacer {
	return &pacer{last: time.Now(), percent: 100, samples: []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"},
	}}
}

// await has collected called after the next collection.
func (p *pacer) await() {
	type token struct{ p *pacer } // garbage from now on
	runtime.SetFinalizer(&token{p}, func(*token) {
		p.collected()
		p.await()
	})
}

func (p *pacer) collected() {
	metrics.Read(p.samples)
	made, live := p.samples[0].Value.Uint64(), p.samples[1].Value.Uint64()
	now := time.Now()
	percent := percentFor(made-p.made, now.Sub(p.last), live)
	p.last, p.made = now, made
	if 4*percent < 3*p.percent || 4*percent > 5*p.percent { // setting it stops the world
		p.percent = percent
		debug.SetGCPercent(percent)
	}
}

// percentFor is the GOGC for a heap with so many live bytes, when so many were
// allocated in the time.
func percentFor(made uint64, in time.Duration, live uint64) int {
	garbage := float64(made) * float64(collectEvery) / float64(max(in, time.Millisecond))
	return max(100, int(100*min(garbage, mostGarbage)/float64(max(live, 1<<20))))
}
