//go:build !linux

package connection

// park leaves every connection its goroutine.
func park(*Conn) bool { return false }
