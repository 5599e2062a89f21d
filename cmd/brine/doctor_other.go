//go:build !linux

package main

import (
	"context"
	"runtime"
)

func lookAtSystem(context.Context) []finding {
	return []finding{{bad, "system", runtime.GOOS, "Processes, locks and shared memory need Linux; managers and pickles do not."}}
}

func lookAtSharedMemory(context.Context) []finding { return nil }
func lookAtLimits(context.Context) []finding       { return nil }
