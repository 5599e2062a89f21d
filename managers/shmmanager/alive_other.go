//go:build !linux

package shmmanager

// alive cannot tell: what a process had stays until the server ends.
func alive(pid int) bool { return true }
