package synchronize

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
)

// TestNoDescriptorIsLeft: who can open no file more is told so by every
// constructor, and nothing is left of what it began.
func TestNoDescriptorIsLeft(t *testing.T) {
	e := enginetest.New(t)
	enginetest.Must(NewLock(e))(t) // so that there is a tracker
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	none := unix.Rlimit{Cur: 0, Max: before.Max}
	for name, construct := range map[string]func(*engine.Engine) error{
		"Lock":             func(e *engine.Engine) error { _, err := NewLock(e); return err },
		"RLock":            func(e *engine.Engine) error { _, err := NewRLock(e); return err },
		"Semaphore":        func(e *engine.Engine) error { _, err := NewSemaphore(e, 1); return err },
		"BoundedSemaphore": func(e *engine.Engine) error { _, err := NewBoundedSemaphore(e, 1); return err },
		"Condition":        func(e *engine.Engine) error { _, err := NewCondition(e, nil); return err },
		"Event":            func(e *engine.Engine) error { _, err := NewEvent(e); return err },
		"Barrier":          func(e *engine.Engine) error { _, err := NewBarrier(e, 2); return err },
	} {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
			t.Fatal(err)
		}
		err := construct(e)
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(err, unix.EMFILE) || !strings.HasPrefix(err.Error(), "synchronize: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
