package shm

import (
	"regexp"
	"sync"
	"time"
)

// A FileID tells a file from all others of its machine, whatever its name.
type FileID struct{ Device, Inode uint64 }

// Users are the processes that have files open or mapped.
type Users struct {
	By     map[FileID][]int // process numbers, each once
	Hidden []Hidden
}

// A Hidden process is one that we may not look into.
type Hidden struct{ PID, UID int }

// A Segment is a file below Dir whose name says that multiprocessing, Python's
// or ours, made it.
type Segment struct {
	Name    string // without a slash
	Kind    string
	Size    int64
	UID     int
	Private bool // nobody but UID may open it
	Changed time.Time
	ID      FileID
}

// kinds are the names that multiprocessing makes up. A name that a program has
// chosen tells nothing.
var kinds = sync.OnceValue(func() []kind {
	return []kind{
		{regexp.MustCompile(`^(psm|wnsm)_[0-9a-f]{8}$`), "memory"},
		{regexp.MustCompile(`^sem\.mp-[a-z0-9_]{8}$`), "semaphore"},
		{regexp.MustCompile(`^sem\.mp-[a-z0-9_]{8}\.holder$`), "record"},  // of an RLock's holder
		{regexp.MustCompile(`^sem\.tmp-[0-9]{1,20}$`), "semaphore"},       // not yet linked
		{regexp.MustCompile(`^pym-[0-9]{1,10}-[a-z0-9_]{6,8}$`), "arena"}, // not yet unlinked
	}
})

type kind struct {
	name *regexp.Regexp
	kind string
}

// KindOf tells what a name stands for, "" where we do not know.
func KindOf(name string) string {
	for _, k := range kinds() {
		if k.name.MatchString(name) {
			return k.kind
		}
	}
	return ""
}

// MayHave are those hidden processes that may have a segment: its owner's and
// root's, and anybody's where others may open it.
func (u Users) MayHave(s Segment) (pids []int) {
	for _, h := range u.Hidden {
		if !s.Private || h.UID == 0 || h.UID == s.UID {
			pids = append(pids, h.PID)
		}
	}
	return pids
}
