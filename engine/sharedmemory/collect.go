package sharedmemory

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/brine-go/brine/engine/internal/shm"
)

// A Segment is a file below /dev/shm that multiprocessing made, a Python's or
// a Go program's: its name tells.
//
//	psm_1a2b3c4d              memory      SharedMemory, ShareableList
//	sem.mp-k2j3h4g5           semaphore   all locks and queues
//	sem.mp-k2j3h4g5.holder    record      who holds an RLock
//	pym-1234-a1b2c3d4         arena       Value, Array and Barrier; loses its name at once
type Segment struct {
	Name    string
	Kind    string // "memory", "semaphore", "record", "arena"
	Size    int64  // in bytes
	UID     int    // of its owner
	Changed time.Time
	PIDs    []int // the processes that have it open or mapped
	Hidden  []int // those that may have it and that we may not look into

	id shm.FileID
}

// Dead tells that no process has the segment.
func (s Segment) Dead() bool { return len(s.PIDs) == 0 && len(s.Hidden) == 0 }

// List returns the segments of multiprocessing on this machine, sorted by name.
// Those whose name the program chose itself are not among them: nothing tells
// whose they are.
func List() ([]Segment, error) {
	segments, err := shm.List()
	if err != nil {
		return nil, fmt.Errorf("sharedmemory: %w", err)
	}
	// Whoever has opened one by now is found now.
	users, err := shm.FindUsers()
	if err != nil {
		return nil, fmt.Errorf("sharedmemory: %w", err)
	}
	list := make([]Segment, len(segments))
	for i, s := range segments {
		list[i] = Segment{
			Name: s.Name, Kind: s.Kind, Size: s.Size, UID: s.UID, Changed: s.Changed, id: s.ID,
			PIDs: users.By[s.ID], Hidden: users.MayHave(s),
		}
	}
	return list, nil
}

// A Collection says what Collect is to remove. The zero Collection is all that
// no process has.
type Collection struct {
	Names        []string      // no others than these; nil is all
	Age          time.Duration // leave those that have changed since: one that is being made is nobody's for a moment
	IgnoreHidden bool          // believe that processes which we may not look into have none
	Dry          bool          // remove nothing
}

// Collect removes the segments that no process has, also those that their makers
// have closed and not unlinked, whose names live as long as the makers do. It touches this user's
// only, or as root everybody's. It returns what it removed, or would have.
func Collect(c Collection) (removed []Segment, err error) {
	if shm.SharedWithHost() {
		return nil, errors.New("sharedmemory: this container shares /dev/shm with its host, whose processes it cannot see: collect there")
	}
	list, err := List()
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(s Segment) bool { return !c.wants(s) })
	again, err := List() // with time for a process that just came
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if !slices.ContainsFunc(again, func(a Segment) bool { return a.id == s.id && a.Name == s.Name && c.wants(a) }) {
			continue
		}
		if !c.Dry {
			switch failed := shm.Unlink(s.Name); {
			case errors.Is(failed, fs.ErrNotExist): // somebody else was faster
				continue
			case failed != nil:
				err = errors.Join(err, failed)
				continue
			}
		}
		removed = append(removed, s)
	}
	return removed, err
}

// wants tells whether s is to be removed.
func (c Collection) wants(s Segment) bool {
	return (c.Names == nil || slices.Contains(c.Names, s.Name)) && c.Keeps(s) == ""
}

// Keeps tells why Collect leaves a segment, whatever its name, as the end of a
// sentence; "" where it does not.
func (c Collection) Keeps(s Segment) string {
	switch me := os.Geteuid(); {
	case me != 0 && me != s.UID:
		return "it belongs to another user"
	case len(s.PIDs) > 0:
		return fmt.Sprintf("process %d has it", s.PIDs[0])
	case len(s.Hidden) > 0 && !c.IgnoreHidden:
		return fmt.Sprintf("process %d may have it, and is hidden from you", s.Hidden[0])
	case time.Since(s.Changed) < c.Age:
		return fmt.Sprintf("it has changed within %v", c.Age)
	}
	return ""
}
