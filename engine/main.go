package engine

import (
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pyinterop/forkserver"
	"github.com/brine-go/brine/pyinterop/spawn"
	"github.com/brine-go/brine/pyinterop/tracker"
)

// answers is set when this program calls Main, so that it may be started as
// its own helper.
var answers atomic.Bool

// Main does the work where this program was started as a part of another: as the
// child of a Python or Go process, or as the resource tracker or the fork server
// of its family.
// Then it never returns. Call it first in main, and in TestMain.
//
// A child first runs setup, each of which registers what messages may bring and
// functions that may be called:
//
//	func setup(e *engine.Engine) {
//		process.Register(e) // workers of pools, and what goes through queues
//		e.Func("tasks.square", func(x int64) int64 { return x * x })
//	}
//
// To a Python, such a program is an executable for its children:
// multiprocessing.set_executable(path).
func Main(setup ...func(*Engine)) {
	answers.Store(true)
	args := os.Args[1:]
	if fd, ok := tracker.ParseCommand(args); ok {
		os.Exit(track(fd))
	}
	if cmd, ok := spawn.ParseCommand(args); ok {
		os.Exit((&birth{command: cmd}).live(setup))
	}
	if cmd, ok := forkserver.ParseCommand(args); ok {
		os.Exit(serveForks(cmd))
	}
	if len(args) == 1 && args[0] == listOption {
		os.Exit(list(setup, os.Stdout))
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
