//go:build !linux

package engine

import (
	"context"
	"os"
)

func keepFromChildren()                       {}
func noInput()                                {}
func watch(context.Context, *os.File, func()) {}
