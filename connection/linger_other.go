//go:build !linux

package connection

func linger(uintptr) bool { return false }
