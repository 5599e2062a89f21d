package process

import (
	"context"
	"fmt"
	"time"

	"github.com/brine-go/brine/pool"
)

// memory is what is known of a worker's.
type memory struct {
	peak   int64  // bytes resident, as last seen
	events string // where the kernel counts for its cgroup
	kills  int64  // of the OOM killer there, when it was last seen alive
	known  bool   // that number is
}

// sampleTime is how often memory is looked at.
const sampleTime = 100 * time.Millisecond

// watch looks at the memory of the workers, until ctx ends.
func (b *Backend) watch(ctx context.Context) {
	tick := time.NewTicker(sampleTime)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			for _, w := range b.list() {
				w.sample()
			}
		case <-ctx.Done():
			return
		}
	}
}

// sample looks at a worker's memory, and ends the worker if that is too much.
func (w *worker) sample() {
	// The kernel counts a kill before it kills: this number was read before we
	// see that.
	events := eventsOf(w.process.Pid())
	kills, known := oomKills(events)
	resident, peak, ok := residentMemory(w.process.Pid())
	if !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.memory = memory{max(peak, w.memory.peak), events, kills, known}
	g := w.slot.group
	switch {
	case g.MaxMemory > 0 && resident > g.MaxMemory:
		w.kill(fmt.Sprintf("it had %d MiB resident; %d MiB are allowed", resident>>20, g.MaxMemory>>20))
	case g.RecycleMemory > 0 && resident > g.RecycleMemory && !w.leaving:
		w.leaving = true
		w.tell()
	}
}

// oom tells whether the OOM killer ended a worker that was killed: as far as
// the cgroup counts.
func (m *memory) oom() pool.Verdict {
	kills, known := oomKills(m.events)
	switch {
	case !known || !m.known:
		return pool.Unknown
	case kills > m.kills:
		return pool.Yes
	}
	return pool.No
}
