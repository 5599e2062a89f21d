//go:build !linux

package connection

import "runtime"

func yield() { runtime.Gosched() }
