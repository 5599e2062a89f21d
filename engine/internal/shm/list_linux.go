package shm

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// List returns the segments of multiprocessing, sorted by name.
func List() (list []Segment, err error) {
	entries, err := os.ReadDir(Dir)
	if err != nil {
		return nil, cannot("readdir", Dir, errors.Unwrap(err))
	}
	for _, e := range entries {
		s, err := Look(e.Name())
		switch {
		case err == nil:
			list = append(list, s)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return list, nil
}

// Look describes the segment of that name: fs.ErrNotExist if there is none, or
// it is nobody's that we know.
func Look(name string) (s Segment, err error) {
	kind := KindOf(name)
	if kind == "" {
		return s, fs.ErrNotExist
	}
	var stat unix.Stat_t
	if err := unix.Lstat(Dir+"/"+name, &stat); err != nil {
		return s, &fs.PathError{Op: "lstat", Path: Dir + "/" + name, Err: err}
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFREG {
		return s, fs.ErrNotExist
	}
	return Segment{
		Name: name, Kind: kind, Size: stat.Size, UID: int(stat.Uid), Private: stat.Mode&0o077 == 0,
		Changed: time.Unix(stat.Ctim.Unix()), ID: FileID{uint64(stat.Dev), stat.Ino},
	}, nil
}
