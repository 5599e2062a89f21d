//go:build !(linux && (amd64 || arm64))

package synchronize

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// A semaphore cannot be had here: the layout is that of 64-bit Linux.
type semaphore struct{}

const maxValue = math.MaxInt32

var errPlatform = fmt.Errorf("synchronize: only 64-bit Linux has locks to share with Python: %w", errors.ErrUnsupported)

func createSemaphore(string, uint32) (*semaphore, error) { return nil, errPlatform }
func openSemaphore(string) (*semaphore, error)           { return nil, errPlatform }

func (*semaphore) try() bool                  { return false }
func (*semaphore) post(uint32) bool           { return false }
func (*semaphore) wait(context.Context) error { return errPlatform }
func (*semaphore) value() int                 { return 0 }
func (*semaphore) waiters() int               { return 0 }
