package engine

import (
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pyinterop/tracker"
)

// answers is set when this program calls Main, so that it may be started as
// its own helper.
var answers atomic.Bool

// Main does the work where this program was started as a part of another: as
// the resource tracker of its family. Then it never returns. Call it first in
// main, and in TestMain.
func Main() {
	answers.Store(true)
	if fd, ok := tracker.ParseCommand(os.Args[1:]); ok {
		os.Exit(track(fd))
	}
}

// track is the resource tracker. It outlives a Ctrl-C at the terminal that it
// shares with its family.
func track(fd int) int {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
	os.Stdin.Close()
	os.Stdout.Close()
	return int(tracker.Serve(os.NewFile(uintptr(fd), "tracker"), unlinkers, os.Stderr))
}

// unlinkers remove the names that may be tracked.
var unlinkers = map[tracker.Kind]func(name string) error{
	tracker.SharedMemory: shm.Unlink,
	tracker.Semaphore:    func(name string) error { return shm.Unlink(shm.Semaphore(name)) },
}
