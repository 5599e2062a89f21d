package managers

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brine-go/brine/connection"
)

var (
	errWrongKey = errors.New("wrong key")
	far         = connection.Address{Host: "192.0.2.1", Port: 1}
	near        = connection.Address{Host: "127.0.0.1", Port: 1}
)

// visit has a handshake end with err, and returns how long it had to wait.
func visit(t *testing.T, d *door, a connection.Address, err error) time.Duration {
	t.Helper()
	delay, crowd := d.arrive(a)
	if crowd != nil {
		t.Fatalf("%v was not let in: %v", a, crowd)
	}
	d.depart(a, err)
	return delay
}

// TestDoorDelays: who fails waits longer each time, until it succeeds; peers
// of this host and others do not.
func TestDoorDelays(t *testing.T) {
	var d door
	d.init(1, func() {})
	for i, want := range []time.Duration{0, 100, 200, 400, 800, 1600, 3200, 5000, 5000} {
		if got := visit(t, &d, far, errWrongKey); got != want*time.Millisecond {
			t.Errorf("failure %d came after %v, want %v ms", i, got, int(want))
		}
		if got := visit(t, &d, near, errWrongKey); got != 0 {
			t.Errorf("a peer of this host waited %v", got)
		}
		if got := visit(t, &d, connection.Address{Host: "192.0.2.2"}, nil); got != 0 {
			t.Errorf("another peer waited %v", got)
		}
	}
	visit(t, &d, far, nil)
	if got := visit(t, &d, far, nil); got != 0 {
		t.Errorf("after a success it waited %v", got)
	}
	if len(d.peers) != 0 {
		t.Errorf("%d peers are remembered, none of which failed", len(d.peers))
	}
}

// TestDoorForgets: failures do not pile up.
func TestDoorForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		d.init(1, func() {})
		visit(t, &d, far, errWrongKey)
		time.Sleep(forget + time.Second)
		visit(t, &d, connection.Address{Host: "192.0.2.2"}, errWrongKey)
		if len(d.peers) != 1 {
			t.Errorf("%d peers are remembered, want the last", len(d.peers))
		}
	})
}

// TestDoorCrowds: one peer has so many handshakes at once, and no more.
func TestDoorCrowds(t *testing.T) {
	var d door
	d.init(1, func() {})
	for range maxPending {
		if _, err := d.arrive(far); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.arrive(far); err != errCrowd {
		t.Errorf("one more handshake: %v, want %v", err, errCrowd)
	}
	visit(t, &d, near, nil)
	for range maxPending {
		d.depart(far, nil)
	}
	visit(t, &d, far, nil)
}

// TestDoorPlaces: a full server leaves clients in the backlog until one goes,
// and then has each listener look once.
func TestDoorPlaces(t *testing.T) {
	var d door
	resumed := 0
	d.init(1, func() { resumed++ })
	if !d.room() {
		t.Fatal("no place in an empty server")
	}
	d.enter()
	if d.room() {
		t.Fatal("two have the one place")
	}
	d.leave()
	if resumed != 1 || !d.room() {
		t.Errorf("resumed %d times, want once, with a place for the next", resumed)
	}
	d.enter()
	d.leave()
	if resumed != 1 {
		t.Error("resumed when nobody was kept waiting")
	}
}
