//go:build unix

package main

import (
	"log/slog"
	"syscall"
)

// raiseFileLimit lets us hold as many connections as the system allows.
func raiseFileLimit(logger *slog.Logger) {
	var l syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	if err == nil && l.Cur < l.Max {
		l.Cur = l.Max
		err = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
	}
	if err != nil {
		logger.Warn("cannot raise the limit of open files", "error", err)
	}
}
