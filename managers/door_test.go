package managers

import (
	"context"
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

// TestDoorDelays: who fails waits longer each time, until it succeeds; peers
// of this host and others do not.
func TestDoorDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		d.init(1)
		waits := func(a connection.Address, err error) time.Duration {
			start := time.Now()
			if got := d.admit(t.Context(), a, func() error { return err }); got != err {
				t.Errorf("admit returned %v, want %v", got, err)
			}
			return time.Since(start)
		}
		for i, want := range []time.Duration{0, 100, 200, 400, 800, 1600, 3200, 5000, 5000} {
			if got := waits(far, errWrongKey); got != want*time.Millisecond {
				t.Errorf("failure %d came after %v, want %v ms", i, got, int(want))
			}
			if got := waits(near, errWrongKey); got != 0 {
				t.Errorf("a peer of this host waited %v", got)
			}
			if got := waits(connection.Address{Host: "192.0.2.2"}, nil); got != 0 {
				t.Errorf("another peer waited %v", got)
			}
		}
		waits(far, nil)
		if got := waits(far, nil); got != 0 {
			t.Errorf("after a success it waited %v", got)
		}
		if len(d.peers) != 0 {
			t.Errorf("%d peers are remembered, none of which failed", len(d.peers))
		}
	})
}

// TestDoorForgets: failures do not pile up.
func TestDoorForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		d.init(1)
		fail := func() error { return errWrongKey }
		d.admit(t.Context(), far, fail)
		time.Sleep(forget + time.Second)
		d.admit(t.Context(), connection.Address{Host: "192.0.2.2"}, fail)
		if len(d.peers) != 1 {
			t.Errorf("%d peers are remembered, want the last", len(d.peers))
		}
	})
}

// TestDoorCrowds: one peer has so many handshakes at once, and no more.
func TestDoorCrowds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		d.init(1)
		done := make(chan struct{})
		for range maxPending {
			go d.admit(t.Context(), far, func() error { <-done; return nil })
		}
		synctest.Wait()
		if err := d.admit(t.Context(), far, func() error { return nil }); err != errCrowd {
			t.Errorf("one more handshake: %v, want %v", err, errCrowd)
		}
		if err := d.admit(t.Context(), near, func() error { return nil }); err != nil {
			t.Errorf("a handshake of this host: %v", err)
		}
		close(done)
		synctest.Wait()
		if err := d.admit(t.Context(), far, func() error { return nil }); err != nil {
			t.Errorf("when the crowd is gone: %v", err)
		}
	})
}

// TestDoorPlaces: a full server leaves clients in the backlog until one goes.
func TestDoorPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		d.init(1)
		ctx, cancel := context.WithCancel(t.Context())
		if !d.enter(ctx) {
			t.Fatal("no place in an empty server")
		}
		entered := make(chan bool, 1)
		go func() { entered <- d.enter(ctx) }()
		synctest.Wait()
		select {
		case <-entered:
			t.Fatal("two have the one place")
		default:
		}
		d.leave()
		if !<-entered {
			t.Error("the next did not get the place")
		}
		cancel()
		if d.enter(ctx) {
			t.Error("a server that stops let somebody in")
		}
	})
}
