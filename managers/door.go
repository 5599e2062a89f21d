package managers

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
)

// A door bounds who is let in: connections in all, and for each peer those
// that have not proved yet that they know the key.
type door struct {
	places chan struct{} // one for each connection

	mu    sync.Mutex
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

func (d *door) init(places int) {
	d.places = make(chan struct{}, places)
	d.peers = make(map[string]*visitor)
}

// enter waits for a free place; more clients wait in the backlog meanwhile.
func (d *door) enter(ctx context.Context) bool {
	select {
	case d.places <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (d *door) leave() { <-d.places }

// admit runs the handshake of a peer. Peers on this host, where many clients
// start at once, have no limit of their own.
func (d *door) admit(ctx context.Context, a connection.Address, handshake func() error) error {
	if local(a) {
		return handshake()
	}
	delay, err := d.arrive(a.Host)
	if err != nil {
		return err
	}
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
		}
	}
	err = handshake()
	d.depart(a.Host, err)
	return err
}

func local(a connection.Address) bool {
	ip, err := netip.ParseAddr(a.Host)
	return a.IsUnix() || err == nil && ip.IsLoopback() || a.Host == ""
}

func (d *door) arrive(host string) (delay time.Duration, err error) {
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

func (d *door) depart(host string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.peers[host]
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
