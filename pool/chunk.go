package pool

import "time"

// pythonChunk is the chunk size that Python's Pool.map chooses: four chunks for
// each worker, none larger than needed.
func pythonChunk(items, workers int) int {
	size, extra := items/(workers*4), items%(workers*4)
	if extra > 0 {
		size++
	}
	return max(size, 1)
}

// An adaptive size is chosen from how long items took so far.
type adaptive struct {
	perItem time.Duration // a running mean; 0 is not known yet
}

// chunkTime is what a chunk should take: much more than its way to a worker and
// back, and little of what a person notices.
const chunkTime = 5 * time.Millisecond

// note takes the time that a chunk took, from being begun to its answer.
func (a *adaptive) note(items int, took time.Duration) {
	each := max(took/time.Duration(items), 1)
	if a.perItem == 0 {
		a.perItem = each
		return
	}
	a.perItem += (each - a.perItem) / 4
}

// size is that of the next chunk, with so many items left. The last chunks are
// small, so that all workers end together.
func (a *adaptive) size(left, workers int) int {
	size := 1
	if a.perItem > 0 {
		size = int(chunkTime / a.perItem)
	}
	return max(1, min(size, left/(2*workers), left))
}
