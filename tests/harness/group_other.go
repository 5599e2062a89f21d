//go:build !unix

package harness

import "os/exec"

func leaveAlone(*exec.Cmd) {}
