package engine

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// keepFromChildren has no program that we start inherit what we did: one that
// has the exit sentinel hides our end from our parent.
func keepFromChildren() {
	list, _ := filepath.Glob("/proc/self/fd/*")
	for _, path := range list {
		if fd, err := strconv.Atoi(filepath.Base(path)); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
}

// noInput makes the null device our standard input, as a Python child does.
func noInput() {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return
	}
	defer null.Close()
	unix.Dup3(int(null.Fd()), 0, 0)
}

// watch calls died when the last writer of the pipe is gone, which is the
// parent, unless ctx ends first.
func watch(ctx context.Context, pipe *os.File, died func()) {
	// A description of our own: the mode of the parent's is not ours to change.
	f, err := os.OpenFile("/proc/self/fd/"+strconv.Itoa(int(pipe.Fd())), os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer f.Close()
	stop := context.AfterFunc(ctx, func() { f.Close() })
	defer stop()
	b := make([]byte, 512)
	for {
		if _, err := f.Read(b); err != nil {
			if ctx.Err() == nil {
				died()
			}
			return
		}
	}
}
