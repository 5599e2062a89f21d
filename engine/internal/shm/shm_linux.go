package shm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Dir is where glibc keeps shared memory.
const Dir = "/dev/shm"

// Semaphore is the name of the segment in which glibc keeps a named semaphore.
func Semaphore(name string) string { return "/sem." + strings.TrimPrefix(name, "/") }

// file returns the path that a name stands for. A name may have slashes in
// front, of which Python's often has two.
func file(name string) (string, error) {
	base := strings.TrimLeft(name, "/")
	if base == "" || base == "." || base == ".." || strings.ContainsAny(base, "/\x00") {
		return "", fmt.Errorf("shm: %q is no name: one file name is wanted, as in /psm_1a2b3c4d", name)
	}
	return Dir + "/" + base, nil
}

// Create makes a segment of size zero bytes for this user only. One of that
// name must not exist: fs.ErrExist.
func Create(name string, size int64) (*os.File, error) {
	path, err := file(name)
	if err != nil {
		return nil, err
	}
	f, err := open(path, unix.O_CREAT|unix.O_EXCL, name)
	if err != nil {
		return nil, err
	}
	if err := reserve(f, name, size); err != nil {
		f.Close()
		os.Remove(path)
		return nil, err
	}
	return f, nil
}

// Anonymous makes a segment without a name, which lives as long as a
// descriptor or a mapping of it. Nobody can make it shorter.
func Anonymous(label string, size int64) (*os.File, error) {
	fd, err := unix.MemfdCreate(label, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("shm: memfd_create: %w", err)
	}
	f := os.NewFile(uintptr(fd), label)
	err = reserve(f, label, size)
	if err == nil {
		if _, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL); err != nil {
			err = fmt.Errorf("shm: sealing %q: %w", label, err)
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Open opens an existing segment: fs.ErrNotExist if there is none.
func Open(name string) (*os.File, error) {
	path, err := file(name)
	if err != nil {
		return nil, err
	}
	return open(path, 0, name)
}

func open(path string, flags int, name string) (*os.File, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOFOLLOW|unix.O_CLOEXEC|flags, 0o600)
	if err == nil {
		return os.NewFile(uintptr(fd), path), nil
	}
	return nil, cannot("shm_open", name, err)
}

// cannot is err, or that there is no place for shared memory at all.
func cannot(op, name string, err error) error {
	if _, missing := os.Stat(Dir); missing != nil {
		return fmt.Errorf("shm: there is no %s to share memory in: mount a tmpfs there: %w", Dir, missing)
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// reserve gives f its size and the pages for it.
func reserve(f *os.File, name string, size int64) error {
	if size < 0 {
		return fmt.Errorf("shm: %q cannot have a size of %d", name, size)
	}
	if size == 0 {
		return nil
	}
	err := allocate(f, size)
	switch {
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EFBIG), errors.Is(err, unix.ENOMEM):
		return spaceError(name, size, err)
	case err != nil:
		return fmt.Errorf("shm: %q: fallocate %d bytes: %w", name, size, err)
	}
	return nil
}

func allocate(f *os.File, size int64) error {
	for {
		err := unix.Fallocate(int(f.Fd()), 0, 0, size)
		if err == unix.EOPNOTSUPP { // no tmpfs
			return f.Truncate(size)
		}
		if err != unix.EINTR {
			return err
		}
	}
}

func spaceError(name string, size int64, err error) error {
	e := &SpaceError{Name: name, Size: size, Err: err}
	var stat unix.Statfs_t
	if unix.Statfs(Dir, &stat) == nil {
		e.Free, e.Full = int64(stat.Bavail)*int64(stat.Bsize), int64(stat.Blocks)*int64(stat.Bsize)
	}
	return e
}

// Publish makes a file with that content. Who finds it finds all of it: it is
// written under another name and then linked. One of that name must not exist:
// fs.ErrExist.
func Publish(name string, content []byte) error {
	path, err := file(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(Dir, "sem.tmp-")
	switch {
	case errors.Is(err, unix.ENOSPC):
		return spaceError(name, int64(len(content)), unix.ENOSPC)
	case err != nil:
		return cannot("shm_open", name, errors.Unwrap(err))
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if closed := f.Close(); err == nil {
		err = closed
	}
	switch {
	case errors.Is(err, unix.ENOSPC):
		return spaceError(name, int64(len(content)), unix.ENOSPC)
	case err != nil:
		return fmt.Errorf("shm: %w", err)
	}
	if err := unix.Link(f.Name(), path); err != nil {
		return cannot("shm_open", name, err)
	}
	return nil
}

// Unlink removes the name. Who has the segment open keeps it.
func Unlink(name string) error {
	path, err := file(name)
	if err != nil {
		return err
	}
	if err := unix.Unlink(path); err != nil {
		return cannot("shm_unlink", name, err)
	}
	return nil
}

// Map maps the first size bytes of f for reading and writing.
func Map(f *os.File, size int) ([]byte, error) {
	b, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("shm: cannot map %d bytes of %s: %w", size, f.Name(), err)
	}
	return b, nil
}

// Unmap ends a mapping. Nothing may point into it any more.
func Unmap(b []byte) error { return unix.Munmap(b) }
