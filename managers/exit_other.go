//go:build !linux

package managers

import "context"

// waitForExit cannot tell here; the peer's pid is not known either.
func waitForExit(ctx context.Context, pid int) { <-ctx.Done() }
