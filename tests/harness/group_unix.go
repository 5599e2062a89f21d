//go:build unix

package harness

import (
	"os/exec"
	"syscall"
)

// leaveAlone puts the command into a process group of its own, and makes its end that of the
// whole group: a killed Python's children hold its pipes open otherwise.
func leaveAlone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
