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

// endGently has the group of the command end by SIGTERM first. A resource tracker ignores that: it
// goes when all others have, and removes the names that they left.
func endGently(cmd *exec.Cmd) {
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}

// endGroup kills what is left of it.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
