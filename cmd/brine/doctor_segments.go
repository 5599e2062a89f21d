package main

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/engine/sharedmemory"
)

// lookAtSegments looks for what killed programs left.
func lookAtSegments(context.Context) []finding {
	f := finding{what: "segments"}
	list, err := sharedmemory.List()
	if err != nil {
		f.grade, f.found = note, err.Error()
		f.todo = "What killed programs left in /dev/shm cannot be told."
		return []finding{f}
	}
	dead, bytes := 0, int64(0)
	for _, s := range list {
		if s.Dead() {
			dead++
			bytes += s.Size
		}
	}
	f.found = fmt.Sprintf("%d that a process has, or may have", len(list)-dead)
	if dead > 0 {
		f.grade = note
		f.found += fmt.Sprintf(", %d by none (%s)", dead, size(bytes))
		f.todo = "Killed programs left them: see brine shm ls; brine shm gc removes them."
	}
	return []finding{f}
}
