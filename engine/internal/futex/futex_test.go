//go:build linux

package futex

import (
	"sync/atomic"
	"testing"
	"time"
)

// sleeper sleeps until word changes or c is cancelled.
func sleeper(word *uint32, c *Cancel) <-chan error {
	done := make(chan error, 1)
	go func() {
		for atomic.LoadUint32(word) == 0 && !c.Cancelled() {
			if err := Wait(word, 0, c); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	return done
}

func ends(t *testing.T, done <-chan error, what string) {
	t.Helper()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("%s: the sleeper sleeps on", what)
	}
}

// TestWait runs with and without futex_waitv.
func TestWait(t *testing.T) {
	for _, one := range []bool{false, true} {
		single.Store(one)
		for range 200 {
			word, c := new(uint32), new(Cancel)
			done := sleeper(word, c)
			atomic.StoreUint32(word, 1)
			if err := Wake(word, 1); err != nil {
				t.Fatal(err)
			}
			ends(t, done, "Wake")
		}
		for range 20 {
			word, c := new(uint32), new(Cancel)
			done := sleeper(word, c)
			c.Cancel()
			ends(t, done, "Cancel")
		}
	}
	single.Store(false)
}

func TestWaitReturnsWhereTheValueDiffers(t *testing.T) {
	word := new(uint32)
	*word = 7
	if err := Wait(word, 0, new(Cancel)); err != nil {
		t.Error(err)
	}
	c := new(Cancel)
	c.Cancel()
	if err := Wait(word, 7, c); err != nil || !c.Cancelled() {
		t.Errorf("after Cancel: %v", err)
	}
}
