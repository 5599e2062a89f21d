//go:build !linux

package connection

func hungUp(uintptr) bool { return false }
