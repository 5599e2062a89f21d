//go:build !linux

package futex

import (
	"errors"
	"sync/atomic"
)

// A Cancel makes one sleeper give up.
type Cancel struct{ word atomic.Uint32 }

// Cancelled tells whether Cancel was called.
func (c *Cancel) Cancelled() bool { return c != nil && c.word.Load() != 0 }

// Cancel keeps the sleeper from falling asleep.
func (c *Cancel) Cancel() { c.word.Store(1) }

// Wait is not supported here.
func Wait(*uint32, uint32, *Cancel) error { return errors.ErrUnsupported }

// Wake is not supported here.
func Wake(*uint32, int) error { return errors.ErrUnsupported }

// Yield is not supported here.
func Yield() {}
