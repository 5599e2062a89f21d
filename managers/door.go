package managers

import (
	"net/netip"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
)

// A door bounds who is let in: connections in all, and for each peer those
// that have not proved yet that they know the key.
type door struct {
	resume func() // has room asked again

	mu    sync.Mutex
	free  int                 // places, one for each connection
	full  bool                // room said no
	peers map[string]*visitor // by host
}

// A visitor is a host with handshakes under way or failed.
type visitor struct {
	pending int
	failed  int
	last    time.Time // of the last failure
}

const (
	maxPending = 64               // handshakes of one peer at a time
	maxDelay   = 5 * time.Second  // before the handshake of one that failed often
	forget     = 10 * time.Minute // failures so old
)

func (d *door) init(places int, resume func()) {
	d.free, d.resume = places, resume
	d.peers = make(map[string]*visitor)
}

// room tells whether there is a free place. More clients wait in the backlog
// until there is.
func (d *door) room() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = d.free <= 0
	return !d.full
}

func (d *door) enter() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free--
}

func (d *door) leave() {
	d.mu.Lock()
	d.free++
	waiting := d.full
	d.full = false
	d.mu.Unlock()
	if waiting {
		d.resume()
	}
}

// local tells whether a peer is on this host, where many clients start at once
// and have no limit of their own.
func local(a connection.Address) bool {
	ip, err := netip.ParseAddr(a.Host)
	return a.IsUnix() || err == nil && ip.IsLoopback() || a.Host == ""
}

// arrive is called before the handshake of a peer, which begins after delay;
// depart at its end.
func (d *door) arrive(a connection.Address) (delay time.Duration, err error) {
	if local(a) {
		return 0, nil
	}
	host := a.Host
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.peers[host]
	if v == nil {
		v = new(visitor)
		d.peers[host] = v
	}
	if v.pending >= maxPending {
		return 0, errCrowd
	}
	v.pending++
	if v.failed == 0 {
		return 0, nil
	}
	return min(100*time.Millisecond<<min(v.failed-1, 16), maxDelay), nil
}

func (d *door) depart(a connection.Address, err error) {
	if local(a) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.peers[a.Host]
	v.pending--
	if err != nil {
		v.failed++
		v.last = time.Now()
	} else {
		v.failed = 0
	}
	for host, v := range d.peers {
		if v.pending == 0 && (v.failed == 0 || time.Since(v.last) > forget) {
			delete(d.peers, host)
		}
	}
}
