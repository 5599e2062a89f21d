//go:build unix

package forkserver

import (
	"os/exec"
	"syscall"
)

// apart keeps a Ctrl-C at the terminal from cmd until it ignores that itself.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
