package shm

import "fmt"

// A SpaceError tells that there is no room for a segment.
type SpaceError struct {
	Name       string
	Size       int64 // asked for
	Free, Full int64 // of Dir
	Err        error
}

func (e *SpaceError) Error() string {
	return fmt.Sprintf("shm: no room for %q: %d bytes asked for, %d of %d free in %s: %v",
		e.Name, e.Size, e.Free, e.Full, Dir, e.Err)
}
func (e *SpaceError) Unwrap() error { return e.Err }
