package managers

import (
	"context"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
)

// An Owner is one thread of a client process: whoever acquired a lock that
// only its holder may release. It outlives its connection while the same
// process may come back for what it holds.
type Owner struct {
	Name string // as the client calls itself: "Process-1|Thread-2"
	PID  int    // of its process; 0 where the transport does not tell
	Peer string // whom the log names
	host string // of its process, where PID is 0

	mu   sync.Mutex
	held map[Possession]struct{}
	gone func() // set while it has no connection; what Hold must tell
}

// A Possession is an object that somebody owns and only they can give back.
type Possession interface {
	// OwnerGone takes back what the owner held. It returns what was lost, for
	// the log: "RLock", or "" if it was nothing.
	OwnerGone(o *Owner) string
}

// Hold notes that o now owns p.
func (o *Owner) Hold(p Possession) {
	o.mu.Lock()
	if o.held == nil {
		o.held = make(map[Possession]struct{})
	}
	o.held[p] = struct{}{}
	gone := o.gone
	o.mu.Unlock()
	if gone != nil { // it went between the grant and now
		gone()
	}
}

// Drop notes that o owns p no more.
func (o *Owner) Drop(p Possession) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.held, p)
}

func (o *Owner) setGone(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.gone = f
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

// owners keeps those whose connection is gone and who still hold something.
type owners struct {
	s *Server

	mu      sync.Mutex
	orphans map[*Owner]context.CancelFunc // ends the watch over it
	closed  bool
	watches sync.WaitGroup
}

func (os *owners) init(s *Server) {
	os.s = s
	os.orphans = make(map[*Owner]context.CancelFunc)
}

// adopt returns the orphan that the same thread of the same process left, or
// a new Owner. Old Pythons close a connection that they go on needing.
func (os *owners) adopt(p connection.Peer, name string) *Owner {
	os.mu.Lock()
	defer os.mu.Unlock()
	for o, cancel := range os.orphans {
		if o.Name == name && os.same(o, p) {
			cancel()
			delete(os.orphans, o)
			o.setGone(nil)
			return o
		}
	}
	return &Owner{Name: name, PID: p.PID, Peer: peerName(p), host: p.Addr.Host}
}

// same tells whether p is of o's process. Over TCP its host is but a hint.
func (os *owners) same(o *Owner, p connection.Peer) bool {
	if o.PID != 0 || p.PID != 0 {
		return o.PID == p.PID
	}
	return os.s.cfg.AdoptByName && o.host == p.Addr.Host
}

// orphan takes an owner whose connection has closed. What it holds is released
// once its process is gone; where that cannot be seen, after a grace.
func (os *owners) orphan(o *Owner) {
	o.setGone(func() { os.orphan(o) })
	if len(o.possessions()) == 0 {
		return
	}
	os.mu.Lock()
	defer os.mu.Unlock()
	if _, watched := os.orphans[o]; watched {
		return
	}
	if os.closed || o.PID == 0 && os.s.cfg.OwnerGrace < 0 && !os.s.cfg.AdoptByName {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	os.orphans[o] = cancel
	os.watches.Go(func() {
		defer cancel()
		os.watch(ctx, o)
	})
}

func (os *owners) watch(ctx context.Context, o *Owner) {
	switch {
	case o.PID != 0:
		waitForExit(ctx, o.PID)
	case os.s.cfg.OwnerGrace < 0:
		<-ctx.Done()
	default:
		select {
		case <-time.After(os.s.cfg.OwnerGrace):
		case <-ctx.Done():
		}
	}
	os.mu.Lock()
	_, mine := os.orphans[o]
	delete(os.orphans, o)
	os.mu.Unlock()
	if !mine || ctx.Err() != nil {
		return
	}
	for _, p := range o.possessions() {
		o.Drop(p)
		if lost := p.OwnerGone(o); lost != "" {
			os.s.log.Warn("released a lock whose owner is gone",
				"lock", lost, "id", os.s.objects.idOf(p), "owner", o.Name, "peer", o.Peer)
		}
	}
}

// idOf is the id of what clients know p as, or "".
func (os *objects) idOf(p Possession) string {
	ref, ok := p.(Referent)
	if !ok {
		return ""
	}
	os.mu.RLock()
	defer os.mu.RUnlock()
	if o := os.byRef[ref]; o != nil {
		return o.id
	}
	return ""
}

// close ends all watches.
func (os *owners) close() {
	os.mu.Lock()
	os.closed = true
	for _, cancel := range os.orphans {
		cancel()
	}
	os.mu.Unlock()
	os.watches.Wait()
}
