package managers

import "sync"

// An Owner is one thread of a client process: whoever acquired a lock that
// only its holder may release. It outlives its connection while the same
// process may come back for what it holds.
type Owner struct {
	Name string // as the client calls itself: "Process-1|Thread-2"
	PID  int    // of its process; 0 where the transport does not tell
	Peer string // the address it called from

	mu   sync.Mutex
	held map[Possession]struct{}
}

// A Possession is an object that somebody owns and only they can give back.
type Possession interface {
	// OwnerGone takes back what the owner held. It returns what was lost, for
	// the log: "RLock 1f".
	OwnerGone(o *Owner) string
}

// Hold notes that o now owns p.
func (o *Owner) Hold(p Possession) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held == nil {
		o.held = make(map[Possession]struct{})
	}
	o.held[p] = struct{}{}
}

// Drop notes that o owns p no more.
func (o *Owner) Drop(p Possession) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.held, p)
}

func (o *Owner) possessions() []Possession {
	o.mu.Lock()
	defer o.mu.Unlock()
	ps := make([]Possession, 0, len(o.held))
	for p := range o.held {
		ps = append(ps, p)
	}
	return ps
}
