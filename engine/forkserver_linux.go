package engine

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/brine-go/brine/pyinterop/forkserver"
	"github.com/brine-go/brine/pyinterop/spawn"
)

// serveForks is the fork server of a family whose children are this program. It
// does not fork, since a Go program cannot: it starts itself again.
func serveForks(cmd forkserver.Command) (status int) {
	signal.Ignore(syscall.SIGINT)
	path, err := os.Executable()
	if err == nil {
		keepFromChildren()
		noInput()
		start := func(r forkserver.Request) (int, func() int, error) { return startForked(path, cmd.Package, r) }
		err = forkserver.Serve(context.Background(), cmd, start, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// startForked starts a child that names its descriptors by place.
func startForked(path, pkg string, r forkserver.Request) (pid int, wait func() int, err error) {
	const aliveFD = firstFD // is held as long as the child lives
	what := spawn.Command{Package: pkg, Pipe: pipeFD, Tracker: trackerFD, Inherited: aliveFD + 1}
	cmd := exec.Command(path, what.Args()...)
	cmd.ExtraFiles = append([]*os.File{r.Data, r.Tracker, r.Alive}, r.Files...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 0, nil, fmt.Errorf("engine: %w", err)
	}
	wait = func() int {
		cmd.Wait()
		return exitCode(cmd.ProcessState)
	}
	return cmd.Process.Pid, wait, nil
}
